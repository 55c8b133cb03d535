from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageOps

from headroom_nb.errors import HeadroomError, UnreadablePictureError, UnsupportedPictureError
from headroom_nb.pictures import open_picture, resize
from headroom_nb.pictures.plugins import PLUGINS
from headroom_nb.resource_limits import Limits
from tests.pictures.samples import gradient, photograph, saved, screenshot


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image).astype(int)


def test_rgb_is_decoded_once():
    picture = open_picture(saved(gradient((50, 40))))
    assert picture.rgb() is picture.rgb()
    assert (pixels(picture.rgb()) == pixels(gradient((50, 40)))).all()


def test_threads_share_one_decode():
    picture = open_picture(saved(photograph((600, 400)), "JPEG"))
    start = threading.Barrier(8)

    def look(_):
        start.wait()
        return picture.rgb(), picture.small(100)

    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(look, range(8)))
    assert len({id(image) for pair in seen for image in pair}) == 2


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_pixels_stand_upright_for_every_orientation(file_format, orientation):
    stored = gradient((48, 24))
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"quality": 95} if file_format in ("JPEG", "WEBP") else {}
    picture = open_picture(
        saved(stored, file_format, exif=exif.tobytes() if file_format != "TIFF" else exif, **options)
    )
    expected_image = stored.copy()
    expected_image.getexif()[0x0112] = orientation
    expected = pixels(ImageOps.exif_transpose(expected_image))
    assert picture.rgb().size == picture.size
    assert np.abs(pixels(picture.rgb()) - expected).mean() < 4
    assert picture.small(20).size == ((10, 20) if orientation >= 5 else (20, 10))


def text_on_transparent(colour, mode="RGBA", size=(200, 40)):
    image = Image.new("RGBA", size, (0, 0, 0, 0))
    ImageDraw.Draw(image).text((10, 10), "visible words", fill=colour)
    return image.convert(mode)


@pytest.mark.parametrize(
    ("colour", "background"),
    [
        ((255, 255, 255, 255), (0, 0, 0)),
        ((0, 0, 0, 255), (255, 255, 255)),
        ((250, 240, 120, 255), (0, 0, 0)),
        ((20, 40, 160, 255), (255, 255, 255)),
        ((130, 130, 130, 255), (255, 255, 255)),
    ],
)
@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_text_on_a_transparent_ground_stays_visible(colour, background, mode):
    image = open_picture(saved(text_on_transparent(colour, mode))).rgb()
    assert image.getpixel((0, 0)) == background
    grey = pixels(image.convert("L"))
    assert grey.max() - grey.min() > 80


def test_white_and_black_text_on_one_transparent_ground_both_stay_visible():
    image = text_on_transparent((255, 255, 255, 255))
    ImageDraw.Draw(image).text((110, 10), "dark words", fill=(0, 0, 0, 255))
    grey = pixels(open_picture(saved(image)).rgb().convert("L"))
    assert grey[:, :105].max() - grey[0, 0] > 80
    assert grey[0, 0] - grey[:, 105:].min() > 80


def test_a_white_card_with_rounded_corners_stays_on_white_around_its_shadow():
    image = Image.new("RGBA", (120, 80), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((2, 2, 117, 77), 12, fill=(0, 0, 0, 90))
    draw.rounded_rectangle((6, 6, 113, 73), 10, fill=(255, 255, 255, 255))
    draw.text((20, 30), "a window", fill=(0, 0, 0, 255))
    assert open_picture(saved(image)).rgb().getpixel((0, 0)) == (255, 255, 255)


def test_an_opaque_alpha_channel_changes_no_pixel():
    image = gradient((30, 30)).convert("RGBA")
    assert (pixels(open_picture(saved(image)).rgb()) == pixels(gradient((30, 30)))).all()


def test_a_wholly_transparent_image_is_a_blank_page():
    assert open_picture(saved(Image.new("RGBA", (9, 9)))).rgb().getextrema() == ((255, 255),) * 3


def test_a_transparent_palette_entry_is_transparent():
    image = Image.new("P", (60, 30), 0)
    image.putpalette([255, 255, 255, 255, 255, 255, 200, 0, 0])
    ImageDraw.Draw(image).rectangle((10, 10, 40, 20), fill=1)
    shown = open_picture(saved(image, transparency=0)).rgb()
    assert shown.getpixel((0, 0)) == (0, 0, 0)
    assert shown.getpixel((20, 15)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "CMYK", "YCbCr"])
def test_every_eight_bit_mode_looks_the_same_in_rgb(mode):
    source = gradient((64, 48)).convert(mode)
    file_format = {"CMYK": "TIFF", "YCbCr": "TIFF"}.get(mode, "PNG")
    options = {"compression": "raw"} if file_format == "TIFF" else {}
    shown = open_picture(saved(source, file_format, **options)).rgb()
    assert np.abs(pixels(shown) - pixels(source.convert("RGB"))).max() <= 2


def test_a_cmyk_jpeg_is_not_inverted():
    source = Image.new("CMYK", (16, 16), (0, 200, 200, 0))
    red, green, blue = open_picture(saved(source, "JPEG")).rgb().getpixel((8, 8))
    assert red > 220
    assert green < 90
    assert blue < 90


def test_sixteen_bits_keep_their_full_range():
    values = np.array([[0, 257 * 100, 65535]], dtype=np.uint16)
    shown = open_picture(saved(Image.fromarray(values))).rgb()
    assert pixels(shown)[0, :, 0].tolist() == [0, 100, 255]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.0, 0.5, 1.0], [0, 128, 255]),
        ([0.0, 100.0, 255.0], [0, 100, 255]),
        ([0.0, 25700.0, 65535.0], [0, 100, 255]),
        ([-1.0, 0.0, 1.0], [0, 128, 255]),
        ([float("nan"), 0.5, float("inf")], [128, 128, 128]),
        ([7e8, 7e8, 7e8], [0, 0, 0]),
    ],
)
def test_floats_are_shown_on_the_scale_they_seem_to_have(values, expected):
    image = Image.fromarray(np.array([values], dtype=np.float32))
    assert pixels(open_picture(saved(image, "TIFF")).rgb())[0, :, 0].tolist() == expected


def test_thirty_two_bit_integers_are_shown():
    image = Image.fromarray(np.array([[0, 65535]], dtype=np.int32))
    assert pixels(open_picture(saved(image, "TIFF")).rgb())[0, :, 0].tolist() == [0, 255]


@pytest.mark.skipif(not PLUGINS["AVIF"].available(), reason="this Pillow has no AVIF")
def test_avif_is_decoded():
    shown = open_picture(saved(gradient((64, 48)), "AVIF", quality=90)).rgb()
    assert np.abs(pixels(shown) - pixels(gradient((64, 48)))).mean() < 6


@pytest.mark.parametrize(
    ("file_format", "what"), [("GIF", "frames"), ("WEBP", "frames"), ("PNG", "frames"), ("TIFF", "pages")]
)
def test_animations_and_documents_are_left_to_the_caller(file_format, what):
    frames = [Image.new("RGB", (30, 20), colour) for colour in ("red", "green", "blue")]
    with pytest.raises(UnsupportedPictureError, match=f"3 {what}"):
        open_picture(saved(frames[0], file_format, save_all=True, append_images=frames[1:]))


def test_a_still_gif_is_an_image():
    assert open_picture(saved(gradient((40, 30)), "GIF")).rgb().size == (40, 30)


@pytest.mark.parametrize("size", [(4000, 3000), (3000, 4000), (801, 799), (512, 512)])
def test_a_small_view_of_a_jpeg_looks_like_the_big_one_shrunk(size):
    data = saved(photograph(size), "JPEG", quality=92)
    drafted = open_picture(data).small(256)
    whole = open_picture(data)
    whole.rgb()
    assert drafted.size == whole.small(256).size
    assert max(drafted.size) == 256
    assert np.abs(pixels(drafted) - pixels(whole.small(256))).mean() < 2.5


@given(st.integers(1, 80), st.integers(1, 80), st.integers(1, 100))
@settings(max_examples=60, deadline=None)
def test_a_small_view_is_never_larger_and_keeps_the_shape(width, height, side):
    view = open_picture(saved(gradient((width, height)))).small(side)
    if side >= max(width, height):
        assert view.size == (width, height)
    else:
        assert max(view.size) == side
        assert abs(view.width * height - view.height * width) <= max(width, height)


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP", "JPEG2000"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_truncated_files_are_unreadable(file_format, share):
    data = saved(photograph((120, 90)), file_format)
    with pytest.raises(UnreadablePictureError):
        open_picture(data[: int(len(data) * share)]).rgb()


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP", "PPM", "JPEG2000"]),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=6),
)
def test_damaged_files_give_an_image_or_our_error(file_format, edits):
    data = bytearray(saved(screenshot((60, 40)), file_format))
    for position, value in edits:
        data[position % len(data)] = value
    try:
        picture = open_picture(bytes(data), Limits(max_image_pixels=4_000_000))
        shown = picture.rgb()
    except HeadroomError:
        return
    assert shown.size == picture.size


def test_odd_metadata_warns_nobody():
    broken_exif = b"Exif\0\0II*\0\x08\0\0\0\x05\0" + b"\x1a\x01\x05\0\x01\0\0\0\xff\xff\xff\xff" * 5
    picture = open_picture(saved(gradient((40, 30)), "JPEG", exif=broken_exif))
    assert picture.rgb().size == (40, 30)


def test_the_digest_is_that_of_the_bytes():
    first, second = saved(gradient((8, 8))), saved(gradient((8, 9)))
    assert open_picture(first).digest == open_picture(bytes(bytearray(first))).digest
    assert open_picture(first).digest != open_picture(second).digest


@pytest.mark.parametrize(("mode", "file_format"), [("1", "PNG"), ("L", "PNG"), ("L", "JPEG")])
@pytest.mark.parametrize("decoded_before", [False, True])
def test_a_grey_image_made_smaller_has_the_pixels_of_its_rgb_made_smaller(mode, file_format, decoded_before):
    data = saved(gradient((403, 251)).convert(mode), file_format)
    picture = open_picture(data)
    if decoded_before:
        assert picture.rgb().mode == "RGB"
    small = picture.resized((211, 131))  # more than half: not even a JPEG is decoded in part
    assert small.mode == "RGB"
    assert small.tobytes() == resize(open_picture(data).rgb(), (211, 131)).tobytes()


def test_an_rgb_image_without_colours_gives_the_pixels_of_work_in_rgb():
    image = gradient((403, 251)).convert("L").convert("RGB")
    picture = open_picture(saved(image))
    assert picture.rgb().tobytes() == image.tobytes()
    assert picture.greys().tobytes() == image.convert("L").tobytes()
    assert picture.resized((211, 131)).tobytes() == resize(image, (211, 131)).tobytes()
    assert picture.resized((61, 31)).tobytes() == resize(image, (61, 31)).tobytes()


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("decoded_before", [False, True])
def test_the_greys_of_a_jpeg_are_its_luma_whatever_was_looked_at_before(orientation, decoded_before):
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = saved(photograph((403, 251)), "JPEG", quality=92, exif=exif)
    picture, other = open_picture(data), open_picture(data)
    if decoded_before:
        other.rgb()
    greys = picture.greys()
    assert (greys.mode, greys.size) == ("L", picture.size)
    assert greys.tobytes() == other.greys().tobytes()
    assert np.abs(pixels(greys) - pixels(picture.rgb().convert("L"))).mean() < 1


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_the_greys_of_a_jpeg_without_luma_are_those_of_its_colours(mode):
    data = saved(photograph((403, 251)).convert(mode), "JPEG", quality=92)
    assert open_picture(data).greys().tobytes() == open_picture(data).rgb().convert("L").tobytes()


@pytest.mark.parametrize("colours", [True, False])
def test_a_piece_is_what_was_cut_out_of_the_whole_and_resized(colours):
    image = gradient((403, 251)) if colours else gradient((403, 251)).convert("L").convert("RGB")
    box = (17, 30, 290, 243)
    piece = open_picture(saved(image)).piece(box, (97, 70))
    assert piece.mode == "RGB"
    assert piece.tobytes() == resize(image.crop(box), (97, 70)).tobytes()


def test_one_coloured_pixel_in_a_grey_image_keeps_its_colour():
    image = Image.new("RGB", (700, 600), (90, 90, 90))
    image.putpixel((697, 595), (90, 90, 94))
    picture = open_picture(saved(image))
    assert picture.rgb().getpixel((697, 595)) == (90, 90, 94)
    assert picture.piece((690, 590, 700, 600), (10, 10)).getpixel((7, 5)) == (90, 90, 94)
