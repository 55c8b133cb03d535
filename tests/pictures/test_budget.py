from __future__ import annotations

import subprocess
import sys
import tracemalloc
import zlib
from pathlib import Path

import pytest

from headroom_nb.errors import HeadroomError, PictureTooLargeError, UnreadablePictureError
from headroom_nb.pictures import RequestBudget, open_picture, read_header
from headroom_nb.pictures.plugins import open_plugin
from headroom_nb.resource_limits import Limits
from tests.pictures.samples import blank_png, claimed, gradient, png_block, saved


def megabytes_for(action) -> float:
    """The most that Python allocated at once."""
    tracemalloc.start()
    action()
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return peak


@pytest.mark.slow
def test_a_half_megabyte_bomb_is_refused_from_its_header(tmp_path):
    bomb = blank_png((64_000, 64_000))
    assert 400_000 < len(bomb) < 600_000
    file = tmp_path / "bomb.png"
    file.write_bytes(bomb)
    script = (
        "import resource, sys, pathlib\n"
        "from headroom_nb.errors import PictureTooLargeError\n"
        "from headroom_nb.pictures import open_picture\n"
        "data = pathlib.Path(sys.argv[1]).read_bytes()\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try:\n    open_picture(data)\n"
        "except PictureTooLargeError:\n"
        "    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, file], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert int(done.stdout) < 50_000, "kilobytes"


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "JPEG2000"])
def test_a_huge_claimed_size_is_refused_in_every_format(file_format):
    size = (16_000, 16_000)
    data = claimed(file_format, size)
    assert read_header(data).size == size

    def refuse():
        with pytest.raises(PictureTooLargeError, match="16000×16000"):
            open_picture(data)

    assert megabytes_for(refuse) < 10


def test_the_limit_is_the_callers_to_set():
    data = saved(gradient((100, 50)))
    assert open_picture(data, Limits(max_image_pixels=5000)).size == (100, 50)
    with pytest.raises(PictureTooLargeError, match=r"100×50 = 5,000 pixels; the limit is 4,999"):
        open_picture(data, Limits(max_image_pixels=4999))
    with pytest.raises(PictureTooLargeError, match=r"max_image_bytes=…"):
        open_picture(data, Limits(max_image_bytes=len(data) - 1))


def test_a_first_frame_larger_than_its_gif_screen_counts():
    data = bytearray(saved(gradient((8, 8)), "GIF"))
    frame = data.index(b"\x2c\0\0\0\0\x08\0\x08\0")
    data[frame + 5 : frame + 9] = b"\xff\xff\xff\xff"
    assert read_header(bytes(data)).size == (65535, 65535)


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt", b"iCCP"])
def test_text_and_profile_bombs_in_png_are_never_inflated(kind):
    inflated = zlib.compress(b"x" * 1_000_000, 9)
    body = {
        b"zTXt": b"note\0\0" + inflated,
        b"iTXt": b"note\0\x01\0\0\0" + inflated,
        b"iCCP": b"profile\0\0" + inflated,
    }[kind]
    data = blank_png((64, 64), *[png_block(kind, body)] * 60)
    assert megabytes_for(lambda: open_picture(data).rgb()) < 5


def test_the_decoder_is_given_no_texts_and_no_profile():
    body = [png_block(b"zTXt", b"note\0\0" + zlib.compress(b"x")), png_block(b"tEXt", b"other\0x")]
    profile = png_block(b"iCCP", b"profile\0\0" + zlib.compress(b"x"))
    assert open_plugin("PNG", blank_png((64, 64), profile, *body)).info == {}


def test_more_pixels_than_claimed_are_not_decoded():
    data = claimed("WEBP", (2, 2))
    with pytest.raises(HeadroomError):
        open_picture(data).rgb()


def test_the_request_budget_is_spent_in_order_of_appearance():
    header = read_header(saved(gradient((100, 100))))
    small = read_header(saved(gradient((10, 10))))
    budget = RequestBudget(Limits(max_request_pixels=25_000))
    budget.take(header.pixels)
    budget.take(header.pixels)
    with pytest.raises(PictureTooLargeError, match="25,000"):
        budget.take(header.pixels)
    budget.take(small.pixels)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\xff\xd8" + b"\xff\xfe\0\x02" * 1_000_000, "more than 2,000 segments"),
        (b"\xff\xd8" + b"\xff\0" * 2_000_000, "ends before the image"),
        (b"\xff\xd8" + b"\xff" * 4_000_000, "ends before the image"),
        (b"RIFF\0\0\0\0WEBP" + b"XMP \0\0\0\0" * 500_000, "more than 10,000 chunks"),
        (b"GIF89a\x08\0\x08\0\0\0\0" + b"\x21\xfe\x01\x41\0" * 800_000, "countless data blocks"),
        (b"GIF89a\x08\0\x08\0\0\0\0\x21\xfe" + b"\x01\x41" * 2_000_000, "countless data blocks"),
    ],
    ids=["jpeg segments", "jpeg stray", "jpeg fill", "webp chunks", "gif extensions", "gif data"],
)
def test_a_file_of_nothing_but_block_headers_is_refused_at_a_bound(data, why):
    with pytest.raises(UnreadablePictureError, match=why):
        read_header(data)


def test_a_png_of_countless_blocks_is_refused_at_a_bound():
    data = blank_png((8, 8), png_block(b"tEXt", b"") * 400_000)
    with pytest.raises(UnreadablePictureError, match="more than 10,000 blocks"):
        open_picture(data).rgb()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
def test_a_small_view_of_twelve_megapixels_needs_little_memory(tmp_path):
    file = tmp_path / "photo.jpg"
    file.write_bytes(saved(gradient((4000, 3000)), "JPEG", quality=92))
    script = (
        "import pathlib, re, sys\n"
        "from headroom_nb.pictures import encode, open_picture\n"
        "def peak():\n"
        "    return int(re.search(r'VmHWM:\\s+(\\d+)', pathlib.Path('/proc/self/status').read_text())[1])\n"
        "data = pathlib.Path(sys.argv[1]).read_bytes()\n"
        "before = peak()\n"
        "encode(open_picture(data).small(768), mark='crop')\n"
        "print(peak() - before)\n"
    )
    run = [sys.executable, "-c", script, file]
    done = subprocess.run(run, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert int(done.stdout) < 40_000


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_an_ordinary_image_is_compressed_without_loading_numpy(mode, tmp_path):
    file = tmp_path / "shot.png"
    file.write_bytes(saved(gradient((64, 48)).convert(mode)))
    script = (
        "import pathlib, sys\n"
        "from headroom_nb.pictures import encode, open_picture\n"
        "encode(open_picture(pathlib.Path(sys.argv[1]).read_bytes()).small(32), mark='crop')\n"
        "print('numpy' in sys.modules)\n"
    )
    run = [sys.executable, "-c", script, file]
    done = subprocess.run(run, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert done.stdout.strip() == "False"
