"""What the one who waits sees: nothing in a quick call, else what is loaded, images, lines and time left."""

from __future__ import annotations

import io
import sys
import threading

import pytest

import headroom_nb
from headroom_nb import ImageCompressor, Technique
from headroom_nb.errors import OptionError
from headroom_nb.ocr import FakeOcr
from headroom_nb.pipeline import watch as watching
from headroom_nb.pipeline.watch import Watch, watch_of
from headroom_nb.runtime.progress_line import TerminalLine
from tests.support import FixedRouter, gradient, openai_message, png, text_image


class Terminal(io.StringIO):
    def isatty(self):
        return True


def a_terminal(monkeypatch):
    """Put a terminal in the place of standard error; a fixture would be too early for that."""
    made = Terminal()
    monkeypatch.setattr(sys, "stderr", made)
    return made


def test_it_says_how_many_images_are_done_what_is_read_and_what_is_loaded():
    watch = Watch()
    assert str(watch) == "Looking for images"
    watch.images(3, known=1)
    assert str(watch) == "1 of 3 images done"
    assert watch.load("the router", lambda: str(watch)) == "1 of 3 images done · loading the router"
    report = watch.reading("messages[0]")
    assert str(watch) == "1 of 3 images done · looking for text"
    report(30, 60)
    assert str(watch).startswith("1 of 3 images done · reading text, 30 of 60 lines · 0:00 left")
    watch.done("messages[0]")
    watch.done("messages[1]")
    assert str(watch) == "3 of 3 images done"


def test_a_quick_call_shows_nothing(monkeypatch):
    terminal = a_terminal(monkeypatch)
    monkeypatch.setattr(watching, "QUIET", 1_000.0)
    headroom_nb.compress([openai_message("", png(gradient(40, 30)))], model="gpt-4o", router="rules")
    assert terminal.getvalue() == ""


def slow_call(seen, progress=None):
    class Slow(FakeOcr):
        def read(self, image, *, progress=None):
            assert seen.wait(60)
            return super().read(image, progress=progress)

    message = openai_message("Read it", png(text_image(["TOTAL 3.55 EUR"], width=700)))
    compressor = ImageCompressor("gpt-5.6-sol", router=FixedRouter(Technique.TRANSCODE), ocr=Slow(["TOTAL 3.55 EUR"]))
    techniques = {(0, "content", 1): Technique.TRANSCODE}
    return compressor.run([message], techniques=techniques, progress=progress)


def test_a_slow_call_shows_a_line_and_takes_it_away_again(monkeypatch):
    terminal = a_terminal(monkeypatch)
    monkeypatch.setattr(watching, "QUIET", 0.0)
    monkeypatch.setattr(watching, "EVERY", 0.01)
    seen = threading.Event()
    write = terminal.write

    def noted(text):
        if "looking for text" in text:
            seen.set()
        return write(text)

    monkeypatch.setattr(terminal, "write", noted)
    slow_call(seen, progress=True)
    assert "0 of 1 image done · looking for text" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r")
    assert "\n" not in terminal.getvalue()


def test_an_interrupt_says_what_is_done_and_kept(monkeypatch):
    terminal = a_terminal(monkeypatch)
    watch = Watch(TerminalLine())
    watch.images(30, known=0)
    watch.done("messages[0]")

    def interrupted():
        with watch.shown():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert "1 of 30 images are done; they are kept" in terminal.getvalue()
    assert terminal.getvalue().endswith("\n")


def test_an_interrupted_call_goes_on_where_it_ended():
    read = []

    class Interrupted(FakeOcr):
        def read(self, image, *, progress=None):
            read.append(image.size)
            if len(read) == 2:
                raise KeyboardInterrupt
            return super().read(image, progress=progress)

    pages = [png(text_image([f"TOTAL {n}.55 EUR"], width=700 + n)) for n in range(3)]
    messages = [openai_message("Transcribe it", page) for page in pages]
    compressor = ImageCompressor("gpt-5.6-sol", router=FixedRouter(Technique.TRANSCODE), ocr=Interrupted(["TOTAL"]))
    paths = {(n, "content", 1): Technique.TRANSCODE for n in range(3)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("headroom_nb.pipeline.all_images.usable_threads", lambda most: 1)
        with pytest.raises(KeyboardInterrupt):
            compressor.run(messages, techniques=paths)
        compressor.run(messages, techniques=paths)
    assert len(read) == len(set(read)) + 1  # only the one under way is read again


def test_progress_is_a_truth_value_or_a_function():
    with pytest.raises(OptionError, match="is not a function"):
        watch_of("yes", kept=True)
