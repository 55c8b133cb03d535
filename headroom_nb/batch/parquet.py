"""Parquet: rows in, rows out, with every column and the file's own metadata. Needs pyarrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from headroom_nb.batch.items import Outcome, check_wanted, item_result, shrink_value
from headroom_nb.batch.records import ItemResult, Span
from headroom_nb.errors import BatchError, HeadroomError, MessageError, OptionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headroom_nb.batch.part_files import HashingFile
    from headroom_nb.batch.records import Door, SourceFile
    from headroom_nb.batch.store import Store
    from headroom_nb.records import CompressionResult

ROWS = 16
"""Rows read at a time."""

ROW_GROUP = 32 * 2**20
"""Bytes of a row group that is written, in memory."""


class RowWork(Protocol):
    """What compresses rows; :class:`~headroom_nb.batch.worker.BatchCompressor` does."""

    column: str
    on_error: str
    max_item_bytes: int

    def compress(self, document: Any) -> CompressionResult:
        """Compress one conversation."""
        ...

    def store(self, path: str) -> Store:
        """Return where a path is kept."""
        ...

    def failed(self, error: Exception, span: Span, at: int) -> Outcome:
        """Return what becomes of an item that failed."""
        ...


def _modules() -> tuple[Any, Any]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise OptionError("Parquet needs pyarrow; run: pip install 'headroom-nb[batch]'") from error
    return pa, pq


def _open(file: BinaryIO, path: str) -> Any:
    arrow, parquet = _modules()
    try:
        return parquet.ParquetFile(file)
    except (arrow.ArrowInvalid, OSError) as error:
        raise BatchError(f"{path} is no Parquet file that can be read: {error}") from error


def count_rows(store: Store, path: str, column: str) -> int:
    """Return how many rows a file has; BatchError when it has no such column."""
    with store.open(path) as file:
        found = _open(file, path)
        names = found.schema_arrow.names
        if names.count(column) != 1:
            what = "several columns" if column in names else "no column"
            raise BatchError(f"{path} has {what} {column}; it has {', '.join(names)}")
        return int(found.metadata.num_rows)


def row_spans(store: Store, file: SourceFile, goal: int) -> Iterator[Span]:
    """Yield spans of rows of about ``goal`` bytes, none over the border of a row group."""
    with store.open(file.found.path) as opened:
        facts = _open(opened, file.found.path).metadata
        first = 0
        for group in range(facts.num_row_groups):
            rows, size = facts.row_group(group).num_rows, facts.row_group(group).total_byte_size
            step = max(1, rows * goal // max(1, size))
            for start in range(0, rows, step):
                stop = min(rows, start + step)
                yield Span(
                    file.number, file.found.path, "rows", first + start, first + stop, size * (stop - start) // rows
                )
            first += rows


def write_rows(work: RowWork, span: Span, out: HashingFile, door: Door) -> list[ItemResult]:
    """Write the rows of a span with smaller images; return their results. ``door`` says which stay as they were."""
    arrow, parquet = _modules()
    results: list[ItemResult] = []
    with work.store(span.path).open(span.path) as source:
        found = _open(source, span.path)
        with parquet.ParquetWriter(arrow.PythonFile(out, "w"), found.schema_arrow) as writer:
            for batch in _batches(found, span):
                table, fresh = _smaller(work, batch, span, span.start + len(results), door)
                results += fresh
                writer.write_table(table)
    return results


def _batches(found: Any, span: Span) -> Iterator[Any]:
    """Yield the rows of a span, which stands in one row group, a few at a time."""
    arrow, _ = _modules()
    group, at = _group_of(found.metadata, span.start)
    batches = found.iter_batches(batch_size=ROWS, row_groups=[group], use_threads=False)
    while at < span.stop:
        try:
            batch = next(batches)
        except (arrow.ArrowException, OSError, StopIteration) as error:
            raise BatchError(f"{span.path} is damaged: row {at:,} cannot be read ({error})") from error
        begin, end = max(span.start, at), min(span.stop, at + batch.num_rows)
        if begin < end:
            yield batch.slice(begin - at, end - begin)
        at += batch.num_rows


def _group_of(facts: Any, row: int) -> tuple[int, int]:
    """Return the row group that a row is in, and the first row of that."""
    first = 0
    for group in range(facts.num_row_groups):
        if row < first + facts.row_group(group).num_rows:
            return group, first
        first += facts.row_group(group).num_rows
    raise BatchError(f"there is no row {row:,} any more")


def _smaller(work: RowWork, batch: Any, span: Span, first: int, door: Door) -> tuple[Any, list[ItemResult]]:
    """Return a few rows with smaller images, and their results."""
    arrow, _ = _modules()
    index = batch.schema.get_field_index(work.column)
    kind = batch.schema.field(index).type
    column = batch.column(index)
    after: list[Any] = []
    results: list[ItemResult] = []
    for number in range(batch.num_rows):
        outcome, smaller = _item(work, column[number], kind, span, first + number, door)
        # a row that is not changed is not converted either: Python's types hold less than Arrow's
        after.append(column.slice(number, 1) if smaller is None else arrow.array([smaller], kind))
        outcome.result.file, outcome.result.line, outcome.result.at = (
            span.file,
            first + number - span.start,
            first + number,
        )
        outcome.result.bytes = int(not (outcome.result.error and work.on_error == "skip"))
        results.append(outcome.result)
    table = arrow.Table.from_batches([batch])
    table = table.set_column(index, batch.schema.field(index), arrow.chunked_array(after, kind))
    kept = [number for number, result in enumerate(results) if result.bytes]
    return table if len(kept) == len(results) else table.take(kept), results


def _item(work: RowWork, cell: Any, kind: Any, span: Span, row: int, door: Door) -> tuple[Outcome, Any]:
    """Return what became of a row, and its smaller conversation; None where it stays as it is."""
    try:
        value = cell.as_py()
        _check_value(value, work.max_item_bytes)
        check_wanted(door(span, row))
        smaller, result = shrink_value(value, work.compress)
        if smaller is not value:
            _check_fits(smaller, kind)
    except HeadroomError as error:
        return work.failed(error, span, row), None
    except Exception as error:  # noqa: BLE001 - whatever is in a row, the others go on
        return work.failed(error, span, row), None
    return Outcome(None, item_result(result, None)), None if smaller is value else smaller


def _check_value(value: Any, most: int) -> None:
    if value is None:
        raise MessageError("this row holds no conversation")
    if isinstance(value, str) and len(value) > most:
        raise MessageError(f"this item has {len(value):,} characters, more than max_item_bytes={most:,}")


def _check_fits(value: Any, kind: Any) -> None:
    """Raise MessageError where the column's type would drop a part of a value."""
    arrow, _ = _modules()
    if arrow.types.is_string(kind) or arrow.types.is_large_string(kind):
        return
    try:
        kept = arrow.array([value], kind).to_pylist()[0]
    except (arrow.ArrowInvalid, arrow.ArrowTypeError, arrow.ArrowNotImplementedError) as error:
        raise MessageError(f"the column's type cannot hold the smaller conversation: {error}") from error
    if _said(kept) != _said(value):
        raise MessageError("the column's type has no place for a key of the smaller conversation; keep it as JSON text")


def _said(value: Any) -> Any:
    """Return a value without its empty fields, which a column's type adds everywhere."""
    if isinstance(value, dict):
        return {key: _said(entry) for key, entry in value.items() if entry is not None}
    return [_said(entry) for entry in value] if isinstance(value, (list, tuple)) else value


def join_rows(store: Store, file: SourceFile, source: BinaryIO, targets: Iterator[str], out: HashingFile) -> None:
    """Write a file of the source's columns and compression from parts.

    Parameters
    ----------
    store
        Where the parts are.
    file, source
        The source file, and it opened.
    targets
        Paths of the parts.
    out
        Receives the file.
    """
    arrow, parquet = _modules()
    found = _open(source, file.found.path)
    schema = found.schema_arrow
    with parquet.ParquetWriter(arrow.PythonFile(out, "w"), schema, compression=_compression(found)) as writer:
        for tables in _groups(store, targets):
            writer.write_table(arrow.concat_tables(tables).replace_schema_metadata(schema.metadata))


def _groups(store: Store, targets: Iterator[str]) -> Iterator[list[Any]]:
    """Yield the rows of parts, as many together as make a row group of some megabytes."""
    _, parquet = _modules()
    tables: list[Any] = []
    for target in targets:
        with store.open(target) as part:
            # not read_table, which wants the names of columns to differ
            tables.append(parquet.ParquetFile(part).read(use_threads=False))
        if sum(table.nbytes for table in tables) >= ROW_GROUP:
            yield tables
            tables = []
    if any(table.num_rows for table in tables):
        yield tables


def _compression(found: Any) -> str:
    """Return the codec of a file's first column; Snappy for an empty file."""
    if not found.metadata.num_row_groups:
        return "SNAPPY"
    codec = str(found.metadata.row_group(0).column(0).compression)
    return "NONE" if codec == "UNCOMPRESSED" else codec
