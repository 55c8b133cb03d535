"""What comes out is accepted: the real SDKs parse and send it, and a strict local server reads it."""

from __future__ import annotations

import json

import pytest
from PIL import Image

from headroom_nb.formats import find_images, replace_images, user_message
from headroom_nb.records import ImagePart, TextPart
from tests.formats.samples import b64, image_part, png

ORIGINAL = png(64, 48)
B64 = b64(ORIGINAL)
CROP = image_part(20, 10)
SMALL = image_part(8, 6, "low")
SMALL_ANY = image_part(8, 6)
READ = TextPart("[OCR of image]\nTOTAL 3.55")

CASES = {
    "one image": [CROP],
    "a crop and an overview": [CROP, SMALL],
    "a caption, a crop and an overview": [TextPart("Two views of one picture"), CROP, SMALL],
    "text": [READ],
}
"""What stands in every image's place."""

cases = pytest.mark.parametrize("parts", CASES.values(), ids=CASES.keys())


def sizes(parts, times):
    return [("image/png", part.size) for part in parts if isinstance(part, ImagePart)] * times


def texts(parts):
    return [part.text for part in parts if isinstance(part, TextPart)]


def without_detail(parts):
    return [SMALL_ANY if part is SMALL else part for part in parts]


def replaced(document, parts):
    return replace_images(document, {slot.path: parts for slot in find_images(document)})


@cases
def test_openai_chat_takes_every_kind_of_replacement(openai_client, provider, parts):
    image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{B64}", "detail": "high"}}
    image["prompt_cache_breakpoint"] = {"mode": "explicit"}
    body = {
        "model": "gpt-5.6-sol",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "What is it?"}, image]},
            {"role": "assistant", "content": "A gradient."},
            {"role": "user", "content": [image, {"type": "text", "text": "And this?"}]},
        ],
    }
    from openai.types.chat import ChatCompletionMessageParam

    smaller = replaced(body, parts)
    _check_typed(ChatCompletionMessageParam, smaller["messages"])
    reply = openai_client.chat.completions.create(**smaller)
    assert provider.last.images == sizes(parts, 2)
    assert set(texts(parts)) <= set(provider.last.texts)
    assert provider.last.details == [part.detail or "high" for part in parts if isinstance(part, ImagePart)] * 2
    assert provider.last.cache_marks == 2
    assert reply.choices[0].message.content == provider.last.summary
    assert reply.usage.prompt_tokens == provider.last.tokens


@cases
def test_openai_responses_takes_every_kind_of_replacement_in_messages_and_function_outputs(
    openai_client, provider, parts
):
    image = {"type": "input_image", "image_url": f"data:image/png;base64,{B64}", "detail": "auto"}
    body = {
        "model": "gpt-5.6-sol",
        "input": [
            {"role": "user", "content": [{"type": "input_text", "text": "What is it?"}, image]},
            {"type": "function_call", "call_id": "c1", "name": "shoot", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c1", "output": [image]},
        ],
    }
    from openai.types.responses import ResponseInputItemParam

    smaller = replaced(body, parts)
    _check_typed(ResponseInputItemParam, smaller["input"])
    reply = openai_client.responses.create(**smaller)
    assert provider.last.images == sizes(parts, 2)
    assert reply.output_text == provider.last.summary
    assert reply.usage.input_tokens == provider.last.tokens


def test_openai_responses_takes_a_replaced_computer_screenshot_and_file_ids_as_they_were(openai_client, provider):
    shot = {"type": "computer_screenshot", "image_url": f"data:image/png;base64,{B64}"}
    items = [
        {"role": "user", "content": [{"type": "input_image", "file_id": "file-1", "detail": "auto"}]},
        {"type": "computer_call_output", "call_id": "c1", "output": shot},
    ]
    smaller = replace_images(items, {find_images(items)[1].path: [CROP]})
    openai_client.responses.create(model="gpt-5.6-sol", input=smaller)
    assert provider.last.images == [("image/png", (20, 10))]
    assert provider.last.references == ["file-1"]


@cases
def test_anthropic_takes_every_kind_of_replacement_in_messages_and_tool_results(anthropic_client, provider, parts):
    parts = without_detail(parts)
    source = {"type": "base64", "media_type": "image/png", "data": B64}
    image = {"type": "image", "source": source, "cache_control": {"type": "ephemeral"}}
    result = {"type": "tool_result", "tool_use_id": "t1", "content": [image, {"type": "text", "text": "taken"}]}
    body = {
        "model": "claude-opus-5-5",
        "max_tokens": 10,
        "messages": [
            {"role": "user", "content": [image, {"type": "text", "text": "What is it?"}]},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "t1", "name": "shoot", "input": {}}]},
            {"role": "user", "content": [result]},
        ],
    }
    from anthropic.types import MessageParam

    smaller = replaced(body, parts)
    _check_typed(MessageParam, smaller["messages"])
    reply = anthropic_client.messages.create(**smaller)
    assert provider.last.images == sizes(parts, 2)
    assert provider.last.cache_marks == 2
    assert reply.content[0].text == provider.last.summary
    assert reply.usage.input_tokens == provider.last.tokens


@cases
def test_google_takes_every_kind_of_replacement_in_camel_and_snake_case(google_client, provider, parts):
    from google.genai import types

    body = {
        "model": "gemini-3-flash-preview",
        "contents": [
            {"role": "user", "parts": [{"text": "What?"}, {"inlineData": {"mimeType": "image/png", "data": B64}}]},
            {"role": "model", "parts": [{"text": "A gradient."}]},
            {"role": "user", "parts": [{"inline_data": {"mime_type": "image/png", "data": ORIGINAL}}, {"text": "?"}]},
        ],
    }
    smaller = replaced(body, parts)
    for content in smaller["contents"]:
        types.Content.model_validate(content)
    reply = google_client.models.generate_content(**smaller)
    assert provider.last.images == sizes(parts, 2)
    levels = ["MEDIA_RESOLUTION_LOW" if part.detail else None for part in parts if isinstance(part, ImagePart)]
    assert provider.last.details == levels * 2
    assert reply.text == provider.last.summary
    assert reply.usage_metadata.prompt_token_count == provider.last.tokens


def test_google_takes_replaced_images_in_a_function_response(google_client, provider):
    inner = {"inlineData": {"mimeType": "image/png", "data": B64, "displayName": "shot.png"}}
    response = {"name": "shoot", "response": {"image": {"$ref": "shot.png"}}, "parts": [inner]}
    contents = [
        {"role": "user", "parts": [{"text": "Look"}]},
        {"role": "model", "parts": [{"functionCall": {"name": "shoot", "args": {}}}]},
        {"role": "user", "parts": [{"functionResponse": response}]},
    ]
    smaller = replaced(contents, [CROP, SMALL_ANY])
    google_client.models.generate_content(model="gemini-3-flash-preview", contents=smaller)
    assert provider.last.images == [("image/png", (20, 10)), ("image/png", (8, 6))]
    sent = provider.bodies[-1]["contents"][2]["parts"][0]["functionResponse"]
    assert sent["response"] == response["response"]
    assert json.dumps(sent["parts"]).count("shot.png") == 1


def test_a_google_request_written_by_the_sdk_and_read_back_as_json_works_too(google_client, provider):
    from google.genai import types

    content = types.Content(role="user", parts=[types.Part.from_bytes(data=ORIGINAL, mime_type="image/png")])
    for dumped in (content.model_dump(), json.loads(content.model_dump_json(exclude_none=True, by_alias=True))):
        assert find_images([dumped])[0].load() == ORIGINAL
        google_client.models.generate_content(model="gemini-2.5-flash", contents=replaced([dumped], [CROP, READ]))
        assert provider.last.images == [("image/png", (20, 10))]
        assert provider.last.texts == [READ.text]


def test_a_built_message_is_taken_by_the_sdk_of_its_provider(openai_client, anthropic_client, google_client, provider):
    images = [ORIGINAL, Image.new("RGBA", (5, 4), (9, 9, 9, 99))]
    question = "What are these?"
    openai_client.chat.completions.create(
        model="gpt-4o", messages=[user_message(question, *images, provider="openai", detail="low")]
    )
    openai_client.responses.create(
        model="gpt-4o", input=[user_message(question, *images, provider="openai_responses", detail="low")]
    )
    anthropic_client.messages.create(
        model="claude-haiku-4-5", max_tokens=5, messages=[user_message(question, *images, provider="anthropic")]
    )
    google_client.models.generate_content(
        model="gemini-3-flash-preview", contents=[user_message(question, *images, provider="google", detail="low")]
    )
    for seen in provider.seen:
        assert [size for _, size in seen.images] == [(64, 48), (5, 4)]
        assert seen.texts == [question]
    assert [seen.details for seen in provider.seen] == [["low"] * 2, ["low"] * 2, [], ["MEDIA_RESOLUTION_LOW"] * 2]


def test_replies_kept_as_sdk_objects_pass_through_and_end_a_turn(openai_client, provider):
    first = user_message("What colour is the car?", ORIGINAL)
    reply = openai_client.chat.completions.create(model="gpt-4o", messages=[first])
    messages = [first, reply.choices[0].message, user_message("", ORIGINAL), user_message("Read the plate.")]
    assert [slot.question for slot in find_images(messages)] == ["What colour is the car?", "Read the plate."]
    smaller = replaced(messages, [CROP])
    assert smaller[1] is messages[1]
    openai_client.chat.completions.create(model="gpt-4o", messages=smaller)
    assert provider.last.images == sizes([CROP], 2)


def test_the_local_server_refuses_what_the_providers_would(anthropic_client, openai_client):
    import anthropic
    import openai

    wrong = {"type": "base64", "media_type": "image/jpeg", "data": B64}
    with pytest.raises(anthropic.BadRequestError, match="says image/jpeg, is PNG"):
        anthropic_client.messages.create(
            model="m", max_tokens=5, messages=[{"role": "user", "content": [{"type": "image", "source": wrong}]}]
        )
    with pytest.raises(openai.BadRequestError, match="invalid content type 'text'"):
        openai_client.responses.create(
            model="m", input=[{"role": "user", "content": [{"type": "text", "text": "in the wrong dialect"}]}]
        )


def _check_typed(kind, items):
    """Parse each item as the SDK's own type, its lazily read lists included."""
    from pydantic import TypeAdapter

    adapter = TypeAdapter(kind)
    for item in items:
        adapter.dump_json(adapter.validate_python(item))
