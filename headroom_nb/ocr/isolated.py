"""An OCR engine in a process of its own: what crashes or hangs there cannot take the notebook's kernel along."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import OptionError
from headroom_nb.ocr.many_scripts import all_readers, name_with
from headroom_nb.ocr.weights import find_weights
from headroom_nb.ocr.worker_process import GoneBeforeError, WorkerProcess
from headroom_nb.runtime.forks import after_fork, fork_safe
from headroom_nb.runtime.models import Held, register
from headroom_nb.runtime.stopping import LONGEST, not_counted_since, seconds_left, turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL import Image

    from headroom_nb.ocr.base import OcrPage
    from headroom_nb.records import Size


class IsolatedOcr:
    """Reads in one long-lived process, started at the first image and anew after a crash.

    Images are read one at a time. Safe to call from several threads, and after a fork. An interrupt, a deadline or
    an error of the caller's ends the reading under way, and the process with it.

    Parameters
    ----------
    engine
        ``"auto"``, the name of a source of weights, or ``"package.module:callable"``, which is imported and called
        there and returns an engine.
    seconds
        Time one image may take where the caller sets none.
    idle_seconds
        The process ends by itself after this long without work.
    recycle_bytes
        A process that holds more memory than this after an image is ended.

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
        self.name = engine if ":" in engine else name_with(find_weights(engine).name, all_readers())
        self._engine = engine
        self._seconds = min(seconds, LONGEST)
        self._idle_seconds = min(idle_seconds, LONGEST)
        self._recycle_bytes = recycle_bytes
        self._lock = fork_safe(threading.Lock())
        self._worker: WorkerProcess | None = None
        self._resident = 0
        after_fork(self)
        register(self)

    def read(self, image: Image.Image, *, progress: Callable[[int, int], None] | None = None) -> OcrPage:
        """Return the text in an upright RGB image.

        Raises
        ------
        OcrError
            The engine cannot be started, or failed.
        OcrCrashError
            The process died over the image.
        OcrTimeoutError
            The time was over; the process was ended.
        """
        pixels = (image if image.mode == "RGB" else image.convert("RGB")).tobytes()
        with turn(self._lock):
            try:
                return self._read(self._started(), image.size, pixels, progress)
            except GoneBeforeError:
                return self._read(self._started(), image.size, pixels, progress)

    def _read(
        self, worker: WorkerProcess, size: Size, pixels: bytes, progress: Callable[[int, int], None] | None
    ) -> OcrPage:
        left = seconds_left()
        try:
            page, resident = worker.read(size, pixels, self._seconds if left is None else left, progress)
        except BaseException:
            # whatever it was, an interrupt too: what the process would still say belongs to no reading
            if worker.busy:
                self._stop()
            raise
        self._resident = resident
        if resident > self._recycle_bytes:
            self._stop()
        return page

    def close(self) -> None:
        """End the process; the next image starts it again."""
        with self._lock:
            self._stop()

    def held(self) -> Held | None:
        """Return the process and the memory it had after its last image; None while there is none."""
        return None if self.pid is None else Held(f"OCR in process {self.pid}", self._resident)

    def settle(self) -> bool:
        """Nothing is left behind in this process."""
        return False

    def let_go(self) -> None:
        """End the process, after the image it reads just now."""
        self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (self._engine, self._seconds, self._idle_seconds, self._recycle_bytes)

    @property
    def pid(self) -> int | None:
        """The number of the process; None while there is none."""
        worker = self._worker
        return worker.process.pid if worker is not None and worker.alive() else None

    def _started(self) -> WorkerProcess:
        if self._worker is None or not self._worker.alive():
            begun = time.monotonic()
            self._stop()
            self._worker = WorkerProcess(self._engine, self._idle_seconds)
            not_counted_since(begun)
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
