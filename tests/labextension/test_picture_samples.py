"""What TypeScript's header parsers are held to is what Python reads."""

import base64
import json

import pytest

from headroom_nb.errors import HeadroomError
from headroom_nb.pictures import read_header
from tests.labextension import picture_samples

STORED = json.loads(picture_samples.FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("sample", STORED, ids=lambda sample: sample["name"])
def test_the_stored_sizes_are_what_python_reads(sample):
    data = base64.b64decode(sample["data"])
    if sample["size"] is None:
        with pytest.raises(HeadroomError):
            read_header(data)
    else:
        assert list(read_header(data).size) == sample["size"]


def test_every_little_picture_is_stored():
    assert [sample["name"] for sample in STORED] == [row["name"] for row in picture_samples.table()]
