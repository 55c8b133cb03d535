"""Where a notebook keeps images: outputs, attachments, text with data URLs, and the state of its widgets."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import MessageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from headroom_nb.records import BlockPath

ATTACHMENTS = "attachments"
SVG = "image/svg+xml"
PDF = "application/pdf"
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"

_DATA_URL = re.compile(r"data:image/(?!svg)[\w.+-]+;base64,([A-Za-z0-9+/=]+)")
_TEXTS = ("text/html", "text/markdown")


def pictures(content: Mapping[str, Any], name: str) -> Iterator[tuple[BlockPath, bytes | None]]:
    """Yield path and bytes of every image in outputs and attachments; None for what is no base64.

    Raises
    ------
    MessageError
        A cell is no object; ``name`` is what the notebook is called.
    """
    for path, bundle in _bundles(content, name):
        kind = _image_kind(bundle)
        if kind is not None:
            yield (*path, kind), _decoded(_joined(bundle[kind]))


def papers(content: Mapping[str, Any], name: str) -> Iterator[tuple[BlockPath, bytes | None]]:
    """Yield path and bytes of every PDF in outputs and attachments that stands for no image beside it."""
    for path, bundle in _bundles(content, name):
        if PDF in bundle and _image_kind(bundle) is None:
            yield (*path, PDF), _decoded(_joined(bundle[PDF]))


def embedded(content: Mapping[str, Any], name: str) -> Iterator[tuple[BlockPath, bytes | None]]:
    """Yield path and bytes of images inside text (Markdown cells, HTML outputs) and in the state of widgets."""
    for number, cell in enumerate(content["cells"]):
        if isinstance(cell, dict) and cell.get("cell_type") == "markdown":
            yield from _in_text(("cells", number, "source"), _joined(cell.get("source")))
    for path, bundle in _bundles(content, name):
        if _image_kind(bundle) is None:
            for kind in _TEXTS:
                if kind in bundle:
                    yield from _in_text((*path, kind), _joined(bundle[kind]))
                    break
    yield from _in_widgets(content)


def drawings(content: Mapping[str, Any], name: str) -> Iterator[tuple[BlockPath, str]]:
    """Yield path and text of every SVG drawing that stands for no other image: a model reads it as text."""
    for path, bundle in _bundles(content, name):
        if SVG in bundle and _image_kind(bundle) is None:
            yield (*path, SVG), _joined(bundle[SVG])


def _bundles(content: Mapping[str, Any], name: str) -> Iterator[tuple[BlockPath, Mapping[str, Any]]]:
    for number, cell in enumerate(content["cells"]):
        if not isinstance(cell, dict):
            raise MessageError(f"{name} is not a notebook: cells[{number}] is not an object", path=("cells", number))
        outputs = cell.get("outputs")
        found: list[tuple[BlockPath, Any]] = [
            (("cells", number, "outputs", index, "data"), output.get("data"))
            for index, output in enumerate(outputs if isinstance(outputs, list) else ())
            if isinstance(output, dict)
        ]
        attached = cell.get(ATTACHMENTS)
        if isinstance(attached, dict):
            found += [(("cells", number, ATTACHMENTS, file), data) for file, data in attached.items()]
        yield from ((path, bundle) for path, bundle in found if isinstance(bundle, dict))


def _image_kind(bundle: Mapping[str, Any]) -> str | None:
    """Return the media type of the one image that a front end would show of a bundle."""
    kinds = (kind for kind in bundle if isinstance(kind, str) and kind.startswith("image/") and kind != SVG)
    return next(kinds, None)


def _joined(value: Any) -> str:
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def _in_text(path: BlockPath, text: str) -> Iterator[tuple[BlockPath, bytes | None]]:
    for found in _DATA_URL.finditer(text):
        yield path, _decoded(found[1])


def _in_widgets(content: Mapping[str, Any]) -> Iterator[tuple[BlockPath, bytes | None]]:
    place: BlockPath = ("metadata", "widgets", WIDGET_STATE, "state")
    models: Any = content
    for key in place:
        models = models.get(key) if isinstance(models, dict) else None
    for identity, model in models.items() if isinstance(models, dict) else ():
        if not isinstance(model, dict) or model.get("model_name") != "ImageModel":
            continue
        buffers = model.get("buffers")
        for index, buffer in enumerate(buffers if isinstance(buffers, list) else ()):
            if isinstance(buffer, dict) and buffer.get("encoding") == "base64":
                yield (*place, identity, "buffers", index, "data"), _decoded(_joined(buffer.get("data")))


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text) or None
    except (binascii.Error, ValueError):
        return None
