from __future__ import annotations

import random
import threading
import time
from dataclasses import fields
from pathlib import Path

import pytest

import headroom_nb
from benchmarks.safety.bomb_files import KINDS, Bomb
from headroom_nb import ImageCompressor, Limits, Technique
from headroom_nb.errors import OptionError, PictureTooLargeError
from headroom_nb.ocr import FakeOcr, IsolatedOcr
from headroom_nb.resource_limits import ABOUT, NAMES
from headroom_nb.runtime.memory_limiter import BYTES_PER_PIXEL, WORKING_BYTES, MemoryLimiter
from tests.support import FixedRouter, gradient, openai_message, png, text_image


def compressor(limits: Limits, technique: Technique = Technique.PRESERVE, ocr=None) -> ImageCompressor:
    return ImageCompressor("gpt-4o", FixedRouter(technique), ocr=ocr or FakeOcr(["TOTAL 3.55"]), limits=limits)


def the_only_image(limits: Limits, data: bytes, **options):
    messages = [openai_message("What is it?", data)]
    result = compressor(limits, **options).run(messages)
    (image,) = result.images
    if image.error is not None:
        assert result.messages == messages
    return image


def test_every_limit_has_a_unit_a_line_of_help_and_stands_in_the_documentation():
    for found in fields(Limits):
        assert found.metadata["unit"] in ABOUT[found.name].lower()
        assert f"    {found.name}\n" in Limits.__doc__
    assert all(value > 0 for value in vars(Limits()).values())


@pytest.mark.parametrize(
    ("limits", "name"),
    [
        (Limits(max_image_pixels=100), "max_image_pixels"),
        (Limits(max_image_bytes=100), "max_image_bytes"),
        (Limits(max_request_pixels=100), "max_request_pixels"),
        (Limits(max_memory_bytes=100), "max_memory_bytes"),
    ],
)
def test_an_image_over_a_limit_is_left_as_it_was_and_its_account_names_the_limit(limits, name):
    image = the_only_image(limits, png(gradient(900, 700)))
    assert image.technique is Technique.PRESERVE
    assert not image.parts
    assert f"limits=Limits({name}=…)" in image.error
    assert f"HEADROOM_NB_{name.upper()}" in image.note


def test_images_past_the_count_are_left_and_the_first_ones_are_not():
    pictures = [png(gradient(900 + step, 700)) for step in range(4)]
    messages = [openai_message("What is it?", *pictures)]
    images = compressor(Limits(max_images=2)).run(messages).images
    assert [image.error is None for image in images] == [True, True, False, False]
    assert "more than 2 images" in images[2].error
    assert "max_images" in images[3].error


def test_the_verdict_on_an_image_does_not_depend_on_those_after_it():
    limits = Limits(max_images=2, max_request_pixels=1_300_000)
    pictures = [png(gradient(900 + step, 700)) for step in range(3)]
    short = compressor(limits).run([openai_message("", *pictures[:2])]).images
    long = compressor(limits).run([openai_message("", *pictures)]).images
    assert [image.error for image in short] == [image.error for image in long[:2]]


def test_too_long_an_image_is_refused_before_its_base64_is_decoded(monkeypatch):
    monkeypatch.setattr("headroom_nb.formats.find._decode_base64", lambda *_: pytest.fail("it was decoded"))
    messages = [{"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 2_000_000}}]
    (image,) = compressor(Limits(max_image_bytes=1_000_000)).run(messages).images
    assert "max_image_bytes" in image.error


def test_an_image_at_the_limit_of_bytes_is_taken():
    data = png(gradient(300, 200))
    assert the_only_image(Limits(max_image_bytes=len(data)), data).error is None
    assert the_only_image(Limits(max_image_bytes=len(data) - 1), data).error is not None


class SlowOcr(FakeOcr):
    """Reads a line every 20 milliseconds; counts the lines of the last picture, and how often it was asked."""

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


def test_reading_that_takes_too_long_leaves_the_image_and_says_so():
    slow = SlowOcr(["TOTAL 3.55"])
    page = png(text_image(["Total 3.55", "Paid in cash"] * 8))
    image = the_only_image(Limits(max_ocr_seconds=0.1), page, technique=Technique.TRANSCODE, ocr=slow)
    assert slow.lines_read < 100
    assert not image.parts
    assert image.original_tokens == image.compressed_tokens > 0
    assert "more than 0.1 seconds" in image.error
    assert "max_ocr_seconds" in image.note


def test_an_image_that_ran_out_of_time_is_tried_anew_the_next_time():
    slow = SlowOcr(["TOTAL 3.55"])
    made = compressor(Limits(max_ocr_seconds=0.05), Technique.TRANSCODE, slow)
    messages = [openai_message("What does it say?", png(text_image(["Total 3.55"] * 12)))]
    assert made.run(messages).images[0].error is not None
    asked = slow.asked
    made.run(messages)
    assert slow.asked > asked


@pytest.mark.parametrize("endless", [float("inf"), 1e300, 10**400])
def test_no_limit_of_time_at_all_can_be_asked_for(endless):
    page = png(text_image(["Total 3.55", "Paid in cash"] * 8))
    limits = Limits(max_ocr_seconds=endless)
    engine = IsolatedOcr("tests.faults.bad_engines:Scripted", seconds=endless, idle_seconds=endless)
    for ocr in (FakeOcr(["TOTAL 3.55"]), engine):
        assert the_only_image(limits, page, technique=Technique.TRANSCODE, ocr=ocr).error is None
    engine.close()


def test_pictures_wait_until_there_is_memory_for_them():
    gate = MemoryLimiter(2 * WORKING_BYTES + 100 * BYTES_PER_PIXEL)
    entered, leave = threading.Semaphore(0), threading.Event()

    def work():
        with gate.hold(40):
            entered.release()
            leave.wait(60)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert entered.acquire(timeout=60)
    assert entered.acquire(timeout=60)
    assert not entered.acquire(timeout=0.1), "there was room for two"
    leave.set()
    assert entered.acquire(timeout=60)
    for thread in threads:
        thread.join(60)


def test_room_in_memory_is_given_back_after_an_error():
    gate = MemoryLimiter(WORKING_BYTES + 100 * BYTES_PER_PIXEL)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), gate.hold(100):
            1 / 0  # noqa: B018
    with pytest.raises(PictureTooLargeError, match="max_memory_bytes"), gate.hold(101):
        pass


def test_the_environment_sets_limits_and_an_argument_comes_before_it(monkeypatch):
    monkeypatch.setenv("HEADROOM_NB_MAX_IMAGES", "1")
    monkeypatch.setenv("HEADROOM_NB_MAX_OCR_SECONDS", "2.5")
    messages = [openai_message("", png(gradient(30, 20)), png(gradient(31, 20)))]
    assert ImageCompressor().options.limits == Limits(max_images=1, max_ocr_seconds=2.5)
    assert headroom_nb.compress(messages, model="gpt-4o").images[1].error is not None
    assert headroom_nb.compress(messages, model="gpt-4o", limits=Limits()).images[1].error is None
    monkeypatch.delenv("HEADROOM_NB_MAX_IMAGES")
    assert headroom_nb.compress(messages, model="gpt-4o").images[1].error is None


@pytest.mark.parametrize("bad", ["", "many", "0", "-3", "1.5", "nan"])
def test_a_limit_that_is_no_number_above_zero_is_refused_by_name(monkeypatch, bad):
    monkeypatch.setenv("HEADROOM_NB_MAX_IMAGES", bad)
    with pytest.raises(OptionError, match="max_images"):
        Limits.from_environment()


@pytest.mark.parametrize("bad", [0, -1, 1.5, True, "20", None, float("nan")])
def test_limits_of_a_wrong_kind_are_refused(bad):
    with pytest.raises(OptionError, match="max_images"):
        Limits(max_images=bad)
    with pytest.raises(OptionError, match="Limits"):
        headroom_nb.compress([], limits={"max_images": 3})


def test_an_unlimited_time_can_be_asked_for():
    assert Limits.from_text({"max_ocr_seconds": "inf"}).max_ocr_seconds == float("inf")
    with pytest.raises(OptionError, match="the limits are"):
        Limits.from_text({"max_cats": "3"})
    assert len(NAMES) == len(set(NAMES))


def test_the_page_on_limits_has_every_limit_with_its_default():
    page = (Path(__file__).parents[1] / "docs" / "limits.md").read_text("utf-8")
    for found in fields(Limits):
        assert f"| `{found.name}` | {found.default:,} | {found.metadata['unit']} |" in page


@pytest.mark.parametrize("kind", ["png_idat", "tiff_strips", "jpeg_scans", "truncated"])
def test_a_bomb_never_stops_a_request_from_being_fitted_to_its_provider(kind):
    bomb = Bomb(kind, KINDS[kind](random.Random(1)))
    block = {"type": "image_url", "image_url": {"url": bomb.url()}}
    messages = [openai_message("x", png(gradient(9000, 40))), {"role": "user", "content": [block]}]
    fitted, _ = headroom_nb.fit_limits(messages, "claude-haiku-4-5")
    assert image_bytes(fitted[1]) == image_bytes(messages[1])
    assert fitted[0] != messages[0]
    result = compressor(Limits()).run(messages, model="claude-haiku-4-5", enforce_limits=True)
    assert image_bytes(result.messages[1]) == image_bytes(messages[1])
    assert result.images[0].sizes[0][0] <= 8000


def image_bytes(message):
    """Return an image block's data without its label, which is mended."""
    return message["content"][0]["image_url"]["url"].partition(",")[2]


def test_what_is_over_a_limit_is_not_decoded_to_fit_its_provider_either():
    messages = [openai_message("x", png(gradient(9000, 40)))]
    made = compressor(Limits(max_image_pixels=1000))
    assert made.run(messages, model="claude-haiku-4-5", enforce_limits=True).messages == messages
    assert headroom_nb.fit_limits(messages, "claude-haiku-4-5", limits=Limits(max_request_pixels=1000))[0] == messages


def test_counting_and_resizing_by_tiles_keep_to_the_limits_of_the_environment(monkeypatch):
    monkeypatch.setenv("HEADROOM_NB_MAX_IMAGES", "1")
    messages = [openai_message("", png(gradient(900, 700)), png(gradient(901, 700)))]
    accounts = headroom_nb.optimize_images_in_messages(messages, "openai")[1]
    assert ["max_images" in account.note for account in accounts] == [False, True]
    found = headroom_nb.compare(messages, ["gpt-4o"], legibility=False)
    assert found.images == 1
    assert "max_images" in found.left_out[0]
