"""From a path to the work in it: which files, of which shape, cut into parts. Nothing is parsed but a first element."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headroom_nb.batch.json_arrays import elements, find_array
from headroom_nb.batch.records import Part, Span
from headroom_nb.errors import BatchError
from headroom_nb.formats.walk import request_body

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headroom_nb.batch.stores import Found, Store

SHAPES = {".jsonl": "lines", ".ndjson": "lines", ".json": "document", ".parquet": "rows", ".pq": "rows"}
"""What a file is, by its suffix; a ``.json`` file may turn out to be an array of requests."""

ARRAY_KEYS = ("requests",)
"""Keys of an object that hold an array of requests, as in Anthropic's message batches."""

PARTS = 64
LEAST_PART, MOST_PART = 64 * 2**10, 2**20
"""A source is cut into 64 parts, of 64 KiB to 1 MiB: what is done again after a kill, and what workers share."""

PEEK = 2**22
"""Bytes of a first element that are parsed to see what an array holds."""


@dataclass(frozen=True)
class SourceFile:
    """One file: where, what, and for an array where its elements stand."""

    number: int
    found: Found
    shape: str
    start: int
    stop: int


@dataclass(frozen=True)
class Source:
    """What there is to do.

    Attributes
    ----------
    path
        As given, whole.
    folder
        Whether it is a folder.
    files
        In order.
    outside
        Links that lead out of the folder; they are not followed.
    """

    path: str
    folder: bool
    files: tuple[SourceFile, ...]
    outside: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.found.size for file in self.files)


def read_source(store: Store, path: str, column: str) -> Source:
    """Return what a path holds.

    Raises
    ------
    BatchError
        There is nothing, or nothing of a shape that is known.
    """
    if not store.is_folder(path):
        found = store.look(path)
        if found is None:
            raise BatchError(f"there is no file or folder at {path}")
        if _suffix(path) not in SHAPES:
            raise BatchError(f"{path} ends in none of {', '.join(SHAPES)}; rename or unpack it first")
        return Source(path, folder=False, files=(_file(store, 0, found, column),))
    listed, outside = store.find(path)
    known = [found for found in listed if _suffix(found.name) in SHAPES]
    if not known:
        raise BatchError(f"there is no file in {path} that ends in one of {', '.join(SHAPES)}")
    files = tuple(_file(store, number, found, column) for number, found in enumerate(known))
    return Source(path, folder=True, files=files, outside=tuple(outside))


def _suffix(path: str) -> str:
    name = path.rpartition("/")[2]
    return name[name.rfind(".") :].lower() if "." in name else ""


def _file(store: Store, number: int, found: Found, column: str) -> SourceFile:
    shape = SHAPES[_suffix(found.path)]
    if shape == "document":
        with store.open(found.path) as file:
            place = find_array(file, found.size, ARRAY_KEYS)
            if place is not None and (place.key or _holds_conversations(file, place.start, place.stop, column)):
                return SourceFile(number, found, "elements", place.start, place.stop)
    if shape == "rows":
        from headroom_nb.batch.parquet import count_rows

        return SourceFile(number, found, shape, 0, count_rows(store, found.path, column))
    return SourceFile(number, found, shape, 0, found.size)


def _holds_conversations(file: Any, start: int, stop: int, column: str) -> bool:
    """Return whether an array holds conversations (message lists, requests), and is not one itself."""
    first = next(elements(file, start, stop), None)
    if first is None or first[1] - first[0] > PEEK:
        return first is not None
    file.seek(first[0])
    try:
        value = json.loads(file.read(first[1] - first[0]))
    except (ValueError, RecursionError):
        return True
    return isinstance(value, list) or (
        isinstance(value, dict) and (request_body(value)[1] is not None or column in value)
    )


def cut(store: Store, source: Source, work: str) -> list[Part]:
    """Return the parts of a source: the same for the same source, however many workers there are.

    Parameters
    ----------
    store
        Where the source is.
    source
        What there is to do.
    work
        The folder that receives the parts.
    """
    goal = min(MOST_PART, max(LEAST_PART, source.size // PARTS))
    groups: list[list[Span]] = []
    room = 0
    for file in source.files:
        for span in _spans(store, file, goal):
            if span.shape == "rows" or span.size > room:
                groups.append([])
                room = goal
            groups[-1].append(span)
            room = 0 if span.shape == "rows" else room - span.size
    return [Part(number, tuple(spans), f"{work}/{number:08}") for number, spans in enumerate(groups)]


def _spans(store: Store, file: SourceFile, goal: int) -> Iterator[Span]:
    path, shape = file.found.path, file.shape
    if shape == "lines":
        for start in range(0, file.found.size, goal):
            stop = min(file.stop, start + goal)
            yield Span(file.number, path, shape, start, stop, stop - start)
    elif shape == "elements":
        with store.open(path) as opened:
            begin = None
            for start, stop in elements(opened, file.start, file.stop):
                begin = start if begin is None else begin
                if stop - begin >= goal:
                    yield Span(file.number, path, shape, begin, stop, stop - begin)
                    begin = None
            if begin is not None:
                yield Span(file.number, path, shape, begin, file.stop, file.stop - begin)
    elif shape == "rows":
        from headroom_nb.batch.parquet import row_spans

        yield from row_spans(store, file, goal)
    else:
        yield Span(file.number, path, shape, 0, file.found.size, file.found.size)
