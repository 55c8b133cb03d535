"""A notebook's own bill: what the pictures in its outputs would cost if the notebook were given to a model."""

from __future__ import annotations

import base64
import binascii
import json
from os import PathLike
from typing import TYPE_CHECKING, Any

from headroom_nb.compressor import ImageCompressor
from headroom_nb.errors import HeadroomError, MessageError
from headroom_nb.formats import user_message
from headroom_nb.records import BillLine, NotebookBill
from headroom_nb.runtime.files import read_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from headroom_nb.records import BlockPath, ImageResult

ATTACHMENTS = "attachments"


def bill(notebook: str | PathLike[str] | Mapping[str, Any], *, model: str | None = None) -> NotebookBill:
    """Return what the pictures in a notebook's outputs and attachments cost.

    Parameters
    ----------
    notebook
        Path of an ``.ipynb`` file, or its content (nbformat 4).
    model
        Whose bill; None takes OpenAI's default of the table.

    Raises
    ------
    MessageError
        The file is no notebook.
    FileAccessError
        It cannot be read.
    UnknownModelError
        The model is not in the table.
    """
    name, content = _read(notebook)
    found = list(pictures(content, name))
    messages = [{"role": "user", "content": []} if data is None else _message(data) for _, data in found]
    result = ImageCompressor(model).run(messages)
    priced = {image.path[0]: image for image in result.images}
    lines = [_line(path, priced.get(index)) for index, (path, _) in enumerate(found)]
    lines.sort(key=lambda line: (-line.tokens, line.cell))
    return NotebookBill(name, result.model, tuple(lines), result.usd_per_million_tokens)


def _read(notebook: str | PathLike[str] | Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    if not isinstance(notebook, (str, PathLike)):
        name, content = "the notebook", notebook
    else:
        name = str(notebook)
        try:
            content = json.loads(read_file(notebook).decode("utf-8"))
        except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
            raise MessageError(f"{name} is no notebook: {error}") from error
    if not hasattr(content, "get") or not isinstance(content.get("cells"), list):
        raise MessageError(f"{name} is no notebook of nbformat 4: it has no list of cells")
    return name, content


def pictures(content: Mapping[str, Any], name: str) -> Iterator[tuple[BlockPath, bytes | None]]:
    """Yield path and bytes of every picture; None for what is no base64."""
    for number, cell in enumerate(content["cells"]):
        if not isinstance(cell, dict):
            raise MessageError(f"{name} is no notebook: cells[{number}] is no object", path=("cells", number))
        outputs = cell.get("outputs")
        bundles: list[tuple[BlockPath, Any]] = [
            (("cells", number, "outputs", index, "data"), output.get("data"))
            for index, output in enumerate(outputs if isinstance(outputs, list) else ())
            if isinstance(output, dict)
        ]
        attached = cell.get(ATTACHMENTS)
        if isinstance(attached, dict):
            bundles += [(("cells", number, ATTACHMENTS, file), data) for file, data in attached.items()]
        for path, bundle in bundles:
            if isinstance(bundle, dict):
                yield from _of_bundle(path, bundle)


def _of_bundle(path: BlockPath, bundle: Mapping[str, Any]) -> Iterator[tuple[BlockPath, bytes | None]]:
    """Yield the one picture that a front end would show of a bundle; a drawing in SVG is text."""
    for kind, value in bundle.items():
        if isinstance(kind, str) and kind.startswith("image/") and kind != "image/svg+xml":
            try:
                text = "".join(value) if isinstance(value, list) else value
                yield (*path, kind), base64.b64decode(text)
            except (binascii.Error, TypeError, ValueError):
                yield (*path, kind), None
            return


def _message(data: bytes) -> dict[str, Any]:
    try:
        return user_message("", data)
    except HeadroomError:
        return {"role": "user", "content": []}


def _line(path: BlockPath, image: ImageResult | None) -> BillLine:
    number = path[1]
    cell = number + 1 if isinstance(number, int) else 0
    if image is None:
        return BillLine(path, cell, None, 0, 0, "", "not a picture that can be counted")
    return BillLine(
        path=path,
        cell=cell,
        size=image.original_size,
        tokens=image.original_tokens,
        compressed_tokens=image.compressed_tokens,
        technique=str(image.technique),
        note=image.note,
        exact=image.original_exact,
        compressed_exact=image.exact,
    )
