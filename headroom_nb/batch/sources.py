"""From a path to the work in it: which files, of which shape, cut into parts. Nothing is parsed but a first element."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headroom_nb.batch.json_arrays import elements, find_array
from headroom_nb.batch.records import Part, SourceFile, Span
from headroom_nb.errors import BatchError
from headroom_nb.formats.walk import request_body

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headroom_nb.batch.store import Found, Store

SHAPES = {".jsonl": "lines", ".ndjson": "lines", ".json": "document", ".parquet": "rows", ".pq": "rows"}
"""What a file is, by its suffix; a ``.json`` file may turn out to be an array of requests."""

ALONE = {".pdf", ".ipynb", ".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff"}
"""Suffixes of what stands in a conversation, and is none."""

PACKED = (".gz", ".bz2", ".xz", ".zst", ".zip")
"""Suffixes of packed files: these are not read, as workers begin in the middle of a file."""

NO_TEXT = {
    b"\xff\xfe": "in UTF-16; save it as UTF-8",
    b"\xfe\xff": "in UTF-16; save it as UTF-8",
    b"\x1f\x8b": "packed with gzip; unpack it first",
    b"BZh": "packed with bzip2; unpack it first",
    b"\xfd7zXZ": "packed with xz; unpack it first",
    b"\x28\xb5\x2f\xfd": "packed with zstd; unpack it first",
    b"PK\x03\x04": "a ZIP archive; unpack it first",
    b"PAR1": "a Parquet file; give it the suffix .parquet",
}
"""What a file is that begins so, and what to do about it; no JSON does."""

LONGEST_MAGIC = max(map(len, NO_TEXT))

ARRAY_KEYS = ("requests",)
"""Keys of an object that hold an array of requests, as in Anthropic's message batches."""

PARTS = 64
LEAST_PART, MOST_PART = 64 * 2**10, 2**20
"""A source is cut into 64 parts, of 64 KiB to 1 MiB: what is done again after a kill, and what workers share."""

ENDS = 2**16
"""Bytes at the beginning and at the end of a file by which it is recognised."""

PEEK = 2**22
"""Bytes of a first element that are parsed to see what an array holds."""


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
    skipped
        Names in the folder that are not read: links that lead out of it, packed files.
    """

    path: str
    folder: bool
    files: tuple[SourceFile, ...]
    skipped: tuple[str, ...] = ()

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
        if suffix(path) not in SHAPES:
            if suffix(path) in ALONE:
                raise BatchError(
                    f"{path} is no file of conversations ({', '.join(SHAPES)}); give it to %headroom compress"
                )
            raise BatchError(f"{path} ends in none of {', '.join(SHAPES)}; rename or unpack it first")
        return Source(path, folder=False, files=(_file(store, 0, found, column),))
    listed, skipped = store.find(path)
    known = [found for found in listed if suffix(found.name) in SHAPES]
    packed = [found.name for found in listed if _packed(found.name)]
    if not known:
        advice = f"; unpack {packed[0]} and others like it first" if packed else ""
        raise BatchError(f"there is no file in {path} that ends in one of {', '.join(SHAPES)}{advice}")
    files = tuple(_file(store, number, found, column) for number, found in enumerate(known))
    return Source(path, folder=True, files=files, skipped=tuple(sorted([*skipped, *packed])))


def suffix(path: str) -> str:
    """Return the end of a path's last step from its last point on, in small letters; empty where there is none."""
    name = path.rpartition("/")[2]
    return name[name.rfind(".") :].lower() if "." in name else ""


def _packed(name: str) -> bool:
    """Return whether a name is that of a file we would read if it were not packed."""
    end = suffix(name)
    return end in PACKED and suffix(name[: -len(end)]) in SHAPES


def _file(store: Store, number: int, found: Found, column: str) -> SourceFile:
    shape = SHAPES[suffix(found.path)]
    digest = digest_of(store, found)
    if shape == "rows":
        from headroom_nb.batch.parquet import count_rows

        return SourceFile(number, found, shape, 0, count_rows(store, found.path, column), digest)
    with store.open(found.path) as file:
        _check_text(found.path, file.read(LONGEST_MAGIC))
        if shape == "document":
            place = find_array(file, found.size, ARRAY_KEYS)
            if place is not None and (place.key or _holds_conversations(file, place.start, place.stop, column)):
                return SourceFile(number, found, "elements", place.start, place.stop, digest)
    return SourceFile(number, found, shape, 0, found.size, digest)


def digest_of(store: Store, found: Found) -> str:
    """Return a digest of a file's first and last bytes: sizes and times of change may be those of another file."""
    with store.open(found.path) as file:
        digest = hashlib.blake2b(file.read(ENDS), digest_size=16)
        file.seek(max(0, found.size - ENDS))
        digest.update(file.read(ENDS))
    return digest.hexdigest()


def _check_text(path: str, begins: bytes) -> None:
    """Raise BatchError for a file that is something else than its suffix says."""
    what = next((what for magic, what in NO_TEXT.items() if begins.startswith(magic)), None)
    if what is not None:
        raise BatchError(f"{path} is {what}")


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
