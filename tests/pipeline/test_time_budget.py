"""One budget of time for an image and one for a request hold over everything that is done."""

import time

import pytest

from headroom_nb import ImageCompressor, Technique
from headroom_nb.ocr import FakeOcr, IsolatedOcr
from headroom_nb.pipeline import decide
from headroom_nb.resource_limits import Limits
from tests.support import FixedRouter, openai_message, png, text_image

LINES = ["Total 3.55", "Paid in cash"] * 8
PAGE = png(text_image(LINES))


class SlowRouter(FixedRouter):
    """Takes some seconds for each image."""

    def __init__(self, seconds):
        super().__init__(Technique.TRANSCODE)
        self.seconds = seconds

    def classify(self, image, query, *, quality="balanced"):
        time.sleep(self.seconds)
        return super().classify(image, query, quality=quality)


def images(limits, *pages, router=None, ocr=None):
    router, ocr = router or FixedRouter(Technique.TRANSCODE), ocr or FakeOcr(LINES)
    found = ImageCompressor("gpt-4o", router, ocr=ocr, limits=limits, cache="off")
    return found.run([openai_message("What does it say?", *pages)]).images


def test_routing_counts_as_work_on_an_image():
    (image,) = images(Limits(max_image_seconds=0.01), PAGE, router=SlowRouter(0.05))
    assert "max_image_seconds" in image.error
    assert not image.parts
    assert image.original_tokens == image.compressed_tokens > 0


@pytest.mark.parametrize("stage", ["measure_text_size", "whole_forms", "rate"])
def test_what_is_done_before_and_after_reading_counts_too(monkeypatch, stage):
    owner = decide if stage != "measure_text_size" else __import__("headroom_nb.signals.text_size", fromlist=[stage])
    original = getattr(owner, stage)

    def slowly(*given, **named):
        time.sleep(0.6)
        return original(*given, **named)

    monkeypatch.setattr(owner, stage, slowly)
    (image,) = images(Limits(max_image_seconds=0.5), PAGE)
    assert "max_image_seconds" in image.error


def test_an_engine_of_a_process_of_its_own_is_ended_when_the_time_of_the_image_is_over():
    engine = IsolatedOcr("tests.faults.bad_engines:Scripted")
    hangs = png(text_image(LINES).resize((911, 500)))
    (image,) = images(Limits(max_image_seconds=3.0), hangs, ocr=engine)
    assert "max_image_seconds" in image.error
    assert engine.pid is None
    engine.close()


def test_images_that_are_not_done_when_the_time_of_the_request_is_over_stay_as_they_were():
    pages = [png(text_image([f"Page {number}"] * 12)) for number in range(6)]
    found = images(Limits(max_request_seconds=0.01), *pages, router=SlowRouter(0.05))
    assert all("max_request_seconds" in image.error for image in found)
    assert all(image.original_tokens == image.compressed_tokens > 0 for image in found)


def test_an_image_that_ran_out_of_time_is_tried_again():
    router = SlowRouter(0.05)
    compressor = ImageCompressor(
        "gpt-4o", router, ocr=FakeOcr(LINES), limits=Limits(max_image_seconds=0.01), cache="memory"
    )
    message = [openai_message("What does it say?", PAGE)]
    assert compressor.run(message).images[0].error is not None
    router.seconds = 0.0
    assert "router" not in (compressor.run(message).images[0].error or "")
