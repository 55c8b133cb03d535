"""A whole batch in one call."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from headroom_nb.batch.executors import Executes, WorkerPool, check_picklable, opened, run
from headroom_nb.batch.finishing import DamagedPartError, finish, partial
from headroom_nb.batch.journal import begin, finished, locked
from headroom_nb.batch.progress import BatchProgress, Meter, reporter
from headroom_nb.batch.reading import line_number
from headroom_nb.batch.worker import MAX_ITEM_BYTES, BatchCompressor
from headroom_nb.errors import BatchError
from headroom_nb.options import takes_options

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping

    from headroom_nb.batch.journal import Job
    from headroom_nb.batch.records import Part
    from headroom_nb.batch.summary import BatchSummary
    from headroom_nb.options import Options


@takes_options
def compress_batch(
    source: str | os.PathLike[str],
    sink: str | os.PathLike[str],
    *,
    options: Options | None = None,
    executor: Executes = None,
    progress: bool | Callable[[BatchProgress], None] | None = None,
    on_error: str = "keep",
    column: str = "messages",
    overwrite: bool = False,
    max_item_bytes: int = MAX_ITEM_BYTES,
    max_item_seconds: float | None = None,
    storage_options: Mapping[str, Any] | None = None,
    **choices: Any,
) -> BatchSummary:
    """Compress the images of many conversations, from files to files of the same kind.

    Order is kept and every item is accounted for. Whatever the number of workers, and however often a run was stopped
    and taken up again, the bytes written are the same. Run the same call again to go on with a run that was stopped;
    one that was finished is not done twice.

    Parameters
    ----------
    source
        A path or an fsspec URL of one of these, or a folder that holds some of them:

        - ``.jsonl``, ``.ndjson``: one JSON value per line. A message list, a request body, a line of a batch file of
          OpenAI (``{"custom_id", "method", "url", "body"}``), Anthropic (``{"custom_id", "params"}``) or Google
          (``{"key", "request"}``), or an object that holds a conversation under ``column``;
        - ``.json``: an Anthropic batch (``{"requests": […]}``), an array of any of the above, or one conversation;
        - ``.parquet``: rows with a conversation in ``column``, as JSON text or as nested lists (needs pyarrow).
    sink
        Where the smaller ones go: a file for a file, a folder for a folder, which gets the same names. Records keep
        their place, their other keys and their columns; one in which nothing changed is written as it was. Beside it
        stand ``SINK.report.jsonl``, one line per item in order::

            {"item": 7, "source": "in.jsonl", "line": 7, "id": "request-7", "written": true, "images": 1,
             "original_tokens": 765, "compressed_tokens": 85, "original_bytes": 90210, "compressed_bytes": 8123,
             "savings_usd": 0.0017, "exact": true, "model": "gpt-4o", "techniques": {"full_low": 1},
             "image_errors": [], "warnings": [], "error": null}

        and ``SINK.summary.json``. Nothing stands at the sink before all of it is there.
    options
        Every choice as one object.
    executor
        Who works: None, this process; a number, so many processes; a ``concurrent.futures`` executor; a Dask
        ``Client``. Each call uses one core.
    progress
        None shows one line in a notebook or terminal, False nothing; a function gets a
        :class:`~headroom_nb.batch.progress.BatchProgress` every half second.
    on_error
        What becomes of an item that cannot be read: ``"keep"`` writes it as it came, ``"skip"`` leaves it out,
        ``"raise"`` stops. The report and ``summary.errors`` say why. An image that cannot be read never stops its item.
    column
        Key or column that holds the conversation, where a record is none by itself.
    overwrite
        Whether to replace what stands at the sink, and to drop another unfinished run.
    max_item_bytes
        Longer items are errors; they are never held in memory.
    max_item_seconds
        An item that takes longer is an error, and left as it was; None sets no bound. Work ends between two stages.
    storage_options
        Options for the URL's file system, such as credentials. They are not written anywhere.
    **choices
        Single options by name, such as ``quality="safe"``; :class:`headroom_nb.Options` lists them.

    Returns
    -------
    BatchSummary
        Sums, techniques and errors. After an interrupt (Ctrl-C, the kernel's Interrupt) those of what is done, with
        ``interrupted`` set.

    Raises
    ------
    OptionError
        An option is not one we know, or a library is missing.
    UnknownModelError
        The model given is not in the table, and ``strict`` is set. An item's own model is then an error of the item.
    BatchError
        The source cannot be read, the sink cannot be written or holds something else, the workers failed, or
        ``on_error="raise"`` met an error.
    """
    begun = time.perf_counter()
    show = reporter(progress)
    compressor = BatchCompressor(
        options,
        column=column,
        on_error=on_error,
        max_item_bytes=max_item_bytes,
        max_item_seconds=max_item_seconds,
        storage_options=storage_options,
        **choices,
    )
    with opened(executor) as workers, locked(sink, compressor):
        _check_visible(source, sink, workers)
        check_picklable(compressor, workers)
        job = begin(source, sink, compressor, overwrite=overwrite)
        meter = Meter(show, {part.number: part.size for part in job.parts})
        try:
            return _carry_out(job, workers, meter, begun)
        except OSError as error:
            raise BatchError(f"{job.sink} cannot be written: {error}") from error
        finally:
            meter.end()


def _carry_out(job: Job, workers: WorkerPool, meter: Meter, begun: float) -> BatchSummary:
    """Do what is not done, and write the sink."""
    if finished(job) is not None:
        return finish(job, seconds=time.perf_counter() - begun)
    known = list(job.done())
    for record in known:
        meter.resume(record)
    before = sum(record.totals.conversations for record in known)
    done = {record.number for record in known}
    repaired: set[int] = set()
    try:
        _do(job, [part for part in job.parts if part.number not in done], workers, meter)
        while True:
            try:
                summary = finish(job, seconds=time.perf_counter() - begun, resumed_items=before)
            except DamagedPartError as damaged:
                if damaged.part.number in repaired:
                    raise
                repaired.add(damaged.part.number)
                job.sink_store.remove(f"{damaged.part.target}.json")
                job.compressor(damaged.part)
                continue
            meter.tick(last=True)
            return summary
    except KeyboardInterrupt:
        workers.stop()
        return partial(job, seconds=time.perf_counter() - begun, resumed_items=before)


def _do(job: Job, parts: list[Part], workers: WorkerPool, meter: Meter) -> None:
    try:
        for record in run(job.compressor, parts, workers):
            if record is None:
                meter.tick()
            else:
                meter.take(record)
    except BatchError as error:
        if error.place is None or error.place[1] != "lines":
            raise
        path, _, at, sentence = error.place
        with job.compressor.store(path).open(path) as file:
            raise BatchError(f"{path}, line {line_number(file, at):,}: {sentence}") from error


def _check_visible(source: object, sink: object, workers: WorkerPool) -> None:
    """Raise BatchError for places that live in this process alone, where others are to work on them."""
    for place in (source, sink):
        if str(place).startswith("memory://") and not workers.is_local:
            raise BatchError(
                f"{place} lives in the memory of this process, where workers in other processes cannot see it; "
                "put it on disk or at a URL that all can reach, or leave the executor out"
            )
