"""Requests whose only content is a PDF: a wrapped client rewrites them, over the wire of the provider's own SDK."""

from __future__ import annotations

import json

import pytest

import headroom_nb
from headroom_nb import user_message
from headroom_nb.demo.pdf import report

QUESTION = "What does page 4 say about helmets?"
MODELS = {"openai": "gpt-4o", "openai_responses": "gpt-4o", "anthropic": "claude-opus-5-5"}


@pytest.fixture
def ask(request):
    """Send a PDF with a question through a wrapped client, and return the client."""

    def to(api, **options):
        client = headroom_nb.wrap(request.getfixturevalue(f"{api.partition('_')[0]}_client"), **options)
        model, messages = MODELS[api], [user_message(QUESTION, report(), provider=api)]
        if api == "openai":
            client.chat.completions.create(model=model, messages=messages)
        elif api == "openai_responses":
            client.responses.create(model=model, input=messages)
        else:
            client.messages.create(model=model, max_tokens=9, messages=messages)
        return client

    return to


@pytest.mark.parametrize("zoom", [False, True], ids=["as usual", "zoom"])
@pytest.mark.parametrize("api", MODELS)
def test_a_request_with_a_pdf_alone_goes_out_with_the_pages_asked_for(ask, provider, api, zoom):
    meter = headroom_nb.meter(ask(api, zoom=zoom))
    sent = json.dumps(provider.bodies[-1])
    assert meter.failures == []
    assert len(provider.bodies) == 1
    assert "page 4" in sent.replace(QUESTION, "")
    assert 0 < meter.compressed_tokens < meter.original_tokens


@pytest.mark.parametrize("api", MODELS)
def test_an_audit_measures_a_pdf_and_sends_it_as_it_was(ask, provider, api):
    meter = headroom_nb.meter(ask(api, audit=True))
    assert user_message(QUESTION, report(), provider=api) in next(
        value for value in provider.bodies[-1].values() if isinstance(value, list)
    )
    assert meter.saved_tokens > 0
