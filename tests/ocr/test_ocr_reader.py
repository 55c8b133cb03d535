import pickle
import time
import tracemalloc
from types import SimpleNamespace

import pytest
from PIL import Image

from headroom_nb.errors import OcrError, OcrTimeoutError
from headroom_nb.ocr import FakeOcr, OcrLine, OcrPage
from headroom_nb.ocr.ocr_reader import OcrReader, _size_of
from headroom_nb.runtime.stopping import seconds_left
from tests.support import gradient


def test_the_same_pixels_are_read_once():
    fake = FakeOcr(["one", "two"])
    cached = OcrReader(fake, max_bytes=2**20)
    first = cached.read(Image.new("RGB", (50, 40), "white"))
    assert cached.read(Image.new("RGB", (50, 40), "white")) is first
    cached.read(Image.new("RGB", (40, 50), "white"))
    assert fake.calls == 2


def test_the_memory_is_bounded_and_forgets_the_page_not_used_for_longest():
    fake = FakeOcr(["text"])
    cached = OcrReader(fake, max_bytes=2 * 1300)
    pages = [Image.new("RGB", (20, 20), (shade, 0, 0)) for shade in (1, 2, 3)]
    for index in (0, 1, 0, 2, 0, 1):
        cached.read(pages[index])
    assert fake.calls == 4


def test_a_failed_reading_is_not_remembered():
    class Interrupted(FakeOcr):
        def read(self, image, *, progress=None):
            if self.calls == 0:
                self.calls += 1
                raise KeyboardInterrupt
            return super().read(image, progress=progress)

    cached = OcrReader(Interrupted(["later"]), max_bytes=2**20)
    with pytest.raises(KeyboardInterrupt):
        cached.read(Image.new("RGB", (20, 20)))
    assert cached.read(Image.new("RGB", (20, 20))).lines[0].text == "later"


def test_a_reader_of_a_reader_shares_its_engine_its_pages_and_its_store():
    fake, store = FakeOcr(["one"]), {}
    pages = SimpleNamespace(get=store.get, put=store.__setitem__)
    first = OcrReader(OcrReader(fake, max_bytes=2**20), pages)
    page = first.read(gradient(10, 10))
    first.forget_pages()
    assert OcrReader(first, seconds=5).read(gradient(10, 10)) is page
    assert list(store.values()) == [page]
    assert fake.calls == 1


def test_without_a_memory_every_image_is_read():
    fake = FakeOcr(["one"])
    reader = OcrReader(fake)
    assert reader.read(gradient(10, 10)) == reader.read(gradient(10, 10))
    assert fake.calls == 2


def test_a_failure_is_reported_and_raised():
    class Broken(FakeOcr):
        def read(self, image, *, progress=None):
            raise OcrError("no weights")

    reported = []
    with pytest.raises(OcrError) as caught:
        OcrReader(Broken(), on_failure=reported.append).read(gradient(10, 10))
    assert reported == [caught.value]


class SlowOcr(FakeOcr):
    """Reads a line every 20 milliseconds; counts the lines of the last image, and how often it was asked."""

    asked = 0

    def read(self, image, *, progress=None):
        self.asked += 1
        self.lines_read = 0
        for done in range(200):
            if progress is not None:
                progress(done, 200)
            time.sleep(0.02)
            self.lines_read += 1
        return super().read(image)


def test_the_deadline_counts_all_readings_of_an_image_together():
    engine = OcrReader(SlowOcr(["one"]), seconds=0.05)
    with pytest.raises(OcrTimeoutError):
        engine.read(gradient(10, 10))
    with pytest.raises(OcrTimeoutError):
        engine.read(gradient(10, 10))


def test_a_reading_that_is_done_is_kept_however_late_it_comes():
    class Late(FakeOcr):
        def read(self, image, *, progress=None):
            time.sleep(0.03)
            return super().read(image, progress=progress)

    assert OcrReader(Late(["one"]), seconds=0.01).read(gradient(10, 10)).lines[0].text == "one"


def test_an_engine_is_told_how_long_it_may_still_take():
    class Asks(FakeOcr):
        def read(self, image, *, progress=None):
            self.left = seconds_left()
            return super().read(image)

    engine = Asks(["one"])
    assert seconds_left() is None
    OcrReader(engine, seconds=30.0).read(gradient(10, 10))
    assert 0 < engine.left <= 30
    assert seconds_left() is None


def test_what_a_page_takes_is_known_within_a_third():
    text = "A line of text as long as those of a page"
    box = ((0, 0), (1, 0), (1, 1), (0, 1))

    def chances(line):
        return tuple(line + index / 100 for index in range(len(text)))

    made = [
        OcrLine(f"{text} {line}", box, 0.9, 0.5, chances(line), 0.0, chances(-line), text, chances(line / 7))
        for line in range(100)
    ]
    stored = pickle.dumps(OcrPage(tuple(made), 100, (900, 900)))
    tracemalloc.start()
    page = pickle.loads(stored)
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 0.67 < _size_of(page) / taken < 1.5
