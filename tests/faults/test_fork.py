"""A process that forks after models were loaded: the child works, and ends."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PIL import Image

from headroom_nb import ImageCompressor, Technique
from headroom_nb.pictures.plugins import quiet
from headroom_nb.runtime.lru import ByteBoundedCache
from headroom_nb.runtime.memory_limiter import MemoryLimiter
from tests.faults.bad_engines import LINES
from tests.support import FixedRouter, openai_message, png, text_image

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here"),
    pytest.mark.filterwarnings("ignore:This process:DeprecationWarning"),
]

SCRIPT = """
import os, signal, sys, threading
sys.path.insert(0, {root!r})
from headroom_nb import ImageCompressor
from tests.faults.bad_engines import LINES
from tests.support import openai_message, png, text_image

def message(n):
    return [openai_message("Read the text", png(text_image([*LINES, f"Number {{n}}"], size=24, width=1400 + n)))]

compressor = ImageCompressor("gpt-4o", quality="max")
first = compressor.run(message(0))
busy = threading.Thread(target=lambda: [compressor.run(message(n)) for n in (1, 2)])
busy.start()
child = os.fork()
if child == 0:
    signal.alarm(240)
    again, other = compressor.run(message(0)), compressor.run(message(9))
    ok = again.messages == first.messages and other.images[0].error is None
    sys.exit(7 if ok else 1)
busy.join()
print(os.waitpid(child, 0)[1])
"""


def in_child(work, seconds=240):
    """Return the exit status of a forked child that does some work."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            signal.alarm(seconds)
            status = 0 if work() else 1
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1]


def test_a_child_works_with_the_models_its_parent_loaded_and_ends_with_its_own_status():
    """Forked while another thread reads text, and left by sys.exit: the two that used to hang."""
    script = SCRIPT.format(root=str(Path.cwd()))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=600)
    assert done.stdout.strip() == str(7 << 8), done.stderr


def test_a_pool_of_forked_processes_compresses():
    document = [openai_message("Read the text", png(text_image(LINES, size=24)))]
    expected = ImageCompressor("gpt-4o", FixedRouter(Technique.TRANSCODE)).run(document).messages
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map_async(_compressed, [document] * 4).get(300) == [expected] * 4


def _compressed(document):
    return ImageCompressor("gpt-4o", FixedRouter(Technique.TRANSCODE)).run(document).messages


def test_locks_that_other_threads_hold_are_free_in_the_child():
    cache = ByteBoundedCache(1000, len)
    held, release = threading.Event(), threading.Event()

    def hold():
        with cache._lock, quiet():
            held.set()
            release.wait(300)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()

    def work():
        cache.put("a", b"b")
        with quiet():
            return cache.get("a") == b"b"

    assert in_child(work) == 0
    release.set()
    thread.join()


def test_memory_that_other_threads_hold_is_free_in_the_child():
    gate = MemoryLimiter(400 * 2**20)
    with gate.hold(1_000_000):

        def work():
            with gate.hold(1_000_000):
                return True

        assert in_child(work) == 0


def test_a_picture_that_is_being_looked_at_does_not_stop_the_child():
    picture = png(Image.new("RGB", (300, 200)))
    document = [openai_message("What is this?", picture)]
    compressor = ImageCompressor("gpt-4o", FixedRouter(Technique.PRESERVE))
    compressor.run(document)
    assert in_child(lambda: compressor.run(document).images[0].error is None) == 0
