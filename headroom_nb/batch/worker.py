"""What runs in every worker: one callable that turns parts into files and small records."""

from __future__ import annotations

import json
import os
import platform
import threading
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from headroom_nb.batch.items import Outcome, check_wanted, cut, shrink
from headroom_nb.batch.part_files import HashingFile, record_of
from headroom_nb.batch.reading import SpanReader
from headroom_nb.batch.records import BatchTotals, ItemResult, Part, PartRecord
from headroom_nb.batch.stores import copy_range, store_of
from headroom_nb.costs.models import adopt_rows, own_rows
from headroom_nb.errors import BatchError, HeadroomError, MessageError, OptionError, WorkStoppedError
from headroom_nb.options import Options, takes_options
from headroom_nb.runtime.forks import fork_safe
from headroom_nb.runtime.json_text import read_json
from headroom_nb.runtime.masking import masked
from headroom_nb.runtime.stopping import Stop, stopping
from headroom_nb.runtime.threads import at_most

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.batch.reading import RawItem
    from headroom_nb.batch.records import Door, Span
    from headroom_nb.batch.store import Store
    from headroom_nb.compressor import ImageCompressor
    from headroom_nb.records import CompressionResult

ON_ERROR = ("keep", "skip", "raise")
MAX_ITEM_BYTES = 64 * 2**20
"""Longest item: more than any provider takes in one request."""

MOST_COMPRESSORS = 2
"""Compressors kept per process, the ones used last."""

DIED = "the worker died on this item twice, perhaps for want of memory"

_compressors: dict[tuple[str, int], ImageCompressor] = {}
_lock = fork_safe(threading.Lock())


class BatchCompressor:
    """Compresses parts of a batch, wherever it is called: in this process, a pool, a Dask or a Ray worker.

    Small to pickle: models are loaded by the first call in each process and kept there. Each call uses one thread, so
    that as many workers as there are cores use them all.

    Parameters
    ----------
    options
        Every choice as one object; objects of your own among them must be picklable.
    column
        Key or Parquet column that holds the conversation.
    on_error
        What becomes of an item that cannot be read or compressed: ``"keep"`` writes it as it came, ``"skip"`` leaves
        it out, ``"raise"`` stops.
    max_item_bytes
        Longer items are errors; they are never held in memory.
    max_item_seconds
        An item that takes longer is an error, and left as it was; None sets no bound.
    storage_options
        Options for fsspec's file systems, for paths that are URLs.
    **choices
        Single options by name; :class:`headroom_nb.Options` lists them.

    Raises
    ------
    OptionError
        When an option is not one we know.
    """

    @takes_options
    def __init__(
        self,
        options: Options | None = None,
        *,
        column: str = "messages",
        on_error: str = "keep",
        max_item_bytes: int = MAX_ITEM_BYTES,
        max_item_seconds: float | None = None,
        storage_options: Mapping[str, Any] | None = None,
        **choices: Any,
    ) -> None:
        from headroom_nb.compressor import ImageCompressor

        if on_error not in ON_ERROR:
            raise OptionError(f"on_error={on_error!r} is not known; use one of {', '.join(ON_ERROR)}")
        if max_item_bytes < 1:
            raise OptionError(f"max_item_bytes={max_item_bytes!r} is not a number of bytes")
        self.options = Options.of(options, **choices)  # what the environment says here holds for every worker
        ImageCompressor(options=self.options)  # a wrong model is reported here, before any work
        self.column = column
        self.on_error = on_error
        if max_item_seconds is not None and not max_item_seconds > 0:
            raise OptionError(f"max_item_seconds={max_item_seconds!r} is not a number of seconds")
        self.max_item_bytes = max_item_bytes
        self.max_item_seconds = max_item_seconds
        self.storage_options = dict(storage_options or {})
        self.models = own_rows()
        self._token = uuid.uuid4().hex
        self._home = (platform.node(), os.getpid())

    def __call__(self, batch: Part | Sequence[Part] | Mapping[str, Any]) -> Any:
        """Do a part, several, or a mapping of columns as Ray's ``map_batches`` passes it.

        Parameters
        ----------
        batch
            A part; a list of parts; or ``{"part": [part.to_json(), …]}``.

        Returns
        -------
        PartRecord, list of PartRecord or dict
            One record per part; for a mapping, the parts' numbers under ``"part"``, their items under ``"items"``.

        Raises
        ------
        BatchError
            The source or the folder of the parts cannot be reached from here, or ``on_error="raise"`` met an error.
        """
        if isinstance(batch, Part):
            return self._do(batch)
        if isinstance(batch, Mapping):
            records = [self._do(Part.from_json(str(text))) for text in batch["part"]]
            return {
                "part": [record.number for record in records],
                "items": [record.totals.conversations for record in records],
            }
        return [self._do(part) for part in batch]

    def compress(self, document: Any) -> CompressionResult:
        """Compress one document, on one thread."""
        seconds = self.max_item_seconds
        late = f"this item took more than max_item_seconds={seconds}"
        with at_most(1), stopping(Stop(seconds, lambda: WorkStoppedError(late))):
            return self._compressor().run(document, zoom=False)  # nobody answers the tool's calls in a batch

    def store(self, path: str) -> Store:
        """Return the store a path is in."""
        return store_of(path, self.storage_options)

    def _compressor(self) -> ImageCompressor:
        """Return this process's compressor for these options."""
        key = self._token, os.getpid()  # a forked process begins with its parent's, and builds its own
        with _lock:
            found = _compressors.pop(key, None)
            if found is None:
                from headroom_nb.compressor import ImageCompressor

                if self._home != (platform.node(), os.getpid()):
                    _quiet_libraries()
                    adopt_rows(self.models)
                found = ImageCompressor(options=self.options)
            _compressors[key] = found
            while len(_compressors) > MOST_COMPRESSORS:
                _compressors.pop(next(iter(_compressors))).close()
            return found

    def leave(self, part: Part, why: str) -> PartRecord:
        """Leave every item of a part as it was, with this error."""
        return self._do(part, refused=why)

    def _do(self, part: Part, refused: str = "") -> PartRecord:
        """Write what a part becomes, then its result."""
        store = self.store(part.target)
        check_reach(store, part.target)
        known = None if refused else record_of(store, part)
        data = None if known is None else store.look(f"{part.target}.data")
        if known is not None and data is not None and data.size == known.size:
            return known  # a scheduler tries a task again whose worker it lost, though some of it was done
        if part.spans[0].shape == "rows":
            from headroom_nb.batch.parquet import write_rows

            with store.writing(f"{part.target}.data") as file:
                out = HashingFile(file)
                results = write_rows(self, part.spans[0], out, self._door(store, part, refused))
            lines = [part.spans[0].stop - part.spans[0].start]
        else:
            with store.writing(f"{part.target}.data") as file:
                out = HashingFile(file)
                results, lines = self._write_items(part, out, self._door(store, part, refused))
        totals = sum((result.totals for result in results), BatchTotals())
        record = PartRecord(part.number, out.size, totals)
        content = {**record.to_dict(), "sha256": out.digest(), "lines": lines}
        content["results"] = [result.to_dict() for result in results]
        store.write(f"{part.target}.json", json.dumps(content).encode())
        return record

    def _door(self, store: Store, part: Part, refused: str) -> Door:
        """Return what each item of a part is asked for before it is compressed."""

        def enter(span: Span, at: int) -> str:
            if refused or (span.file, at) in part.lost:
                return refused or DIED
            if part.watched:
                store.write(f"{part.target}.at", json.dumps([span.file, at]).encode())
            return ""

        return enter

    def died_on(self, part: Part) -> tuple[int, int] | None:
        """Return the item on which the worker of a watched part died, by file and byte or row; None if not known."""
        try:
            file, at = read_json(self.store(part.target).read(f"{part.target}.at"))
            return int(file), int(at)
        except (OSError, ValueError, TypeError):
            return None

    def _write_items(self, part: Part, out: HashingFile, door: Door) -> tuple[list[ItemResult], list[int]]:
        results: list[ItemResult] = []
        lines: list[int] = []
        for span in part.spans:
            with self._opened(span) as source:
                reader = SpanReader(source, span, self.max_item_bytes)
                for item in reader:
                    outcome = self._treat(item, span, door(span, item.start))
                    outcome.result.bytes = self._write(item, outcome, source, out)
                    results.append(outcome.result)
                lines.append(reader.lines)
        return results, lines

    def _opened(self, span: Span) -> BinaryIO:
        try:
            return self.store(span.path).open(span.path)
        except FileNotFoundError as error:
            raise unreachable(span.path) from error
        except OSError as error:
            raise BatchError(f"{span.path} cannot be read on {platform.node()}: {error}") from error

    def _treat(self, item: RawItem, span: Span, refused: str) -> Outcome:
        """Return what an item becomes; what is wrong with it stands in its result, or is raised."""
        try:
            data = _held(item, self.max_item_bytes)
            check_wanted(refused)
            outcome = shrink(data, self.column, self.compress)
        except HeadroomError as error:
            outcome = self.failed(error, span, item.start)
        except Exception as error:  # noqa: BLE001 - whatever is in a line, the others go on
            outcome = self.failed(error, span, item.start)
        outcome.result.file, outcome.result.line, outcome.result.at = span.file, item.line, item.start
        return outcome

    def failed(self, error: Exception, span: Span, at: int) -> Outcome:
        """Return the outcome of an item that is left as it was; BatchError where errors are to stop the run."""
        sentence = cut(masked(str(error) if isinstance(error, HeadroomError) else f"{type(error).__name__}: {error}"))
        if self.on_error == "raise":
            unit = "row" if span.shape == "rows" else "byte"
            stopped = BatchError(f"{span.path}, {unit} {at:,}: {sentence}")
            stopped.place = (span.path, span.shape, at, sentence)
            raise stopped from error
        return Outcome(None, ItemResult(error=sentence, kind=type(error).__name__))

    def _write(self, item: RawItem, outcome: Outcome, source: BinaryIO, out: HashingFile) -> int:
        """Write an item and the end of its line; return the bytes, 0 where it is left out."""
        if outcome.result.error and self.on_error == "skip":
            return 0
        before = out.size
        data = item.data if outcome.data is None else outcome.data
        if data is not None:
            out.write(data)
            out.write(b"\n")
            return out.size - before
        copy_range(source, item.start, item.stop, out)
        if not out.ended:
            out.write(b"\n")
        # what was read ahead stands elsewhere now
        source.seek(item.stop)
        return out.size - before


def _held(item: RawItem, most: int) -> bytes:
    """Return an item's text; MessageError where it was too long to be read."""
    if item.data is None:
        raise MessageError(f"this item has {item.stop - item.start:,} bytes, more than max_item_bytes={most:,}")
    return item.data


def check_reach(store: Store, target: str) -> None:
    """Raise BatchError where the folder of the parts cannot be seen."""
    if not store.is_folder(target.rpartition("/")[0]):
        raise unreachable(target.rpartition("/")[0])


def unreachable(path: str) -> BatchError:
    """Return the error for a path that this process cannot see."""
    return BatchError(
        f"{path} cannot be reached from {platform.node()} (process {os.getpid()}): every worker needs the source and "
        "the sink under the same path, so put them on a file system that all share, or at a URL such as s3://…"
    )


def _quiet_libraries() -> None:
    """Keep the libraries of a worker process to one thread as well."""
    import importlib.util

    if importlib.util.find_spec("cv2") is not None:
        import cv2

        cv2.setNumThreads(1)
