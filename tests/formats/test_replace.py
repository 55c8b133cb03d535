"""Writing back: the format's own blocks, in their own style and place, and nothing else touched."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_nb.errors import MessageError, OptionError
from headroom_nb.formats import FORMATS, find_images, refusal, replace_images
from headroom_nb.records import ImagePart, TextPart
from tests.formats.conversations import DATA_URL, PIXEL, WIRES, conversations, hostile_documents, wire_names
from tests.formats.samples import b64, image_part, png

PART = image_part(3, 2)
JPEG = ImagePart(b"\xff\xd8\xff jpeg", "image/jpeg", (3, 2))
JPEG_URL = f"data:image/jpeg;base64,{b64(JPEG.data)}"
READ = TextPart("[OCR of image x]\nTOTAL")
CACHE = {"type": "ephemeral"}


def user(*blocks):
    return {"role": "user", "content": list(blocks)}


def replaced(block, *parts):
    """What a block becomes when these parts take its place."""
    document = [user({"type": "text", "text": "?"}, block, {"type": "text", "text": "end"})]
    before = copy.deepcopy(document)
    (slot,) = find_images(document)
    result = replace_images(document, {slot.path: parts})
    assert document == before
    content = result[0]["content"]
    assert (content[0], content[-1]) == (before[0]["content"][0], before[0]["content"][-1])
    return content[1:-1]


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (
            {"type": "image_url", "image_url": {"url": DATA_URL, "detail": "high", "y": 1}, "x": None},
            {"type": "image_url", "image_url": {"url": JPEG_URL, "detail": "high", "y": 1}, "x": None},
        ),
        (
            {"type": "image_url", "image_url": DATA_URL, "x": 1},
            {"type": "image_url", "image_url": JPEG_URL, "x": 1},
        ),
        (
            {"type": "input_image", "image_url": DATA_URL, "file_id": None, "detail": "auto", "x": 1},
            {"type": "input_image", "image_url": JPEG_URL, "file_id": None, "detail": "auto", "x": 1},
        ),
        (
            {"type": "input_image", "file_id": "file-1", "detail": "low"},
            {"type": "input_image", "image_url": JPEG_URL, "detail": "low"},
        ),
        (
            {
                "type": "image",
                "source": {"type": "base64", "media_type": "image/png", "data": PIXEL, "y": 1},
                "cache_control": CACHE,
                "transformations": {"resize": "none"},
            },
            {
                "type": "image",
                "source": {"type": "base64", "media_type": "image/jpeg", "data": b64(JPEG.data), "y": 1},
                "cache_control": CACHE,
                "transformations": {"resize": "none"},
            },
        ),
        (
            {"type": "image", "source": {"type": "url", "url": "https://example.invalid/a.png"}},
            {"type": "image", "source": {"type": "base64", "media_type": "image/jpeg", "data": b64(JPEG.data)}},
        ),
        (
            {"type": "image", "source": {"type": "file", "file_id": "file-1"}},
            {"type": "image", "source": {"type": "base64", "media_type": "image/jpeg", "data": b64(JPEG.data)}},
        ),
        (
            {
                "inlineData": {"mimeType": "image/png", "data": PIXEL, "displayName": "a"},
                "mediaResolution": {"level": "MEDIA_RESOLUTION_HIGH"},
                "x": 1,
            },
            {
                "inlineData": {"mimeType": "image/jpeg", "data": b64(JPEG.data), "displayName": "a"},
                "mediaResolution": {"level": "MEDIA_RESOLUTION_HIGH"},
                "x": 1,
            },
        ),
        (
            {"inline_data": {"mime_type": "image/png", "data": png(1, 1)}},
            {"inline_data": {"mime_type": "image/jpeg", "data": JPEG.data}},
        ),
        (
            {"inline_data": {"mimeType": "image/png", "data": PIXEL}},
            {"inline_data": {"mimeType": "image/jpeg", "data": b64(JPEG.data)}},
        ),
        (
            {"fileData": {"fileUri": "https://example.invalid/f", "mimeType": "image/png"}},
            {"inlineData": {"mimeType": "image/jpeg", "data": b64(JPEG.data)}},
        ),
        (
            {"file_data": {"file_uri": "https://example.invalid/f", "mime_type": "image/png"}},
            {"inline_data": {"mime_type": "image/jpeg", "data": b64(JPEG.data)}},
        ),
        (
            {"image": {"format": "png", "source": {"bytes": png(1, 1)}, "y": 1}, "x": 1},
            {"image": {"format": "jpeg", "source": {"bytes": JPEG.data}, "y": 1}, "x": 1},
        ),
        (
            {"image": {"format": "png", "source": {"bytes": PIXEL}}},
            {"image": {"format": "jpeg", "source": {"bytes": b64(JPEG.data)}}},
        ),
        (
            {"image": {"format": "png", "source": {"s3Location": {"uri": "s3://b/a.png"}}}},
            {"image": {"format": "jpeg", "source": {"bytes": JPEG.data}}},
        ),
        (
            {"type": "image", "data": PIXEL, "mimeType": "image/png", "annotations": {"priority": 1}},
            {"type": "image", "data": b64(JPEG.data), "mimeType": "image/jpeg", "annotations": {"priority": 1}},
        ),
        (
            {"type": "image", "base64": PIXEL, "mime_type": "image/png"},
            {"type": "image", "base64": b64(JPEG.data), "mime_type": "image/jpeg"},
        ),
        (
            {"type": "image", "source": {"type": "url", "url": DATA_URL}},
            {"type": "image", "source": {"type": "base64", "media_type": "image/jpeg", "data": b64(JPEG.data)}},
        ),
        (
            {"type": "image", "uri": "https://example.invalid/f", "mime_type": "image/png"},
            {"type": "image", "mime_type": "image/jpeg", "data": b64(JPEG.data)},
        ),
    ],
)
def test_an_image_is_replaced_in_the_block_s_own_style(block, expected):
    assert replaced(block, JPEG) == [expected]


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (
            {"type": "image_url", "image_url": {"url": DATA_URL, "detail": "high"}, "x": 1},
            {"type": "text", "text": READ.text, "x": 1},
        ),
        ({"type": "image_url", "image_url": DATA_URL, "detail": "low"}, {"type": "text", "text": READ.text}),
        (
            {"type": "input_image", "image_url": DATA_URL, "file_id": None, "detail": "auto", "x": 1},
            {"type": "input_text", "text": READ.text, "x": 1},
        ),
        (
            {
                "type": "image",
                "source": {"type": "base64", "media_type": "image/png", "data": PIXEL},
                "cache_control": CACHE,
                "transformations": {},
            },
            {"type": "text", "text": READ.text, "cache_control": CACHE},
        ),
        (
            {"text": None, "inline_data": {"mime_type": "image/png", "data": PIXEL}, "media_resolution": "x", "y": 1},
            {"text": READ.text, "y": 1},
        ),
        ({"image": {"format": "png", "source": {"bytes": PIXEL}}}, {"text": READ.text}),
        (
            {"type": "image", "data": PIXEL, "mimeType": "image/png", "annotations": None},
            {"type": "text", "text": READ.text, "annotations": None},
        ),
    ],
)
def test_text_becomes_the_text_block_of_that_place(block, expected):
    assert replaced(block, READ) == [expected]


@pytest.mark.parametrize(
    ("block", "where", "value"),
    [
        ({"type": "image_url", "image_url": {"url": DATA_URL, "detail": "high"}}, ("image_url", "detail"), "low"),
        ({"type": "image_url", "image_url": {"url": DATA_URL}}, ("image_url", "detail"), "low"),
        ({"type": "image_url", "image_url": DATA_URL}, ("image_url", "detail"), "low"),
        ({"type": "image_url", "image_url": DATA_URL, "detail": "high"}, ("detail",), "low"),
        ({"type": "input_image", "image_url": DATA_URL}, ("detail",), "low"),
        (
            {"inlineData": {"mimeType": "image/png", "data": PIXEL}},
            ("mediaResolution", "level"),
            "MEDIA_RESOLUTION_LOW",
        ),
        (
            {"inline_data": {"mime_type": "image/png", "data": PIXEL}},
            ("media_resolution", "level"),
            "MEDIA_RESOLUTION_LOW",
        ),
        (
            {"inlineData": {"mimeType": "image/png", "data": PIXEL}, "media_resolution": {"num_tokens": 9}},
            ("media_resolution",),
            {"level": "MEDIA_RESOLUTION_LOW"},
        ),
    ],
)
def test_a_detail_level_is_written_in_the_wire_s_words(block, where, value):
    (written,) = replaced(block, image_part(3, 2, "low"))
    assert find_images([user(written)])[0].detail == "low"
    for step in where:
        written = written[step]
    assert written == value


@pytest.mark.parametrize("name", WIRES)
def test_several_parts_expand_in_place_and_the_cache_mark_stands_on_the_last(name):
    mark = "prompt_cache_breakpoint" if name.startswith("openai") else "cache_control"
    block = WIRES[name].image({mark: CACHE, "x": 1, "id": "a"})
    first, second, third = replaced(block, PART, READ, JPEG)
    assert [mark in written for written in (first, second, third)] == [False, False, True]
    assert third[mark] == CACHE
    assert [written["x"] for written in (first, second, third)] == [1, 1, 1]
    assert [written.get("id") for written in (first, second, third)] == ["a", None, None]
    assert [slot.load() for slot in find_images([user(first, second, third)])] == [PART.data, JPEG.data]


def test_paths_of_other_images_in_the_list_still_mean_the_original_ones():
    images = [{"type": "image_url", "image_url": {"url": DATA_URL}, "x": number} for number in range(3)]
    document = [user(*images)]
    result = replace_images(document, {(0, "content", 0): [PART, PART], (0, "content", 2): [READ]})
    assert [block["x"] for block in result[0]["content"]] == [0, 0, 1, 2]
    assert result[0]["content"][2] is images[1]


def test_what_is_not_replaced_is_the_same_object():
    image = {"type": "image_url", "image_url": {"url": DATA_URL}}
    document = {"model": "m", "tools": [{}], "messages": [user(image), user(image), object()]}
    result = replace_images(document, {("messages", 1, "content", 0): [PART]})
    assert result["tools"] is document["tools"]
    assert result["messages"][0] is document["messages"][0]
    assert result["messages"][2] is document["messages"][2]
    assert result["messages"][1] is not document["messages"][1]
    assert list(result) == list(document)


def test_replacing_nothing_returns_the_very_document():
    document = [user({"type": "image_url", "image_url": DATA_URL})]
    assert replace_images(document, {}) is document
    assert replace_images(document, {(0, "content", 0): ()}) is document


def test_a_tuple_stays_a_tuple_and_a_single_message_a_message():
    image = {"type": "image_url", "image_url": DATA_URL}
    assert replace_images((user(image),), {(0, "content", 0): [READ]}) == (user({"type": "text", "text": READ.text}),)
    message = {"role": "user", "content": (image,)}
    assert replace_images(message, {("content", 0): [READ]})["content"] == ({"type": "text", "text": READ.text},)


def test_a_part_that_stands_alone_stays_alone_until_it_becomes_several():
    message = {"role": "user", "parts": {"inlineData": {"mimeType": "image/png", "data": PIXEL}}}
    assert replace_images(message, {("parts",): [READ]})["parts"] == {"text": READ.text}
    assert len(replace_images(message, {("parts",): [READ, PART]})["parts"]) == 2


def test_ollama_images_stay_bare_and_take_no_text():
    message = {"role": "user", "content": "x", "images": [PIXEL, png(1, 1)]}
    result = replace_images([message], {(0, "images", 0): [PART, PART], (0, "images", 1): [PART]})
    assert result[0]["images"] == [b64(PART.data), b64(PART.data), PART.data]
    with pytest.raises(MessageError, match=r"messages\[0\]\.images\[0\].*no place for text in a list of bare images"):
        replace_images([message], {(0, "images", 0): [READ]})


def test_a_computer_screenshot_stays_one_image():
    item = {"type": "computer_call_output", "output": {"type": "computer_screenshot", "image_url": DATA_URL}}
    assert replace_images([item], {(0, "output"): [JPEG]})[0]["output"]["image_url"] == JPEG_URL
    for parts, why in (([READ], "no place for text"), ([PART, PART], "is one image")):
        with pytest.raises(MessageError, match=why) as caught:
            replace_images([item], {(0, "output"): parts})
        assert caught.value.path == (0, "output")


def test_a_function_response_of_google_takes_no_text():
    inner = {"inlineData": {"mimeType": "image/png", "data": PIXEL}}
    (slot,) = find_images([{"parts": [{"functionResponse": {"name": "f", "parts": [inner]}}]}])
    assert refusal(slot, [READ]) == "there is no place for text in a function response"
    assert refusal(slot, [PART, image_part(1, 1, "low")]) is None


def test_a_part_that_the_model_signed_is_not_changed():
    part = {"inlineData": {"mimeType": "image/png", "data": PIXEL}, "thoughtSignature": "c2lnbmVk"}
    (slot,) = find_images([{"role": "model", "parts": [part]}])
    assert "signed" in refusal(slot, [PART])


def test_a_detail_level_the_block_cannot_ask_for_is_refused():
    for name, wire in WIRES.items():
        (slot,) = find_images([wire.user([wire.image({})])])
        for detail in ("auto", "low", "medium", "high", "ultra_high", "original"):
            reason = refusal(slot, [image_part(1, 1, detail)])
            assert (reason is None) == (detail in FORMATS[name].details)
            assert reason is None or repr(detail) in reason


def test_a_path_without_an_image_is_an_error_that_names_it():
    with pytest.raises(OptionError, match=r"no image at messages\[0\]\.content\[1\]"):
        replace_images([user({"type": "image_url", "image_url": DATA_URL})], {(0, "content", 1): [PART]})


@given(messages=conversations(), data=st.data())
@settings(max_examples=200, deadline=None)
def test_what_was_written_is_read_back_and_the_input_is_as_it_was(messages, data):
    before = copy.deepcopy(messages)
    slots = find_images(messages)
    number = st.integers(1, 3)
    parts = {
        slot.path: [image_part(index + 1, data.draw(number))] * data.draw(number) for index, slot in enumerate(slots)
    }
    result = replace_images(messages, parts)
    assert messages == before
    found = find_images(result)
    assert [slot.load() for slot in found] == [part.data for slot in slots for part in parts[slot.path]]
    assert [slot.format for slot in found] == [slot.format for slot in slots for _ in parts[slot.path]]
    assert [slot.detail for slot in found] == [slot.detail for slot in slots for _ in parts[slot.path]]
    assert {slot.declared_media_type for slot in found} <= {"image/png"}
    touched = {slot.path[0] for slot in slots}
    for index, (old, new) in enumerate(zip(messages, result, strict=True)):
        assert (new is old) == (index not in touched)


@given(name=wire_names, data=st.data())
@settings(max_examples=100, deadline=None)
def test_writing_the_same_image_back_gives_an_equal_document(name, data):
    messages = data.draw(conversations(name))
    same = ImagePart(png(1, 1), "image/png", (1, 1))
    assert replace_images(messages, {slot.path: [same] for slot in find_images(messages)}) == messages


@given(document=hostile_documents, several=st.booleans(), text=st.booleans())
@settings(max_examples=300, deadline=None)
def test_whatever_is_found_can_be_replaced_or_is_refused_with_a_reason(document, several, text):
    before = copy.deepcopy(document)
    parts = [READ if text else PART] * (2 if several else 1)
    slots = find_images(document)
    fit = {slot.path: parts for slot in slots if refusal(slot, parts) is None}
    result = replace_images(document, fit)
    assert repr(document) == repr(before)
    written = sum(slot.raw is not None and slot.load() == PART.data for slot in find_images(result) if _loads(slot))
    assert written == (0 if text else len(fit) * len(parts))


def _loads(slot):
    try:
        slot.load()
    except MessageError:
        return False
    return True
