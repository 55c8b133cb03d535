"""What is found, where, and that finding never fails."""

import copy

import pytest
from hypothesis import given, settings

from headroom_nb.errors import ImageSourceError
from headroom_nb.formats import FORMATS, detect_provider, find_images, format_path, request_model
from tests.formats.conversations import DATA_URL, PIXEL, WIRES, conversations, hostile_documents
from tests.formats.samples import b64, png

INLINE = {"mimeType": "image/png", "data": PIXEL}
SOURCE = {"type": "base64", "media_type": "image/png", "data": PIXEL}
ANTHROPIC = {"type": "image", "source": SOURCE}


def user(*blocks):
    return {"role": "user", "content": list(blocks)}


FOUND = {
    "chat": (user({"type": "image_url", "image_url": {"url": DATA_URL}}), "openai_chat", "content[0]"),
    "chat with a bare string": (user({"type": "image_url", "image_url": DATA_URL}), "openai_chat", "content[0]"),
    "responses": (user({"type": "input_image", "image_url": DATA_URL}), "openai_responses", "content[0]"),
    "a function's output": (
        {"type": "function_call_output", "call_id": "c", "output": [{"type": "input_image", "image_url": DATA_URL}]},
        "openai_responses",
        "output[0]",
    ),
    "a computer's screenshot": (
        {"type": "computer_call_output", "output": {"type": "computer_screenshot", "image_url": DATA_URL}},
        "openai_screenshot",
        "output",
    ),
    "anthropic": (user(ANTHROPIC), "anthropic", "content[0]"),
    "a tool result": (
        user({"type": "tool_result", "tool_use_id": "t", "content": [{"type": "text", "text": "x"}, ANTHROPIC]}),
        "anthropic",
        "content[0].content[1]",
    ),
    "a document made of blocks": (
        user({"type": "document", "source": {"type": "content", "content": [ANTHROPIC]}}),
        "anthropic",
        "content[0].source.content[0]",
    ),
    "google": ({"role": "user", "parts": [{"inlineData": INLINE}]}, "google", "parts[0]"),
    "google in snake case, as bytes": (
        {"parts": [{"inline_data": {"mime_type": "image/png", "data": png(1, 1)}}]},
        "google",
        "parts[0]",
    ),
    "google with one part": ({"role": "user", "parts": {"inlineData": INLINE}}, "google", "parts"),
    "google in content": (user({"text": "x"}, {"inlineData": INLINE}), "google", "content[1]"),
    "a function response": (
        {"parts": [{"functionResponse": {"name": "f", "parts": [{"inlineData": INLINE}]}}]},
        "google",
        "parts[0].functionResponse.parts[0]",
    ),
    "bedrock with raw bytes": (
        user({"image": {"format": "png", "source": {"bytes": png(1, 1)}}}),
        "bedrock",
        "content[0]",
    ),
    "bedrock with base64": (user({"image": {"format": "png", "source": {"bytes": PIXEL}}}), "bedrock", "content[0]"),
    "a bedrock tool result": (
        user({"toolResult": {"toolUseId": "t", "content": [{"image": {"source": {"bytes": PIXEL}}}]}}),
        "bedrock",
        "content[0].toolResult.content[0]",
    ),
    "ollama": ({"role": "user", "content": "x", "images": [PIXEL]}, "ollama", "images[0]"),
    "mcp": (user({"type": "image", "data": PIXEL, "mimeType": "image/png"}), "mcp", "content[0]"),
    "langchain": (
        {"type": "human", **user({"type": "image", "base64": PIXEL, "mime_type": "image/png"})},
        "mcp",
        "content[0]",
    ),
    "anthropic with a data URL": (
        user({"type": "image", "source": {"type": "url", "url": DATA_URL}}),
        "anthropic",
        "content[0]",
    ),
}


@pytest.mark.parametrize(("message", "wire", "where"), FOUND.values(), ids=FOUND.keys())
def test_an_image_is_found_in_a_list_in_a_message_and_in_a_request_body(message, wire, where):
    for document, path in (
        ([message], f"messages[0].{where}"),
        ([None, message], f"messages[1].{where}"),
        ((message,), f"messages[0].{where}"),
        (message, where),
        ({"model": "m", "messages": [message]}, f"messages[0].{where}"),
        ({"input": [message]}, f"input[0].{where}"),
        ({"contents": message}, f"contents.{where}"),
        ({"custom_id": "1", "body": {"messages": [message]}}, f"body.messages[0].{where}"),
    ):
        (slot,) = find_images(document)
        assert format_path(slot.path) == path
        assert slot.format == wire
        assert slot.format in FORMATS
        assert slot.reference is None
        assert slot.load() == png(1, 1)
        found = document
        for step in slot.path:
            found = found[step]
        assert slot.block is found


REFERENCES = {
    "https://example.invalid/a.png": [
        {"type": "image_url", "image_url": {"url": "https://example.invalid/a.png"}},
        {"type": "input_image", "image_url": "https://example.invalid/a.png"},
        {"type": "image", "source": {"type": "url", "url": "https://example.invalid/a.png"}},
        {"fileData": {"fileUri": "https://example.invalid/a.png", "mimeType": "image/png"}},
        {"file_data": {"file_uri": "https://example.invalid/a.png", "mime_type": "image/png"}},
        {"type": "image", "uri": "https://example.invalid/a.png", "mime_type": "image/png"},
    ],
    "file-1": [
        {"type": "input_image", "file_id": "file-1", "image_url": None},
        {"type": "image", "source": {"type": "file", "file_id": "file-1"}},
    ],
    "s3://b/a.png": [{"image": {"format": "png", "source": {"s3Location": {"uri": "s3://b/a.png"}}}}],
}


@pytest.mark.parametrize(
    ("reference", "block"), [(reference, block) for reference, found in REFERENCES.items() for block in found]
)
def test_a_reference_is_found_and_not_fetched(reference, block):
    (slot,) = find_images([user(block)])
    assert slot.reference == reference
    assert slot.raw is None
    with pytest.raises(ImageSourceError, match=r"messages\[0\]\.content\[0\] refers to .* not fetched") as caught:
        slot.load()
    assert caught.value.path == (0, "content", 0)


@pytest.mark.parametrize(
    "block",
    [
        {"inlineData": {"mimeType": "audio/wav", "data": PIXEL}},
        {"inlineData": {"mimeType": "application/pdf", "data": PIXEL}},
        {"inlineData": {"data": b64(b"RIFF....WAVE....")[4:]}},
        {"inlineData": None},
        {"fileData": {"fileUri": "https://example.invalid/a.mp4", "mimeType": "video/mp4"}},
        {"fileData": {"fileUri": "https://example.invalid/a"}},
        {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": PIXEL}},
        {"type": "input_file", "file_data": "data:application/pdf;base64,AAAA"},
        {"type": "tool_use", "id": "t", "name": "draw", "input": {"content": [ANTHROPIC], "type": "image"}},
        {"functionCall": {"name": "draw", "args": {"parts": [{"inlineData": INLINE}]}}},
        {"functionResponse": {"name": "f", "response": {"parts": [{"inlineData": INLINE}]}}},
        {"type": "text", "text": DATA_URL},
        {"image": "a.png"},
        {"type": "image"},
    ],
)
def test_what_is_no_image_is_left_alone(block):
    assert find_images([user(block), {"role": "user", "parts": [block]}]) == []


def test_a_part_without_a_media_type_is_an_image_when_it_begins_as_one():
    for data in (PIXEL, png(1, 1)):
        (slot,) = find_images([user({"inlineData": {"data": data}})])
        assert slot.load() == png(1, 1)
        assert slot.declared_media_type is None


@pytest.mark.parametrize(
    ("block", "detail"),
    [
        ({"type": "image_url", "image_url": {"url": DATA_URL, "detail": "low"}}, "low"),
        ({"type": "image_url", "image_url": {"url": DATA_URL, "detail": "HIGH"}}, "high"),
        ({"type": "image_url", "image_url": {"url": DATA_URL, "detail": None}}, "auto"),
        ({"type": "image_url", "image_url": {"url": DATA_URL, "detail": "finest"}}, "auto"),
        ({"type": "image_url", "image_url": DATA_URL, "detail": "low"}, "low"),
        ({"type": "input_image", "image_url": DATA_URL, "detail": "original"}, "original"),
        ({"type": "input_image", "file_id": "f", "detail": "low"}, "low"),
        ({"inlineData": INLINE, "mediaResolution": {"level": "MEDIA_RESOLUTION_ULTRA_HIGH"}}, "ultra_high"),
        ({"inlineData": INLINE, "media_resolution": {"level": "media_resolution_medium"}}, "medium"),
        ({"inlineData": INLINE, "media_resolution": "MEDIA_RESOLUTION_LOW"}, "low"),
        ({"inlineData": INLINE, "mediaResolution": {"level": "MEDIA_RESOLUTION_UNSPECIFIED"}}, "auto"),
        ({"inlineData": INLINE, "mediaResolution": {"level": ["odd"]}}, "auto"),
        (ANTHROPIC, "auto"),
    ],
)
def test_the_detail_level_asked_for_is_read_in_the_package_s_words(block, detail):
    assert find_images([user(block)])[0].detail == detail


def test_a_google_request_s_own_resolution_holds_where_a_part_says_nothing():
    parts = [{"inlineData": INLINE}, {"inlineData": INLINE, "mediaResolution": {"level": "MEDIA_RESOLUTION_HIGH"}}]
    body = {"contents": [{"parts": parts}], "generationConfig": {"mediaResolution": "MEDIA_RESOLUTION_LOW"}}
    assert [slot.detail for slot in find_images(body)] == ["low", "high"]


def test_the_resolution_of_an_sdk_s_config_object_is_read_too():
    types = pytest.importorskip("google.genai.types")
    config = types.GenerateContentConfig(media_resolution="MEDIA_RESOLUTION_MEDIUM")
    body = {"model": "m", "contents": [{"parts": [{"inlineData": INLINE}]}], "config": config}
    assert find_images(body)[0].detail == "medium"


def test_a_google_resolution_says_nothing_about_blocks_of_others():
    body = {"messages": [user(ANTHROPIC)], "config": {"media_resolution": "MEDIA_RESOLUTION_LOW"}}
    assert find_images(body)[0].detail == "auto"


def test_blocks_without_a_message_are_found_as_google_s_sdk_takes_them():
    contents = ["What is this?", {"inlineData": INLINE}]
    (slot,) = find_images({"model": "gemini", "contents": contents})
    assert (slot.path, slot.question) == (("contents", 1), "What is this?")


@pytest.mark.parametrize(
    ("document", "provider"),
    [
        *(([wire.user([wire.image({})])], FORMATS[name].provider) for name, wire in WIRES.items()),
        ([{"role": "user", "content": "hello"}], None),
        ([], None),
        ({"contents": "hello"}, "google"),
        ([{"role": "user", "parts": [{"text": "x"}]}], "google"),
        ({"input": "hello"}, "openai"),
        ({"modelId": "m", "messages": []}, "bedrock"),
        ([user({"type": "tool_result", "tool_use_id": "t", "content": "x"})], "anthropic"),
        ([user({"type": "input_text", "text": "x"})], "openai"),
        ([user({"type": ["odd"]})], None),
        (7, None),
    ],
)
def test_the_provider_is_read_off_the_shapes(document, provider):
    assert detect_provider(document) == provider


@pytest.mark.parametrize(
    ("document", "model"),
    [
        ({"model": " gpt-4o ", "messages": []}, "gpt-4o"),
        ({"modelId": "anthropic.claude", "messages": []}, "anthropic.claude"),
        ({"body": {"model": "gpt-4o", "input": "x"}}, "gpt-4o"),
        ({"params": {"model": "claude", "messages": []}}, "claude"),
        ({"model": None, "messages": []}, None),
        ({"model": "gpt-4o"}, None),
        ([{"model": "gpt-4o"}], None),
        ("gpt-4o", None),
    ],
)
def test_the_model_is_read_off_a_request_body(document, model):
    assert request_model(document) == model


@given(document=hostile_documents)
@settings(max_examples=400, deadline=None)
def test_finding_never_raises_and_loading_raises_only_its_own_error(document):
    before = copy.deepcopy(document)
    detect_provider(document)
    request_model(document)
    for slot in find_images(document):
        assert isinstance(slot.question, str)
        assert format_path(slot.path)
        error = _load_error(slot)
        assert error is None or (error.path == slot.path and format_path(slot.path) in str(error))
    assert repr(document) == repr(before)


def _load_error(slot):
    try:
        assert slot.load()
    except ImageSourceError as error:
        return error
    return None


@given(messages=conversations())
@settings(max_examples=100, deadline=None)
def test_every_image_that_was_put_in_is_found_once(messages):
    paths = [slot.path for slot in find_images(messages)]
    assert len(paths) == len(set(paths))
    assert len(paths) == repr(messages).count(PIXEL) + repr(messages).count(repr(png(1, 1)))


def test_nothing_is_looked_for_inside_an_image():
    (slot,) = find_images([user({**ANTHROPIC, "content": [ANTHROPIC]})])
    assert slot.path == (0, "content", 0)


def test_a_message_that_holds_itself_ends():
    message = {"role": "user"}
    message["content"] = [message, {"type": "image_url", "image_url": DATA_URL}]
    assert find_images([message])


def test_twenty_large_images_are_found_without_decoding_or_copying_them():
    text = "A" * 6_000_000
    images = [{"type": "image_url", "image_url": {"url": "data:image/png;base64," + text}} for _ in range(10)]
    images += [{"type": "image", "source": {**SOURCE, "data": text}} for _ in range(10)]
    messages = [user({"type": "text", "text": "What?"}, image) for image in images]
    slots = find_images(messages)
    assert slots[0].raw is images[0]["image_url"]["url"]
    assert slots[-1].raw is text


def test_every_provider_that_is_detected_is_one_the_model_table_knows():
    from headroom_nb.costs import find_model

    for wire in FORMATS.values():
        if wire.provider is not None:
            assert find_model(None, wire.provider).name
