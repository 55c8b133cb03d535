"""JPEG segments."""

from io import BytesIO

import pytest
from PIL import Image

from headroom_nb.pictures import open_picture
from headroom_nb.pictures.jpeg import without_metadata


@pytest.fixture
def photograph() -> bytes:
    out = BytesIO()
    Image.radial_gradient("L").convert("RGB").save(out, "JPEG")
    return out.getvalue()


def test_a_file_without_metadata_is_not_copied(photograph):
    assert without_metadata(photograph) is photograph


def test_comments_are_dropped_and_the_rest_stays(photograph):
    comment = b"\xff\xfe\x00\x0dposition: 1"
    assert without_metadata(photograph[:2] + comment + photograph[2:]) == photograph


def test_stray_bytes_before_a_segment_are_dropped_so_that_the_image_opens(photograph):
    before, tables = photograph.split(b"\xff\xdb", 1)
    stray = before + b"\x00\x00\x00\xff\xdb" + tables
    assert without_metadata(stray) == photograph
    assert open_picture(stray).rgb().tobytes() == open_picture(photograph).rgb().tobytes()
