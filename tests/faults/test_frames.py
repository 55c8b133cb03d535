"""What the process that reads text may say, were it taken over by a picture: a page, or nothing that is believed."""

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_nb.ocr.frames import LONGEST_MESSAGE, read_frame, write_frame

BAD = (EOFError, ValueError, RecursionError)


@given(st.dictionaries(st.text(), st.integers() | st.text()), st.binary())
def test_what_is_written_is_read(message, data):
    pipe = io.BytesIO()
    write_frame(pipe, message, data)
    pipe.seek(0)
    assert read_frame(pipe, len(data)) == (message, data)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_message_or_refused(data):
    try:
        message, _ = read_frame(io.BytesIO(data), 1000)
    except BAD:
        return
    assert isinstance(message, dict)


@pytest.mark.parametrize(
    ("text", "said_text", "said_data"),
    [
        (b"{}", 2, 2**60),
        (b"{}", 2**31, 0),
        (b"[" * 60_000, 60_000, 0),
        (b"[]", 2, 0),
        (b"{}", 2, 5),
        (b"\xff\xfe", 2, 0),
    ],
)
def test_a_message_that_lies_is_refused_before_its_bytes_are_waited_for(text, said_text, said_data):
    with pytest.raises(BAD):
        read_frame(io.BytesIO(struct.pack(">IQ", said_text, said_data) + text), 1000)


def test_a_long_message_is_never_read():
    with pytest.raises(ValueError, match="longer than any of ours"):
        read_frame(io.BytesIO(struct.pack(">IQ", LONGEST_MESSAGE + 1, 0)), 1000)
