"""Keys, headers and passwords in a request body are in no file that is written."""

import json

import pytest

from headroom_nb import compress, export
from headroom_nb.formats import user_message
from headroom_nb.rendering.export import FORMATS, render
from headroom_nb.rendering.secrets_out import without_secrets
from tests.support import gradient

SECRET = "Zq7-very.secret_9"

SHAPES = {
    "api_key": {"api_key": SECRET},
    "apiKey": {"apiKey": SECRET},
    "api-key in headers": {"extra_headers": {"api-key": SECRET}},
    "x-api-key": {"extra_headers": {"X-Api-Key": SECRET}},
    "x-goog-api-key": {"http_options": {"headers": {"x-goog-api-key": SECRET}}},
    "authorization": {"headers": {"Authorization": f"Bearer {SECRET}"}},
    "proxy authorization": {"headers": {"Proxy-Authorization": f"Basic {SECRET}"}},
    "subscription key": {"headers": {"Ocp-Apim-Subscription-Key": SECRET}},
    "cookie": {"extra_headers": {"Cookie": f"session={SECRET}"}},
    "several values": {"headers": {"authorization": [f"Bearer {SECRET}"]}},
    "authorization of an MCP tool": {"tools": [{"type": "mcp", "authorization": SECRET}]},
    "headers of an MCP tool": {"tools": [{"type": "mcp", "headers": {"Authorization": f"Bearer {SECRET}"}}]},
    "authorization token": {"mcp_servers": [{"url": "https://a.example", "authorization_token": SECRET}]},
    "a list of pairs": {"extra_headers": [["Authorization", f"Bearer {SECRET}"]]},
    "password in an address": {"base_url": f"https://user:{SECRET}@host.example/v1"},
    "user alone in an address": {"base_url": f"https://{SECRET}@host.example/v1"},
    "token in a query": {"base_url": f"https://host.example/v1?a=1&token={SECRET}&b=2"},
    "signature in a query": {"file_url": f"https://host.example/a?X-Amz-Signature={SECRET}"},
    "key in a query": {"extra_query": {}, "server_url": f"https://host.example/mcp?key={SECRET}"},
    "access token": {"metadata": {"access_token": SECRET}},
    "session token": {"aws_session_token": SECRET, "aws_secret_access_key": SECRET},
    "client secret": {"oauth": {"client_secret": SECRET, "password": SECRET}},
    "inside a message": {"messages": [{"role": "user", "content": "hi", "metadata": {"api_key": SECRET}}]},
}


def body(shape):
    message = user_message("What is this?", gradient(900, 700))
    return {"model": "gpt-4o", **shape, "messages": [*shape.get("messages", ()), message]}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_no_export_holds_a_secret_and_the_note_says_what_was_left_out(shape, tmp_path):
    result = compress(body(shape))
    for to in ("json", "python", "curl", "openai-batch", "zip", "md", "html", "report"):
        written = render(result, to)
        assert SECRET not in (written if isinstance(written, str) else written.decode("latin-1")), to
    for to, name in (("python", "call.py"), ("curl", "shell.sh")):  # a long request goes to a file of its own
        export(result, to, tmp_path / name)
    assert not any(SECRET in path.read_text("utf-8") for path in tmp_path.iterdir())
    written = export(result, "json", tmp_path / "messages.json")
    assert "secrets left out: " in str(written)
    assert SECRET not in str(written)
    assert SECRET in str(result.messages), "the result itself stays as it is"


def test_a_body_without_secrets_is_written_as_it_is():
    document = body({"tools": [{"name": "login", "parameters": {"properties": {"api_key": {"type": "string"}}}}]})
    document["max_tokens"] = 5
    document["metadata"] = {"token_count": "3", "key": "value", "page": "https://host.example/a?b=c"}
    assert without_secrets(document) == (document, [])
    assert without_secrets(document)[0] is document


def test_addresses_and_words_of_the_conversation_stay():
    """A signed address of a picture is what the model is asked about."""
    address = f"https://host.example/a.png?X-Amz-Signature={SECRET}"
    text = "Bearer token: what does api_key=1 mean?"
    content = [{"type": "image_url", "image_url": {"url": address}}, {"type": "text", "text": text}]
    for document in ({"messages": [{"role": "user", "content": content}]}, [{"role": "user", "content": content}]):
        assert without_secrets(document) == (document, [])


def test_every_format_takes_the_same_care():
    result = compress(body({"api_key": SECRET}))
    assert set(FORMATS) - {"anthropic-batch", "gemini-jsonl"} == {
        *("json", "python", "curl", "openai-batch", "zip", "md", "html", "report")
    }
    assert json.loads(render(result, "json"))["api_key"] == "***"


@pytest.mark.parametrize("name", ["x" * 100_000, "google" * 20_000, "api" * 30_000 + "!"])
def test_a_name_without_end_costs_nothing(name):
    assert without_secrets({name: SECRET})[1] == []
