"""Who does the parts: this process, a pool of its own, an executor of the caller's, or a Dask client."""

from __future__ import annotations

import multiprocessing
import os
import signal
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import BatchError, HeadroomError, OptionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from headroom_nb.batch.records import Part, PartRecord
    from headroom_nb.batch.worker import BatchCompressor

AHEAD = 64
"""Parts handed out beyond two per worker, so that none waits for the next."""

BEAT = 0.5
"""Seconds after which None is yielded, so that progress can be shown while nothing is done."""

Executes = Executor | int | Any | None
"""None, a number of processes, an executor, or a Dask client."""


@contextmanager
def opened(executor: Executes) -> Iterator[Executor | None]:
    """Give what does the parts; what is made here is shut down here.

    Raises
    ------
    OptionError
        For what can do nothing of the kind.
    """
    if executor is None or isinstance(executor, Executor):
        yield executor
    elif isinstance(executor, int) and not isinstance(executor, bool):
        if executor < 1:
            raise OptionError(f"executor={executor} is no number of processes")
        pool = ProcessPoolExecutor(executor, multiprocessing.get_context("spawn"), _ignore_interrupts)
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)
    elif hasattr(executor, "get_executor"):
        yield executor.get_executor(pure=False)
    else:
        raise OptionError(
            f"executor is of type {type(executor).__name__}; pass None, a number of processes, a concurrent.futures "
            "executor or a Dask client"
        )


def shares_memory(executor: Executor | None) -> bool:
    """Return whether the work is done in this process."""
    return executor is None or isinstance(executor, ThreadPoolExecutor)


def run(work: BatchCompressor, parts: Iterable[Part], executor: Executor | None) -> Iterator[PartRecord | None]:
    """Yield the record of each part as it is done, and None now and then.

    When the caller stops early, parts that were not begun are withdrawn.

    Raises
    ------
    BatchError
        Workers died, or cannot reach the files.
    """
    if executor is None:
        yield from map(work, parts)
        return
    waiting = iter(parts)
    pending: set[Future[PartRecord]] = set()
    try:
        while True:
            room = 2 * _workers(executor) + AHEAD - len(pending)
            pending |= {executor.submit(work, part) for part, _ in zip(waiting, range(room), strict=False)}
            if not pending:
                return
            done, pending = wait(pending, timeout=BEAT, return_when=FIRST_COMPLETED)
            yield None
            for future in done:
                yield future.result()
    except HeadroomError:
        raise
    except BrokenExecutor as error:
        raise BatchError(f"a worker process died, perhaps for want of memory; {_KEPT}") from error
    except Exception as error:
        # Dask and others have error types of their own for workers that are gone
        raise BatchError(f"the workers failed ({type(error).__name__}: {error}); {_KEPT}") from error
    finally:
        for future in pending:
            future.cancel()


_KEPT = "what was done is kept: run the same call again to go on"


def _workers(executor: Executor) -> int:
    """Return how many parts an executor does at the same time, as far as it says."""
    count = getattr(executor, "_max_workers", None)
    return count if isinstance(count, int) else os.cpu_count() or 1


def _ignore_interrupts() -> None:
    """Leave Ctrl-C, which a terminal sends to every process, to the caller."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
