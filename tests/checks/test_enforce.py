"""Limits of the provider, enforced after compression."""

from PIL import Image

from headroom_nb import ImageCompressor, Technique
from tests.support import FixedRouter, gradient, openai_message, png


def keeping() -> ImageCompressor:
    return ImageCompressor(router=FixedRouter(Technique.PRESERVE), quality="safe")


def test_many_large_images_are_resized_to_what_the_provider_takes_among_so_many():
    big = png(Image.new("L", (2400, 700), 128))
    messages = [openai_message("What is this?", big) for _ in range(21)]
    refused = keeping().run(messages, model="claude-opus-5-5")
    assert len(refused.warnings) == 21
    assert "messages[0].content[1]" in refused.warnings[0]
    result = keeping().run(messages, model="claude-opus-5-5", enforce_limits=True)
    assert result.warnings == ()
    for image in result.images:
        assert max(image.sizes[0]) <= 2000
        assert image.compressed_tokens < image.original_tokens
        assert "limits" in image.note


def test_within_the_limits_nothing_changes():
    messages = [openai_message("What is this?", png(gradient(300, 200)))]
    plain = keeping().run(messages, model="claude-opus-5-5")
    assert keeping().run(messages, model="claude-opus-5-5", enforce_limits=True) == plain


def test_what_resizing_cannot_mend_stays_in_the_warnings():
    small = png(gradient(8, 8))
    messages = [openai_message("What is this?", *[small] * 601)]
    result = keeping().run(messages, model="claude-opus-5-5", enforce_limits=True)
    assert any("600" in warning for warning in result.warnings)


def test_an_override_keeps_enforcing():
    big = png(Image.new("L", (9000, 700), 128))
    result = keeping().run([openai_message("What?", big)], model="claude-opus-5-5", enforce_limits=True)
    again = result.override("messages[0].content[1]", "preserve")
    assert max(again.images[0].sizes[0]) <= 8000
    assert again.warnings == ()
