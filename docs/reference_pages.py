"""Writes the reference pages from the package itself, so that no list is kept by hand.

``docs/reference`` is not in Git: the API comes from ``headroom_nb.__all__``, the verbs, settings and models from the
tables that the package works with.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import headroom_nb
from headroom_nb.costs import find_model, model_names, providers
from headroom_nb.notebook.help import MANNERS, usage
from headroom_nb.notebook.settings import PRECEDENCE, SETTINGS
from headroom_nb.notebook.verb_table import OUTPUT, VERBS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

EXTENSION_POINTS = {
    "headroom_nb.routing.base": "Routers",
    "headroom_nb.techniques.base": "Techniques",
    "headroom_nb.ocr.base": "OCR engines",
    "headroom_nb.formats.base": "Wire formats",
    "headroom_nb.formats.slots": "Images found in a document",
    "headroom_nb.costs.spec": "Models",
    "headroom_nb.batch.worker": "Batches: what does a part",
    "headroom_nb.batch.journal": "Batches: beginning and going on",
    "headroom_nb.batch.progress": "Batches: progress",
}
"""Modules that someone who adds to the package writes against."""

MODELS = """\
# Models

Every model that can be priced. ≈ marks a figure that is an estimate, as sources conflict or nothing is published.
Prices are dollars per million input tokens; the table in `headroom_nb/costs/models.json` holds the source and date of
each."""


def write(folder: Path) -> None:
    """Write every page anew."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, text in {
        "index.md": _index(),
        "api.rst": _api(),
        "extension-points.rst": _extension_points(),
        "errors.rst": _automodule("Errors", "headroom_nb.errors"),
        "verbs.md": _verbs(),
        "settings.md": _settings(),
        "models.md": _models(),
    }.items():
        (folder / name).write_text(text, "utf-8")


def _index() -> str:
    pages = ("api", "verbs", "settings", "models", "errors", "extension-points")
    return "# Reference\n\n```{toctree}\n:maxdepth: 1\n\n" + "\n".join(pages) + "\n```\n"


def _api() -> str:
    names = (name for name in headroom_nb.__all__ if not name.startswith("_"))
    listed = "\n".join(f"   {name}" for name in names)
    return (
        "Python\n======\n\nEverything public is reached from ``headroom_nb``, and loaded when it is first used.\n\n"
        f".. currentmodule:: headroom_nb\n\n.. autosummary::\n   :toctree: api\n   :nosignatures:\n\n{listed}\n"
    )


def _extension_points() -> str:
    title = "Extension points"
    parts = [f"{title}\n{'=' * len(title)}\n\nWhat code of your own is written against.\n"]
    parts += [_automodule(heading, module, "-") for module, heading in EXTENSION_POINTS.items()]
    return "\n".join(parts)


def _automodule(title: str, module: str, line: str = "=") -> str:
    inherits = "   :show-inheritance:\n" if module.endswith("errors") else ""
    return f"{title}\n{line * len(title)}\n\n.. automodule:: {module}\n   :members:\n{inherits}"


def _verbs() -> str:
    parts = ["# Verbs\n\n`%headroom VERB NAME-OR-EXPRESSION [options]`", MANNERS]
    for verb in VERBS.values():
        options = [(f"`{one.name} {one.value}`".replace(" `", "`"), one.about) for one in (*verb.options, OUTPUT)]
        examples = "\n".join(f"%headroom {example}" for example in verb.examples)
        parts += [f"## {verb.name}", verb.about, f"`{usage(verb)}`", _table(("Option", "What it does"), options)]
        parts.append(f"```text\n{examples}\n```")
    return "\n\n".join(parts) + "\n"


def _settings() -> str:
    rows = [
        (
            f"`{name}`",
            f"`{one.default}`" if one.default else "–",
            one.about + (f" ({', '.join(one.values)})" * bool(one.values)),
        )
        for name, one in SETTINGS.items()
    ]
    return f"# Settings\n\n{PRECEDENCE}\n\n{_table(('Setting', 'Default', 'What it does'), rows)}\n"


def _models() -> str:
    parts = [MODELS]
    for provider in providers():
        rows = []
        for name in model_names(provider):
            spec = find_model(name)
            price = "–" if spec.usd_per_million_tokens is None else f"{spec.usd_per_million_tokens:g}"
            rows.append(
                (f"`{name}`", f"{'' if spec.exact else '≈ '}{spec.rule}", ", ".join(spec.details) or "–", price)
            )
        parts += [f"## {provider}", _table(("Model", "Billing rule", "Detail levels", "Price"), rows)]
    return "\n\n".join(parts) + "\n"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |" for line in lines)
