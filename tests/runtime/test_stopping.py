"""Work ends at its next checkpoint once its time is over or nobody waits for it."""

import asyncio
import io
import threading
import time

import pytest

from headroom_nb.errors import ImageTimeoutError, OcrTimeoutError, WorkStoppedError
from headroom_nb.pictures import open_picture
from headroom_nb.pictures.encode import encode
from headroom_nb.runtime import onnx_runtime
from headroom_nb.runtime.background import Background, run_within
from headroom_nb.runtime.memory_limiter import BYTES_PER_PIXEL, WORKING_BYTES, MemoryLimiter
from headroom_nb.runtime.stopping import (
    Stop,
    checkpoint,
    not_counted_since,
    seconds_left,
    stopping,
    turn,
    when_stopped,
)
from tests.support import gradient


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


def test_the_time_left_is_that_of_the_stop_that_ends_first():
    assert seconds_left() is None
    with stopping(Stop(60.0)), stopping(Stop(10.0)), stopping(Stop(30.0)):
        assert 0 < seconds_left() <= 10
    with stopping(Stop(-1.0)):
        assert seconds_left() == 0.0


def test_the_outermost_stop_says_why_the_work_ends():
    outer, inner = Stop(-1.0, lambda: ImageTimeoutError("the image")), Stop(-1.0, lambda: OcrTimeoutError("the text"))
    with stopping(outer), stopping(inner), pytest.raises(ImageTimeoutError, match="the image"):
        checkpoint()


def test_waiting_for_others_is_given_back_where_it_is_not_counted():
    with stopping(Stop(-1.0, counts_waiting=False)):
        not_counted_since(time.monotonic() - 100.0)
        checkpoint()
    with stopping(Stop(-1.0)):
        not_counted_since(time.monotonic() - 100.0)
        with pytest.raises(WorkStoppedError):
            checkpoint()


def test_what_is_done_without_checkpoints_is_told_when_nobody_waits_any_more():
    stop, told = Stop(), []
    with stopping(stop):
        with when_stopped(lambda: told.append("over")):
            pass
        stop.set()
        assert told == []
        with when_stopped(lambda: told.append("set already")):
            assert told == ["set already"]


def test_a_run_of_a_model_ends_when_nobody_waits_for_it(monkeypatch, tmp_path):
    running, stop = threading.Event(), Stop()

    class Endless:
        """Runs until it is told to end, as onnxruntime does between two nodes of a model."""

        def run(self, names, feed, options):
            running.set()
            for _ in range(60_000):
                if options.terminate:
                    raise RuntimeError("Exiting due to terminate flag being set to true.")
                time.sleep(0.001)
            return ["not told"]

        def get_inputs(self):
            return []

    monkeypatch.setattr(onnx_runtime, "_open", lambda path, threads: Endless())
    session = onnx_runtime.open_session(tmp_path / "model.onnx")
    setter = threading.Thread(target=lambda: (running.wait(60), stop.set()))
    setter.start()
    with stopping(stop), pytest.raises(WorkStoppedError):
        session.run(None, {})
    setter.join()
    session.let_go()  # or the next call would run it once more, to give memory back


def test_waiting_for_a_turn_or_for_memory_ends_when_nobody_waits_any_more():
    lock, stop = threading.Lock(), Stop()
    memory = MemoryLimiter(WORKING_BYTES + BYTES_PER_PIXEL)
    with lock, memory.hold(1), stopping(stop):
        threading.Timer(0.01, stop.set).start()
        with pytest.raises(WorkStoppedError), turn(lock):
            raise AssertionError("it is held")
        with pytest.raises(WorkStoppedError), memory.hold(1):
            raise AssertionError("it is full")
    with turn(lock), memory.hold(1):
        pass


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "TIFF"])
def test_a_picture_is_not_decoded_to_its_end_when_nobody_waits_and_is_not_called_broken(kind):
    file = io.BytesIO()
    gradient(900, 700).save(file, kind)
    picture, stop = open_picture(file.getvalue()), Stop()
    stop.set()
    with stopping(stop), pytest.raises(WorkStoppedError):
        picture.rgb()
    assert picture.rgb().size == (900, 700)


def test_a_file_is_not_written_to_its_end_when_nobody_waits():
    image, stop = gradient(900, 700), Stop()
    stop.set()
    with stopping(stop), pytest.raises(WorkStoppedError):
        encode(image, mark=None)
