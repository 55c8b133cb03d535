"""Files that would keep a decoder busy for far longer than their pixels are worth, and honest ones that look alike."""

from __future__ import annotations

import struct

import pytest
from PIL import Image

from headroom_nb.errors import PictureTooLargeError, UnreadablePictureError
from headroom_nb.pictures import jpeg, open_picture, read_header
from headroom_nb.pictures.gif import without_metadata
from headroom_nb.pictures.plugins import open_plugin
from headroom_nb.runtime.memory_limiter import MemoryLimiter
from tests.pictures.samples import claimed, gradient, saved

SCAN, END = b"\xff\xda", b"\xff\xd9"
HIDDEN_END = b"\xff\xfe\x00\x04" + END


def refused(data, why):
    with pytest.raises(UnreadablePictureError, match=why):
        read_header(data)


def scans(count, hidden=b"", size=(7_900, 7_900)):
    """A progressive JPEG that claims a size, with its second scan many times over."""
    data = bytearray(saved(gradient((12, 9)), "JPEG", progressive=True))
    at = data.index(b"\xff\xc2")
    data[at + 5 : at + 9] = struct.pack(">HH", *size)
    second = data.index(SCAN, data.index(SCAN) + 2)
    third = data.index(SCAN, second + 2)
    return bytes(data[:second] + hidden + data[second:third] * count + data[third:])


@pytest.mark.parametrize(
    "hidden", [b"", HIDDEN_END, b"\xff\x02" + HIDDEN_END, b"\xff" * 9 + b"\xfe\x00\x04" + END], ids=repr
)
def test_scans_behind_what_looks_like_the_end_are_counted(hidden):
    refused(scans(4_000, hidden), "more than 24 scans of 7900×7900")
    refused(scans(4_000, hidden, (90, 90)), "more than 100 scans of 90×90")


def test_what_looks_like_a_scan_in_a_comment_or_behind_the_end_is_none():
    comment = b"\xff\xfe" + (2 + 2 * 400).to_bytes(2, "big") + SCAN * 400
    size = (300, 200)
    data = scans(1, comment, size) + SCAN * 500
    assert read_header(data).size == (200, 300)
    assert open_picture(data).rgb().size == (200, 300)


def test_segments_without_end_among_the_scans_are_refused():
    refused(scans(1, b"\xff\xfe\x00\x02" * 3_000 + SCAN * 200), "segments among its scans")


def test_the_end_is_not_looked_for_in_a_file_of_few_scans(monkeypatch):
    monkeypatch.setattr(jpeg, "_further_scans", lambda *given: pytest.fail("it was"))
    assert read_header(saved(gradient((40, 30)), "JPEG", progressive=True)).size == (40, 30)


def test_a_sequential_image_of_one_whole_scan_is_measured_without_a_look_at_its_pixels(monkeypatch):
    monkeypatch.setattr(jpeg, "_check_scans", lambda *given: pytest.fail("it was looked at"))
    assert read_header(saved(gradient((40, 30)), "JPEG")).size == (40, 30)


def test_a_second_scan_after_the_whole_one_of_a_sequential_image_ends_the_decoding():
    data = saved(gradient((40, 30)), "JPEG")
    scan = data[data.index(SCAN) : -2]
    with pytest.raises(UnreadablePictureError, match="broken data stream"):
        open_picture(data[:-2] + scan + END).rgb()


def test_scans_of_a_sequential_image_are_counted_where_none_holds_all_components():
    data = bytearray(saved(gradient((40, 30)), "JPEG"))
    data[data.index(SCAN) + 4] = 1
    refused(bytes(data[:-2]) + (SCAN + b"\x00\x02") * 200 + END, "more than 100 scans of 40×30")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"P6\n#" + b"a" * 9_000 + b"\n1 1\n255\nabc", "no header"),
        (b"P6\n" + b" " * 9_000 + b"1 1\n255\nabc", "no header"),
        (b"P3\n3000 2000\n255\n", "18,000,000 numbers"),
        (b"P6\n3000 2000\n254\n", "18,000,000 numbers"),
        (b"P5\n4000 4000\n1000\n", "16,000,000 numbers"),
        (b"P1\n4000 4000\n", "16,000,000 numbers"),
        (b"P2\n2 2\n255\n" + b"#\n" * 9_000 + b"1 2 3 4", "comments among its numbers"),
    ],
)
def test_a_ppm_that_is_read_byte_by_byte_is_refused_beyond_a_size(data, why):
    refused(data, why)


@pytest.mark.parametrize(
    "data",
    [
        b"P6 4000 4000 255\n",
        b"P5\n# made by hand\n5000 4000\n65535\n",
        b"P4\n# one # two\n5000 4000\n",
        b"P3\n2 1\n255\n255 0 0 # red\n0 0 255\n",
        b"P2\n2 1\n15\n0 15\n",
    ],
)
def test_an_ordinary_ppm_is_opened(data):
    assert read_header(data).format == "PPM"


def bmp(size, runs):
    palette = bytes(1024)
    head = struct.pack("<IiiHHIIiiII", 40, *size, 1, 8, 1, len(runs), 0, 0, 256, 0)
    return b"BM" + struct.pack("<IHHI", 14 + 40 + 1024 + len(runs), 0, 0, 14 + 40 + 1024) + head + palette + runs


@pytest.mark.parametrize(
    "data",
    [
        bmp((8_000, 8_000), b"\x01\x01\x00\x00" * 100),
        bmp((1_000_000, 10), b"\x00\x02\xff\xff"),
        bmp((-4_000, -4_000), b""),
        bmp((4, 4), b"\x01\x01" * 100_000),
    ],
    ids=["ends of rows", "skipped rows", "below nothing", "past the row"],
)
def test_run_lengths_that_take_long_to_unpack_are_refused(data):
    refused(data, "unpacked one by one")


def test_a_small_bmp_of_run_lengths_is_read():
    runs = b"\x04\x01\x00\x00" * 2 + b"\x00\x01"
    assert open_picture(bmp((4, 2), runs)).rgb().size == (4, 2)


def test_boxes_and_markers_without_end_are_refused_in_jpeg_2000():
    whole = saved(gradient((20, 10)), "JPEG2000")
    box, marker = struct.pack(">I4s", 8, b"free"), b"\xff\x64\x00\x02"
    refused(whole[:12] + box * 5_000 + whole[12:], "more than 1,000 boxes")
    header = whole.index(b"jp2h") - 4
    refused(whole[:header] + struct.pack(">I4s", 2**22, b"jp2h") + bytes(2**22), "its header has")
    stream = saved(gradient((20, 10)), "JPEG2000", no_jp2=True)
    after_size = 4 + int.from_bytes(stream[4:6], "big")
    refused(stream[:after_size] + marker * 5_000 + stream[after_size:], "more than 2,000 markers")
    assert open_picture(stream).rgb().size == open_picture(whole).rgb().size == (20, 10)


def test_numbers_without_end_in_a_tag_of_a_tiff_are_refused():
    count = 70_000
    tags = [(256, 3, 1, 4), (257, 3, 1, 4), (282, 5, count, 200)]
    rows = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    data = b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + rows + bytes(4)
    refused(data + bytes(8 * count + 200), "its tag 282 has 70,000 numbers")


def test_comments_of_a_gif_never_reach_the_decoder_and_its_transparency_does():
    shown = Image.new("P", (8, 8))
    shown.putpalette([255, 0, 0, 0, 0, 255] + [0] * 762)
    plain = saved(shown, "GIF", transparency=0)
    assert without_metadata(plain) is plain
    head = 13 + (3 << ((plain[10] & 7) + 1))
    comment = b"\x21\xfe" + (b"\xff" + b"a" * 255) * 2_000 + b"\0"
    commented = plain[:head] + comment + plain[head:]
    assert without_metadata(commented) == plain
    assert open_picture(commented).rgb().tobytes() == open_picture(plain).rgb().tobytes()
    assert "comment" not in open_plugin("GIF", commented).info


def test_an_error_of_the_decoders_own_is_an_unreadable_image(monkeypatch):
    picture = open_picture(saved(gradient((20, 10)), "PNG"))
    for error in (MemoryError, ZeroDivisionError, AssertionError, AttributeError):
        monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load", lambda _image, error=error: _raise(error))
        with pytest.raises(UnreadablePictureError, match=error.__name__):
            picture.rgb()


def _raise(error):
    raise error


def test_a_format_that_takes_more_memory_is_counted_with_more():
    header = read_header(claimed("JPEG2000", (8_000, 8_000)))
    assert header.memory_pixels == 3 * header.pixels
    assert read_header(claimed("PNG", (8_000, 8_000))).memory_pixels == header.pixels
    with (
        pytest.raises(PictureTooLargeError, match="max_memory_bytes"),
        MemoryLimiter(2 * 2**30).hold(header.memory_pixels),
    ):
        pass
