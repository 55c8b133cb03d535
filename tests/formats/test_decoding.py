"""From a block's text to bytes: what can be read in one way only is read; all else is an error with its path."""

import base64
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_nb.errors import ImageSourceError
from headroom_nb.formats import find_images
from headroom_nb.runtime.base64_text import PIECE

RAW = bytes(range(250, 256)) + b"\x89PNG picture bytes \xfb\xff\xfe" * 5
STANDARD = base64.b64encode(RAW).decode()
URL_SAFE = base64.urlsafe_b64encode(RAW).decode()


def chat(url):
    return {"type": "image_url", "image_url": {"url": url}}


def anthropic(data):
    return {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}}


def google(data):
    return {"inlineData": {"mimeType": "image/png", "data": data}}


def bedrock(data):
    return {"image": {"format": "png", "source": {"bytes": data}}}


def slot(block):
    (found,) = find_images([{"role": "user", "content": [{"type": "text", "text": "?"}, block]}])
    return found


def test_the_samples_use_the_letters_that_differ_between_the_alphabets():
    assert set("+/") <= set(STANDARD)
    assert STANDARD.endswith("=")


FORMS = {
    "standard": STANDARD,
    "without padding": STANDARD.rstrip("="),
    "url-safe": URL_SAFE,
    "url-safe without padding": URL_SAFE.rstrip("="),
    "lines": "\n".join(textwrap.wrap(STANDARD, 76)) + "\n",
    "lines with carriage returns": "\r\n".join(textwrap.wrap(STANDARD, 76)),
    "spaces around": f"  {STANDARD} ",
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS.keys())
@pytest.mark.parametrize("block", [anthropic, google, bedrock, lambda text: chat("data:image/png;base64," + text)])
def test_base64_that_has_one_reading_is_read(text, block):
    assert slot(block(text)).load() == RAW


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        ("data:image/png;base64,", "image/png"),
        ("DATA:image/png;BASE64,", "image/png"),
        ("data:IMAGE/JPEG;base64,", "image/jpeg"),
        ("data:image/png;charset=utf-8;base64,", "image/png"),
        ("data:image/png;name=a.png;base64,", "image/png"),
        ("data:;base64,", None),
        ("  data:image/webp;base64,", "image/webp"),
        ("data:image/png; base64,", "image/png"),
    ],
)
def test_a_data_url_is_read_whatever_its_case_and_parameters(head, media_type):
    found = slot(chat(head + STANDARD))
    assert found.reference is None
    assert found.declared_media_type == media_type
    assert found.load() == RAW


def test_percent_escapes_in_a_data_url_are_read():
    escaped = STANDARD.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
    assert slot(chat("data:image/png;base64," + escaped)).load() == RAW


@pytest.mark.parametrize("block", [google, bedrock])
def test_raw_bytes_are_taken_where_an_sdk_takes_them(block):
    assert slot(block(RAW)).load() == RAW
    assert slot(block(bytearray(RAW))).load() == RAW


BAD = {
    "one letter too many": "AAAAA",
    "a letter after the padding": "QQ==Q",
    "too little padding": "QQ=",
    "too much padding": "QUFB=",
    "padding inside": "QQ=Q",
    "only padding": "====",
    "both alphabets": "ab+/cd-_",
    "another letter": "QQ*=",
    "letters beyond ASCII": "QQ==é",
    "empty": "",
    "blank": "  \n",
    "None": None,
    "a number": 7,
    "a list": ["QQ=="],
    "an object": {"data": "QQ=="},
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD.keys())
@pytest.mark.parametrize("block", [anthropic, google, bedrock])
def test_data_that_cannot_be_read_is_an_error_with_its_path_and_only_when_loaded(data, block):
    with pytest.raises(ImageSourceError, match=r"^messages\[0\]\.content\[1\] has ") as caught:
        slot(block(data)).load()
    assert caught.value.path == (0, "content", 1)


@pytest.mark.parametrize("data", [text for text in BAD.values() if isinstance(text, str)])
def test_a_data_url_with_bad_data_is_an_error(data):
    with pytest.raises(ImageSourceError, match=r"^messages\[0\]\.content\[1\] has "):
        slot(chat("data:image/png;base64," + data)).load()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("data:image/png;base64", "without a comma"),
        ("data:image/svg+xml,<svg/>", "not base64"),
        ("data:image/svg+xml;utf8,<svg/>", "not base64"),
        ("data:,", "not base64"),
        ("", "no image data|without a comma"),
        (None, "text was expected, not NoneType"),
        (7, "text was expected, not int"),
        ([], "text was expected, not list"),
        (RAW, "text was expected, not bytes"),
    ],
)
def test_a_url_of_the_wrong_kind_is_an_error_that_says_so(url, why):
    for block in (chat(url), {"type": "input_image", "image_url": url}, {"type": "image_url", "image_url": url}):
        with pytest.raises(ImageSourceError, match=why):
            slot(block).load()


@pytest.mark.parametrize("block", [anthropic, google, bedrock])
def test_a_data_url_where_bare_base64_belongs_is_an_error_that_says_what_to_do(block):
    with pytest.raises(ImageSourceError, match="remove what stands before the comma"):
        slot(block("data:image/png;base64," + STANDARD)).load()


def test_bytes_where_only_text_can_be_sent_are_an_error():
    with pytest.raises(ImageSourceError, match="text was expected, not bytes"):
        slot(anthropic(STANDARD.encode())).load()


@pytest.mark.parametrize("source", [None, "text", 7, [], {}, {"type": "base64"}, {"type": "url"}, {"url": None}])
def test_a_source_without_an_image_is_an_error(source):
    with pytest.raises(ImageSourceError, match=r"messages\[0\]\.content\[1\]"):
        slot({"type": "image", "source": source}).load()


@given(data=st.binary(min_size=1, max_size=200), cut=st.booleans(), safe=st.booleans(), width=st.integers(0, 80))
def test_every_legal_form_of_base64_gives_its_bytes(data, cut, safe, width):
    text = (base64.urlsafe_b64encode if safe else base64.b64encode)(data).decode()
    text = text.rstrip("=") if cut else text
    text = "\n".join(textwrap.wrap(text, width)) if width else text
    assert slot(anthropic(text)).load() == data


@given(text=st.text(max_size=40))
def test_no_text_makes_anything_but_bytes_or_our_own_error(text):
    for block in (chat(text), chat("data:image/png;base64," + text), anthropic(text), google(text), bedrock(text)):
        try:
            assert slot(block).load()
        except ImageSourceError as error:
            assert str(error).startswith("messages[0].content[1] ")  # noqa: PT017 - it may come or not


@pytest.mark.parametrize("cut", [0, 1, 2])
def test_text_that_is_decoded_in_pieces_means_what_it_means_in_one(cut):
    data = bytes(range(256)) * (PIECE // 200)
    data = data[: len(data) - cut]
    text = base64.b64encode(data).decode()
    assert len(text) > PIECE
    written = (text, text.rstrip("="), "\n".join(textwrap.wrap(text, 4096)), base64.urlsafe_b64encode(data).decode())
    assert [slot(anthropic(each)).load() == data for each in written] == [True] * 4
    assert slot(chat("data:image/png;base64," + text)).load() == data
    assert slot(chat("data:image/png;base64," + text.replace("+", "%2B"))).load() == data
    for broken in (text[:PIECE] + "====" + text[PIECE:], text[:5] + "=" + text[6:], text + "A", "A" + text):
        with pytest.raises(ImageSourceError, match="not base64"):
            slot(anthropic(broken)).load()
