"""Where the parts are compressed: in this process, a pool of its own, an executor of the caller's, or a Dask client.

A part whose worker died is done again alone, when all others are done, and notes each item before it is compressed. The
item on which a worker dies again is left as it was, with an error that says so; the others of the part are done.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
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
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import BatchError, HeadroomError, OptionError
from headroom_nb.runtime.processes import IsolatedContext, isolated_start
from headroom_nb.runtime.threads import cores

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from headroom_nb.batch.records import Part, PartRecord
    from headroom_nb.batch.worker import BatchCompressor

POLL_SECONDS = 0.5
"""Seconds after which None is yielded, so that progress can be shown while nothing is done."""

FAR_AHEAD = 64
"""Tasks handed to a scheduler beyond two per core, which may be on their way to many workers."""

TASKS_PER_WORKER, MOST_PARTS = 16, 4
"""A scheduler's task costs some milliseconds: it takes several parts where each worker gets many tasks all the same."""

LAST_TASKS = 4
"""What is left is handed out in at least so many tasks for each worker."""

KEPT = "what was done is kept: run the same call again to go on"
NO_PROCESS = "worker processes cannot be started here, where executor=None does without them"
DIED = "the worker died on this part again and again, perhaps for want of memory"
MOST_LOST = 10
"""Items of one part that may take their worker down before the rest of it is left as it was."""

Executes = Executor | int | Any | None
"""None, a number of processes, an executor, or a Dask client."""


@dataclass
class WorkerPool:
    """The workers that compress the parts.

    Attributes
    ----------
    executor
        None for this process.
    ahead
        Tasks handed out at the same time.
    workers
        How many work at the same time behind a scheduler; 0 where each task is one part.
    rebuild
        Makes another executor when this one is broken; None where that is not ours to do.
    stop
        Ends what was made here at once; does nothing to an executor of the caller's.
    """

    executor: Executor | None
    ahead: int = 1
    workers: int = 0
    rebuild: Callable[[], Executor] | None = None
    stop: Callable[[], None] = lambda: None

    @property
    def is_local(self) -> bool:
        """Whether the work is done in this process."""
        return self.executor is None or isinstance(self.executor, ThreadPoolExecutor)

    def tasks(self, parts: list[Part]) -> list[list[Part]]:
        """Return the parts as tasks of one or several that follow each other."""
        most = min(MOST_PARTS, len(parts) // (TASKS_PER_WORKER * self.workers)) if self.workers else 1
        tasks: list[list[Part]] = []
        first = 0
        while first < len(parts):
            # smaller and smaller at the end, so that no worker waits long for the last one
            size = max(1, min(most, (len(parts) - first) // (LAST_TASKS * max(1, self.workers))))
            tasks.append(parts[first : first + size])
            first += size
        return tasks


@contextmanager
def opened(executor: Executes) -> Iterator[WorkerPool]:
    """Give the workers; a pool that is made here is shut down here.

    Raises
    ------
    OptionError
        For what can do nothing of the kind.
    """
    if executor is None:
        yield WorkerPool(None)
    elif isinstance(executor, Executor):
        count = getattr(executor, "_max_workers", None) or cores()
        yield WorkerPool(executor, 2 * count + 1)
    elif isinstance(executor, int) and not isinstance(executor, bool):
        pools = _Pools(executor)
        try:
            yield WorkerPool(pools.make(), 2 * executor + 1, rebuild=pools.make, stop=pools.stop)
        except BaseException:  # an interrupt, or a caller that stops early: what runs is not waited for
            pools.stop()
            raise
        finally:
            pools.close()
    elif hasattr(executor, "get_executor"):
        threads = sum(executor.nthreads().values())
        yield WorkerPool(executor.get_executor(pure=False), 2 * threads + FAR_AHEAD, max(1, threads))
    else:
        raise OptionError(
            f"executor is of type {type(executor).__name__}; pass None, a number of processes, a concurrent.futures "
            "executor or a Dask client"
        )


class _Pools:
    """Pools of processes, one after the other where a worker's death broke one."""

    def __init__(self, processes: int) -> None:
        if processes < 1:
            raise OptionError(f"executor={processes} is not a number of processes")
        self._processes = processes
        self._made: list[ProcessPoolExecutor] = []

    def make(self) -> Executor:
        """Return a fresh pool."""
        try:
            with isolated_start():
                self._made.append(ProcessPoolExecutor(self._processes, IsolatedContext(), _follow_parent))
        except OSError as error:
            raise BatchError(f"{NO_PROCESS}: {error}") from error
        return self._made[-1]

    def stop(self) -> None:
        """End the processes in the midst of their work: files appear whole or not at all."""
        for pool in self._made:
            running = list((getattr(pool, "_processes", None) or {}).values())
            pool.shutdown(wait=False, cancel_futures=True)
            for process in running:
                process.terminate()

    def close(self) -> None:
        """Wait for the processes to end."""
        for pool in self._made:
            pool.shutdown()


def run(work: BatchCompressor, parts: list[Part], pool: WorkerPool) -> Iterator[PartRecord | None]:
    """Yield the record of each part as it is done, and None now and then.

    When the caller stops early, tasks that were not begun are withdrawn.

    Raises
    ------
    BatchError
        Workers are gone for good, or cannot reach the files.
    """
    if pool.executor is None:
        yield from map(work, parts)
        return
    suspects: list[Part] = []
    yield from _together(work, pool.tasks(parts), pool, suspects)
    for part in sorted(suspects, key=lambda part: part.number):
        yield from _one_by_one(work, replace(part, watched=True), pool)


def _one_by_one(work: BatchCompressor, part: Part, pool: WorkerPool) -> Iterator[PartRecord | None]:
    """Yield the record of a part, without the items that take their worker down."""
    while True:
        lost: list[Part] = []
        yield from _together(work, [[part]], pool, lost)
        if not lost:
            return
        item = work.died_on(part)
        if item is None or item in part.lost or len(part.lost) >= MOST_LOST:
            yield work.leave(part, DIED)
            return
        part = replace(part, lost=(*part.lost, item))


def _together(
    work: BatchCompressor, tasks: Iterable[list[Part]], pool: WorkerPool, lost: list[Part]
) -> Iterator[PartRecord | None]:
    """Yield the records of parts; those whose worker died are added to ``lost``."""
    waiting = iter(tasks)
    pending: dict[Future[list[PartRecord]], list[Part]] = {}
    try:
        while True:
            for task in islice(waiting, pool.ahead - len(pending)):
                pending[_submit(work, task, pool)] = task
            if not pending:
                return
            done, _ = wait(pending, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
            yield None
            for future in done:
                task = pending.pop(future)
                records = _result(future, pool)
                if records is None:
                    lost.extend(task)
                else:
                    yield from records
    finally:
        for future in pending:
            future.cancel()


def _submit(work: BatchCompressor, task: list[Part], pool: WorkerPool) -> Future[list[PartRecord]]:
    if pool.executor is None:
        raise BatchError("there is nobody to hand parts to")
    try:
        return pool.executor.submit(work, task)
    except BrokenExecutor as error:
        if pool.rebuild is None:
            raise BatchError(f"a worker process died, perhaps for want of memory; {KEPT}") from error
        pool.executor = pool.rebuild()
        _check_start(pool.executor, work)
        return pool.executor.submit(work, task)
    except RuntimeError as error:  # as an executor says that was shut down
        raise BatchError(f"the executor takes no work ({error}); {KEPT}") from error
    except OSError as error:  # a pool starts its processes when it is handed work
        raise BatchError(f"{NO_PROCESS}: {error}; {KEPT}") from error


def check_picklable(work: BatchCompressor, pool: WorkerPool) -> None:
    """Raise OptionError for what cannot be sent to a pool's processes; Dask has ways of its own to send it."""
    if not isinstance(pool.executor, ProcessPoolExecutor):
        return
    try:
        pickle.dumps(work)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise OptionError(
            f"an object among the options cannot be sent to other processes ({error}); define its class in a module, "
            "or leave the executor out"
        ) from error


def _check_start(executor: Executor, work: BatchCompressor) -> None:
    """Raise BatchError when workers do not even start, or cannot take the work, so that no part is blamed for it."""
    try:
        executor.submit(os.getpid).result()
    except BrokenExecutor as error:
        raise BatchError(
            "worker processes end as soon as they start. In a script, compress_batch must stand under "
            f'if __name__ == "__main__": as each process imports the script again; {KEPT}'
        ) from error
    try:
        executor.submit(work, []).result()
    except BrokenExecutor as error:
        raise BatchError(
            "worker processes end when they are handed the work: an object among the options is of a class that they "
            f"cannot import, such as one made in a notebook; define it in a module. {KEPT[0].upper()}{KEPT[1:]}"
        ) from error


def _result(future: Future[list[PartRecord]], pool: WorkerPool) -> list[PartRecord] | None:
    """Return the records of a task; None when its worker died and others go on."""
    try:
        return future.result()
    except HeadroomError:
        raise
    except BrokenExecutor as error:
        if pool.rebuild is None:
            raise BatchError(f"a worker process died, perhaps for want of memory; {KEPT}") from error
        return None
    except Exception as error:
        # Dask's own error for a task that took several workers down; its package is not imported to ask
        if type(error).__name__ == "KilledWorker":
            return None
        raise BatchError(f"the workers failed ({type(error).__name__}: {error}); {KEPT}") from error


def _follow_parent() -> None:
    """Leave Ctrl-C, which a terminal sends to every process, to the parent; end when the parent was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent,), daemon=True).start()


def _end_after(parent: Any) -> None:
    parent.join()
    os._exit(1)
