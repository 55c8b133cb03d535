import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from headroom_nb import ImageCompressor, Technique
from headroom_nb.errors import OcrCrashError, OcrError, OcrTimeoutError, OptionError, WorkStoppedError
from headroom_nb.formats import find_images
from headroom_nb.ocr import FakeOcr, IsolatedOcr, Ocr, get_ocr, isolated
from headroom_nb.ocr.ocr_reader import OcrReader
from headroom_nb.resource_limits import Limits
from headroom_nb.runtime import stopping
from headroom_nb.runtime.threads import at_most
from tests.faults.bad_engines import CRASHES, HANGS, LINES
from tests.support import FixedRouter, openai_message, png, text_image

ROOT = str(Path.cwd())
ENGINE = "tests.faults.bad_engines:Scripted"


@pytest.fixture(scope="module")
def ocr():
    engine = IsolatedOcr(ENGINE)
    yield engine
    engine.close()


def page(width=800, height=300):
    return Image.new("RGB", (width, height), "white")


def texts(found):
    return [line.text for line in found.lines]


def messages(*widths):
    """A conversation with a page of text for each width; the engine does what the width says."""
    pictures = [png(text_image(LINES, size=24, width=width)) for width in widths]
    return [openai_message("Read the text", picture) for picture in pictures]


def test_it_reads_what_the_engine_reads(ocr):
    assert isinstance(ocr, Ocr)
    expected = FakeOcr(LINES).read(page())
    told = []
    assert ocr.read(page(), progress=lambda done, total: told.append((done, total))) == expected
    assert told == [(6, 6)]


def test_the_process_is_kept(ocr):
    ocr.read(page())
    first = ocr.pid
    ocr.read(page())
    assert ocr.pid == first != os.getpid()


@pytest.mark.parametrize("width", CRASHES, ids=[does.__name__ for does in CRASHES.values()])
def test_a_crash_is_an_error_that_says_how_and_the_next_picture_is_read(ocr, width):
    with pytest.raises(OcrCrashError, match=r"died of SIG|ended by itself") as caught:
        ocr.read(page(width))
    expected = {
        901: "SIGSEGV",
        902: "SIGSEGV",
        903: "SIGKILL, as when memory runs out",
        904: "SIGABRT",
        905: "status 3",
    }
    assert expected[width] in str(caught.value)
    assert texts(ocr.read(page())) == LINES


@pytest.mark.parametrize("width", HANGS, ids=[does.__name__ for does in HANGS.values()])
def test_a_hang_ends_at_the_deadline_and_the_next_picture_is_read(ocr, width):
    ocr.read(page())
    with pytest.raises(OcrTimeoutError, match=r"more than 0\.\d+ seconds|more than 0\.5 seconds"):
        OcrReader(ocr, seconds=0.5).read(page(width))
    assert texts(ocr.read(page())) == LINES


def test_a_hang_ends_when_nobody_waits_any_more_and_the_next_picture_is_read(ocr):
    stop = stopping.Stop()
    reading = threading.Timer(0.5, stop.set)
    reading.start()
    with stopping.stopping(stop), pytest.raises(WorkStoppedError):
        ocr.read(page(911))
    assert texts(ocr.read(page())) == LINES


def test_without_a_deadline_of_the_callers_its_own_holds():
    engine = IsolatedOcr(ENGINE, seconds=3)  # a busy machine takes a second to start it
    with pytest.raises(OcrTimeoutError, match=r"3(\.0)? seconds"):
        engine.read(page(911))
    engine.close()


def test_an_engine_that_leaks_is_started_anew_and_loses_no_picture():
    engine = IsolatedOcr(ENGINE, recycle_bytes=150_000_000)
    seen = set()
    for _ in range(6):
        assert texts(engine.read(page(921))) == LINES
        seen.add(engine.pid)
    assert None in seen
    engine.close()


@pytest.mark.parametrize(("width", "why"), [(931, "ValueError: a picture"), (932, "this engine reads no such picture")])
def test_an_error_of_the_engines_is_handed_on_and_the_process_is_kept(ocr, width, why):
    ocr.read(page())
    before = ocr.pid
    with pytest.raises(OcrError, match=why):
        ocr.read(page(width))
    assert ocr.pid == before


@pytest.mark.parametrize(
    ("engine", "error", "why"),
    [
        ("tests.faults.bad_engines:never_built", OcrError, "no such licence"),
        ("tests.faults.bad_engines:dies_while_built", OcrCrashError, "SIGSEGV"),
        ("tests.faults.bad_engines:nothing", OcrError, "no attribute"),
        ("no_such_module:engine", OcrError, "No module named"),
    ],
)
def test_an_engine_that_cannot_start_is_said_so(engine, error, why):
    with pytest.raises(error, match=why):
        IsolatedOcr(engine).read(page())


def test_an_engine_that_is_not_known_is_refused_at_once():
    with pytest.raises(OptionError, match="teseract"):
        IsolatedOcr("teseract")
    with pytest.raises(OptionError, match="by name"):
        IsolatedOcr(FakeOcr(LINES))


def test_a_process_that_was_killed_between_two_pictures_is_not_noticed(ocr):
    ocr.read(page())
    for wait in (0, 0.001, 0.01, 0.1):
        os.kill(ocr.pid, signal.SIGKILL)
        time.sleep(wait)
        assert texts(ocr.read(page(2000, 2000))) == LINES


def test_an_idle_process_ends_and_comes_back():
    engine = IsolatedOcr(ENGINE, idle_seconds=1.0)
    engine.read(page())
    end = time.monotonic() + 120
    while engine.pid is not None and time.monotonic() < end:
        time.sleep(0.05)
    assert engine.pid is None
    assert texts(engine.read(page())) == LINES
    engine.close()


def test_many_threads_share_one_process(ocr):
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: ocr.read(page(800 + n)), range(40)))
    assert [each.size[0] for each in found] == [800 + n for n in range(40)]


def test_waiting_for_others_does_not_count_as_reading(ocr, monkeypatch):
    class Clock:
        """The usual clock, which can be set forward, and counts who looks at it."""

        def __init__(self):
            self.ahead, self.looked = 0.0, threading.Semaphore(0)

        def monotonic(self):
            self.looked.release()
            return time.monotonic() + self.ahead

    ocr.read(page())
    clock = Clock()
    monkeypatch.setattr(stopping, "time", clock)
    monkeypatch.setattr(isolated, "time", clock)
    with ThreadPoolExecutor(1) as pool:
        with ocr._lock:
            reading = pool.submit(OcrReader(ocr, seconds=100.0).read, page())
            for _ in range(2):  # the reading began, and then the waiting
                assert clock.looked.acquire(timeout=120)
            clock.ahead = 1000.0
        assert texts(reading.result()) == LINES


def test_a_caller_that_gives_up_leaves_the_engine_usable(ocr):
    def interrupt(done, total):
        raise KeyboardInterrupt

    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            ocr.read(page(), progress=interrupt)
        assert texts(ocr.read(page())) == LINES


@pytest.mark.parametrize("error", [OcrTimeoutError("enough"), OSError("mine"), ValueError("mine"), EOFError("mine")])
def test_an_error_of_the_callers_own_is_not_taken_for_a_crash(ocr, error):
    def refuse(done, total):
        raise error

    with pytest.raises(type(error)) as caught:
        ocr.read(page(), progress=refuse)
    assert caught.value is error
    assert texts(ocr.read(page())) == LINES


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can be told")
def test_on_linux_it_is_ended_first_when_memory_runs_out(ocr):
    ocr.read(page())
    assert int(Path(f"/proc/{ocr.pid}/oom_score_adj").read_text()) > int(Path("/proc/self/oom_score_adj").read_text())


def test_the_callers_bound_on_threads_holds_there_too(ocr):
    with at_most(1):
        assert ocr.read(page(941)).detected == 1
    assert ocr.read(page(941)).detected == os.cpu_count()


def test_it_can_be_pickled_without_its_process(ocr):
    ocr.read(page())
    copy = pickle.loads(pickle.dumps(ocr))
    assert (copy.name, copy.pid) == (ocr.name, None)
    assert texts(copy.read(page())) == LINES
    assert copy.pid != ocr.pid
    copy.close()


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_child_starts_a_process_of_its_own_and_leaves_the_parents_alone(ocr):
    ocr.read(page())
    mine = ocr.pid
    child = os.fork()
    if child == 0:
        try:
            same = ocr.pid is None and texts(ocr.read(page())) == LINES and ocr.pid != mine
            ocr.close()
            os._exit(0 if same else 1)
        finally:
            os._exit(2)
    assert os.waitpid(child, 0)[1] == 0
    assert ocr.pid == mine
    assert texts(ocr.read(page())) == LINES
    assert ocr.pid == mine


def ended(pid, seconds=120.0):
    """Whether a process that is nobody's child here is gone, after a while."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("how", ["os._exit(0)", "os.kill(os.getpid(), 9)", "sys.exit(0)"])
def test_no_process_is_left_behind(how, tmp_path):
    script = f"""
import os, sys, threading, time
sys.path.insert(0, {ROOT!r})
from PIL import Image
from headroom_nb.ocr import IsolatedOcr
engine = IsolatedOcr({ENGINE!r})
engine.read(Image.new("RGB", (800, 300)))
print(engine.pid, flush=True)
threading.Thread(target=engine.read, args=(Image.new("RGB", (911, 300)),), daemon=True).start()
time.sleep(0.3)
{how}
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ended(int(done.stdout)), done.stderr


def test_a_script_without_a_main_guard_can_use_it(tmp_path):
    script = tmp_path / "plain.py"
    script.write_text(
        f"import sys; sys.path.insert(0, {ROOT!r})\n"
        "from PIL import Image\nfrom headroom_nb.ocr import IsolatedOcr\n"
        f"print('once', len(IsolatedOcr({ENGINE!r}).read(Image.new('RGB', (800, 300))).lines))\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert done.stdout == "once 6\n", done.stderr


@pytest.mark.parametrize("width", [901, 903, 911, 931])
def test_a_conversation_survives_and_says_what_happened(ocr, width):
    compressor = ImageCompressor(
        "gpt-4o", FixedRouter(Technique.TRANSCODE), ocr=ocr, limits=Limits(max_ocr_seconds=2 if width == 911 else 60)
    )
    ocr.read(page())
    document = messages(800, width, 820)
    result = compressor.run(document, techniques={slot.path: Technique.TRANSCODE for slot in find_images(document)})
    good, bad, other = result.images
    assert [good.technique, other.technique] == [Technique.TRANSCODE] * 2
    assert bad.technique is Technique.PRESERVE
    assert result.messages[1] == document[1] or bad.parts
    said = f"{bad.error} {bad.note}"
    assert {901: "SIGSEGV", 903: "SIGKILL", 911: "seconds", 931: "cannot stand"}[width] in said


@pytest.mark.slow
def test_the_real_engine_reads_the_same_in_a_process_of_its_own():
    isolated, usual = get_ocr("isolated"), get_ocr("auto")
    picture = text_image(LINES, size=24)
    assert isolated.name == usual.name
    assert isolated.read(picture) == usual.read(picture)
    document = messages(860)
    said = [
        ImageCompressor("gpt-4o", FixedRouter(Technique.TRANSCODE), ocr=name).run(document)
        for name in ("auto", "isolated")
    ]
    assert said[0].messages == said[1].messages
    assert said[0].images[0].technique is Technique.TRANSCODE


def open_things():
    """Open files and running threads of this process."""
    return len(list(Path("/proc/self/fd").iterdir())), threading.active_count()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files cannot be counted here")
def test_crash_after_crash_leaves_nothing_open():
    engine = IsolatedOcr(ENGINE)
    engine.read(page())
    files, threads = open_things()
    for round_ in range(6):
        with pytest.raises((OcrCrashError, OcrTimeoutError)):
            OcrReader(engine, seconds=0.3 if round_ % 5 == 0 else 60).read(page(911 if round_ % 5 == 0 else 902))
    engine.read(page())
    end = time.monotonic() + 120  # a watch that was called off takes a moment to end
    while threading.active_count() > threads and time.monotonic() < end:
        time.sleep(0.05)
    assert open_things()[0] <= files
    assert open_things()[1] <= threads
    engine.close()
