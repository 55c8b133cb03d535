from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from headroom_nb.pictures import encode, open_picture, read_header, resize
from headroom_nb.pictures.encode import flat_share
from tests.pictures.samples import gradient, photograph, saved, screenshot
from tests.support import text_image

PICTURES = {
    "screenshot": screenshot((640, 400)),
    "resized screenshot": resize(screenshot((640, 400)), (410, 256)),
    "photograph": photograph((320, 240)),
    "tall": screenshot((40, 16_500)),
    "dot": Image.new("RGB", (1, 1), "red"),
}
ACCEPTED = {"image/png", "image/jpeg", "image/webp"}


@pytest.mark.parametrize("name", PICTURES)
def test_the_mark_comes_back_from_every_format(name):
    encoded = encode(PICTURES[name], mark="crop")
    header = read_header(encoded.data)
    assert header.mark == "crop"
    assert header.media_type == encoded.media_type
    assert header.media_type in ACCEPTED
    assert header.size == encoded.size == PICTURES[name].size
    assert read_header(encode(PICTURES[name], mark=None).data).mark is None


@pytest.mark.parametrize("name", ["screenshot", "resized screenshot", "tall"])
def test_flat_graphics_stay_lossless(name):
    encoded = encode(PICTURES[name], mark="crop")
    assert encoded.media_type != "image/jpeg"
    assert (np.asarray(open_picture(encoded.data).rgb()) == np.asarray(PICTURES[name])).all()
    assert len(encoded.data) <= len(saved(PICTURES[name], "PNG")) + 50


def test_photographs_become_a_fine_jpeg_without_thinned_colours():
    source = photograph((320, 240))
    encoded = encode(source, mark="crop")
    assert encoded.media_type == "image/jpeg"
    with Image.open(BytesIO(encoded.data)) as image:
        assert image.layer[1][1:3] == image.layer[0][1:3]
    difference = np.asarray(open_picture(encoded.data).rgb()).astype(float) - np.asarray(source)
    assert 10 * np.log10(255**2 / (difference**2).mean()) > 32
    assert len(encoded.data) < len(saved(source, "PNG")) / 3


def test_metadata_of_the_source_is_dropped():
    exif = Image.Exif()
    exif[0x010E] = "secret description"
    exif.get_ifd(0x8825)[2] = (52.0, 30.0, 0.0)
    data = saved(
        photograph((200, 100)), "JPEG", exif=exif.tobytes(), comment=b"secret comment", icc_profile=b"secret profile"
    )
    for source in (open_picture(data).rgb(), open_picture(data).small(100), Image.open(BytesIO(data))):
        encoded = encode(source, mark="crop")
        assert b"secret" not in encoded.data
        assert b"Exif" not in encoded.data


@pytest.mark.parametrize("mark", ["", "crop ", "CROP", 'a"b', "a<b", "é", "a\nb"])
def test_a_mark_that_is_none_of_ours_is_refused(mark):
    with pytest.raises(ValueError, match="mark"):
        encode(PICTURES["dot"], mark=mark)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 2**32 - 1), st.integers(1, 40))
def test_any_image_is_encoded_the_same_twice_and_comes_back(width, height, seed, colours):
    values = np.random.default_rng(seed).integers(0, colours, (height, width, 3), dtype=np.uint8)
    image = Image.fromarray(values, "RGB")
    encoded = encode(image, mark="crop")
    assert encode(image.copy(), mark="crop") == encoded
    assert open_picture(encoded.data).rgb().size == (width, height)


@pytest.mark.slow
def test_another_process_writes_the_same_bytes():
    script = (
        "import hashlib\n"
        "from headroom_nb.pictures import encode\n"
        "from tests.pictures.test_encode import PICTURES\n"
        "print([hashlib.sha256(encode(p, mark='crop').data).hexdigest() for p in PICTURES.values()])\n"
    )
    run = [sys.executable, "-c", script]
    first, second = (
        subprocess.run(run, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]).stdout
        for _ in "ab"
    )
    assert first == second != ""


def test_flatness_tells_screens_from_photographs():
    assert flat_share(screenshot((640, 400))) > 0.6
    assert flat_share(photograph((640, 400))) < 0.1
    assert flat_share(Image.new("RGB", (1, 500))) == 1.0


def test_resizing_keeps_the_image_when_nothing_changes():
    image = gradient((30, 20))
    assert resize(image, (30, 20)) is image
    assert resize(image, (15, 10)).size == (15, 10)


@pytest.mark.parametrize("times", [4.2, 6, 9.5])
def test_a_large_page_made_much_smaller_looks_as_lanczos_alone_would_make_it(times):
    page = text_image(["the quick brown fox 0123456789"] * 8, size=round(12 * times), width=round(300 * times))
    size = (round(page.width / times), round(page.height / times))
    alone = np.asarray(page.resize(size, Image.Resampling.LANCZOS)).astype(float)
    assert ((np.asarray(resize(page, size)) - alone) ** 2).mean() < 255**2 / 10**4  # 40 dB
