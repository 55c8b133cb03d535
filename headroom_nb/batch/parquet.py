"""Parquet: rows in, rows out, with every column and the file's own metadata. Needs pyarrow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from headroom_nb.batch.items import Outcome, account_of, check_wanted, shrink_value
from headroom_nb.batch.records import Account, Span
from headroom_nb.errors import BatchError, HeadroomError, MessageError, OptionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headroom_nb.batch.part_files import HashingFile
    from headroom_nb.batch.sources import SourceFile
    from headroom_nb.batch.stores import Store
    from headroom_nb.batch.worker import BatchCompressor

ROWS = 16
"""Rows read at a time."""

ROW_GROUP = 32 * 2**20
"""Bytes of a row group that is written, in memory."""


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
        if column not in found.schema_arrow.names:
            raise BatchError(f"{path} has no column {column}; it has {', '.join(found.schema_arrow.names)}")
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


def write_rows(work: BatchCompressor, span: Span, out: HashingFile, refused: str = "") -> list[Account]:
    """Write the rows of a span with smaller images, and return their accounts; ``refused`` leaves all as they were."""
    arrow, parquet = _modules()
    accounts: list[Account] = []
    with work.store(span.path).open(span.path) as source:
        found = _open(source, span.path)
        with parquet.ParquetWriter(arrow.PythonFile(out, "w"), found.schema_arrow) as writer:
            for batch in _batches(found, span):
                table, fresh = _smaller(work, batch, span, span.start + len(accounts), refused)
                accounts += fresh
                writer.write_table(table)
    return accounts


def _batches(found: Any, span: Span) -> Iterator[Any]:
    """Yield the rows of a span, a few at a time."""
    first = 0
    for group in range(found.metadata.num_row_groups):
        rows = found.metadata.row_group(group).num_rows
        if first < span.stop and first + rows > span.start:
            at = first
            for batch in found.iter_batches(batch_size=ROWS, row_groups=[group], use_threads=False):
                begin, end = max(span.start, at), min(span.stop, at + batch.num_rows)
                if begin < end:
                    yield batch.slice(begin - at, end - begin)
                at += batch.num_rows
        first += rows


def _smaller(work: BatchCompressor, batch: Any, span: Span, first: int, refused: str) -> tuple[Any, list[Account]]:
    """Return a few rows with smaller images, and their accounts."""
    arrow, _ = _modules()
    index = batch.schema.get_field_index(work.column)
    kind = batch.schema.field(index).type
    before = batch.column(index).to_pylist()
    after: list[Any] = []
    accounts: list[Account] = []
    for number, value in enumerate(before):
        outcome, smaller = _item(work, value, kind, span, first + number, refused)
        after.append(smaller)
        outcome.account.file, outcome.account.line, outcome.account.at = (
            span.file,
            first + number - span.start,
            first + number,
        )
        outcome.account.bytes = int(not (outcome.account.error and work.on_error == "skip"))
        accounts.append(outcome.account)
    table = arrow.Table.from_batches([batch])
    if after != before:
        table = table.set_column(index, batch.schema.field(index), arrow.array(after, kind))
    kept = [number for number, account in enumerate(accounts) if account.bytes]
    return table if len(kept) == len(accounts) else table.take(kept), accounts


def _item(work: BatchCompressor, value: Any, kind: Any, span: Span, row: int, refused: str) -> tuple[Outcome, Any]:
    try:
        _check_value(value, work.max_item_bytes)
        check_wanted(refused)
        smaller, result = shrink_value(value, work.compress)
        if smaller is not value:
            _check_fits(smaller, kind)
    except HeadroomError as error:
        return work.failed(error, span, row), value
    except Exception as error:  # noqa: BLE001 - whatever is in a row, the others go on
        return work.failed(error, span, row), value
    return Outcome(None, account_of(result, None)), smaller


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


def join_rows(store: Store, file: SourceFile, source: BinaryIO, targets: Iterator[str], out: BinaryIO) -> None:
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
            tables.append(parquet.read_table(part, use_threads=False))
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
