"""The process that reads text, seen from the one that asks: started, asked, watched, ended."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import weakref
from typing import IO, TYPE_CHECKING, Any, cast

from headroom_nb.errors import OcrCrashError, OcrError
from headroom_nb.ocr.base import unpack_page
from headroom_nb.ocr.deadline import timed_out
from headroom_nb.ocr.frames import LONGEST_PAGE, read_frame, widen, write_frame
from headroom_nb.runtime.processes import PACKAGE, command
from headroom_nb.runtime.stopping import checkpoint, when_stopped
from headroom_nb.runtime.threads import usable_threads

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_nb.ocr.base import OcrPage
    from headroom_nb.records import Size

START_SECONDS = 60.0
"""How long the process may take to start; about one second on an idle machine."""


class GoneBeforeError(OcrCrashError):
    """The process had ended, idle or killed, before it took the image: that is not the image's fault."""


class WorkerProcess:
    """A running :mod:`~headroom_nb.ocr.worker`, and the messages to it; used by one thread at a time."""

    def __init__(self, engine: str, idle_seconds: float) -> None:
        if not sys.executable:
            raise OcrError("OCR in a process of its own needs a Python to start, and this program has none")
        theirs = ":" in engine  # an engine of the user's own may be defined in the working folder, and read files there
        options = json.dumps({"engine": engine, "idle_seconds": idle_seconds})
        try:
            self.process = subprocess.Popen(  # noqa: S603 - our own module, by this very Python
                command("headroom_nb.ocr.worker", "main", options, working_folder=theirs),
                cwd=None if theirs else PACKAGE,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            raise OcrError(f"the process that reads text cannot be started: {error}") from error
        self._finalizer = weakref.finalize(self, _end, self.process, os.getpid())
        self._stdin, self._stdout = cast("IO[bytes]", self.process.stdin), cast("IO[bytes]", self.process.stdout)
        widen(self._stdin)
        self.busy = False
        """Whether an answer is still to come."""
        try:
            self._receive(START_SECONDS, lambda: None, None)
        except BaseException:  # an interrupt too: nobody else knows the process yet
            self.stop()
            raise

    def alive(self) -> bool:
        """Return whether the process still runs."""
        return self.process.poll() is None

    def read(
        self, size: Size, pixels: bytes, seconds: float, progress: Callable[[int, int], None] | None
    ) -> tuple[OcrPage, int]:
        """Return what is read in an image, and the bytes of memory the process then holds."""
        message = {"size": size, "seconds": seconds, "threads": usable_threads(os.cpu_count() or 1)}
        answer, data = self._receive(seconds, lambda: write_frame(self._stdin, message, pixels), progress)
        try:
            return unpack_page(data), int(answer["resident_bytes"])
        except (KeyError, TypeError, ValueError) as error:
            raise OcrCrashError("the process that reads text gave an answer that cannot be read") from error

    def _receive(
        self, seconds: float, ask: Callable[[], None], progress: Callable[[int, int], None] | None
    ) -> tuple[dict[str, Any], bytes]:
        """Ask, and return the answer; the process is killed once its time is over or nobody waits, so waits end."""
        over = threading.Event()

        def kill() -> None:
            over.set()
            self.process.kill()

        watch = threading.Timer(seconds, kill)
        watch.daemon = True
        self.busy = True
        try:
            watch.start()
            with when_stopped(kill):
                self._ask(ask, over, seconds)
                while True:
                    answer, data = self._frame(over, seconds)
                    if answer["kind"] != "progress":
                        break
                    if progress is not None:
                        progress(answer["done"], answer["total"])
        finally:
            watch.cancel()
        self.busy = False
        if answer["kind"] == "error":
            raise OcrError(str(answer.get("message", "the engine failed")))
        return answer, data

    def _ask(self, ask: Callable[[], None], over: threading.Event, seconds: float) -> None:
        try:
            ask()
        except OSError as error:
            if over.is_set():
                checkpoint()
                raise timed_out(seconds) from error
            raise GoneBeforeError(_epitaph(self._returncode())) from error

    def _frame(self, over: threading.Event, seconds: float) -> tuple[dict[str, Any], bytes]:
        """Return the next thing the process says."""
        try:
            answer, data = read_frame(self._stdout, LONGEST_PAGE)
            if answer["kind"] == "progress":
                answer = {"kind": "progress", "done": int(answer["done"]), "total": int(answer["total"])}
        except (EOFError, OSError) as error:
            if over.is_set():
                checkpoint()
                raise timed_out(seconds) from error
            returncode = self._returncode()
            # it ends by itself only when it has nothing to do
            kind = GoneBeforeError if returncode == 0 else OcrCrashError
            raise kind(_epitaph(returncode)) from error
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise OcrCrashError("the process that reads text gave an answer that cannot be read") from error
        return answer, data

    def _returncode(self) -> int | None:
        try:
            return self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return None

    def stop(self) -> None:
        """End the process."""
        self._finalizer()

    def disown(self) -> None:
        """Close this process's ends of the pipes, and leave the other process alone."""
        self._finalizer.detach()
        _close_pipes(self.process)
        self.process.returncode = 0  # it is not this process's child


def _end(process: subprocess.Popen[bytes], owner: int) -> None:
    if os.getpid() != owner:
        return
    process.kill()
    process.wait()
    _close_pipes(process)


def _close_pipes(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):
            if pipe is not None:
                pipe.close()


def _epitaph(returncode: int | None) -> str:
    """Return what ended the process, and what happens next, as a sentence."""
    if returncode is None:
        how = "closed its answers"
    elif returncode >= 2**31:  # Windows gives the exception's code
        how = f"crashed (0x{returncode:X})"
    elif returncode >= 0:
        how = f"ended by itself (exit status {returncode})"
    else:
        try:
            how = f"died of {signal.Signals(-returncode).name}"
        except ValueError:
            how = f"died of signal {-returncode}"
        if returncode == -getattr(signal, "SIGKILL", 9):
            how += ", as when memory runs out"
    return f"the process that reads text {how}; the next image starts it again"
