"""Any field of any block may hold anything that JSON can say: the block is read, or it is none that is known."""

import base64
import contextlib
import copy

import pytest

from headroom_nb.errors import HeadroomError
from headroom_nb.formats import find_documents, find_images
from headroom_nb.formats.find import file_name
from headroom_nb.formats.replace import document_refusal, refusal
from headroom_nb.formats.unread import unread
from headroom_nb.formats.walk import read_messages
from headroom_nb.records import TextPart
from tests.formats.samples import b64, png

IMAGE = b64(png(1, 1))
URL = f"data:image/png;base64,{IMAGE}"
PDF = base64.b64encode(b"%PDF-1.4\n").decode()
PDF_URL = f"data:application/pdf;base64,{PDF}"
IN_BASE64 = {"type": "base64", "media_type": "image/png", "data": IMAGE}

BLOCKS = {
    "openai_chat": {"type": "image_url", "image_url": {"url": URL, "detail": "high"}},
    "openai_responses": {"type": "input_image", "image_url": URL, "detail": "low", "file_id": "x"},
    "anthropic": {"type": "image", "source": IN_BASE64, "cache_control": {"type": "ephemeral"}},
    "google": {"inlineData": {"mimeType": "image/png", "data": IMAGE}, "mediaResolution": {"level": "LOW"}},
    "google file": {"fileData": {"fileUri": "gs://x", "mimeType": "application/pdf"}},
    "bedrock": {"image": {"format": "png", "source": {"s3Location": {"uri": "s3://x"}}}},
    "bedrock document": {"document": {"name": "n", "format": "pdf", "source": {"bytes": PDF}}},
    "mcp": {"type": "image", "data": IMAGE, "mimeType": "image/png"},
    "mcp resource": {"type": "resource", "resource": {"uri": "u", "mimeType": "application/pdf", "blob": PDF}},
    "langchain": {"type": "file", "source_type": "base64", "mime_type": "application/pdf", "data": PDF},
    "pydantic-ai": {"kind": "binary", "data": IMAGE, "media_type": "image/png", "identifier": "x"},
    "llama-index": {"block_type": "image", "image": IMAGE, "image_mimetype": "image/png", "detail": "low"},
    "llama-index document": {"block_type": "document", "data": PDF, "document_mimetype": "application/pdf"},
    "haystack": {"base64_image": IMAGE, "mime_type": "image/png", "detail": "low", "meta": {}},
    "haystack document": {"base64_data": PDF, "mime_type": "application/pdf", "meta": {"a": 1}},
    "openai_chat file": {"type": "file", "file": {"filename": "a.pdf", "file_data": PDF_URL}},
    "openai_responses file": {"type": "input_file", "filename": "a.pdf", "file_data": PDF_URL, "detail": "low"},
    "anthropic document": {
        "type": "document",
        "source": {"type": "base64", "media_type": "application/pdf", "data": PDF},
        "title": "t",
        "citations": {"enabled": True},
    },
    "anthropic blocks": {"type": "document", "source": {"type": "content", "content": [{"type": "text", "text": "x"}]}},
    "mistral": {"type": "document_url", "document_url": {"url": PDF_URL}, "document_name": "x"},
    "tool result": {"type": "tool_result", "tool_use_id": "t", "content": [{"type": "image", "source": IN_BASE64}]},
    "function response": {"functionResponse": {"name": "n", "parts": [{"inlineData": {"data": IMAGE}}]}},
    "screenshot": {"type": "computer_call_output", "output": {"type": "computer_screenshot", "image_url": URL}},
    "text": {"type": "text", "text": URL, "cache_control": {"type": "ephemeral"}},
}
ODD = [None, True, 0, -1.5, float("nan"), 10**30, "", "x", "\ud800", URL, [], {}, [[]], [None], ["x"], {"a": 1}]


def places(value, path=()):
    if path:
        yield path
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield from places(inner, (*path, step))


def changed(block, path, odd):
    whole = copy.deepcopy(block)
    place = whole
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = odd
    return whole


def read_all(document):
    for slot in find_images(document):
        file_name(slot)
        refusal(slot, (TextPart("x"),))
        loaded(slot)
    for slot in find_documents(document):
        document_refusal(slot)
        loaded(slot)
    unread(read_messages(document), document)


def loaded(slot):
    if slot.reference is None:
        with contextlib.suppress(HeadroomError):
            slot.load()


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_with_an_odd_field_is_read_or_is_none_that_is_known(name):
    block = BLOCKS[name]
    for path in places(block):
        for odd in ODD:
            found = changed(block, path, odd)
            read_all([{"role": "user", "content": [found, {"type": "text", "text": "What is it?"}]}])
            read_all({"contents": [{"role": "user", "parts": [found]}], "input": [found]})
