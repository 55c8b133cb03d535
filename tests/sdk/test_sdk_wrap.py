"""Wrapped SDK clients against the local server: what goes out, what is counted, and that unwrapping restores them."""

import asyncio
import copy
from importlib import import_module

import pytest

from headroom_nb import ImageCompressor, Technique, user_message
from headroom_nb.errors import OptionError, UnknownModelError
from headroom_nb.integrations import is_wrapped, meter, unwrap, wrap
from tests.support import FixedRouter, gradient, png

PHOTO = png(gradient(1400, 1000))


def low() -> ImageCompressor:
    return ImageCompressor(router=FixedRouter(Technique.FULL_LOW), quality="max")


def message(provider, data=PHOTO):
    return user_message("Is it sunny?", data, provider=provider)


CALLS = {
    "openai_client": [
        lambda c: c.chat.completions.create(model="gpt-4o", messages=[message("openai")]),
        lambda c: c.responses.create(model="gpt-5.6-sol", input=[message("openai_responses")]),
    ],
    "anthropic_client": [
        lambda c: c.messages.create(model="claude-opus-5-5", max_tokens=9, messages=[message("anthropic")]),
        lambda c: c.beta.messages.create(model="claude-opus-5-5", max_tokens=9, messages=[message("anthropic")]),
    ],
    "google_client": [
        lambda c: c.models.generate_content(model="gemini-3-flash-preview", contents=[message("google")]),
    ],
}


@pytest.mark.parametrize("name", CALLS)
def test_a_wrapped_client_sends_fewer_tokens_and_answers_as_before(name, request, provider):
    client = request.getfixturevalue(name)
    for call in CALLS[name]:
        expected = call(client)
        assert wrap(client, compressor=low()) is client
        assert type(call(client)) is type(expected)
        totals = meter(client)
        assert totals.requests == 1
        assert totals.saved_tokens > 0
        assert not totals.failures
        assert provider.bodies[-1] != provider.bodies[-2], "something smaller was sent"
        unwrap(client)


@pytest.mark.parametrize("name", CALLS)
def test_an_audit_measures_and_sends_what_came(name, request, provider):
    client = request.getfixturevalue(name)
    for call in CALLS[name]:
        call(client)
        wrap(client, compressor=low(), audit=True)
        call(client)
        assert provider.bodies[-1] == provider.bodies[-2]
        assert meter(client).saved_tokens > 0
        assert "would save" in str(meter(client))
        unwrap(client)


@pytest.mark.parametrize("name", CALLS)
def test_unwrapping_restores_a_client_exactly(name, request):
    client = request.getfixturevalue(name)
    before = copy.copy(client.__dict__)
    held = copy.copy(client._api_client.__dict__) if hasattr(client, "_api_client") else {}
    wrap(client, compressor=low())
    assert is_wrapped(client)
    unwrap(client)
    assert not is_wrapped(client)
    assert all(client.__dict__[key] is value for key, value in before.items())
    assert not client.__dict__.keys() & {"request", "copy", "with_options"}
    if held:
        assert not {key for key in client._api_client.__dict__ if "request" in key and key not in held}
    with pytest.raises(OptionError, match="not wrapped"):
        unwrap(client)


def test_wrapping_twice_compresses_once(openai_client):
    wrap(openai_client, compressor=low())
    wrap(openai_client, compressor=low())
    CALLS["openai_client"][0](openai_client)
    assert meter(openai_client).requests == 1
    unwrap(openai_client)
    assert "create" not in openai_client.chat.completions.__dict__


def test_streams_are_compressed_too(openai_client, anthropic_client, google_client, provider):
    wrap(openai_client, compressor=low())
    chunks = list(openai_client.chat.completions.create(model="gpt-4o", messages=[message("openai")], stream=True))
    assert chunks
    assert provider.last.details == ["low"]
    wrap(anthropic_client, compressor=low())
    with anthropic_client.messages.stream(
        model="claude-opus-5-5", max_tokens=9, messages=[message("anthropic")]
    ) as events:
        assert events.get_final_text()
    assert max(provider.last.images[0][1]) < 1400
    wrap(google_client, compressor=low())
    assert list(
        google_client.models.generate_content_stream(model="gemini-3-flash-preview", contents=[message("google")])
    )
    for client in (openai_client, anthropic_client, google_client):
        assert meter(client).saved_tokens > 0


def test_asynchronous_clients_are_compressed_too(provider):
    openai = pytest.importorskip("openai")
    anthropic = pytest.importorskip("anthropic")
    genai = pytest.importorskip("google.genai")

    async def run():
        async with openai.AsyncOpenAI(api_key="test", base_url=f"{provider.url}/v1", max_retries=0) as client:
            wrap(client, compressor=low())
            await client.chat.completions.create(model="gpt-4o", messages=[message("openai")])
            stream = await client.responses.create(model="gpt-4o", input=[message("openai_responses")], stream=True)
            assert [event async for event in stream]
            totals = [meter(client)]
        async with anthropic.AsyncAnthropic(api_key="test", base_url=provider.url, max_retries=0) as client:
            wrap(client, compressor=low())
            await client.messages.create(model="claude-opus-5-5", max_tokens=9, messages=[message("anthropic")])
            async with client.messages.stream(
                model="claude-opus-5-5", max_tokens=9, messages=[message("anthropic")]
            ) as events:
                assert await events.get_final_text()
            totals.append(meter(client))
        client = genai.Client(api_key="test", http_options={"base_url": provider.url, "api_version": "v1beta"})
        wrap(client, compressor=low())
        await client.aio.models.generate_content(model="gemini-3-flash-preview", contents=[message("google")])
        totals.append(meter(client))
        await client.aio.aclose()
        client.close()
        return totals

    for totals in asyncio.run(run()):
        assert totals.requests >= 1
        assert totals.saved_tokens > 0
        assert not totals.failures


def test_google_contents_may_be_pictures_parts_and_text(google_client, provider):
    types = pytest.importorskip("google.genai.types")
    wrap(google_client, compressor=low())
    for contents in (
        [gradient(1400, 1000), "Is it sunny?"],
        [types.Part.from_bytes(data=PHOTO, mime_type="image/png"), "Is it sunny?"],
        types.Content(role="user", parts=[types.Part.from_bytes(data=PHOTO, mime_type="image/png")]),
    ):
        reply = google_client.models.generate_content(model="gemini-3-flash-preview", contents=contents)
        assert reply.text.startswith("1 images")
    assert meter(google_client).images == 3
    assert meter(google_client).saved_tokens > 0
    assert not meter(google_client).failures


def test_the_bill_is_compared_with_the_estimate(openai_client, anthropic_client, provider):
    for client, call in ((openai_client, CALLS["openai_client"][0]), (anthropic_client, CALLS["anthropic_client"][0])):
        wrap(client, compressor=low())
        response = call(client)
        (found,) = meter(client).checks
        usage = response.usage
        assert found.billed == getattr(usage, "prompt_tokens", None) or usage.input_tokens
        assert found.counted == "all input"
        assert found.difference == found.billed - found.estimated
        assert found.estimated > meter(client).compressed_tokens


def test_when_compression_fails_the_original_request_is_sent(openai_client, provider):
    class Broken(FixedRouter):
        def classify(self, image, query, *, quality="balanced"):
            raise ZeroDivisionError("a bug")

    wrap(openai_client, compressor=ImageCompressor(router=Broken(Technique.FULL_LOW)))
    assert CALLS["openai_client"][0](openai_client).choices
    assert provider.last.images[0][1] == (1400, 1000)
    (failure,) = meter(openai_client).failures
    assert "ZeroDivisionError: a bug" in failure


def test_a_bill_that_cannot_be_read_is_told_of_and_counts_no_request(openai_client, provider, monkeypatch):
    def broken(*arguments, **options):
        raise ZeroDivisionError("no bill")

    monkeypatch.setattr(import_module("headroom_nb.integrations.sending"), "compare_bill", broken)
    monkeypatch.setattr(import_module("headroom_nb.integrations.metering"), "KEPT", 2)
    wrap(openai_client, compressor=low())
    for _ in range(3):
        assert CALLS["openai_client"][0](openai_client).choices
    totals = meter(openai_client)
    assert totals.requests == 3
    assert len(totals.failures) == 2
    assert "2 not done: chat.completions.create: the bill could not be read: no bill" in str(totals)


def test_a_model_nobody_knows_is_priced_by_a_default_that_is_named_or_like_another(openai_client, provider):
    wrap(openai_client, compressor=low())
    openai_client.chat.completions.create(model="my-deployment", messages=[message("openai")])
    assert "my-deployment" in str(meter(openai_client))
    assert "gpt-5.6-sol" in str(meter(openai_client))
    assert provider.last.details == [None], "nobody knows whether it takes a detail level"
    assert not meter(openai_client).failures
    wrap(openai_client, model="gpt-4o", compressor=low())
    openai_client.chat.completions.create(model="my-deployment", messages=[message("openai")])
    assert provider.bodies[-1]["model"] == "my-deployment"
    assert meter(openai_client).saved_tokens > 0


def test_with_strict_a_model_nobody_knows_is_raised_before_anything_is_sent(openai_client, provider):
    strict = {"model": "my-deployment", "messages": [message("openai")]}
    wrap(openai_client, strict=True)
    with pytest.raises(UnknownModelError, match="my-deployment"):
        openai_client.chat.completions.create(**strict)
    with pytest.raises(UnknownModelError):
        list(openai_client.chat.completions.create(**strict, stream=True))
    assert not provider.bodies
    openai_client.chat.completions.create(model="my-deployment", messages=[{"role": "user", "content": "hi"}])
    assert len(provider.bodies) == 1
    with pytest.raises(UnknownModelError):
        wrap(openai_client, model="my-deployment", strict=True)


def test_with_strict_asynchronous_clients_raise_too(provider):
    openai = pytest.importorskip("openai")

    async def ask():
        async with openai.AsyncOpenAI(api_key="test", base_url=f"{provider.url}/v1", max_retries=0) as client:
            await wrap(client, strict=True).chat.completions.create(model="my-vlm", messages=[message("openai")])

    with pytest.raises(UnknownModelError, match="my-vlm"):
        asyncio.run(ask())
    assert not provider.bodies


def test_an_image_in_the_text_of_a_result_is_sent_as_an_image_where_that_was_asked_for(openai_client, provider):
    url = message("openai")["content"][1]["image_url"]["url"]
    items = [{"type": "function_call_output", "call_id": "c", "output": url}]
    wrap(openai_client, compressor=low())
    openai_client.responses.create(model="gpt-5.6-sol", input=items)
    assert (provider.last.images, provider.last.texts) == ([], [url])
    wrap(openai_client, compressor=low(), text_images="extract")
    openai_client.responses.create(model="gpt-5.6-sol", input=items)
    assert len(provider.last.images) == 1
    assert provider.last.texts == []
    assert meter(openai_client).images == 1


def test_what_no_format_reads_is_warned_of_and_goes_out_as_it_is(openai_client, provider):
    url = message("openai")["content"][1]["image_url"]["url"]
    messages = [{"role": "user", "content": f"![shot]({url})"}]
    wrap(openai_client, compressor=low())
    for _ in range(2):
        openai_client.chat.completions.create(model="gpt-4o", messages=messages)
    assert provider.bodies[-1]["messages"] == messages
    assert len(meter(openai_client).warnings) == 1
    assert "base64 inside its text" in str(meter(openai_client))
    assert not meter(openai_client).failures
    mixed = [*messages, message("openai")]
    openai_client.chat.completions.create(model="gpt-4o", messages=mixed)
    assert len(provider.last.images) == 1
    assert provider.bodies[-1]["messages"][0] == messages[0]


def test_errors_of_the_provider_are_raised_as_before(openai_client):
    openai = pytest.importorskip("openai")
    wrap(openai_client, compressor=low())
    with pytest.raises(openai.BadRequestError):
        openai_client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": [{"type": "x"}]}])


def test_what_is_no_client_is_refused_by_name():
    with pytest.raises(OptionError, match=r"builtins\.object is not a client that can be wrapped"):
        wrap(object())


@pytest.mark.parametrize("version", [None, "v1", "v1beta"])
@pytest.mark.parametrize("per_call", [False, True])
def test_a_level_for_one_picture_goes_only_to_versions_of_google_s_api_that_take_it(provider, version, per_call):
    genai = pytest.importorskip("google.genai")
    chosen = {} if version is None else {"api_version": version}
    options = {"base_url": provider.url, **({} if per_call else chosen)}
    config = {"config": {"http_options": chosen}} if per_call else {}
    with genai.Client(api_key="test", http_options=options) as client:
        wrap(client, compressor=low())
        client.models.generate_content(model="gemini-3-flash-preview", contents=[message("google")], **config)
        assert ("mediaResolution" in str(provider.bodies[-1]["contents"])) == (version == "v1beta")
        assert (meter(client).saved_tokens > 0) == (version == "v1beta")
        assert ("'api_version': 'v1beta'" in str(meter(client))) == (version != "v1beta")
        assert not meter(client).failures
