from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from headroom_nb.errors import HeadroomError, UnreadablePictureError, UnsupportedPictureError
from headroom_nb.pictures import read_header
from headroom_nb.pictures.plugins import PLUGINS
from tests.pictures.samples import blank_png, gradient, png_block, saved

FORMATS = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "BMP": "image/bmp",
    "TIFF": "image/tiff",
    "PPM": "image/x-portable-anymap",
    "JPEG2000": "image/jp2",
}


@pytest.mark.parametrize(("file_format", "media_type"), FORMATS.items())
def test_size_format_and_media_type_are_read_from_the_bytes(file_format, media_type):
    data = saved(gradient((37, 21)), file_format)
    header = read_header(data)
    assert (header.format, header.media_type, header.size) == (file_format, media_type, (37, 21))
    assert (header.frames, header.bytes, header.orientation, header.mark) == (1, len(data), 1, None)


@pytest.mark.skipif(not PLUGINS["AVIF"].available(), reason="this Pillow has no AVIF")
def test_avif_is_read():
    assert read_header(saved(gradient((64, 48)), "AVIF")).size == (64, 48)


@pytest.mark.parametrize(
    ("mode", "file_format", "expected"),
    [
        ("1", "PNG", "1"),
        ("L", "PNG", "L"),
        ("LA", "PNG", "LA"),
        ("P", "PNG", "P"),
        ("RGB", "PNG", "RGB"),
        ("RGBA", "PNG", "RGBA"),
        ("I;16", "PNG", "I;16"),
        ("L", "JPEG", "L"),
        ("CMYK", "JPEG", "CMYK"),
        ("RGB", "WEBP", "RGB"),
        ("RGBA", "WEBP", "RGBA"),
        ("F", "TIFF", "F"),
    ],
)
def test_the_stored_mode_is_named_as_pillow_names_it(mode, file_format, expected):
    image = Image.new(mode, (9, 5))
    if mode.endswith("A"):
        image.putpixel((0, 0), (3, 7) if mode == "LA" else (3, 7, 9, 11))
    assert read_header(saved(image, file_format)).mode == expected


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_size_is_upright_for_every_orientation(file_format, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    header = read_header(saved(gradient((40, 20)), file_format, exif=exif.tobytes()))
    assert header.orientation == orientation
    assert header.size == ((20, 40) if orientation >= 5 else (40, 20))


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_an_orientation_that_does_not_exist_is_ignored(value):
    exif = Image.Exif()
    exif[0x0112] = value
    assert read_header(saved(gradient((40, 20)), "JPEG", exif=exif.tobytes())).orientation == 1


@pytest.mark.parametrize("file_format", ["GIF", "WEBP", "PNG", "TIFF"])
def test_frames_of_animations_and_pages_are_counted(file_format):
    frames = [Image.new("RGB", (30, 20), colour) for colour in ("red", "green", "blue")]
    data = saved(frames[0], file_format, save_all=True, append_images=frames[1:])
    assert read_header(data).frames == 3


def test_a_jpeg_with_several_images_inside_counts_as_one():
    frames = [gradient((64, 48)), gradient((32, 24))]
    header = read_header(saved(frames[0], "MPO", save_all=True, append_images=frames[1:]))
    assert (header.format, header.frames, header.size) == ("JPEG", 1, (64, 48))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"hello, this is text", "not an image"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\xff\xd8\xff", "JPEG"),
        (b"\xff\xd8\xff\xe0", "JPEG"),
        (b"GIF89a", "GIF"),
        (b"RIFF\x04\0\0\0WEBP", "WEBP"),
        (b"BM", "BMP"),
        (b"II*\0\xff\xff\xff\xff", "TIFF"),
    ],
)
def test_what_is_no_image_is_refused_in_plain_words(data, words):
    with pytest.raises(UnreadablePictureError, match=words):
        read_header(data)


def test_heic_without_its_decoder_says_what_to_install():
    data = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64)
    with pytest.raises(UnsupportedPictureError, match="pip install pillow-heif"):
        read_header(data)


def test_a_size_of_zero_is_refused():
    with pytest.raises(UnreadablePictureError, match="0×5"):
        read_header(blank_png((0, 5), rows=1))


def test_a_mark_of_somebody_else_is_not_ours():
    data = blank_png((5, 5), png_block(b"tEXt", b"Software\0headroom-nb"))
    assert read_header(data).mark is None


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(list(FORMATS)),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), min_size=1, max_size=8),
    st.integers(0, 2000),
)
def test_damaged_headers_give_an_answer_or_our_error(file_format, edits, cut):
    data = bytearray(saved(gradient((23, 17)), file_format))
    for position, value in edits:
        data[position % min(len(data), 400)] = value
    try:
        header = read_header(bytes(data[: max(1, len(data) - cut)]))
    except HeadroomError:
        return
    assert min(header.size) > 0
