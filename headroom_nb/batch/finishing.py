"""Putting the parts together: the sink, the report and the sums, in this order, and then the parts go."""

from __future__ import annotations

import hashlib
import json
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from headroom_nb.batch.journal import clear, finished
from headroom_nb.batch.part_files import HashingFile, full_digest, read_record
from headroom_nb.batch.paths import parent_and_name
from headroom_nb.batch.records import BatchTotals, ItemResult
from headroom_nb.batch.sources import digest_of
from headroom_nb.batch.store import BUFFER
from headroom_nb.batch.stores import copy_range
from headroom_nb.batch.summary import MOST_ERRORS, BatchSummary, ItemError
from headroom_nb.errors import BatchError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headroom_nb.batch.journal import Job
    from headroom_nb.batch.records import Part, SourceFile
    from headroom_nb.batch.store import Writable


class DamagedPartError(BatchError):
    """A part is not what its results say; ``part`` has to be done again."""

    def __init__(self, part: Part) -> None:
        super().__init__(f"{part.target}.data is damaged and has to be done again")
        self.part = part


class _Numbers:
    """Counts items and lines over parts, and builds the errors and the report from their results."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._item = 0
        self._first_lines: dict[int, int] = {}
        self.totals = BatchTotals()
        self.errors: list[ItemError] = []
        self.whole = True
        """Whether every part so far was there, so that the numbers are right."""

    def take(self, part: Part, content: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield the report's line for each item of a part."""
        self.totals += BatchTotals(**content["totals"])
        results = [ItemResult.from_dict(result) for result in content["results"]]
        for result in results:
            self._item += 1
            file = self._job.source.files[result.file]
            line = self._first_lines.get(result.file, 0) + result.line + 1
            if result.error and len(self.errors) < MOST_ERRORS:
                number, place = (self._item, line) if self.whole else (None, None)
                place = place if file.shape == "lines" else None
                self.errors.append(ItemError(file.found.name, number, place, result.at, result.error, result.kind))
            yield _report_line(result, self._item, file, line)
        for span, lines in zip(part.spans, content["lines"], strict=True):
            self._first_lines[span.file] = self._first_lines.get(span.file, 0) + lines


def _report_line(result: ItemResult, item: int, file: SourceFile, line: int) -> dict[str, Any]:
    return {
        "item": item,
        "source": file.found.name,
        **({"line": line} if file.shape == "lines" else {}),
        **({"row": result.at} if file.shape == "rows" else {}),
        **({"id": result.id} if result.id else {}),
        "written": result.bytes > 0,
        "images": result.images,
        **({"documents": result.documents} if result.documents else {}),
        "original_tokens": result.original_tokens,
        "compressed_tokens": result.compressed_tokens,
        "original_bytes": result.original_bytes,
        "compressed_bytes": result.compressed_bytes,
        "savings_usd": result.savings_usd,
        "exact": result.exact,
        "model": result.model,
        "techniques": result.techniques,
        "image_errors": result.image_errors,
        "warnings": result.warnings,
        "error": result.error or None,
    }


def partial(job: Job, *, seconds: float = 0.0, resumed_items: int = 0) -> BatchSummary:
    """Return the sums of what is done so far."""
    numbers = _Numbers(job)
    size = 0
    for part in job.parts:
        content = read_record(job.sink_store, part)
        if content is None:
            numbers.whole = False
            continue
        size += part.size
        for _ in numbers.take(part, content):
            pass
    total = sum(part.size for part in job.parts)
    summary = _summary(job, numbers, seconds=seconds, resumed_items=resumed_items)
    return replace(summary, interrupted=True, done=size / total if total else 0.0)


def finish(job: Job, *, seconds: float = 0.0, resumed_items: int = 0) -> BatchSummary:
    """Write the sink from the parts, the report and the sums; drop the parts.

    Raises
    ------
    DamagedPartError
        A part has to be done again first.
    BatchError
        The source was changed while it was read.
    """
    known = finished(job)
    if known is not None:
        clear(job.sink_store, job.work)
        summary = BatchSummary.from_dict(known["summary"])
        return replace(summary, seconds=round(seconds, 3), resumed_items=summary.items)
    _check_unchanged(job)
    store = job.sink_store
    numbers = _Numbers(job)
    written: dict[str, list[Any]] = {}
    with _replacing(job, job.report) as report:
        _write_files(job, numbers, report, written)
    written[job.report] = [report.size, report.digest()]
    summary = _summary(job, numbers, seconds=seconds, resumed_items=resumed_items)
    content = {"fingerprint": job.fingerprint, "files": written, "summary": summary.to_dict()}
    with store.writing(job.summary, job.work, durable=True) as file:
        file.write((json.dumps(content, indent=1) + "\n").encode())
    clear(store, job.work)
    return summary


@contextmanager
def _replacing(job: Job, path: str) -> Iterator[HashingFile]:
    """Give the file to write that takes a place of the sink; BatchError where a file that is not ours stands there.

    Ours is what begins like the file that is written: this batch wrote it, and it was cut since.
    """
    store = job.sink_store
    before = None if job.overwrite else store.look(path)
    with store.writing(path, job.work, durable=True) as draft:
        file = HashingFile(draft, 0 if before is None else before.size)
        yield file
        if before is not None and full_digest(store, before) != file.digest_of_beginning():
            raise BatchError(
                f"{path} holds something else than this batch writes; move it away, name another sink, or replace it "
                "with overwrite=True (--overwrite)"
            )


def _check_unchanged(job: Job) -> None:
    """Raise BatchError where a file is no longer the one whose parts were read."""
    source, store = job.source, job.compressor.store(job.source.path)
    now = store.find(source.path)[0] if source.folder else [store.look(source.path)]
    files = {found.path: found for found in now if found is not None}
    for file in source.files:
        found = files.get(file.found.path)
        same = found is not None and (found.size, found.stamp) == (file.found.size, file.found.stamp)
        if found is None or not same or digest_of(store, found) != file.digest:
            raise BatchError(
                f"{file.found.path} was changed while it was read; begin again with overwrite=True (--overwrite) "
                "when it is complete"
            )


@dataclass(frozen=True)
class _Piece:
    """Some bytes of a part, to be copied into the file with this number before the next piece is asked for."""

    file: int
    part: Part
    data: CheckedData
    length: int

    def check_all(self) -> str:
        """Read the whole part, to be sure of it, and return its path."""
        self.data.copy(self.length, None)
        return f"{self.part.target}.data"


def _write_files(job: Job, numbers: _Numbers, report: HashingFile, written: dict[str, list[Any]]) -> None:
    """Write the files of the sink, each whole or not at all, and the report; note their sizes and digests."""
    done = set()
    for number, pieces in groupby(_pieces(job, numbers, report), key=lambda piece: piece.file):
        done.add(number)
        _write_file(job, job.source.files[number], pieces, written)
    for file in job.source.files:
        if file.number not in done and file.shape != "document":
            _write_file(job, file, iter(()), written)


def _pieces(job: Job, numbers: _Numbers, report: HashingFile) -> Iterator[_Piece]:
    """Yield what goes into the files, in order; lines that follow each other in one piece."""
    for part in job.parts:
        content = read_record(job.sink_store, part)
        if content is None:
            raise DamagedPartError(part)
        report.writelines(json.dumps(line).encode() + b"\n" for line in numbers.take(part, content))
        lengths = [(result.get("file", 0), result.get("bytes", 0)) for result in content["results"]]
        with closing(CheckedData(job, part, content)) as data:
            for number, same in groupby(lengths, key=lambda entry: entry[0]):
                found = [length for _, length in same if length]
                shape = job.source.files[number].shape
                if shape == "lines":
                    found = [sum(found)]
                elif shape == "rows":
                    found = [content["size"]]
                for length in found:
                    yield _Piece(number, part, data, length)
            data.check()


def _write_file(job: Job, file: SourceFile, pieces: Iterator[_Piece], written: dict[str, list[Any]]) -> None:
    """Write one file of the sink, and note its size and digest."""
    store = job.sink_store
    target = f"{job.sink}/{file.found.name}" if job.source.folder else job.sink
    folder = parent_and_name(target)[0]
    store.make_folder(folder)
    if job.source.folder and not f"{store.real(folder)}/".startswith(f"{store.real(job.sink)}/"):
        raise BatchError(f"{folder} is a link that leads out of the sink {job.sink}; remove the link, and run it again")
    with _replacing(job, target) as out:
        if file.shape == "rows":
            from headroom_nb.batch.parquet import join_rows

            with job.compressor.store(file.found.path).open(file.found.path) as source:
                join_rows(store, file, source, (piece.check_all() for piece in pieces), out)
        elif file.shape == "elements":
            with job.compressor.store(file.found.path).open(file.found.path) as source:
                copy_range(source, 0, file.start, out)
                between = b""
                for piece in pieces:
                    out.write(between)
                    piece.data.copy(piece.length - 1, out)
                    piece.data.copy(1, None)  # the end of the line
                    between = b",\n"
                copy_range(source, file.stop, file.found.size, out)
        else:
            for piece in pieces:
                piece.data.copy(piece.length, out)
    written[target] = [out.size, out.digest()]


class CheckedData:
    """Reads a part's data and compares it with its results at the end."""

    def __init__(self, job: Job, part: Part, content: dict[str, Any]) -> None:
        self._part = part
        self._expected = content["sha256"]
        self._hash = hashlib.sha256()
        try:
            self._file = job.sink_store.open(f"{part.target}.data")
        except OSError as error:
            raise DamagedPartError(part) from error

    def copy(self, length: int, out: Writable | None) -> None:
        """Copy the next bytes; without ``out`` they are dropped."""
        while length > 0:
            block = self._file.read(min(BUFFER, length))
            if not block:
                raise DamagedPartError(self._part)
            self._hash.update(block)
            if out is not None:
                out.write(block)
            length -= len(block)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def check(self) -> None:
        """Compare what was read with the results."""
        if self._hash.hexdigest() != self._expected:
            raise DamagedPartError(self._part)


def _summary(job: Job, numbers: _Numbers, *, seconds: float, resumed_items: int) -> BatchSummary:
    totals = numbers.totals
    return BatchSummary(
        source=job.source.path,
        sink=job.sink,
        report=job.report,
        items=totals.conversations,
        images=totals.images,
        documents=totals.documents,
        original_tokens=totals.original_tokens,
        compressed_tokens=totals.compressed_tokens,
        original_bytes=totals.original_bytes,
        compressed_bytes=totals.compressed_bytes,
        savings_usd=None if totals.savings_usd is None else round(totals.savings_usd, 10),
        unpriced=totals.unpriced,
        exact=totals.exact,
        techniques=dict(sorted(totals.techniques.items())),
        models=dict(sorted(totals.models.items())),
        errors=tuple(numbers.errors),
        error_count=totals.errors,
        failed_images=totals.failed_images,
        warned=totals.warned,
        skipped_files=job.source.skipped,
        seconds=round(seconds, 3),
        resumed_items=resumed_items,
    )
