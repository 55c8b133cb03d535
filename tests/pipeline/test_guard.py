"""Bytes: what replaces an image does not weigh more without a saving worth it, and no limit is broken that was met."""

import io
from dataclasses import replace

import pytest
from PIL import Image, ImageDraw

from headroom_nb import ImageCompressor, Technique, check, compress, user_message
from headroom_nb.costs import find_model
from headroom_nb.pictures import encode, open_picture
from headroom_nb.pipeline.guard import light_enough, too_heavy
from headroom_nb.records import ImagePart
from tests.support import FixedRouter, gradient, png


def page(mode, size=(1700, 2200), **options):
    """Return a page of text-like marks, small in the mode it is stored in."""
    image = Image.new("L", size, 255)
    pen = ImageDraw.Draw(image)
    for row in range(60, size[1] - 60, 40):
        for column in range(80 + row % 37, size[0] - 120, 31):
            pen.rectangle((column, row, column + 7 + (row * column) % 15, row + 18), fill=0)
    image = image.convert("RGB").quantize(8) if mode == "P" else image.convert(mode)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True, **options)
    return out.getvalue()


def mode_of(data):
    with Image.open(io.BytesIO(data)) as image:
        return image.mode


@pytest.mark.parametrize("mode", ["1", "P"])
def test_a_palette_stays_a_palette_and_no_full_colour_is_made_of_it(mode):
    data = page(mode)
    picture = open_picture(data)
    smaller = encode(picture.resized((850, 1100)), mark="preserve", like=picture.header)
    assert smaller.media_type == "image/png"
    assert mode_of(smaller.data) == "P"
    assert open_picture(smaller.data).header.mark == "preserve"
    assert len(smaller.data) < len(encode(picture.resized((850, 1100)), mark="preserve").data)


def test_a_piece_of_a_page_of_one_bit_stays_of_one_bit():
    picture = open_picture(page("1"))
    piece = encode(picture.rgb().crop((100, 100, 700, 500)), mark=None, like=picture.header)
    assert mode_of(piece.data) == "1"


@pytest.mark.parametrize("stored", ["PNG", "BMP", "WEBP", "GIF"])
def test_only_what_was_a_jpeg_becomes_one(stored):
    out = io.BytesIO()
    noise = Image.effect_noise((900, 700), 60).convert("RGB")
    noise.save(out, stored, **({"lossless": True} if stored == "WEBP" else {}))
    picture = open_picture(out.getvalue())
    for webp in (True, False):
        made = encode(picture.resized((450, 350)), mark=None, like=picture.header, webp=webp)
        assert made.media_type != "image/jpeg"
    out = io.BytesIO()
    noise.save(out, "JPEG")
    picture = open_picture(out.getvalue())
    assert encode(picture.resized((450, 350)), mark=None, like=picture.header).media_type == "image/jpeg"


def test_growth_has_to_save_a_fifth_of_the_tokens():
    model = find_model("claude-opus-5-5")
    part = ImagePart(b"x" * 2000, "image/png", (10, 10))
    assert "grow from 1,000 to 2,000 bytes" in too_heavy((part,), 1000, (1000, 900), model)
    assert not too_heavy((part,), 1000, (1000, 800), model)
    assert not too_heavy((part,), 2000, (1000, 999), model)


def test_an_image_never_passes_a_limit_that_it_met():
    model = find_model("claude-opus-5-5")
    tight = replace(model, limits=replace(model.limits, max_image_bytes=1500))
    part = ImagePart(b"x" * 2000, "image/png", (10, 10))
    assert "does not accept" in too_heavy((part,), 1000, (1000, 10), tight)
    assert not too_heavy((part,), 1600, (1000, 10), tight), "the original is over it already"


def test_a_request_of_many_pages_stays_within_the_limit_that_it_met():
    pages = [
        user_message("What does it say?", page("1", size=(1700, 2200 + n)), provider="anthropic") for n in range(6)
    ]
    compressor = ImageCompressor(router=FixedRouter(Technique.FULL_LOW), quality="max")
    model = find_model("claude-opus-5-5")
    before = sum(len(message["content"][0]["source"]["data"]) for message in pages)
    tight = replace(model, limits=replace(model.limits, max_request_bytes=before + 2000))
    result = compressor.run(pages, model=tight)
    after = sum(len(message["content"][0]["source"]["data"]) for message in result.messages if len(message) > 1)
    assert after <= before + 2000
    assert check(result.messages, tight).ok


def test_a_request_of_many_images_stays_within_the_number_that_it_met():
    (image,) = compress([user_message("Is it sunny?", png(gradient(900, 600)))], model="gpt-4o", router="rules").images
    part = ImagePart(b"x", "image/png", (10, 10))
    cut, one = (replace(image, parts=(part,) * count, compressed_tokens=1) for count in (3, 1))
    model = find_model("gpt-4o")
    for most, images in ((6, [3, 1, 1]), (5, [3, 1, 1]), (4, [1, 1, 1]), (2, [1, 1, 1]), (None, [3, 1, 1])):
        tight = replace(model, limits=replace(model.limits, max_images=most))
        kept = light_enough([cut, one, one], tight, [])
        assert [len(each.parts) or 1 for each in kept] == images


def test_the_bytes_stand_in_the_result_and_its_table():
    result = compress([user_message("Is it sunny?", png(gradient(3000, 2000)))], model="gpt-4o", router="rules")
    assert result.original_bytes == len(png(gradient(3000, 2000)))
    assert result.compressed_bytes == sum(image.compressed_bytes for image in result.images)
    assert "Bytes: " in str(result)


class Linked:
    """A message as a database's object or an SDK's holds one: it leads back to itself."""

    def __init__(self):
        self.role, self.content, self.owner, self.replies = "user", "hello", self, [self]


def holds_itself():
    messages = [user_message("What is it?", png(gradient(900, 700)), provider="openai")]
    messages.append(messages)
    return messages


@pytest.mark.parametrize("other", [[Linked()], [{"role": "user", "content": "hello"}], holds_itself()])
def test_a_conversation_that_leads_back_to_itself_is_compressed(other):
    asked = user_message("What is it?", png(gradient(1400, 1000)), provider="openai")
    result = compress([*other, asked], router="rules", model="gpt-4o")
    assert result.images[-1].error is None
    assert result.compressed_tokens < result.original_tokens
