"""An interrupt at any moment: the conversation is intact, nothing stays locked, the next call works."""

import copy
import os
import signal
import sys
import threading
import time
from linecache import getline

import pytest

from headroom_nb import ImageCompressor, Technique
from headroom_nb.ocr import FakeOcr
from headroom_nb.ocr.registry import forget_pages
from headroom_nb.runtime.forks import _locks
from tests.faults.bad_engines import LINES
from tests.support import FixedRouter, gradient, openai_message, png, text_image

PICTURES = [png(gradient(700, 500)), png(text_image(LINES, size=24))]


def conversation(question="Read the text"):
    return [openai_message(question, *PICTURES), {"role": "assistant", "content": "Yes."}]


def free(compressor, seconds=120.0):
    """Whether every lock of the process comes free by itself, and all memory that was taken."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not compressor._memory._used and not any(lock.locked() for lock in list(_locks) if hasattr(lock, "locked")):
            return True
        time.sleep(0.01)
    return False


class InterruptAfter:
    """Raises KeyboardInterrupt at a line of ours, counted from the start, as Python does between two of its steps.

    Not at the line of a ``with``, which is traced again when its block was left: no signal is ever handled between the
    block's last step and the release of a lock.
    """

    def __init__(self, lines):
        self.left = lines

    def __call__(self, frame, event, _argument):
        if "headroom_nb" not in frame.f_code.co_filename:
            return None
        if event == "line" and not getline(frame.f_code.co_filename, frame.f_lineno).lstrip().startswith("with "):
            self.left -= 1
            if self.left == 0:
                sys.settrace(None)
                raise KeyboardInterrupt
        return self


def lines_run(compress):
    counter = InterruptAfter(10**9)
    sys.settrace(counter)
    try:
        compress()
    finally:
        sys.settrace(None)
    return 10**9 - counter.left


@pytest.mark.parametrize("technique", [Technique.FULL_LOW, Technique.TRANSCODE])
def test_an_interrupt_at_any_step_leaves_everything_usable(technique):
    """At forty places spread over the whole call, in the thread of the caller."""

    def compressor():
        return ImageCompressor("gpt-4o", FixedRouter(technique), ocr=FakeOcr(LINES))

    document = conversation()
    before = copy.deepcopy(document)
    expected = compressor().run(document).messages
    steps = lines_run(lambda: compressor().run(document))
    assert steps > 100
    interrupted = 0
    for step in range(1, steps, max(1, steps // 40)):
        one = compressor()
        sys.settrace(InterruptAfter(step))
        try:
            one.run(document)
        except KeyboardInterrupt:
            interrupted += 1
        finally:
            sys.settrace(None)
        assert document == before
        assert free(one), f"a lock is held after an interrupt at step {step}"
        assert one.run(document).messages == expected, f"at step {step}"
    assert interrupted > 20


@pytest.mark.slow
def test_a_signal_at_any_moment_leaves_everything_usable():
    """A real signal, as a notebook sends it, while several threads read text with the real engine."""
    document = conversation()
    before = copy.deepcopy(document)
    one = ImageCompressor("gpt-4o", FixedRouter(Technique.TRANSCODE))
    expected = one.run(document).messages
    one.close()
    forget_pages()
    start = time.monotonic()
    one.run(document)
    whole = time.monotonic() - start
    interrupted = 0
    for number in range(12):
        done = threading.Event()

        # close together at the start, so that many come in time though this call is quicker than the one measured
        def interrupt(wait=whole * (number / 12) ** 3, done=done):
            if not done.wait(wait):
                os.kill(os.getpid(), signal.SIGINT)

        one.close()
        forget_pages()
        killer = threading.Thread(target=interrupt)
        try:
            killer.start()
            one.run(conversation(f"Read the text, time {number}"))
            done.set()
            killer.join()
        except KeyboardInterrupt:
            interrupted += 1
            done.set()
            killer.join()
        assert document == before
        assert free(one)
        assert one.run(document).messages == expected
    assert interrupted > 1
