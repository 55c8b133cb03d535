"""Images in base64 inside text: reported with what they cost, and made image blocks of where the format has a place."""

from __future__ import annotations

import base64
import copy
import io
import json

import pytest

from headroom_nb import ImageCompressor, compress
from headroom_nb.formats import find_images
from headroom_nb.records import Technique
from tests.support import FixedRouter, gradient, png

PICTURE = png(gradient(700, 500))
TEXT = base64.b64encode(PICTURE).decode()
URL = f"data:image/png;base64,{TEXT}"
MCP = json.dumps(
    {"content": [{"type": "image", "data": TEXT, "mimeType": "image/png"}, {"type": "text", "text": "ok"}]}
)
SHOT = f"The page:\n\n![shot]({URL})\n\nWhat is wrong?"


def kept(document, **options):
    return ImageCompressor(router=FixedRouter(Technique.PRESERVE), text_images="extract").run(document, **options)


def user(content):
    return [{"role": "user", "content": content}]


def result_of(content):
    call = {"type": "tool_use", "id": "t", "name": "shot", "input": {}}
    return [
        {"role": "assistant", "content": [call]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": content}]},
    ]


PLACES = {
    "openai chat, text": (user(SHOT), "gpt-4o", "openai_chat"),
    "openai chat, block": (user([{"type": "text", "text": SHOT}]), "gpt-4o", "openai_chat"),
    "responses, block": ({"input": user([{"type": "input_text", "text": SHOT}])}, "gpt-4o", "openai_responses"),
    "responses, data URL of a tool": (
        {"input": [{"type": "function_call_output", "call_id": "c", "output": URL}]},
        "gpt-4o",
        "openai_responses",
    ),
    "responses, MCP result of a tool": (
        {"input": [{"type": "function_call_output", "call_id": "c", "output": MCP}]},
        "gpt-4o",
        "openai_responses",
    ),
    "anthropic, text": (user(SHOT), "claude-opus-5-5", "anthropic"),
    "anthropic, result as text": (result_of(MCP), "claude-opus-5-5", "anthropic"),
    "anthropic, result as a block": (result_of([{"type": "text", "text": MCP}]), "claude-opus-5-5", "anthropic"),
    "google": ({"contents": [{"role": "user", "parts": [{"text": SHOT}]}]}, "gemini-3-flash-preview", "google"),
    "bedrock": ({"modelId": "amazon.nova-lite-v1:0", "messages": user([{"text": SHOT}])}, None, "bedrock"),
    "bedrock, result of a tool": (
        {
            "modelId": "amazon.nova-lite-v1:0",
            "messages": user([{"toolResult": {"toolUseId": "t", "content": [{"text": MCP}]}}]),
        },
        None,
        "bedrock",
    ),
}


@pytest.mark.parametrize(("document", "model", "name"), PLACES.values(), ids=PLACES)
def test_an_image_in_text_becomes_a_block_where_there_is_a_place(document, model, name):
    before = copy.deepcopy(document)
    reported = compress(document, model=model, router="rules")
    assert "base64 inside its text" in " ".join(reported.warnings)
    assert reported.messages is document
    found = kept(document, model=model)
    (slot,) = find_images(found.messages)
    assert (slot.format, slot.load()) == (name, PICTURE)
    assert TEXT not in json.dumps(list(_texts(found.messages)))
    assert any("text tokens, is sent as an image of" in warning for warning in found.warnings)
    assert document == before
    assert found.original == document
    assert kept(found.messages, model=model).messages == found.messages


def _texts(node):
    if isinstance(node, dict):
        if isinstance(node.get("text"), str):
            yield node["text"]
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)


def test_the_rest_of_the_text_stays_in_order_and_stays_json():
    found = kept(result_of(MCP), model="claude-opus-5-5").messages
    text, image = found[1]["content"][0]["content"]
    assert json.loads(text["text"])["content"][0]["data"] == "[image 1]"
    assert image["source"]["media_type"] == "image/png"
    (message,) = kept(user(f"{URL} and {URL}"), model="gpt-4o").messages
    assert [block["type"] for block in message["content"]] == ["text", "image_url", "image_url"]
    assert message["content"][0]["text"] == "[image 1] and [image 2]"


def test_what_a_tool_of_openai_chat_returns_or_the_model_said_stays_and_is_named():
    for role in ("tool", "assistant", "system"):
        document = [*user("Hello"), {"role": role, "content": SHOT, "tool_call_id": "c"}]
        found = kept(document, model="gpt-4o")
        assert found.messages is document
        assert "[1].content holds an image as base64" in " ".join(found.warnings)


def test_text_that_is_no_image_or_would_cost_more_as_one_stays():
    tiff = io.BytesIO()
    gradient(300, 200).save(tiff, "TIFF")
    small = base64.b64encode(png(gradient(30, 20))).decode()
    for text in (
        f"data:image/png;base64,{'A' * 4000}",
        f"data:image/png;base64,{small}",
        f"data:image/tiff;base64,{base64.b64encode(tiff.getvalue()).decode()}",
    ):
        document = user(text)
        assert kept(document, model="gpt-4o").messages is document


def test_what_was_taken_out_is_made_smaller_like_any_image():
    low = ImageCompressor(router=FixedRouter(Technique.FULL_LOW), text_images="extract", quality="max")
    found = low.run(user(f"Is it sunny? {URL}"), model="gpt-4o")
    (image,) = found.images
    assert image.saved_tokens > 0
    assert found.override(0, "preserve").images[0].technique == "preserve"


def test_base64_that_json_has_escaped_is_read():
    escaped = json.dumps({"data": URL}).replace("/", "\\/")
    (slot,) = find_images(kept(user(escaped), model="gpt-4o").messages)
    assert slot.load() == PICTURE


@pytest.mark.parametrize("text", [URL, f"See {URL} and say what is wrong."])
def test_the_mark_at_the_end_of_a_cached_beginning_stays_at_its_end(text):
    mark = {"type": "ephemeral"}
    result = kept(user([{"type": "text", "text": text, "cache_control": mark}]), model="claude-opus-4-8")
    *before, last = result.messages[0]["content"]
    assert last["type"] == "image"
    assert last["cache_control"] == mark
    assert not any("cache_control" in block for block in before)
