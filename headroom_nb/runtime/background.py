"""Threads of our own for asynchronous callers.

The default executor of an event loop also resolves host names: work of seconds in it would stop every other connection.
"""

from __future__ import annotations

import asyncio
import contextvars
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from headroom_nb.runtime.forks import after_fork
from headroom_nb.runtime.threads import cores

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
T = TypeVar("T")

MOST_THREADS = 4
"""Requests prepared at the same time; each may use several threads of its own."""


class Background:
    """A few threads, started at the first call, and anew in a forked child."""

    def __init__(self) -> None:
        self._threads: ThreadPoolExecutor | None = None
        after_fork(self)

    async def run(self, function: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
        """Return what a function returns, and keep the loop free; a cancelled call that still waits never begins."""
        if self._threads is None:
            self._threads = ThreadPoolExecutor(min(MOST_THREADS, cores()), "headroom_nb")
        call = partial(contextvars.copy_context().run, function, *arguments, **options)
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    def reset_after_fork(self) -> None:
        """Leave the threads to the parent."""
        self._threads = None


BACKGROUND = Background()
