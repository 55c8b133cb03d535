"""Threads of our own for asynchronous callers.

The default executor of an event loop also resolves host names: work of seconds in it would stop every other connection.
"""

from __future__ import annotations

import contextvars
import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from headroom_nb.errors import WorkStoppedError
from headroom_nb.runtime.forks import after_fork
from headroom_nb.runtime.stopping import Stop, stopping
from headroom_nb.runtime.threads import at_most, cores

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
T = TypeVar("T")

MOST_THREADS = 4
"""Requests prepared at the same time; those that are there share the cores, so that the loop gets its turn."""


class Background:
    """A few threads, started at the first call, and anew in a forked child."""

    def __init__(self) -> None:
        self._threads: ThreadPoolExecutor | None = None
        self._calls = 0
        after_fork(self)

    async def run(self, function: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
        """Return what a function returns, and keep the loop free."""
        return await self.run_within(None, partial(function, *arguments, **options))

    async def run_within(self, seconds: float | None, function: Callable[[], T]) -> T:
        """Return what a function returns, within so many seconds.

        A cancelled call that still waits never begins; one that works ends at its next checkpoint.

        Raises
        ------
        WorkStoppedError
            The time is over.
        """
        import asyncio  # loaded by whoever runs a loop; others need not wait for it

        if self._threads is None:
            self._threads = ThreadPoolExecutor(min(MOST_THREADS, cores()), "headroom_nb")
        stop = Stop()
        self._calls += 1  # in the loop's thread; with several loops it may be off by one for a moment
        share = max(1, cores() // self._calls)
        call = partial(contextvars.copy_context().run, _until, stop, partial(_with_threads, share, function))
        work = asyncio.get_running_loop().run_in_executor(self._threads, call)
        try:
            await asyncio.wait({work}, timeout=seconds)
            if not work.done():
                raise WorkStoppedError(_took_longer(seconds))
            return work.result()
        finally:
            self._calls -= 1
            stop.set()
            work.cancel()

    def reset_after_fork(self) -> None:
        """Leave the threads to the parent."""
        self._threads, self._calls = None, 0


def run_within(seconds: float | None, function: Callable[[], T]) -> T:
    """Return what a function returns, within so many seconds: in a thread of its own, left to end by itself after that.

    Raises
    ------
    WorkStoppedError
        The time is over.
    """
    stop, context, work = Stop(), contextvars.copy_context(), Future[T]()

    def do() -> None:
        try:
            work.set_result(context.run(_until, stop, function))
        except BaseException as error:  # noqa: BLE001 - handed on to the caller, whatever it is
            work.set_exception(error)

    threading.Thread(target=do, name="headroom_nb-request", daemon=True).start()
    try:
        if not wait((work,), seconds).done:
            raise WorkStoppedError(_took_longer(seconds))
        return work.result()
    finally:
        stop.set()


def _until(stop: Stop, function: Callable[[], T]) -> T:
    with stopping(stop):
        return function()


def _with_threads(most: int, function: Callable[[], T]) -> T:
    with at_most(most):
        return function()


def _took_longer(seconds: float | None) -> str:
    return f"it took more than {seconds:g} seconds"


BACKGROUND = Background()
