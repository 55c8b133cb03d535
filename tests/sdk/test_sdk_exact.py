"""Wrapping that is exact, whatever else stands in front of a client's methods; copies, raw responses, batches."""

import asyncio

import pytest

from headroom_nb import ImageCompressor, Technique, user_message
from headroom_nb.integrations import is_wrapped, meter, unwrap, wrap
from tests.support import FixedRouter, gradient, png

PHOTO = png(gradient(1400, 1000))


def low() -> ImageCompressor:
    return ImageCompressor(router=FixedRouter(Technique.FULL_LOW), quality="max")


def message(provider):
    return user_message("Is it sunny?", PHOTO, provider=provider)


def ask(client, **more):
    return client.chat.completions.create(model="gpt-4o", messages=[message("openai")], **more)


def test_a_patch_of_the_user_s_own_stays_whichever_came_first(openai_client, provider):
    calls = []
    completions = openai_client.chat.completions
    original = completions.create

    def patched(*positional, **arguments):
        calls.append(arguments)
        return original(*positional, **arguments)

    completions.create = patched
    wrap(openai_client, compressor=low())
    ask(openai_client)
    assert provider.last.details == ["low"]
    unwrap(openai_client)
    assert completions.create is patched
    assert ask(openai_client).choices
    wrap(openai_client, compressor=low())
    del completions.create
    ask(openai_client)
    assert provider.last.details == ["low"]
    unwrap(openai_client)
    assert "create" not in vars(completions)
    assert len(calls) == 2


def test_a_patch_put_over_the_wrapping_finds_the_original_behind_it(openai_client, provider):
    wrap(openai_client, compressor=low())
    behind = openai_client.request

    def patched(*positional, **arguments):
        return behind(*positional, **arguments)

    openai_client.request = patched
    unwrap(openai_client)
    assert openai_client.request is patched
    assert ask(openai_client).choices
    assert provider.last.details == [None]


@pytest.mark.parametrize("when", ["before", "after"])
def test_raw_and_streaming_responses_are_compressed_whenever_they_were_made(openai_client, provider, when):
    completions = openai_client.chat.completions
    if when == "before":
        raw, streaming = completions.with_raw_response, completions.with_streaming_response
    wrap(openai_client, compressor=low())
    if when == "after":
        raw, streaming = completions.with_raw_response, completions.with_streaming_response
    arguments = {"model": "gpt-4o", "messages": [message("openai")]}
    assert raw.create(**arguments).parse().choices
    assert provider.last.details == ["low"]
    with streaming.create(**arguments) as response:
        assert response.parse().choices
    assert provider.last.details == ["low"]
    assert meter(openai_client).requests == 2


def test_copies_with_other_options_are_wrapped_and_share_the_meter(openai_client, provider):
    wrap(openai_client, compressor=low())
    for copied in (openai_client.with_options(timeout=20), openai_client.copy(max_retries=1)):
        assert is_wrapped(copied)
        ask(copied)
        assert provider.last.details == ["low"]
        ask(copied.with_options(timeout=5))
    assert meter(openai_client).requests == 4
    assert meter(copied) is meter(openai_client)
    unwrap(openai_client)
    ask(copied)
    assert provider.last.details == [None]
    assert not is_wrapped(copied)


def test_parsed_answers_and_generated_messages_are_compressed(openai_client, provider):
    pydantic = pytest.importorskip("pydantic")

    class Answer(pydantic.BaseModel):
        images: int

    wrap(openai_client, compressor=low())
    for completions in (openai_client.chat.completions, openai_client.beta.chat.completions):
        with pytest.raises(pydantic.ValidationError):  # the server's answer is no JSON
            completions.parse(model="gpt-4o", messages=[message("openai")], response_format=Answer)
        assert provider.last.details == ["low"]
    openai_client.chat.completions.create(model="gpt-4o", messages=(each for each in [message("openai")]))
    assert provider.last.details == ["low"]


def test_batches_count_each_request_and_token_counts_none(anthropic_client, openai_client, provider):
    wrap(anthropic_client, compressor=low())
    one = {"model": "claude-opus-5-5", "max_tokens": 9, "messages": [message("anthropic")]}
    anthropic_client.messages.batches.create(requests=[{"custom_id": str(n), "params": one} for n in range(3)])
    assert all(max(size) < 1400 for _, size in provider.last.images)
    assert meter(anthropic_client).requests == 3
    anthropic_client.messages.count_tokens(model="claude-opus-5-5", messages=[message("anthropic")])
    assert max(provider.last.images[0][1]) < 1400, "what is counted is what would be sent"
    assert meter(anthropic_client).requests == 3
    wrap(openai_client, compressor=low())
    openai_client.responses.input_tokens.count(model="gpt-4o", input=[message("openai_responses")])
    assert provider.last.details == ["low"]
    assert meter(openai_client).requests == 0


def test_a_subclass_is_known_by_what_it_is(provider):
    openai = pytest.importorskip("openai")

    class Ours(openai.OpenAI):
        """A client of the user's own."""

    with Ours(api_key="test", base_url=f"{provider.url}/v1", max_retries=0) as client:
        ask(wrap(client, compressor=low()))
        assert provider.last.details == ["low"]


def test_an_azure_deployment_is_priced_by_a_default_that_is_named_or_as_one_says(provider):
    openai = pytest.importorskip("openai")
    with openai.AzureOpenAI(
        api_key="test", api_version="2025-01-01", base_url=f"{provider.url}/v1", max_retries=0
    ) as client:
        wrap(client, compressor=low())
        client.chat.completions.create(model="prod-vision-eu", messages=[message("openai")])
        assert "prod-vision-eu" in meter(client).note
        assert meter(client).images == 1
        wrap(client, model="gpt-4o", compressor=low())
        client.chat.completions.create(model="prod-vision-eu", messages=[message("openai")])
        assert provider.last.details == ["low"]
        assert not meter(client).note


def test_two_wrappings_in_front_of_one_client_go_in_any_order(openai_client, provider):
    class Model:
        """Stands for a framework's model, which holds the SDK's client."""

        def __init__(self, client):
            self.root_client = client

    model = Model(openai_client)
    wrap(openai_client, compressor=low())
    wrap(model, compressor=low())
    ask(openai_client)
    assert provider.last.details == ["low"]
    unwrap(openai_client)
    ask(openai_client)
    assert provider.last.details == ["low"]
    unwrap(model)
    assert not vars(openai_client).keys() & {"request", "copy", "with_options"}


def test_a_wrapping_ends_with_its_client(provider):
    import gc

    openai = pytest.importorskip("openai")
    from headroom_nb.integrations.wrapping import _wrappings

    gc.collect()
    before = len(_wrappings)
    client = wrap(openai.OpenAI(api_key="test", base_url=f"{provider.url}/v1"))
    client.with_options(timeout=3)
    assert len(_wrappings) == before + 2
    client.close()
    del client
    gc.collect()
    assert len(_wrappings) == before


def test_asynchronous_copies_and_streams_are_compressed(provider):
    openai = pytest.importorskip("openai")

    async def run():
        async with openai.AsyncOpenAI(api_key="test", base_url=f"{provider.url}/v1", max_retries=0) as client:
            wrap(client, compressor=low())
            await client.with_options(timeout=9).chat.completions.create(model="gpt-4o", messages=[message("openai")])
            assert provider.last.details == ["low"]
            async with client.responses.with_streaming_response.create(
                model="gpt-4o", input=[message("openai_responses")]
            ) as response:
                await response.read()
            assert provider.last.details == ["low"]
            return meter(client).requests

    assert asyncio.run(run()) == 2


def test_google_batches_and_chats_are_compressed(google_client, provider):
    wrap(google_client, compressor=low())
    chat = google_client.chats.create(model="gemini-3-flash-preview")
    chat.send_message([gradient(1400, 1000), "Is it sunny?"])
    assert provider.last.details == ["MEDIA_RESOLUTION_LOW"]
    chat.send_message("And warm?")
    assert provider.last.details == ["MEDIA_RESOLUTION_LOW"]
    google_client.batches.create(
        model="gemini-3-flash-preview", src=[{"contents": [message("google")]}, {"contents": [message("google")]}]
    )
    assert provider.last.details == ["MEDIA_RESOLUTION_LOW"] * 2
    google_client.models.count_tokens(model="gemini-3-flash-preview", contents=[message("google")])
    assert provider.last.details == ["MEDIA_RESOLUTION_LOW"]
    assert meter(google_client).requests == 4
    assert not meter(google_client).failures
