"""A rewritten request that is refused goes out once more as it was, and what was refused is not sent again."""

import asyncio

import pytest

from headroom_nb import ImageCompressor, Technique, user_message
from headroom_nb.integrations import meter, wrap
from headroom_nb.integrations.refusals import REFUSALS
from tests.support import FixedRouter, gradient, png

PHOTO = png(gradient(1400, 1000))


@pytest.fixture(autouse=True)
def forgetful():
    REFUSALS.clear()
    yield
    REFUSALS.clear()


def low() -> ImageCompressor:
    return ImageCompressor(router=FixedRouter(Technique.FULL_LOW), quality="max")


def message(provider):
    return user_message("Is it sunny?", PHOTO, provider=provider)


def no_levels(body):
    return "unknown field: mediaResolution or detail" if '"low"' in body or "RESOLUTION_LOW" in body else None


def no_small_images(body):
    return "the image could not be processed" if len(body) < 0.9 * len(PHOTO) * 4 / 3 else None


CALLS = {
    "chat": ("openai_client", lambda c: c.chat.completions.create(model="gpt-4o", messages=[message("openai")])),
    "chat stream": (
        "openai_client",
        lambda c: list(c.chat.completions.create(model="gpt-4o", messages=[message("openai")], stream=True)),
    ),
    "responses": (
        "openai_client",
        lambda c: c.responses.create(model="gpt-4o", input=[message("openai_responses")]),
    ),
    "google": (
        "google_client",
        lambda c: c.models.generate_content(model="gemini-3-flash-preview", contents=[message("google")]),
    ),
    "google stream": (
        "google_client",
        lambda c: list(c.models.generate_content_stream(model="gemini-3-flash-preview", contents=[message("google")])),
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_refused_level_goes_out_again_as_it_was_and_is_not_tried_again(name, request, provider):
    fixture, call = CALLS[name]
    client = wrap(request.getfixturevalue(fixture), compressor=low())
    provider.refuse = no_levels
    assert call(client)
    assert len(provider.bodies) == 2, "the rewritten request, then the original"
    assert provider.last.images[0][1] == (1400, 1000)
    assert set(provider.last.details) <= {None, "auto"}
    (failure,) = meter(client).failures
    assert "the original was sent" in failure
    assert "no detail level any more" in failure
    assert meter(client).requests == 1
    assert meter(client).saved_tokens == 0
    assert call(client)
    assert len(provider.bodies) == 3, "what was refused is not sent a second time"
    assert len(meter(client).failures) == 1


def test_where_nothing_is_named_rewritten_images_are_sent_no_more(anthropic_client, provider):
    wrap(anthropic_client, compressor=low())
    provider.refuse = no_small_images

    def ask():
        with anthropic_client.messages.stream(
            model="claude-opus-5-5", max_tokens=9, messages=[message("anthropic")]
        ) as events:
            return events.get_final_text()

    for _ in range(4):
        assert ask()
    assert provider.last.images[0][1] == (1400, 1000)
    assert len(provider.bodies) <= 6, "a new kind of file, then anything rewritten, is given up"
    assert "refused rewritten images before" in meter(anthropic_client).failures[-1]


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500])
def test_other_refusals_are_raised_at_once(openai_client, provider, status):
    openai = pytest.importorskip("openai")
    wrap(openai_client, compressor=low())
    provider.refuse, provider.status = no_levels, status
    with pytest.raises(openai.APIStatusError) as caught:
        CALLS["chat"][1](openai_client)
    assert caught.value.status_code == status
    assert len(provider.bodies) == 1


@pytest.mark.parametrize("why", ["Incorrect API key provided", "blocked by content_filter", "context_length_exceeded"])
def test_a_reason_that_images_have_no_part_in_is_raised_at_once(openai_client, provider, why):
    openai = pytest.importorskip("openai")
    wrap(openai_client, compressor=low())
    provider.refuse = lambda body: why
    with pytest.raises(openai.BadRequestError):
        CALLS["chat"][1](openai_client)
    assert len(provider.bodies) == 1


def test_what_the_original_gets_is_what_the_caller_sees(openai_client, provider):
    openai = pytest.importorskip("openai")
    wrap(openai_client, compressor=low())
    provider.refuse = lambda body: "bad tool" if '"low"' not in body else "bad detail"
    with pytest.raises(openai.BadRequestError, match="bad tool"):
        CALLS["chat"][1](openai_client)
    assert not meter(openai_client).failures, "it was not the rewriting that was refused"
    provider.refuse = None
    CALLS["chat"][1](openai_client)
    assert provider.last.details == ["low"]


def test_requests_without_images_are_never_sent_twice(openai_client, provider):
    openai = pytest.importorskip("openai")
    wrap(openai_client, compressor=low())
    provider.refuse = lambda body: "no"
    with pytest.raises(openai.BadRequestError):
        openai_client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "Hello"}])
    assert len(provider.bodies) == 1


def test_asynchronous_requests_and_streams_go_out_again_too(provider):
    openai = pytest.importorskip("openai")
    genai = pytest.importorskip("google.genai")
    provider.refuse = no_levels

    async def run():
        async with openai.AsyncOpenAI(api_key="test", base_url=f"{provider.url}/v1", max_retries=0) as client:
            wrap(client, compressor=low())
            stream = await client.chat.completions.create(model="gpt-4o", messages=[message("openai")], stream=True)
            assert [chunk async for chunk in stream]
            totals = [meter(client)]
        client = genai.Client(api_key="test", http_options={"base_url": provider.url, "api_version": "v1beta"})
        wrap(client, compressor=low())
        items = await client.aio.models.generate_content_stream(
            model="gemini-3-flash-preview", contents=[message("google")]
        )
        assert [item async for item in items]
        totals.append(meter(client))
        await client.aio.aclose()
        client.close()
        return totals

    for totals in asyncio.run(run()):
        assert "the original was sent" in totals.failures[0]
    assert len(provider.bodies) == 4
