"""What goes wrong with one image stays with it, whoever raised it."""

import pytest

from headroom_nb import ImageCompressor, Technique
from headroom_nb.ocr import FakeOcr
from tests.support import FixedRouter, gradient, openai_message, png, text_image

ERRORS = (RuntimeError("mine"), KeyError("mine"), OSError("mine"), ZeroDivisionError("mine"), MemoryError("mine"))


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_what_a_router_of_somebody_s_own_raises_stays_with_its_image(error):
    class Picky(FixedRouter):
        def classify(self, image, query, *, quality="balanced"):
            if image.size == (901, 700):
                raise error
            return super().classify(image, query, quality=quality)

    compressor = ImageCompressor("gpt-4o", Picky(Technique.FULL_LOW), quality="max", cache="off")
    messages = [openai_message("Is it red?", png(gradient(901, 700)), png(gradient(1400, 1000)))]
    bad, good = compressor.run(messages).images
    assert type(error).__name__ in bad.error
    assert not bad.parts
    assert bad.original_tokens == bad.compressed_tokens > 0
    assert good.error is None
    assert good.parts


def test_what_an_engine_of_somebody_s_own_raises_stays_with_its_image():
    class Broken(FakeOcr):
        def read(self, image, *, progress=None):
            raise LookupError("mine")

    compressor = ImageCompressor("gpt-4o", FixedRouter(Technique.TRANSCODE), ocr=Broken([]), cache="off")
    (image,) = compressor.run([openai_message("Read it", png(text_image(["one", "two"] * 8)))]).images
    assert "LookupError" in image.error
    assert not image.parts
