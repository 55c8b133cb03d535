"""The process that reads text for another one: answers image after image until nobody asks any more.

A crash of the engine ends this process and no other. It also ends when the one it works for is gone, when it was idle
for a while, and, as a last resort, when it hangs so deep in the engine that no Python runs.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import queue
import signal
import sys
import threading
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from headroom_nb.errors import HeadroomError
from headroom_nb.ocr.base import pack_page
from headroom_nb.ocr.frames import LONGEST_PICTURE, read_frame, write_frame
from headroom_nb.ocr.ocr_reader import remembers
from headroom_nb.runtime.threads import at_most

if TYPE_CHECKING:
    from headroom_nb.ocr.base import Ocr

GRACE = 5.0
"""Seconds after which a reading that was given up ends this process, should the other one not be there to do it."""

FIRST_TO_GO = "900"
"""Of 1000: when memory runs out, this process is ended before the notebook's."""

Frames = queue.SimpleQueue["tuple[dict[str, Any], bytes]"]


def main(options: str) -> None:
    """Read images from standard input and answer on standard output.

    Parameters
    ----------
    options
        JSON: ``engine`` and ``idle_seconds`` as for :class:`~headroom_nb.ocr.isolated.IsolatedOcr`.
    """
    settings = json.loads(options)
    # what a library prints must not stand among the answers
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is the other process's to deal with
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(FIRST_TO_GO, "ascii")
    frames: Frames = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(frames,), daemon=True).start()
    try:
        import_module("PIL.Image")  # belongs to the start, and not to the time of the first image
        engine = build(settings["engine"])
    except Exception as error:  # noqa: BLE001 - whatever keeps the engine from starting is the other process's to tell
        write_frame(answers, _failure(error))
        return
    remembers.set(False)  # emptying the caches of the other process does not reach this one
    write_frame(answers, {"kind": "ready"})
    with contextlib.suppress(queue.Empty, BrokenPipeError):
        while True:
            _answer(engine, *frames.get(timeout=settings["idle_seconds"]), answers)
    os._exit(0)  # the thread that waits for images would keep Python from ending


def build(name: str) -> Ocr:
    """Return an engine: by the name of its weights' source, or ``"package.module:callable"``."""
    module, colon, attribute = name.partition(":")
    if colon:
        engine: Ocr = getattr(import_module(module), attribute)()
        return engine
    from headroom_nb.ocr import many_scripts
    from headroom_nb.ocr.weights import find_weights

    return many_scripts.build(find_weights(name))


def resident_bytes() -> int:
    """Return the memory this process holds; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except (OSError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _receive(frames: Frames) -> None:
    """Take images in; ends the process, whatever it is doing, when the other one is gone."""
    try:
        while True:
            frames.put(read_frame(sys.stdin.buffer, LONGEST_PICTURE))
    except (EOFError, ValueError, OSError):
        os._exit(0)


def _answer(engine: Ocr, message: dict[str, Any], pixels: bytes, answers: IO[bytes]) -> None:
    from PIL import Image

    width, height = message["size"]
    faulthandler.dump_traceback_later(message["seconds"] + GRACE, exit=True)
    image = Image.frombytes("RGB", (width, height), pixels)
    try:
        with at_most(message["threads"]):
            page = engine.read(
                image,
                progress=lambda done, total: write_frame(answers, {"kind": "progress", "done": done, "total": total}),
            )
    except Exception as error:  # noqa: BLE001 - an engine of someone's own may raise anything; the other process reports it
        write_frame(answers, _failure(error))
    else:
        write_frame(answers, {"kind": "page", "resident_bytes": resident_bytes()}, pack_page(page))
    finally:
        faulthandler.cancel_dump_traceback_later()


def _failure(error: Exception) -> dict[str, Any]:
    words = str(error) if isinstance(error, HeadroomError) else f"{type(error).__name__}: {error}"
    return {"kind": "error", "message": words[:2000]}
