"""The whole job, then the wire: every technique's result is taken by the provider's own SDK and a strict server."""

from __future__ import annotations

import pytest

from headroom_nb import ImageCompressor, Technique, user_message
from headroom_nb.results import ImagePart, TextPart
from headroom_nb.techniques.ocr import FakeOcr
from tests.formats.samples import b64
from tests.support import FixedRouter, gradient, png

PICTURE = png(gradient(1400, 1000))
QUESTION = "What is at the top left?"
DATA = {"type": "base64", "media_type": "image/png", "data": b64(PICTURE)}

MESSAGES = {
    "openai": ("gpt-5.6-sol", [user_message(QUESTION, PICTURE, PICTURE, provider="openai")]),
    "openai_responses": (
        "gpt-5.6-sol",
        [
            user_message(QUESTION, PICTURE, provider="openai_responses"),
            {"type": "function_call", "call_id": "c", "name": "shoot", "arguments": "{}"},
            {
                "type": "function_call_output",
                "call_id": "c",
                "output": [
                    {"type": "input_image", "image_url": f"data:image/png;base64,{b64(PICTURE)}", "detail": "auto"}
                ],
            },
        ],
    ),
    "anthropic": (
        "claude-opus-5-5",
        [
            user_message(QUESTION, PICTURE, provider="anthropic"),
            {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "shoot", "input": {}}]},
            {
                "role": "user",
                "content": [
                    {"type": "tool_result", "tool_use_id": "t", "content": [{"type": "image", "source": DATA}]},
                ],
            },
        ],
    ),
    "google": (
        "gemini-2.5-flash",
        [
            user_message(QUESTION, PICTURE, provider="google"),
            {"role": "model", "parts": [{"functionCall": {"name": "shoot", "args": {}}}]},
            {
                "role": "user",
                "parts": [
                    {
                        "functionResponse": {
                            "name": "shoot",
                            "response": {"ok": True},
                            "parts": [{"inlineData": {"mimeType": "image/png", "data": b64(PICTURE)}}],
                        }
                    }
                ],
            },
        ],
    ),
}
"""Per API: a model, and a conversation with two images; but for Chat Completions one of them from a tool."""


@pytest.fixture
def send(openai_client, anthropic_client, google_client):
    """Send messages to an API, and return the input tokens it billed."""

    def to(api, model, messages):
        if api == "openai":
            return openai_client.chat.completions.create(model=model, messages=messages).usage.prompt_tokens
        if api == "openai_responses":
            return openai_client.responses.create(model=model, input=messages).usage.input_tokens
        if api == "anthropic":
            reply = anthropic_client.messages.create(model=model, max_tokens=9, messages=messages)
            return reply.usage.input_tokens
        reply = google_client.models.generate_content(model=model, contents=messages)
        return reply.usage_metadata.prompt_token_count

    return to


@pytest.mark.parametrize("technique", list(Technique), ids=str)
@pytest.mark.parametrize("api", MESSAGES)
def test_what_a_technique_makes_is_taken_by_the_provider(send, provider, api, technique):
    model, messages = MESSAGES[api]
    compressor = ImageCompressor(model, router=FixedRouter(technique), ocr=FakeOcr(["TOTAL 3.55"]))
    result = compressor.compress(messages)
    assert send(api, model, result.messages) == provider.last.tokens
    sizes, texts = [], []
    for image in result.images:
        parts = image.parts or [ImagePart(image.original, "image/png", image.original_size)]
        sizes += [(part.media_type, part.size) for part in parts if isinstance(part, ImagePart)]
        texts += [part.text for part in parts if isinstance(part, TextPart)]
    assert sorted(provider.last.images) == sorted(sizes)
    assert set(provider.last.texts) >= {QUESTION, *texts}
    assert [image.question for image in result.images] == [QUESTION] * 2
    if technique is not Technique.PRESERVE:
        assert result.images[0].technique is technique
