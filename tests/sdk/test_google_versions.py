"""What a wrapped google-genai sends, whichever version is installed; ``make test-google`` runs this with five."""

import asyncio
import os

import pytest

from headroom_nb import ImageCompressor, Technique, user_message
from headroom_nb.integrations import is_wrapped, meter, unwrap, wrap
from tests.support import FixedRouter, gradient, png

genai = pytest.importorskip("google.genai")
types = pytest.importorskip("google.genai.types")

HAS_FIELD = "media_resolution" in types.Part.model_fields
PHOTO = png(gradient(1400, 1000))
WIDE = png(gradient(1500, 900))


def low() -> ImageCompressor:
    return ImageCompressor(router=FixedRouter(Technique.FULL_LOW), quality="max")


@pytest.fixture
def client_of(provider):
    made = []

    def make(version="v1beta"):
        made.append(genai.Client(api_key="test", http_options={"base_url": provider.url, "api_version": version}))
        return made[-1]

    yield make
    for client in made:
        if hasattr(client, "close"):
            client.close()


def message(*images):
    return user_message("Is it sunny?", *(images or (PHOTO,)), provider="google")


def test_it_is_the_version_that_was_asked_for():
    assert genai.__version__ == os.environ.get("GOOGLE_GENAI", genai.__version__)


@pytest.mark.parametrize("version", ["v1", "v1beta", "v1alpha"])
@pytest.mark.parametrize("model", ["gemini-2.5-pro", "gemini-2.0-flash", "gemini-3-flash-preview", "gemini-4-argon"])
def test_a_request_that_works_still_works(client_of, provider, model, version):
    client = wrap(client_of(version), compressor=low())
    for contents in (
        [message()],
        [types.Part.from_bytes(data=PHOTO, mime_type="image/png"), "Is it sunny?"],
        types.Content(role="user", parts=[types.Part.from_bytes(data=PHOTO, mime_type="image/png")]),
        [gradient(1400, 1000), "Is it sunny?"],
    ):
        reply = client.models.generate_content(model=model, contents=contents)
        assert reply.text.startswith("1 images")
    assert not meter(client).failures
    assert len(provider.bodies) == 4, "nothing was refused and sent again"
    levels = {level for seen in provider.seen for level in seen.details}
    takes = HAS_FIELD and version != "v1" and model.startswith(("gemini-3", "gemini-4"))
    assert levels == ({"MEDIA_RESOLUTION_LOW"} if takes else {None})
    assert bool(meter(client).note) == (model.startswith(("gemini-3", "gemini-4")) and not takes)


def test_gemini_2_gets_one_level_where_all_its_images_agree(client_of, provider):
    client = wrap(client_of(), compressor=low())
    client.models.generate_content(model="gemini-2.5-flash", contents=[message(PHOTO, WIDE)])
    config = provider.bodies[-1].get("generationConfig", {})
    assert config.get("mediaResolution") == "MEDIA_RESOLUTION_LOW"
    assert meter(client).compressed_tokens == 2 * 64
    assert [size for _, size in provider.last.images] == [(1400, 1000), (1500, 900)]


def test_gemini_2_gets_no_level_beside_other_media_or_one_that_was_chosen(client_of, provider):
    client = wrap(client_of(), compressor=low())
    chosen = {"media_resolution": "MEDIA_RESOLUTION_HIGH"}
    client.models.generate_content(model="gemini-2.5-flash", contents=[message()], config=chosen)
    assert provider.bodies[-1]["generationConfig"]["mediaResolution"] == "MEDIA_RESOLUTION_HIGH"
    client.models.generate_content(
        model="gemini-2.5-flash",
        contents=[
            message(),
            {
                "role": "user",
                "parts": [{"file_data": {"file_uri": "https://example.org/talk.mp4", "mime_type": "video/mp4"}}],
            },
        ],
    )
    assert "mediaResolution" not in str(provider.bodies[-1])
    assert not meter(client).failures


def test_streams_and_asynchronous_calls_go_the_same_way(client_of, provider):
    client = wrap(client_of(), compressor=low())
    assert list(client.models.generate_content_stream(model="gemini-2.5-flash", contents=[message()]))

    async def run():
        reply = await client.aio.models.generate_content(model="gemini-3-flash-preview", contents=[message()])
        items = await client.aio.models.generate_content_stream(model="gemini-3-flash-preview", contents=[message()])
        return reply, [item async for item in items]

    reply, items = asyncio.run(run())
    assert reply.text
    assert items
    assert meter(client).requests == 3
    assert not meter(client).failures


def test_unwrapping_restores_the_client(client_of, provider):
    client = client_of()
    before = dict(vars(client._api_client))
    wrap(client, compressor=low())
    unwrap(client)
    assert not is_wrapped(client)
    assert vars(client._api_client) == before
    client.models.generate_content(model="gemini-2.5-flash", contents=[message()])
    assert provider.last.images[0][1] == (1400, 1000)
