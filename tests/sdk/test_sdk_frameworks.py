"""Other SDKs, gateways and frameworks' models, the real packages over HTTP: each is wrapped, sends less and answers.

They need newer versions of each other than the other tests do: ``make test-frameworks`` runs these in an environment of
their own, where a package that is missing is a failure.
"""

import asyncio
import base64
import importlib
import json
import os
import threading

import pytest

from headroom_nb import ImageCompressor, Technique, user_message
from headroom_nb.integrations import is_wrapped, meter, unwrap, wrap
from tests.support import FixedRouter, gradient, png

PHOTO = png(gradient(3000, 2200))
B64 = base64.b64encode(PHOTO).decode()
QUESTION = "Is it sunny?"

pytestmark = [pytest.mark.filterwarnings("default"), pytest.mark.slow]


@pytest.fixture(autouse=True)
def offline(monkeypatch, tmp_path):
    for name, value in {
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "OPENAI_AGENTS_DISABLE_TRACING": "1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)


def package(name):
    if os.environ.get("FRAMEWORKS"):
        return importlib.import_module(name)
    return pytest.importorskip(name, exc_type=ImportError)


def low() -> ImageCompressor:
    return ImageCompressor(router=FixedRouter(Technique.FULL_LOW), quality="max")


def message(provider="openai"):
    return user_message(QUESTION, PHOTO, provider=provider)


def groq(url):
    client = package("groq").Groq(api_key="test", base_url=url, max_retries=0)
    model = "meta-llama/llama-4-scout-17b-16e-instruct"
    return client, [lambda: client.chat.completions.create(model=model, messages=[message()])]


def together(url):
    client = package("together").Together(api_key="test", base_url=url, max_retries=0)
    model = "meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8"
    return client, [lambda: client.chat.completions.create(model=model, messages=[message()])]


def answer_class():
    class Answer(package("pydantic").BaseModel):
        """What the server never says."""

        images: int

    return Answer


def mistral(url):
    mistralai = package("mistralai.client")
    client = mistralai.Mistral(api_key="test", server_url=url)
    dicts = {"model": "mistral-medium-latest", "messages": [message()]}

    def objects():
        models = package("mistralai.client.models")
        chunk = models.ImageURLChunk(image_url=models.ImageURL(url=f"data:image/png;base64,{B64}"))
        content = [models.TextChunk(text=QUESTION), chunk]
        return client.chat.complete(model="mistral-medium-latest", messages=[models.UserMessage(content=content)])

    def parsed():
        with pytest.raises(ValueError, match=r"."):  # the server never says what was asked for
            client.chat.parse(response_format=answer_class(), **dicts)

    async def streamed():
        return [event async for event in await client.chat.stream_async(**dicts)]

    return client, [
        lambda: client.chat.complete(**dicts),
        lambda: asyncio.run(client.chat.complete_async(**dicts)),
        lambda: list(client.chat.stream(**dicts)),
        objects,
        parsed,
        lambda: asyncio.run(streamed()),
    ]


def cohere(url):
    client = package("cohere").ClientV2("test", base_url=url)
    shown = {"model": "command-a-vision-07-2025", "messages": [message()]}
    return client, [lambda: client.chat(**shown), lambda: list(client.chat_stream(**shown))]


def cohere_asynchronous(url):
    client = package("cohere").AsyncClientV2("test", base_url=url)
    shown = {"model": "command-a-vision-07-2025", "messages": [message()]}

    async def streamed():
        return [event async for event in client.chat_stream(**shown)]

    return client, [lambda: asyncio.run(client.chat(**shown)), lambda: asyncio.run(streamed())]


def google(url):
    genai = package("google.genai")
    client = genai.Client(api_key="test", http_options={"base_url": url, "api_version": "v1beta"})
    asked = {"model": "gemini-3-flash-preview", "contents": [message("google")]}

    async def both():
        await client.aio.models.generate_content(**asked)
        return [chunk async for chunk in await client.aio.models.generate_content_stream(**asked)]

    return client, [lambda: client.models.generate_content(**asked), lambda: asyncio.run(both())]


def google_interactions(url):
    genai = package("google.genai")
    client = genai.Client(api_key="test", http_options={"base_url": url, "api_version": "v1beta"})
    image = {"type": "image", "data": B64, "mime_type": "image/png"}
    asked = {"model": "gemini-2.5-flash", "input": [{"type": "text", "text": QUESTION}, image]}
    return client, [lambda: client.interactions.create(**asked)]


def openai_compact(url):
    client = package("openai").OpenAI(api_key="test", base_url=f"{url}/v1", max_retries=0)
    shown = [user_message(QUESTION, PHOTO, provider="openai_responses")]
    return client, [lambda: client.responses.compact(model="gpt-4o", input=shown)]


def ollama(url):
    client = package("ollama").Client(host=url)
    asynchronous = package("ollama").AsyncClient(host=url)
    shown = {"model": "qwen2.5vl:7b", "messages": [{"role": "user", "content": QUESTION, "images": [PHOTO]}]}

    class Both:
        """Two clients under one wrapping."""

    both = Both()
    both.client, both.async_client = client, asynchronous
    return both, [
        lambda: client.chat(**shown),
        lambda: list(client.chat(stream=True, **shown)),
        lambda: client.generate(model="qwen2.5vl:7b", prompt=QUESTION, images=[PHOTO]),
        lambda: asyncio.run(asynchronous.chat(**shown)),
    ]


def bedrock(url):
    boto3 = package("boto3")
    config = package("botocore.config").Config(retries={"max_attempts": 0})
    client = boto3.client("bedrock-runtime", region_name="us-east-1", endpoint_url=url, config=config)
    model = "us.anthropic.claude-opus-4-7-20260101-v1:0"
    body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "messages": [message("anthropic")]}
    return client, [
        lambda: client.converse(modelId=model, messages=[message("bedrock")]),
        lambda: json.loads(client.invoke_model(modelId=model, body=json.dumps(body))["body"].read()),
        lambda: list(client.converse_stream(modelId=model, messages=[message("bedrock")])["stream"]),
        lambda: list(client.invoke_model_with_response_stream(modelId=model, body=json.dumps(body))["body"]),
    ]


def litellm_module(url):
    litellm = package("litellm")
    arguments = {"model": "openai/gpt-4o", "api_base": f"{url}/v1", "api_key": "test", "messages": [message()]}
    return litellm, [
        lambda: litellm.completion(**arguments),
        lambda: list(litellm.completion(stream=True, **arguments)),
        lambda: asyncio.run(litellm.acompletion(**arguments)),
    ]


def litellm_router(url):
    litellm = package("litellm")
    parameters = {"model": "openai/gpt-4o", "api_base": f"{url}/v1", "api_key": "test"}
    router = litellm.Router(model_list=[{"model_name": "gpt-4o", "litellm_params": parameters}], num_retries=0)
    return router, [lambda: router.completion(model="gpt-4o", messages=[message()])]


async def streamed_by(model, human):
    return [chunk async for chunk in model.astream([human])]


def langchain_openai(url):
    model = package("langchain_openai").ChatOpenAI(
        model="gpt-4o", api_key="test", base_url=f"{url}/v1", max_retries=0, use_responses_api=False
    )
    human = package("langchain_core.messages").HumanMessage(content=message()["content"])
    return model, [
        lambda: model.invoke([human]),
        lambda: list(model.stream([human])),
        lambda: model.batch([[human], [human]]),
        lambda: asyncio.run(model.ainvoke([human])),
        lambda: asyncio.run(model.abatch([[human]])),
        lambda: asyncio.run(streamed_by(model, human)),
        lambda: model.bind(temperature=0).invoke([human]),
    ]


def langchain_anthropic(url):
    model = package("langchain_anthropic").ChatAnthropic(
        model="claude-opus-5-5", api_key="test", base_url=url, max_retries=0, max_tokens=9
    )
    human = package("langchain_core.messages").HumanMessage(content=message("anthropic")["content"])
    return model, [
        lambda: model.invoke([human]),
        lambda: list(model.stream([human])),
        lambda: asyncio.run(model.ainvoke([human])),
        lambda: asyncio.run(model.abatch([[human]])),
        lambda: asyncio.run(streamed_by(model, human)),
    ]


def langchain_google(url):
    model = package("langchain_google_genai").ChatGoogleGenerativeAI(
        model="gemini-2.5-flash", google_api_key="test", base_url=url, max_retries=1
    )
    human = package("langchain_core.messages").HumanMessage(content=message()["content"])
    return model, [
        lambda: model.invoke([human]),
        lambda: list(model.stream([human])),
        lambda: asyncio.run(model.ainvoke([human])),
        lambda: asyncio.run(model.abatch([[human]])),
        lambda: asyncio.run(streamed_by(model, human)),
    ]


def pydantic_ai(url):
    models = package("pydantic_ai.models.openai")
    provider = package("pydantic_ai.providers.openai").OpenAIProvider(api_key="test", base_url=f"{url}/v1")
    model = models.OpenAIChatModel("gpt-4o", provider=provider)
    agent = package("pydantic_ai").Agent(model)
    binary = package("pydantic_ai").BinaryContent(data=PHOTO, media_type="image/png")
    return model, [lambda: agent.run_sync([QUESTION, binary])]


def openai_agents(url):
    agents = package("agents")
    client = package("openai").AsyncOpenAI(api_key="test", base_url=f"{url}/v1", max_retries=0)
    model = agents.OpenAIResponsesModel("gpt-4o", client)
    agent = agents.Agent(name="Eyes", model=model)
    shown = [user_message(QUESTION, PHOTO, provider="openai_responses")]
    return model, [lambda: asyncio.run(agents.Runner.run(agent, shown))]


def instructor_client(url):
    openai = package("openai")
    pydantic = package("pydantic")
    made = package("instructor").from_openai(openai.OpenAI(api_key="test", base_url=f"{url}/v1", max_retries=0))

    class Answer(pydantic.BaseModel):
        """What the server never says."""

        images: int

    def call():
        with pytest.raises(Exception, match=r"."):
            made.chat.completions.create(model="gpt-4o", response_model=Answer, messages=[message()], max_retries=1)

    return made, [call]


CLIENTS = (
    groq,
    together,
    mistral,
    cohere,
    cohere_asynchronous,
    google,
    google_interactions,
    openai_compact,
    ollama,
    bedrock,
    litellm_module,
    litellm_router,
    langchain_openai,
    langchain_anthropic,
    langchain_google,
    pydantic_ai,
    openai_agents,
    instructor_client,
)


@pytest.mark.parametrize("make", CLIENTS, ids=lambda make: make.__name__)
def test_a_wrapped_client_sends_less_in_every_call_and_unwrapped_what_came(make, provider):
    client, calls = make(provider.url)
    assert wrap(client, compressor=low()) is client
    for call in calls:
        provider.bodies.clear()
        provider.seen.clear()
        call()
        assert provider.seen
        for seen, body in zip(provider.seen, provider.bodies, strict=True):
            levels = {"low", "MEDIA_RESOLUTION_LOW"}
            general = "mediaResolution" in str(body.get("generationConfig", ""))
            assert len(seen.images) == 1
            assert max(seen.images[0][1]) < 3000 or general or set(seen.details) & levels, seen.images
    assert meter(client).saved_tokens > 0
    assert not meter(client).failures
    unwrap(client)
    assert not is_wrapped(client)
    provider.seen.clear()
    calls[0]()
    assert provider.last.images[0][1] == (3000, 2200)
    assert set(provider.last.details) <= {None, "auto"}


LANGCHAIN = (langchain_openai, langchain_anthropic, langchain_google)


@pytest.mark.parametrize("make", LANGCHAIN, ids=lambda make: make.__name__)
def test_asynchronous_calls_are_prepared_in_threads_of_our_own(make, provider):
    threads = []

    class Watched(FixedRouter):
        def classify(self, image, query, *, quality="balanced"):
            threads.append(threading.current_thread().name)
            return super().classify(image, query, quality=quality)

    client, calls = make(provider.url)
    wrap(client, compressor=ImageCompressor(router=Watched(Technique.FULL_LOW), quality="max", cache="off"))
    calls[3 if make is langchain_openai else 2]()
    assert threads
    assert all(name.startswith("headroom_nb_") for name in threads)


@pytest.mark.parametrize("model", ["gemini/gemini-2.5-flash", "gemini/gemini-3-flash-preview"])
def test_a_level_that_a_gateway_drops_is_never_counted_as_a_saving(model, provider):
    litellm = package("litellm")
    wrap(litellm, compressor=low())
    try:
        litellm.completion(model=model, api_base=f"{provider.url}/v1beta", api_key="test", messages=[message()])
        saved = meter(litellm).saved_tokens
        sent = provider.last
        smaller = max(sent.images[0][1]) < 3000
        assert bool(saved) == (smaller or "MEDIA_RESOLUTION_LOW" in sent.details)
    finally:
        unwrap(litellm)


def test_what_no_wrapping_knows_is_refused_in_one_sentence():
    boto3 = package("boto3")
    with pytest.raises(Exception, match=r"botocore\.client\.S3 is not a client that can be wrapped"):
        wrap(boto3.client("s3"))
