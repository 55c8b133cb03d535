"""Traps of image compression elsewhere, in files and their bytes: one short test for each.

Each test is named by what holds here. Letter C of a list of measured faults is files, E the rest.
"""

from __future__ import annotations

import base64
import io
import textwrap

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat

from headroom_nb import Technique
from tests.peers.traps import FULL_LOW, PHOTO, b64, fixed, one, sent
from tests.support import gradient, openai_message, png, text_image


def test_c01_white_text_on_a_transparent_ground_stays_visible():
    image = Image.new("RGBA", (1400, 900), (255, 255, 255, 0))
    ImageDraw.Draw(image).rectangle((300, 300, 900, 600), fill=(255, 255, 255, 255))
    out = sent(one(FULL_LOW, png(image), model="gpt-5.6-sol")[0]).convert("L")
    low, high = out.getextrema()
    assert high - low > 80


def test_c02_a_turned_photograph_goes_out_upright():
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    gradient(1600, 1000).save(buffer, "JPEG", exif=exif)
    image, _ = one(FULL_LOW, buffer.getvalue(), model="gpt-5.6-sol")
    assert image.original_size == (1000, 1600)
    out = sent(image)
    assert out.height > out.width


def test_c03_an_animation_is_left_with_a_note():
    buffer = io.BytesIO()
    frames = [Image.new("L", (800, 600), 80 * n) for n in range(3)]
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    image, _ = one(FULL_LOW, buffer.getvalue(), model="gpt-5.6-sol")
    assert not image.parts
    assert "frames" in image.note


@pytest.mark.parametrize("mode", ["I;16", "F", "LA", "P", "1", "CMYK"])
def test_c04_c05_unusual_modes_are_made_smaller_like_any_other(mode):
    source = gradient(1400, 1000)
    image = Image.fromarray(np.asarray(source.convert("L"), "uint16") * 257) if mode == "I;16" else source.convert(mode)
    buffer = io.BytesIO()
    image.save(buffer, "TIFF" if mode in {"F", "CMYK"} else "PNG")
    account, _ = one(FULL_LOW, buffer.getvalue(), model="gpt-5.6-sol")
    assert account.compressed_tokens < account.original_tokens
    if mode == "P":  # shrunk as colours, not as indices
        small = sent(account)
        wanted = image.convert("RGB").resize(small.size, Image.Resampling.LANCZOS)
        assert max(ImageStat.Stat(ImageChops.difference(small, wanted)).mean) < 6


@pytest.mark.parametrize("data", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", PHOTO[:4000]], ids=["svg", "truncated"])
def test_c04_c06_what_cannot_be_read_stays_and_the_others_go_on(data):
    messages = [openai_message("What is this?", data, PHOTO)]
    result = fixed(FULL_LOW).run(messages, model="gpt-4o")
    bad, good = result.images
    assert result.messages[0]["content"][1] == messages[0]["content"][1]
    assert bad.saved_tokens == 0
    assert bad.error
    assert good.saved_tokens > 0


def test_c08_bytes_do_not_grow_for_drawings_nor_for_anything_without_fewer_tokens():
    drawing = text_image(["Order", "Pack", "Send", "Bill"] * 4, size=44, width=1600)
    for n in range(6):
        ImageDraw.Draw(drawing).rectangle((300 + 200 * n, 100, 440 + 200 * n, 900), outline="black", width=3)
    for image in (drawing, drawing.quantize(8)):
        account, _ = one(FULL_LOW, png(image, optimize=True), model="gpt-5.6-sol")
        assert account.saved_tokens > 0
        assert account.compressed_bytes <= account.original_bytes
    for technique in Technique:
        account, _ = one(technique, png(drawing.convert("1"), optimize=True), model="gpt-5.6-sol")
        assert account.compressed_bytes <= account.original_bytes or account.saved_tokens > 0


def test_e06_flat_colours_stay_lossless():
    image = Image.new("RGB", (1600, 1200), "white")
    ImageDraw.Draw(image).rectangle((0, 0, 800, 1200), fill=(200, 0, 0))
    account, _ = one(FULL_LOW, png(image), model="gpt-5.6-sol")
    assert {(255, 255, 255), (200, 0, 0)} <= {colour for _, colour in sent(account).getcolors(9999)}
    assert account.parts[0].media_type in {"image/png", "image/webp"}


BROKEN = {
    "bad padding": b64(PHOTO)[:-3],
    "data url inside": "data:image/png;base64," + b64(PHOTO),
    "none": None,
    "number": 7,
    "empty": "",
    "no base64": "%%%",
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN.keys())
def test_c07_nothing_malformed_raises_and_all_of_it_stays(data):
    blocks = [
        {"type": "image_url", "image_url": data},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64," + data if isinstance(data, str) else data}},
        {"type": "image_url", "image_url": None},
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}},
        {"inlineData": {"mimeType": "image/png", "data": data}},
        {"type": "image", "source": None},
    ]
    for block in blocks:
        messages = [{"role": "user", "content": [block]}]
        result = fixed(FULL_LOW).run(messages)
        readable = all(image.error is None and image.original for image in result.images)
        assert result.messages == messages or readable


FORMS = {
    "charset": "data:image/png;charset=utf-8;base64," + b64(PHOTO),
    "upper case": "DATA:image/png;base64," + b64(PHOTO),
    "wrapped": "data:image/png;base64," + "\n".join(textwrap.wrap(b64(PHOTO), 76)),
    "url-safe": "data:image/png;base64," + base64.urlsafe_b64encode(PHOTO).decode(),
    "no padding": "data:image/png;base64," + b64(PHOTO).rstrip("="),
}


@pytest.mark.parametrize("url", FORMS.values(), ids=FORMS.keys())
def test_c07_every_legal_way_to_write_a_picture_is_read_to_its_end(url):
    result = fixed(FULL_LOW).run([{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}])
    assert result.images[0].original == PHOTO
    assert result.images[0].saved_tokens > 0


def test_c09_a_decompression_bomb_is_refused_from_its_header():
    bomb = io.BytesIO()
    Image.new("1", (13_300, 13_300)).save(bomb, "PNG")
    image, _ = one(FULL_LOW, bomb.getvalue())
    assert "pixels" in image.note
    assert not image.parts
