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
from contextvars import copy_context
from typing import TYPE_CHECKING, TypeVar

from headroom_nb.errors import DocumentError
from headroom_nb.resource_limits import how_to_raise
from headroom_nb.runtime.forks import after_fork, fork_safe
from headroom_nb.runtime.stopping import LOOK_EVERY, checkpoint, not_counted_since

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = TypeVar("Answer")

BINDING = (ValueError, TypeError, IndexError, OSError, MemoryError, ArithmeticError, ctypes.ArgumentError)
"""What PDFium's binding raises beside its own error."""


class _GivenUp:
    """The call that nobody waits for any more: what it reads, and until when others still wait for it."""

    def __init__(self) -> None:
        self.what = ""
        self.until = 0.0
        self.leftovers: list[Callable[[], object]] = []
        after_fork(self)

    def reset_after_fork(self) -> None:
        """Forget it: its thread did not come along."""
        self.what = ""
        self.leftovers.clear()


class _Clock:
    """How long a thread has worked: its own time on a core where the system tells it, or else the time that passed.

    On a busy machine a call waits for its turn, and is not to be given up for that.
    """

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._core: int | None = None

    def start(self) -> None:
        """Tell that this thread is the one that works."""
        if hasattr(time, "pthread_getcpuclockid"):
            self._core = time.pthread_getcpuclockid(threading.get_ident())

    def seconds(self) -> float:
        """Return the seconds up to now; 0.0 for a thread that has ended."""
        if self._core is None:
            return time.monotonic() - self._begun
        try:
            return time.clock_gettime(self._core)
        except OSError:
            return 0.0


_lock = fork_safe(threading.Lock())
_given_up = _GivenUp()


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
    _take(what, patience)
    answers: list[Answer] = []
    errors: list[BaseException] = []
    done, late = threading.Event(), threading.Event()
    clock = _Clock()

    def run() -> None:
        try:
            clock.start()
            answers.append(work())
            if late.is_set() and discard is not None:
                discard(answers.pop())
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that asked
            errors.append(error)
        finally:
            done.set()
            _release()

    threading.Thread(target=copy_context().run, args=(run,), name="headroom-nb-pdfium").start()
    try:
        while not done.wait(LOOK_EVERY):
            checkpoint()
            _check_time(what, clock, seconds)
    except BaseException:  # given up, or an interrupt: the call goes on, and its answer comes too late
        late.set()
        _given_up.what, _given_up.until = what, time.monotonic() + seconds
        if done.is_set():  # it has ended just now
            _given_up.what = ""
        raise
    if errors:
        raise _ours(what, errors[0])
    return answers[0]


def _check_time(what: str, clock: _Clock, seconds: float) -> None:
    if clock.seconds() > seconds:
        raise DocumentError(f"{what} was not read in {seconds:g} seconds; {how_to_raise('max_page_seconds')}")


def close(work: Callable[[], object]) -> None:
    """Call a function that gives PDFium's memory back: now, or once the call that was given up has ended."""
    while not _lock.acquire(timeout=LOOK_EVERY):
        if _given_up.what:
            _given_up.leftovers.append(work)
            return
    try:
        work()
    finally:
        _release()


def _take(what: str, patience: float) -> None:
    begun = time.monotonic()
    while not _lock.acquire(timeout=LOOK_EVERY):
        checkpoint()
        busy = _given_up.what
        if busy and time.monotonic() > max(_given_up.until, begun + patience):
            raise DocumentError(f"{what} was not read: the PDF library is still busy with {busy}, which took too long")
    not_counted_since(begun)


def _release() -> None:
    """Do what was left over, and let the next call begin."""
    _given_up.what = ""
    while _given_up.leftovers:
        _given_up.leftovers.pop()()
    _lock.release()


def _ours(what: str, error: BaseException) -> BaseException:
    import pypdfium2

    if isinstance(error, (pypdfium2.PdfiumError, *BINDING)) and not isinstance(error, DocumentError):
        found = DocumentError(f"{what} of this PDF cannot be read: {reason(error)}")
        found.__cause__ = error
        return found
    return error


def reason(error: BaseException) -> str:
    """Return why PDFium could not read something, as a phrase."""
    return re.sub(r"\s*\(PDFium: (.*)\)\.?", r": \1", str(error)).rstrip(".").lower() or type(error).__name__
