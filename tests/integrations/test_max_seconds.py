"""A request is never held up for longer than was allowed."""

import threading

import pytest

import headroom_nb
from headroom_nb import ImageCompressor, Technique
from tests.support import FixedRouter, gradient, openai_message, png


def test_a_request_that_takes_too_long_to_prepare_goes_out_as_it_was_and_the_meter_says_so():
    openai, httpx = pytest.importorskip("openai"), pytest.importorskip("httpx")
    sent, held = [], threading.Event()

    class Slow(FixedRouter):
        def classify(self, image, query, *, quality="balanced"):
            held.wait(60)
            return super().classify(image, query, quality=quality)

    def answer(request):
        sent.append(request.content)
        return httpx.Response(
            200, json={"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": []}
        )

    transport = httpx.Client(transport=httpx.MockTransport(answer))
    client = openai.OpenAI(api_key="none", http_client=transport, max_retries=0)
    messages = [openai_message("What is it?", png(gradient(1400, 1000)))]
    client.chat.completions.create(model="gpt-4o", messages=messages)
    headroom_nb.wrap(client, compressor=ImageCompressor(router=Slow(Technique.FULL_LOW)), max_seconds=0.2)
    client.chat.completions.create(model="gpt-4o", messages=messages)
    held.set()
    assert sent[0] == sent[1]
    found = headroom_nb.meter(client)
    assert found.requests == 1
    assert "0.2 seconds" in found.failures[-1]
    assert "max_seconds" in found.failures[-1]
