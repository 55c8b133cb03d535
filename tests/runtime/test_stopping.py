"""Work ends at its next checkpoint once its time is over or nobody waits for it."""

import asyncio
import threading
import time

import pytest

from headroom_nb.errors import WorkStoppedError
from headroom_nb.runtime.background import Background, run_within
from headroom_nb.runtime.stopping import Stop, checkpoint, stopping


def endless(begun, ended):
    begun.set()
    try:
        for _ in range(60_000):  # work that is never stopped must still let the process end
            checkpoint()
            time.sleep(0.001)
    except WorkStoppedError:
        ended.set()
        raise


def test_without_a_stop_no_checkpoint_raises():
    checkpoint()


def test_the_outer_stop_ends_the_inner_work_too():
    outer = Stop()
    with stopping(outer), stopping(Stop()):
        checkpoint()
        outer.set()
        with pytest.raises(WorkStoppedError):
            checkpoint()


def test_a_call_that_takes_too_long_is_left_and_ends_by_itself():
    begun, ended = threading.Event(), threading.Event()
    with pytest.raises(WorkStoppedError, match=r"0\.01 seconds"):
        run_within(0.01, lambda: endless(begun, ended))
    assert ended.wait(30)
    assert run_within(None, lambda: 7) == 7
    with pytest.raises(KeyError):
        run_within(30, lambda: {}["missing"])


def test_a_cancelled_call_ends_the_work_that_was_begun():
    begun, ended = threading.Event(), threading.Event()

    async def cancel():
        task = asyncio.ensure_future(Background().run(endless, begun, ended))
        while not begun.is_set():
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    thread = threading.Thread(target=lambda: asyncio.run(cancel()))
    thread.start()
    thread.join()
    assert ended.wait(30)
