"""Writes the reference pages from the package itself, so that no list is kept by hand.

``docs/reference`` is not in Git: the API comes from ``headroom_nb.__all__``, the verbs, settings and models from the
tables that the package works with.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import headroom_nb
from headroom_nb.costs import find_model, model_names, providers
from headroom_nb.notebook.help import MANNERS, usage
from headroom_nb.notebook.settings import PRECEDENCE, SETTINGS
from headroom_nb.notebook.verb_table import OUTPUT, VERBS

if TYPE_CHECKING:
    from collections.abc import Iterable

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

API_MODULES = {
    "headroom_nb": "all that most people need",
    "headroom_nb.demo": "example images and conversations",
    "headroom_nb.demo.agent_run": "a recorded run of an agent",
    "headroom_nb.demo.pdf": "example documents",
    "headroom_nb.demo.stand_in": "a local server that stands in for a provider",
    "headroom_nb.proof.calibrate": "calibrating a model, and the profiles that are stored",
    "headroom_nb.records": "every plain result",
    "headroom_nb.results": "the same, under the name of the first release",
    "headroom_nb.errors": "every error",
    "headroom_nb.batch": "the steps of a batch, for a scheduler of your own",
    "headroom_nb.costs": "prices, limits and text tokens without images",
    "headroom_nb.costs.cache_simulator": "what a conversation costs with a provider's prompt cache",
    "headroom_nb.costs.caching": "what providers' prompt caches and batches charge",
    "headroom_nb.formats": "finding images in a document and replacing them",
    "headroom_nb.ocr": "OCR engines",
    "headroom_nb.pictures": "opening, resizing and writing images",
    "headroom_nb.rendering.cost_plots": "plots of what sizes and models cost",
    "headroom_nb.routing": "building a router by its name, and what a question needs",
    "headroom_nb.routing.onnx_router": "the router of public models, for ONNX Runtime",
    "headroom_nb.routing.trained_router": "the same for PyTorch",
    "headroom_nb.signals.measure": "what is measured in an image",
    "headroom_nb.signals.text_size": "the font sizes in an image",
    "headroom_nb.techniques": "the table of techniques",
    "headroom_nb.techniques.forms": "a way to send an image, and what it keeps",
    **EXTENSION_POINTS,
}
"""Modules whose public names change only with a line in the changelog. Every other one is internal."""

PACKAGE = Path(headroom_nb.__file__).parent


def module_names() -> list[str]:
    """Return the name of every module of the package."""
    files = sorted(PACKAGE.rglob("*.py"))
    return [
        ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__") for file in files
    ]


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
        "modules.md": modules_page(),
        "errors.rst": _automodule("Errors", "headroom_nb.errors"),
        "verbs.md": _verbs(),
        "settings.md": _settings(),
        "models.md": _models(),
    }.items():
        (folder / name).write_text(text, "utf-8")


def _index() -> str:
    pages = ("api", "verbs", "settings", "models", "errors", "extension-points", "modules")
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


def modules_page() -> str:
    """Return the page that says of each module whether it is API or internal."""
    public = [(f"`{module}`", about[:1].upper() + about[1:]) for module, about in sorted(API_MODULES.items())]
    rooms: dict[str, list[str]] = {}
    for module in module_names():
        if module not in API_MODULES:
            _, room, *rest = module.split(".")
            rooms.setdefault(room, []).append(".".join(rest) or "itself")
    internal = [(f"`headroom_nb.{room}`", ", ".join(f"`{name}`" for name in names)) for room, names in rooms.items()]
    return "\n\n".join(
        [
            "# Modules",
            "## API\n\nNames in these modules that do not begin with `_` change only with a line in the changelog.",
            _table(("Module", "What is in it"), public),
            "## Internal\n\nDo not import these: their names may change or go in any version.",
            _table(("Package", "Modules"), internal) + "\n",
        ]
    )


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
