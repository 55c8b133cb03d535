"""OCR engines that go wrong; run in a process of their own, where they are built by name."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from dataclasses import replace

from headroom_nb.errors import OcrError
from headroom_nb.ocr import FakeOcr
from headroom_nb.runtime.threads import usable_threads

LINES = ["Corner Shop", "Bread 2.40", "Milk 1.15", "Coffee 6.80", "Total 10.35", "Thank you for your visit"]


class Scripted(FakeOcr):
    """Does what the size of the picture says, so that one engine can do right and wrong by turns."""

    name = "scripted"

    def __init__(self):
        super().__init__(LINES)
        self.leak = []

    def read(self, image, *, progress=None):
        does = DOES.get(image.width)
        if does is not None:
            does(self)
        sys.stdout.write("what a library prints must not end up among the answers\n")
        sys.stdout.flush()
        os.write(1, b"nor what it writes past Python\n")
        page = super().read(image, progress=progress)
        return replace(page, detected=usable_threads(64)) if image.width == 941 else page


def null_pointer(_engine):
    ctypes.string_at(0)


def segfault(_engine):
    os.kill(os.getpid(), signal.SIGSEGV)


def out_of_memory(_engine):
    os.kill(os.getpid(), signal.SIGKILL)


def abort(_engine):
    os.abort()


def leave(_engine):
    os._exit(3)


def sleep(_engine):
    time.sleep(60)


def hang_without_python(_engine):
    """Never give the interpreter back, as a native loop would."""
    ctypes.PyDLL(None).sleep(60)


def leak(engine):
    engine.leak.append(b"x" * 80_000_000)


def fail(_engine):
    raise ValueError("a picture this engine cannot stand")


def fail_politely(_engine):
    raise OcrError("this engine reads no such picture")


CRASHES = {901: null_pointer, 902: segfault, 903: out_of_memory, 904: abort, 905: leave}
HANGS = {911: sleep, 912: hang_without_python}
DOES = {**CRASHES, **HANGS, 921: leak, 931: fail, 932: fail_politely}


def never_built():
    raise RuntimeError("no such licence")


def dies_while_built():
    os.kill(os.getpid(), signal.SIGSEGV)
