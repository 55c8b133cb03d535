"""The images a verb looks at, wherever they come from: messages, an image in memory, files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headroom_nb.analysis.files import PAGED_SUFFIXES, PAPER_SUFFIXES, find_files, read_json, read_lines, read_picture
from headroom_nb.analysis.notebook_images import pictures
from headroom_nb.analysis.shown import Paper, Shown, Source, pages_in
from headroom_nb.errors import HeadroomError, MessageError
from headroom_nb.records import CompressionResult, format_path
from headroom_nb.records.origins import origins
from headroom_nb.runtime.base64_text import is_data_url
from headroom_nb.runtime.files import LONGEST

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_nb.formats.slots import ImageSlot
    from headroom_nb.records import BlockPath


GIVEN = "what was given"
"""What a value without a name of its own is called in an error."""


def of_value(value: Any, label: str) -> list[Shown]:
    """Return the images and documents of a value; as :func:`sources_of`, all in one list."""
    return [image for source in sources_of(value, label) for image in source.images]


def sources_of(value: Any, label: str) -> list[Source]:
    """Return the images of a value, those of each request by themselves.

    Parameters
    ----------
    value
        Messages, a request body, a list of requests, a result, an image of any kind, a list or column of images, or
        files: a path, a pattern, a folder or a list of paths, of images, ``.json``, ``.jsonl`` and ``.ipynb``.

    Raises
    ------
    HeadroomError
        The value holds no image.
    """
    from headroom_nb.pictures import images_in

    if isinstance(value, CompressionResult):
        value = value.messages
    if isinstance(value, (str, Path)) and (files := find_files(str(value))):
        return of_files(files)
    if isinstance(value, list) and value and all(isinstance(entry, Path) for entry in value):
        return of_files(value)
    single = isinstance(value, (str, bytes, bytearray, memoryview))
    if isinstance(value, (Mapping, Sequence)) and not single:
        found = _requests(value)
        if any(source.images for source in found):
            return found
        if any(isinstance(entry, Mapping) and "role" in entry for entry in (value, *value)):
            raise MessageError("; ".join((f"there are no images in {label}", *unread_in(value))))
    if isinstance(value, (bytes, bytearray)) and b"%PDF-" in value[:1024]:
        data = bytes(value)
        return [Source(None, [Shown(label, "", "auto", None, lambda: data, Paper())])]
    images = images_in(value)
    if not images:
        raise MessageError(f"there are no images in {label}")
    named = zip(images, _labels(label, len(images)), strict=True)
    return [Source(None, [shown for image, name in named for shown in _of_image(image, name)])]


def _labels(label: str, count: int) -> list[str]:
    """Return what each image of a value is called: by the value's name, or by its number where it has none."""
    if label == GIVEN:
        return ["image"] if count == 1 else [f"image {number}" for number in range(1, count + 1)]
    return [label] if count == 1 else [f"{label}[{number}]" for number in range(count)]


def of_files(paths: Sequence[Path]) -> list[Source]:
    """Return the images of files; image files that follow each other stand together."""
    sources: list[Source] = []
    names = Counter(path.name for path in paths)
    for path in paths:
        read = _READERS.get(path.suffix.lower())
        if read is not None:
            sources += read(path)
            continue
        shown = _in_image_file(path, _called(path, names))
        if sources and sources[-1].document is None:
            sources[-1].images.extend(shown)
        else:
            sources.append(Source(None, shown))
    if sources and not any(source.images for source in sources):
        unread = (sentence for source in sources for sentence in unread_in(source.document))
        raise MessageError("; ".join((f"there are no images in {', '.join(map(str, paths))}", *unread)))
    return sources


def _called(path: Path, names: Counter[str]) -> str:
    """Return what a file is called: its path as it was given, of a path from the root its name, if no other has it."""
    return path.name if path.is_absolute() and names[path.name] == 1 else str(path)


def _in_image_file(path: Path, label: str) -> list[Shown]:
    """Return the image or the PDF in a file, of a TIFF each page."""
    suffix, load = path.suffix.lower(), partial(read_picture, path)
    if suffix in PAPER_SUFFIXES:
        return [Shown(label, "", "auto", None, load, Paper())]
    return pages_in(label, load) if suffix in PAGED_SUFFIXES else [Shown(label, "", "auto", None, load)]


def of_document(document: Any, start: BlockPath = ()) -> list[Shown]:
    """Return the images and documents of a request, whose own place ``start`` is; by file name where known."""
    from headroom_nb.formats import find_documents, find_images

    documents = find_documents(document)
    paths = [(*start, *slot.path) for slot in documents]
    places = origins([path for slot, path in zip(documents, paths, strict=True) if not slot.name], "document")
    papers = [
        Shown(
            slot.name or places[path],
            slot.question,
            slot.detail,
            slot.reference,
            slot.load,
            Paper(slot.format, slot.held.citations, slot.held.text),
            place=format_path(path),
        )
        for slot, path in zip(documents, paths, strict=True)
    ]
    found = [(slot, _name_of(slot), (*start, *slot.path)) for slot in find_images(document)]
    places = origins([path for _, name, path in found if not name])
    return papers + [
        Shown(
            name or places[path],
            slot.question,
            slot.detail,
            slot.reference,
            slot.load,
            place=format_path(path),
        )
        for slot, name, path in found
    ]


def _name_of(slot: ImageSlot) -> str:
    """Return the name of the file that an image came from; empty where nothing says it."""
    from headroom_nb.formats.find import file_name, remembered_name

    name = file_name(slot)
    if name or slot.reference is not None:
        return name
    try:
        return remembered_name(slot.load)
    except HeadroomError:
        return ""  # why it cannot be read is said where it is counted


def unread_in(document: Any) -> tuple[str, ...]:
    """Return a sentence for each place of a conversation whose content no format reads."""
    from headroom_nb.formats.frameworks import fields_of
    from headroom_nb.formats.unread import unread
    from headroom_nb.formats.walk import read_messages

    if isinstance(document, list) and not any(isinstance(fields_of(each), Mapping) for each in document):
        return ()  # images, and no conversation
    return unread(read_messages(document), document)


def _requests(document: Any) -> list[Source]:
    """Return the sources of a document: one, or one for each entry of a list of whole requests."""
    from headroom_nb.formats.find import request_model
    from headroom_nb.formats.meant import holds_conversations

    several = isinstance(document, (list, tuple)) and any(
        isinstance(each, Mapping) and request_model(each) for each in document
    )
    if several or holds_conversations(document):
        return [Source(each, of_document(each, (number,))) for number, each in enumerate(document)]
    return [Source(document, of_document(document))]


def _of_image(value: Any, label: str) -> list[Shown]:
    """Return an image of any kind, of a TIFF each page; read at once, as what it is may change before it is counted."""
    from headroom_nb.pictures import image_file

    data = image_file(value)
    named = isinstance(value, (str, PathLike)) and len(str(value)) <= LONGEST and not is_data_url(str(value))
    return pages_in(str(value) if named else label, lambda: data)


def _json_file(path: Path) -> list[Source]:
    return _in_file(path, _requests(read_json(path)))


def _lines_file(path: Path) -> list[Source]:
    return [
        source
        for number, document in read_lines(path)
        for source in _in_file(path, [Source(document, of_document(document))], f"line {number}, ")
    ]


def _in_file(path: Path, sources: list[Source], place: str = "") -> list[Source]:
    return [
        Source(source.document, [replace(image, label=f"{path.name}, {place}{image.label}") for image in source.images])
        for source in sources
    ]


def _notebook_file(path: Path) -> list[Source]:
    return [Source(None, [replace(image, label=f"{path.name}, {image.label}") for image in of_notebook(path)])]


def of_notebook(path: Path) -> list[Shown]:
    """Return the images in a notebook's outputs and attachments, by cell."""
    content = read_json(path)
    if not isinstance(content, Mapping) or not isinstance(content.get("cells"), list):
        raise MessageError(f"{path} is not a notebook of nbformat 4: it has no list of cells")
    found = [(place, data) for place, data in pictures(content, str(path)) if data]
    names = cell_names(content, [place for place, _ in found])
    return [Shown(name, "", "auto", None, partial(bytes, data)) for name, (_, data) in zip(names, found, strict=True)]


def cell_names(content: Any, places: Sequence[BlockPath]) -> list[str]:
    """Return what the images of a notebook are called, as one counts: ``"cell 3, plot"``, ``"cell 3, plot 2"``."""
    seen: Counter[str] = Counter()
    names = []
    for place in places:
        name = f"cell {int(place[1]) + 1}, {_kind(content, place)}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return names


def _kind(content: Any, place: BlockPath) -> str:
    """Return ``"plot"`` for a figure of Matplotlib, ``"image"`` for other outputs, and the name of an attachment."""
    if place[2] != "outputs":
        return str(place[3])
    data = content["cells"][place[1]]["outputs"][place[3]].get("data", {})
    text = data.get("text/plain", "")
    return "plot" if "".join(text).startswith("<Figure") else "image"


_READERS: dict[str, Callable[[Path], list[Source]]] = {
    ".json": _json_file,
    ".jsonl": _lines_file,
    ".ndjson": _lines_file,
    ".ipynb": _notebook_file,
}
