"""A notebook's own bill: what the images in its outputs would cost if the notebook were given to a model."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Any

from headroom_nb.analysis.notebook_images import drawings, embedded, papers, pictures
from headroom_nb.compressor import ImageCompressor
from headroom_nb.costs import count_text, find_model
from headroom_nb.errors import HeadroomError, MessageError
from headroom_nb.formats import user_message
from headroom_nb.records import BillLine, NotebookBill
from headroom_nb.runtime.files import read_file
from headroom_nb.runtime.json_text import read_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_nb.records import BlockPath, DocumentResult, ImageResult


def bill(notebook: str | PathLike[str] | Mapping[str, Any], *, model: str | None = None) -> NotebookBill:
    """Return what the images of a notebook cost.

    Images of outputs and attachments, data URLs in Markdown cells and HTML outputs, and those in the state of widgets
    are counted as images. An SVG drawing is text, and counted as that; a PDF is counted by its pages.

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
    found = [*pictures(content, name), *embedded(content, name), *papers(content, name)]
    messages = [{"role": "user", "content": []} if data is None else _message(data) for _, data in found]
    result = ImageCompressor().run(messages, model=None if model is None else find_model(model))
    priced = {image.path[0]: image for image in result.images}
    counted = {document.path[0]: document for document in result.documents}
    lines = [
        _paper(path, counted[index]) if index in counted else _line(path, priced.get(index))
        for index, (path, _) in enumerate(found)
    ]
    lines += [_drawing(path, text, result.model) for path, text in drawings(content, name)]
    lines.sort(key=lambda line: (-line.tokens, line.cell))
    return NotebookBill(name, result.model, tuple(lines), result.usd_per_million_tokens)


def _read(notebook: str | PathLike[str] | Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    if not isinstance(notebook, (str, PathLike)):
        name, content = "the notebook", notebook
    else:
        name = str(notebook)
        try:
            content = read_json(read_file(notebook))
        except ValueError as error:
            raise MessageError(f"{name} is not a notebook: {error}") from error
    if not hasattr(content, "get") or not isinstance(content.get("cells"), list):
        raise MessageError(f"{name} is not a notebook of nbformat 4: it has no list of cells")
    return name, content


def _message(data: bytes) -> dict[str, Any]:
    try:
        return user_message("", data)
    except HeadroomError:
        return {"role": "user", "content": []}


def _drawing(path: BlockPath, text: str, model: str) -> BillLine:
    tokens = count_text(text, find_model(model)).tokens
    note = f"an SVG drawing of {len(text):,} characters: text, which is read as text"
    return BillLine(path, _cell(path), None, tokens, tokens, "", note, exact=False, compressed_exact=False)


def _paper(path: BlockPath, document: DocumentResult) -> BillLine:
    pages = "a document" if document.page_count is None else f"a PDF of {document.page_count:,} pages"
    note = "; ".join(filter(None, (pages, document.error or document.note)))
    tokens = document.original_tokens, document.compressed_tokens
    exact = document.exact
    made = dict.fromkeys(str(page.form) for page in document.pages) if document.parts else {"preserve": None}
    how = ", ".join(made)
    return BillLine(path, _cell(path), None, *tokens, how, note, exact=exact, compressed_exact=exact, document=True)


def _cell(path: BlockPath) -> int:
    """Return a cell's number as one counts them; 0 for what stands in no cell, as the state of widgets."""
    number = path[1]
    return number + 1 if path[0] == "cells" and isinstance(number, int) else 0


def _line(path: BlockPath, image: ImageResult | None) -> BillLine:
    cell = _cell(path)
    if image is None:
        return BillLine(path, cell, None, 0, 0, "", "not an image that can be counted")
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
