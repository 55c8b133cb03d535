"""The stand-in for a provider, asked by the real SDKs over HTTP."""

import pytest
from PIL import Image

from headroom_nb import estimate_tokens, user_message
from headroom_nb.demo.stand_in import StandIn
from tests.support import text_image

LINES = ["Order number: 48213", "Customer: Mara Lindqvist", "Total due: 1,204.50 EUR"]
QUESTION = "What is the order number?"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def page():
    return text_image(LINES, size=16, width=420)


def small(image):
    return image.resize((image.width * 5 // 8, image.height * 5 // 8), Image.Resampling.LANCZOS)


def asked_openai(server, page, **more):
    openai = pytest.importorskip("openai")
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0) as client:
        body = {"model": "gpt-5.6-sol", "messages": [user_message(QUESTION, page)], **more}
        answer = client.chat.completions.create(**body)
        return list(answer) if more.get("stream") else answer


def test_it_reads_what_is_large_enough_for_it_and_bills_by_the_table(page):
    with StandIn(reads_from=14) as server:
        answer = asked_openai(server, page)
    assert answer.choices[0].message.content == "48213"
    assert server.received[0].sizes == (page.size,)
    assert answer.usage.prompt_tokens > estimate_tokens(*page.size, "gpt-5.6-sol").tokens
    assert server.billed == answer.usage.prompt_tokens


def test_it_says_so_or_guesses_where_it_cannot_read(page):
    with StandIn(reads_from=14) as server:
        assert "cannot read" in asked_openai(server, small(page)).choices[0].message.content
    with StandIn(reads_from=14, guesses=True) as server:
        assert asked_openai(server, small(page)).choices[0].message.content not in {"48213", ""}


def test_it_calls_a_tool_that_the_question_names(page):
    tool = {"type": "function", "function": {"name": "number", "parameters": {"type": "object"}}}
    with StandIn(reads_from=14) as server:
        answer = asked_openai(server, page, tools=[tool])
    assert [call.function.name for call in answer.choices[0].message.tool_calls] == ["number"]


def test_it_streams(page):
    with StandIn(reads_from=14) as server:
        chunks = asked_openai(server, page, stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == "48213"


def test_it_speaks_responses_and_counts_for_free(page):
    openai = pytest.importorskip("openai")
    with StandIn(reads_from=14) as server, openai.OpenAI(base_url=f"{server.url}/v1", api_key="none") as client:
        asked = {"model": "gpt-5.6-sol", "input": [user_message(QUESTION, page, provider="openai_responses")]}
        counted = client.responses.input_tokens.count(**asked)
        answer = client.responses.create(**asked)
    assert answer.output_text == "48213"
    assert answer.usage.input_tokens == counted.input_tokens == server.billed


def test_it_speaks_anthropic(page):
    anthropic = pytest.importorskip("anthropic")
    with StandIn(reads_from=14) as server, anthropic.Anthropic(base_url=server.url, api_key="none") as client:
        asked = {"model": "claude-opus-4-8", "messages": [user_message(QUESTION, page, provider="anthropic")]}
        counted = client.messages.count_tokens(**asked)
        answer = client.messages.create(max_tokens=50, **asked)
    assert answer.content[0].text == "48213"
    assert answer.usage.input_tokens == counted.input_tokens


def test_it_speaks_gemini(page):
    genai = pytest.importorskip("google.genai")
    with StandIn(reads_from=14) as server:
        client = genai.Client(api_key="none", http_options={"base_url": server.url, "api_version": "v1beta"})
        asked = {"model": "gemini-3-flash-preview", "contents": [user_message(QUESTION, page, provider="google")]}
        counted = client.models.count_tokens(**asked)
        answer = client.models.generate_content(**asked)
        client.close()
    assert answer.text == "48213"
    assert answer.usage_metadata.prompt_token_count == counted.total_tokens


def test_it_refuses_as_it_is_told(page):
    openai = pytest.importorskip("openai")
    with StandIn(refuse=lambda number: (429, {"retry-after": "2"})) as server, pytest.raises(openai.RateLimitError):
        asked_openai(server, page)
    assert server.received == []
