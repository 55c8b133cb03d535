"""An OCR engine in a process of its own: what crashes or hangs there cannot take the notebook's kernel along."""

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

from headroom_nb.errors import OcrCrashError, OcrError, OptionError
from headroom_nb.forks import after_fork, fork_safe
from headroom_nb.record_codec import unpack_page
from headroom_nb.techniques.ocr.deadline import not_counted, seconds_left, timed_out
from headroom_nb.techniques.ocr.frames import read_frame, widen, write_frame
from headroom_nb.techniques.ocr.weights import find_weights

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL import Image

    from headroom_nb.results import Size
    from headroom_nb.techniques.ocr.base import OcrPage

START_SECONDS = 60.0
"""How long the process may take to start; about one second on an idle machine."""

_BOOT = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from headroom_nb.techniques.ocr.worker import main
main(sys.argv[2])
"""
"""The process finds its modules where this one does, and never runs the user's script again."""


class IsolatedOcr:
    """Reads in one long-lived process, started at the first picture and anew after a crash.

    Pictures are read one at a time. Safe to call from several threads, and after a fork. An interrupt, a deadline or
    an error of the caller's ends the reading under way, and the process with it.

    Parameters
    ----------
    engine
        ``"auto"``, the name of a source of weights, or ``"package.module:callable"``, which is imported and called
        there and returns an engine.
    seconds
        Time one picture may take where the caller sets none.
    idle_seconds
        The process ends by itself after this long without work.
    recycle_bytes
        A process that holds more memory than this after a picture is ended.

    Raises
    ------
    OptionError
        There is no such engine.
    OcrError
        It is not installed; says what to install.
    """

    def __init__(
        self,
        engine: str = "auto",
        *,
        seconds: float = 120.0,
        idle_seconds: float = 300.0,
        recycle_bytes: int = 2 * 2**30,
    ) -> None:
        if not isinstance(engine, str):
            raise OptionError("an engine in a process of its own is given by name, or as 'package.module:callable'")
        # the name of the engine itself: a transcript says the same wherever it was read
        self.name = engine if ":" in engine else find_weights(engine).name
        self._engine = engine
        self._seconds = seconds
        self._idle_seconds = idle_seconds
        self._recycle_bytes = recycle_bytes
        self._lock = fork_safe(threading.Lock())
        self._worker: _Worker | None = None
        after_fork(self)

    def read(self, image: Image.Image, *, progress: Callable[[int, int], None] | None = None) -> OcrPage:
        """Return the text in an upright RGB picture.

        Raises
        ------
        OcrError
            The engine cannot be started, or failed.
        OcrCrashError
            The process died over the picture.
        OcrTimeoutError
            The time was over; the process was ended.
        """
        pixels = (image if image.mode == "RGB" else image.convert("RGB")).tobytes()
        with contextlib.ExitStack() as held:
            with not_counted():
                held.enter_context(self._lock)
                worker = self._started()
            try:
                return self._read(worker, image.size, pixels, progress)
            except _GoneBeforeError:
                with not_counted():
                    worker = self._started()
                return self._read(worker, image.size, pixels, progress)

    def _read(self, worker: _Worker, size: Size, pixels: bytes, progress: Callable[[int, int], None] | None) -> OcrPage:
        left = seconds_left()
        try:
            page, resident = worker.read(size, pixels, self._seconds if left is None else left, progress)
        except BaseException:
            # whatever it was, an interrupt too: what the process would still say belongs to no reading
            if worker.busy:
                self._stop()
            raise
        if resident > self._recycle_bytes:
            self._stop()
        return page

    def close(self) -> None:
        """End the process; the next picture starts it again."""
        with self._lock:
            self._stop()

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (self._engine, self._seconds, self._idle_seconds, self._recycle_bytes)

    @property
    def pid(self) -> int | None:
        """The number of the process; None while there is none."""
        worker = self._worker
        return worker.process.pid if worker is not None and worker.alive() else None

    def _started(self) -> _Worker:
        if self._worker is None or not self._worker.alive():
            self._stop()
            self._worker = _Worker(self._engine, self._idle_seconds)
        return self._worker

    def _stop(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.stop()

    def reset_after_fork(self) -> None:
        """Leave the process to the parent after a fork."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.disown()


def _rebuilt(engine: str, seconds: float, idle_seconds: float, recycle_bytes: int) -> IsolatedOcr:
    return IsolatedOcr(engine, seconds=seconds, idle_seconds=idle_seconds, recycle_bytes=recycle_bytes)


class _GoneBeforeError(OcrCrashError):
    """The process had ended, idle or killed, before it took the picture: that is not the picture's fault."""


class _Worker:
    """A running process, and what is said to it."""

    def __init__(self, engine: str, idle_seconds: float) -> None:
        if not sys.executable:
            raise OcrError("OCR in a process of its own needs a Python to start, and this program has none")
        options = json.dumps({"engine": engine, "idle_seconds": idle_seconds})
        try:
            self.process = subprocess.Popen(  # noqa: S603 - our own module, by this very Python
                [sys.executable, "-c", _BOOT, json.dumps([str(entry) for entry in sys.path]), options],
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
        except BaseException:
            self.stop()
            raise

    def alive(self) -> bool:
        """Return whether the process still runs."""
        return self.process.poll() is None

    def read(
        self, size: Size, pixels: bytes, seconds: float, progress: Callable[[int, int], None] | None
    ) -> tuple[OcrPage, int]:
        """Return what is read in a picture, and the bytes of memory the process then holds."""
        message = {"size": size, "seconds": seconds}
        answer, data = self._receive(seconds, lambda: write_frame(self._stdin, message, pixels), progress)
        try:
            return unpack_page(data), int(answer["resident_bytes"])
        except (KeyError, TypeError, ValueError) as error:
            raise OcrCrashError("the process that reads text gave an answer that cannot be read") from error

    def _receive(
        self, seconds: float, ask: Callable[[], None], progress: Callable[[int, int], None] | None
    ) -> tuple[dict[str, Any], bytes]:
        """Ask, and return the answer; the process is killed when the time is over, which ends every wait here."""
        over = threading.Event()

        def kill() -> None:
            over.set()
            self.process.kill()

        watch = threading.Timer(seconds, kill)
        watch.daemon = True
        self.busy = True
        try:
            watch.start()
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
                raise timed_out(seconds) from error
            raise _GoneBeforeError(_epitaph(self._returncode())) from error

    def _frame(self, over: threading.Event, seconds: float) -> tuple[dict[str, Any], bytes]:
        """Return the next thing the process says."""
        try:
            answer, data = read_frame(self._stdout)
            if answer["kind"] == "progress":
                answer = {"kind": "progress", "done": int(answer["done"]), "total": int(answer["total"])}
        except (EOFError, OSError) as error:
            if over.is_set():
                raise timed_out(seconds) from error
            returncode = self._returncode()
            # it ends by itself only when it has nothing to do
            kind = _GoneBeforeError if returncode == 0 else OcrCrashError
            raise kind(_epitaph(returncode)) from error
        except (KeyError, TypeError, ValueError) as error:
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
    elif returncode >= 0:
        how = f"ended by itself (exit status {returncode})"
    else:
        try:
            how = f"died of {signal.Signals(-returncode).name}"
        except ValueError:
            how = f"died of signal {-returncode}"
        if returncode == -getattr(signal, "SIGKILL", 9):
            how += ", as when memory runs out"
    return f"the process that reads text {how}; the next picture starts it again"
