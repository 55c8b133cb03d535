"""The whole job, then the wire: every technique's result is taken by the provider's own SDK and a strict server."""

from __future__ import annotations

import pytest

from headroom_nb import ImageCompressor, Technique, user_message
from headroom_nb.formats import find_images
from headroom_nb.ocr import FakeOcr
from headroom_nb.ocr.fake import line
from headroom_nb.records import ImagePart, TextPart
from tests.formats.samples import b64
from tests.support import FixedRouter, gradient, png, text_image

LINES = [f"Bread {number}.40" for number in range(1, 9)]
PHOTO = png(gradient(1400, 1000))
PAGE = png(text_image(LINES, width=1400))
READER = FakeOcr([line(text, 20, 20 + 32 * row) for row, text in enumerate(LINES)])

TASKS = {
    Technique.TRANSCODE: ("Read the text.", PAGE),
    Technique.CROP: ("What is at the top left?", PHOTO),
    Technique.FULL_LOW: ("Is it sunny?", PHOTO),
    Technique.PRESERVE: ("Count the leaves.", PHOTO),
}
"""Per technique: a question and a picture that suit it."""

MODELS = {
    "openai": "gpt-5.6-sol",
    "openai_responses": "gpt-5.6-sol",
    "anthropic": "claude-opus-5-5",
    "google": "gemini-3-flash-preview",
}


def conversation(api, question, picture):
    """Two images: the user's, and one from a tool (Chat Completions takes none there: a second of the user's)."""
    data = b64(picture)
    if api == "openai":
        return [user_message(question, picture, picture, provider=api)]
    first = user_message(question, picture, provider=api)
    if api == "openai_responses":
        image = {"type": "input_image", "image_url": f"data:image/png;base64,{data}", "detail": "auto"}
        call = {"type": "function_call", "call_id": "c", "name": "shoot", "arguments": "{}"}
        return [first, call, {"type": "function_call_output", "call_id": "c", "output": [image]}]
    if api == "anthropic":
        image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}}
        call = {"type": "tool_use", "id": "t", "name": "shoot", "input": {}}
        result = {"type": "tool_result", "tool_use_id": "t", "content": [image]}
        return [first, {"role": "assistant", "content": [call]}, {"role": "user", "content": [result]}]
    image = {"inlineData": {"mimeType": "image/png", "data": data}}
    call = {"functionCall": {"name": "shoot", "args": {}}}
    result = {"functionResponse": {"name": "shoot", "response": {"ok": True}, "parts": [image]}}
    return [first, {"role": "model", "parts": [call]}, {"role": "user", "parts": [result]}]


@pytest.fixture
def send(request):
    """Send messages to an API, and return the input tokens it billed."""

    def to(api, model, messages):
        client = request.getfixturevalue(f"{api.partition('_')[0]}_client")
        if api == "openai":
            return client.chat.completions.create(model=model, messages=messages).usage.prompt_tokens
        if api == "openai_responses":
            return client.responses.create(model=model, input=messages).usage.input_tokens
        if api == "anthropic":
            return client.messages.create(model=model, max_tokens=9, messages=messages).usage.input_tokens
        reply = client.models.generate_content(model=model, contents=messages)
        return reply.usage_metadata.prompt_token_count

    return to


@pytest.mark.slow
@pytest.mark.parametrize("technique", list(Technique), ids=str)
@pytest.mark.parametrize("api", MODELS)
def test_what_a_technique_makes_is_taken_by_the_provider(send, provider, api, technique):
    question, picture = TASKS[technique]
    compressor = ImageCompressor(MODELS[api], router=FixedRouter(technique), ocr=READER)
    messages = conversation(api, question, picture)
    chosen = {slot.path: technique for slot in find_images(messages)}  # by hand: a lower level may cost less
    result = compressor.run(messages, techniques=chosen)
    assert result.images[0].technique is technique, result.images[0].note
    assert [image.question for image in result.images] == [question] * 2
    assert send(api, MODELS[api], result.messages) == provider.last.tokens
    sizes, texts = [], []
    for image in result.images:
        parts = image.parts or [ImagePart(image.original, "image/png", image.original_size)]
        sizes += [(part.media_type, part.size) for part in parts if isinstance(part, ImagePart)]
        texts += [part.text for part in parts if isinstance(part, TextPart)]
    assert provider.last.images == sizes
    assert set(provider.last.texts) >= {question, *texts}
