"""Writes a page for each tutorial from its executed notebook, outputs included; ``docs/tutorials`` is not in Git."""

from __future__ import annotations

import base64
import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"

FILES = {"image/jpeg": "jpg", "image/png": "png"}
"""Outputs that become a file beside the page."""

STYLE = re.compile(r"<style>.*?</style>\s*", re.DOTALL)
LINK = re.compile(r"\]\((?:(\d\d-[\w-]+)\.ipynb|\.\./docs/([\w/-]+\.md))\)")

HOW = "*This is the notebook `notebooks/{}`, as it ran; `headroom-nb tutorials` copies all of them to your folder.*\n"


def write(folder: Path) -> None:
    """Write every page anew."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for notebook in sorted(NOTEBOOKS.glob("*.ipynb")):
        content = json.loads(notebook.read_text("utf-8"))
        (folder / f"{notebook.stem}.md").write_text(page(content, notebook, folder), "utf-8")


def page(content: dict[str, Any], notebook: Path, folder: Path) -> str:
    """Return a notebook as a page; images are written to the folder, the outputs' style stands once."""
    blocks: list[str] = []
    styles: set[str] = set()
    for number, cell in enumerate(content["cells"]):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            blocks.append(LINK.sub(_link, source))
        elif cell["cell_type"] == "code":
            blocks.append(_fenced(source, "python"))
            blocks += _outputs(cell["outputs"], folder, f"{notebook.stem}-{number}", styles)
    blocks.insert(1, HOW.format(notebook.name))
    return "\n\n".join(blocks) + "\n"


def _link(match: re.Match[str]) -> str:
    return f"]({match[1]}.md)" if match[1] else f"](../{match[2]})"


def _outputs(outputs: list[dict[str, Any]], folder: Path, stem: str, styles: set[str]) -> Iterator[str]:
    for place, output in enumerate(outputs):
        data = output.get("data", {})
        kind = next((each for each in FILES if each in data), None)
        if output["output_type"] == "stream":
            yield _fenced("".join(output["text"]), "text")
        elif "text/html" in data:
            yield _raw("".join(data["text/html"]), styles)
        elif kind is not None:
            file = folder / f"{stem}-{place}.{FILES[kind]}"
            file.write_bytes(base64.b64decode("".join(data[kind])))
            words = "".join(data.get("text/plain", "an image")).partition("\n")[0].strip("<>")
            yield f"![Output: {words}]({file.name})"
        elif "".join(data.get("text/plain", "")).strip():
            yield _fenced("".join(data["text/plain"]), "text")


def _raw(html: str, styles: set[str]) -> str:
    """Return an output's HTML; a style that stands on the page already is left out."""
    for style in STYLE.findall(html):
        if style in styles:
            html = html.replace(style, "")
        styles.add(style)
    return f"```{{raw}} html\n{html}\n```"


def _fenced(text: str, language: str) -> str:
    fence = "`" * (max([2, *map(len, re.findall(r"`{3,}", text))]) + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"
