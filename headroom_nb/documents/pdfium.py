"""Calls of PDFium: one at a time, and none waited for longer than it may take.

PDFium is not safe to use from several threads, and a call of it cannot be interrupted. Each call therefore runs in a
thread of its own that holds the one lock. A call that takes too long is given up: it goes on alone. Calls that come
meanwhile wait for it, once more as long as it was waited for in all, and are refused after that.
"""

from __future__ import annotations

import ctypes
import re
import threading
import time
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from headroom_nb.errors import DocumentError, HeadroomError, WorkStoppedError
from headroom_nb.resource_limits import how_to_raise
from headroom_nb.runtime.forks import after_fork, fork_safe
from headroom_nb.runtime.stopping import LOOK_EVERY, checkpoint, not_counted_since

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = TypeVar("Answer")

BINDING = (ValueError, TypeError, IndexError, OSError, MemoryError, ArithmeticError, ctypes.ArgumentError)
"""What PDFium's binding raises beside its own error."""


class _Clock:
    """How long a thread has worked: its own time on a core where the system tells it, or else the time that passed.

    On a busy machine a call waits for its turn, and is not to be given up for that.
    """

    def __init__(self) -> None:
        self._begun: float | None = None
        self._core: int | None = None
        self._core_begun = 0.0

    def start(self) -> None:
        """Tell that this thread is the one that works, from now on."""
        if hasattr(time, "pthread_getcpuclockid"):
            self._core = time.pthread_getcpuclockid(threading.get_ident())
            self._core_begun = time.clock_gettime(self._core)
        self._begun = time.monotonic()

    def seconds(self) -> float:
        """Return the seconds up to now; 0.0 before the work began, and for a thread that has ended."""
        if self._begun is None:
            return 0.0
        if self._core is None:
            return time.monotonic() - self._begun
        try:
            return time.clock_gettime(self._core) - self._core_begun
        except OSError:
            return 0.0


class _Turns:
    """Whose turn it is, and what is to be done before the next one.

    The lock is taken in threads of ours alone: an interrupt comes to the main thread, and could end it between taking
    a lock and being ready to give it back.
    """

    def __init__(self) -> None:
        self._lock = fork_safe(threading.Lock())
        self._holder: _Call[Any] | None = None
        self._leftovers: list[Callable[[], object]] = []
        after_fork(self)

    def reset_after_fork(self) -> None:
        """Forget whose turn it was: that thread did not come along."""
        self._holder = None
        self._leftovers.clear()

    def take(self, call: _Call[Any], patience: float) -> None:
        """Wait for a call's turn; raises where it never comes, or nobody waits for the call any more."""
        begun = time.monotonic()
        while not self._lock.acquire(timeout=LOOK_EVERY):
            checkpoint()
            call.check()
            holder = self._holder
            if holder is not None and holder.late.is_set() and time.monotonic() > max(holder.until, begun + patience):
                raise DocumentError(
                    f"{call.what} was not read: the PDF library is still busy with {holder.what}, which took too long"
                )
        self._holder = call
        not_counted_since(begun)

    def give(self) -> None:
        """Do what was left over, and let the next call begin."""
        self._holder = None
        while self._leftovers:
            # memory that cannot be given back is lost, and no reason to keep others waiting
            with suppress(Exception):
                self._leftovers.pop()()
        self._lock.release()

    def leave(self, work: Callable[[], object]) -> None:
        """Have something done by the next call, before it ends."""
        self._leftovers.append(work)

    def catch_up(self) -> None:
        """Do what was left over now, where no call is under way."""
        while self._leftovers and self._lock.acquire(blocking=False):
            self.give()


_turns = _Turns()


class _Call(Generic[Answer]):
    """One call, in a thread of its own, and what the one who waits for it knows of it."""

    def __init__(
        self, what: str, work: Callable[[], Answer], seconds: float, discard: Callable[[Answer], object] | None
    ) -> None:
        self.what = what
        self.until = 0.0
        self.late = threading.Event()
        self._work, self._seconds, self._discard = work, seconds, discard
        self._clock = _Clock()
        self._done = threading.Event()
        self._answers: list[Answer] = []
        self._errors: list[BaseException] = []

    def check(self) -> None:
        """Raise WorkStoppedError where nobody waits for it any more."""
        if self.late.is_set():
            raise WorkStoppedError("nobody waits for this any more")

    def _check_time(self) -> None:
        if self._clock.seconds() > self._seconds:
            raise DocumentError(
                f"{self.what} was not read in {self._seconds:g} seconds; {how_to_raise('max_page_seconds')}"
            )

    def run(self, patience: float) -> None:
        """Wait for the turn, and do the work."""
        try:
            _turns.take(self, patience)
            try:
                self.check()
                self._clock.start()
                self._answers.append(self._work())
                if self.late.is_set():
                    self._throw_away(lambda work: work())
            finally:
                _turns.give()
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that asked
            self._errors.append(error)
        finally:
            self._done.set()
            _turns.catch_up()

    def wait(self, patience: float) -> Answer:
        """Return the answer; raises what the work raised, or why nobody waits for it any more."""
        try:
            _start(partial(copy_context().run, self.run, patience), self.what)
            while not self._done.wait(LOOK_EVERY):
                checkpoint()
                self._check_time()
            if not self._errors:
                return self._answers[0]
        except BaseException:  # given up, or an interrupt: the call goes on, and its answer comes too late
            self.until = time.monotonic() + self._seconds
            self.late.set()
            self._throw_away(_turns.leave)
            raise
        raise _ours(self.what, self._errors[0])

    def _throw_away(self, do: Callable[[Callable[[], object]], object]) -> None:
        """Give the memory of an answer back that came too late; the first of both threads does it."""
        with suppress(IndexError):
            answer = self._answers.pop()
            if self._discard is not None:
                do(partial(self._discard, answer))


def call(
    what: str,
    work: Callable[[], Answer],
    seconds: float,
    *,
    patience: float = 0.0,
    discard: Callable[[Answer], object] | None = None,
) -> Answer:
    """Return what a function that calls PDFium returns.

    Parameters
    ----------
    what
        What it reads, as an error names it: ``"page 3"``.
    work
        The function; it must not make such a call itself.
    seconds
        How long it may work.
    patience
        Seconds to wait at least for a call that was given up.
    discard
        What gives an answer's memory back that comes too late.

    Raises
    ------
    DocumentError
        PDFium cannot do it, or not in time, or is still busy with a call that was given up.
    WorkStoppedError
        Nobody waits for it any more.
    """
    return _Call(what, work, seconds, discard).wait(patience)


def close(work: Callable[[], object]) -> None:
    """Call a function that gives PDFium's memory back: now, or once the call that is under way has ended."""
    _turns.leave(work)
    with suppress(DocumentError):  # without a thread, the next call does it
        _start(_turns.catch_up, "the file").join()


def leave(work: Callable[[], object]) -> None:
    """Call a function that gives PDFium's memory back, some time later; may be called while memory is collected."""
    _turns.leave(work)


def _start(run: Callable[[], object], what: str) -> threading.Thread:
    thread = threading.Thread(target=run, name="headroom-nb-pdfium")
    try:
        thread.start()
    except RuntimeError as error:  # too many threads, or the interpreter ends
        raise DocumentError(f"{what} was not read: {error}") from error
    return thread


def _ours(what: str, error: BaseException) -> BaseException:
    import pypdfium2

    if isinstance(error, (pypdfium2.PdfiumError, *BINDING)) and not isinstance(error, HeadroomError):
        found = DocumentError(f"{what} of this PDF cannot be read: {reason(error)}")
        found.__cause__ = error
        return found
    return error


def reason(error: BaseException) -> str:
    """Return why PDFium could not read something, as a phrase."""
    return re.sub(r"\s*\(PDFium: (.*)\)\.?", r": \1", str(error)).rstrip(".").lower() or type(error).__name__
