import io
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from headroom_nb.errors import OptionError, PictureError
from headroom_nb.pictures import open_picture
from headroom_nb.signals import detector
from headroom_nb.signals import measure as signals
from headroom_nb.signals.measure import FEATURES, inspect, measure

DETECTORS = ("auto", "classical")


def png(image):
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def page(size=18, lines=40, extent=(1000, 1200), ink="black", ground="white"):
    """A page whose lines of text are ``size`` pixels in font size, 1.6 of it apart."""
    image, font = Image.new("RGB", extent, ground), ImageFont.load_default(size)
    draw = ImageDraw.Draw(image)
    for line in range(lines):
        text = f"{line} The quick brown fox jumps over the lazy dog and runs on"
        draw.text((extent[0] * 0.06, (line + 1) * size * 1.6), text, ink, font)
    return image


def photo(seed=3, extent=(1000, 800)):
    """Soft blobs with grain: a photograph as far as figures go."""
    rng = np.random.default_rng(seed)
    soft = Image.fromarray(rng.integers(0, 256, (9, 11, 3), dtype=np.uint8)).resize(extent, Image.Resampling.BICUBIC)
    pixels = np.asarray(soft.filter(ImageFilter.GaussianBlur(6))) + rng.normal(0, 3, (extent[1], extent[0], 1))
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


@pytest.mark.parametrize("which", DETECTORS)
def test_a_page_is_a_document_and_a_photo_is_not(which):
    text, view = measure(png(page()), detector=which), measure(png(photo()), detector=which)
    assert text.has_text > 0.9 > 0.1 > view.has_text
    assert text.is_document > 0.9 > 0.1 > view.is_document
    assert text.text_coverage > 0.15 > 0.01 > view.text_coverage
    assert view.min_text_height is None


@pytest.mark.parametrize("which", DETECTORS)
@pytest.mark.parametrize("lines", [12, 30])
def test_lines_are_counted(which, lines):
    assert measure(png(page(lines=lines)), detector=which).text_lines == pytest.approx(lines, rel=0.2)


@pytest.mark.parametrize("which", DETECTORS)
def test_white_text_on_black_counts_as_well(which):
    assert measure(png(page(ink="white", ground="black")), detector=which).text_lines >= 30


@pytest.mark.parametrize("size", [14, 24, 36])
def test_heights_are_in_pixels_of_the_full_image(size):
    font = ImageFont.load_default(size)
    ink = font.getbbox("The quick brown fox")
    seen = measure(png(page(size=size, lines=20, extent=(1400, 1400))))
    assert seen.median_text_height == pytest.approx(ink[3] - ink[1], rel=0.45)


@pytest.mark.parametrize("which", DETECTORS)
@pytest.mark.parametrize("turned", [False, True])
def test_text_in_a_long_strip_is_found_where_it_stands(which, turned):
    wide = Image.new("RGB", (9000, 500), "white")
    wide.paste(page(size=20, lines=14, extent=(1500, 500)), (7000, 0))
    tall = Image.new("RGB", (700, 9000), "white")
    tall.paste(page(size=20, lines=40, extent=(700, 1500)), (0, 200))
    seen = measure(png(wide if turned else tall), detector=which)
    assert seen.has_text > 0.7
    assert seen.text_lines >= 12
    assert seen.median_text_height == pytest.approx(18, rel=0.45)


def test_smaller_text_has_smaller_heights():
    heights = [measure(png(page(size=size, lines=18, extent=(1400, 1400)))).median_text_height for size in (14, 22, 40)]
    assert heights == sorted(heights)


def test_heights_scale_with_the_image():
    image = page(size=20, lines=24)
    twice = image.resize((image.width * 2, image.height * 2), Image.Resampling.LANCZOS)
    small, large = measure(png(image)), measure(png(twice))
    assert large.median_text_height == pytest.approx(2 * small.median_text_height, rel=0.25)


def test_small_text_on_a_large_page_would_be_lost_and_large_text_would_not():
    small = measure(png(page(size=13, lines=80, extent=(1600, 2000))))
    large = measure(png(page(size=40, lines=8, extent=(1000, 700))))
    assert small.has_small_details > 0.6 > large.has_small_details


def test_an_empty_page_is_no_document():
    empty = measure(png(Image.new("RGB", (800, 1000), "white")))
    assert empty.has_text < 0.5
    assert empty.is_document <= empty.has_text
    assert empty.text_lines == 0


def test_a_sign_in_a_photo_is_text_but_no_document():
    image = photo()
    sign = Image.new("RGB", (330, 90), (0, 60, 140))
    ImageDraw.Draw(sign).text((20, 10), "EXIT 24", "white", ImageFont.load_default(64))
    image.paste(sign, (300, 200))
    seen = measure(png(image))
    assert seen.has_text > 0.5 > seen.is_document
    assert 1 <= seen.text_lines <= 2


def test_a_crowd_is_more_complex_than_a_page_and_a_page_than_nothing():
    rng = np.random.default_rng(0)
    crowd = Image.new("RGB", (800, 800), "grey")
    draw = ImageDraw.Draw(crowd)
    for x, y in itertools.product(range(0, 800, 16), repeat=2):
        draw.ellipse((x, y, x + 12, y + 12), fill=tuple(rng.integers(0, 255, 3).tolist()))
    empty = Image.new("RGB", (800, 800), "grey")
    found = [measure(png(image)).is_complex for image in (empty, page(lines=10), crowd)]
    assert found[0] == 0
    assert found == sorted(found)
    assert found[2] > 0.8


def test_measuring_is_remembered_by_content(monkeypatch):
    data = png(page(lines=5))
    first = measure(data)
    monkeypatch.setattr(signals, "look", lambda *_: pytest.fail("measured again"))
    assert measure(data) is first
    assert measure(open_picture(data)) is first


def test_without_the_ocr_package_strokes_stand_in_and_the_note_says_so(monkeypatch):
    def missing():
        raise detector.OcrError("No OCR engine is installed")

    monkeypatch.setattr(detector, "find_weights", missing)
    monkeypatch.setattr(detector, "_model", [])
    monkeypatch.setattr(signals, "_cache", type(signals._cache)(0, lambda _: 1))
    seen = inspect(png(page()))
    assert "by strokes alone: No OCR engine is installed" in seen.note
    assert seen.detector == "classical"
    assert seen.signals.is_document > 0.9
    assert all(value == 0 for name, value in zip(FEATURES, seen.features, strict=True) if name.startswith("boxes_"))


def test_an_unknown_detector_is_refused():
    with pytest.raises(OptionError, match="auto, classical"):
        measure(png(page()), detector="psychic")


@pytest.mark.parametrize("data", [b"", b"GIF89a", png(page())[:300]])
def test_what_cannot_be_read_raises_a_picture_error(data):
    with pytest.raises(PictureError):
        measure(data)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 90), st.integers(1, 90), st.integers(0, 2**32 - 1))
def test_any_image_gives_finite_features_and_shares(width, height, seed):
    rng = np.random.default_rng(seed)
    levels = rng.integers(0, 256, (height, width, 3), dtype=np.uint8) * rng.integers(0, 2, dtype=np.uint8)
    seen = inspect(png(Image.fromarray(levels)))
    assert len(seen.features) == len(FEATURES)
    assert np.isfinite(seen.features).all()
    found = seen.signals
    shares = (found.has_text, found.is_document, found.is_complex, found.has_small_details, found.text_coverage)
    assert all(0 <= share <= 1 for share in shares)
    assert found.size == (width, height)


def test_very_long_and_very_thin_images_are_measured():
    for extent in ((4000, 3), (3, 4000), (1, 1)):
        assert measure(png(Image.new("RGB", extent, "teal"))).size == extent
