"""`prove` asks the real clients of Mistral, Cohere, Ollama and Bedrock over HTTP, each with its own body and answer."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from headroom_nb import prove, user_message
from tests.support import gradient

ANSWERS = {
    "/v1/chat/completions": {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "It is 7."}}],
        "usage": {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12},
    },
    "/v2/chat": {
        "id": "1",
        "finish_reason": "COMPLETE",
        "message": {"role": "assistant", "content": [{"type": "text", "text": "It is 7."}]},
        "usage": {"tokens": {"input_tokens": 9, "output_tokens": 3}},
    },
    "/api/chat": {
        "model": "m",
        "created_at": "2026-01-01T00:00:00Z",
        "done": True,
        "message": {"role": "assistant", "content": "It is 7."},
        "prompt_eval_count": 9,
        "eval_count": 3,
    },
    "/converse": {
        "output": {"message": {"role": "assistant", "content": [{"text": "It is 7."}]}},
        "stopReason": "end_turn",
        "usage": {"inputTokens": 9, "outputTokens": 3, "totalTokens": 12},
        "metrics": {"latencyMs": 1},
    },
}


@pytest.fixture
def server(monkeypatch, tmp_path):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HEADROOM_NB_CACHE_FOLDER", str(tmp_path))
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            data = json.dumps(next(answer for end, answer in ANSWERS.items() if self.path.endswith(end))).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            """Say nothing."""

    serving = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=serving.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{serving.server_port}", asked
    serving.shutdown()
    serving.server_close()


def mistral(url):
    client = pytest.importorskip("mistralai.client")
    return client.Mistral(api_key="none", server_url=url), "openai", "mistral-large-latest"


def cohere(url):
    return pytest.importorskip("cohere").ClientV2("none", base_url=url), "openai", "command-a-vision-07-2025"


def ollama(url):
    return pytest.importorskip("ollama").Client(host=url), "ollama", "llama3.2-vision"


def bedrock(url):
    boto3 = pytest.importorskip("boto3")
    client = boto3.client(
        "bedrock-runtime",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="none",
        aws_secret_access_key="none",
    )
    return client, "bedrock", "anthropic.claude-sonnet-4-5-20250929-v1:0"


@pytest.mark.parametrize("made", [mistral, cohere, ollama, bedrock])
def test_a_real_client_is_asked_and_its_bill_read(made, server):
    url, asked = server
    client, provider, model = made(url)
    case = [user_message("How many are there?", gradient(900, 700), provider=provider)]
    proof = prove([case], client, model=model, yes=True, progress=False, concurrency=1)
    assert proof.complete, proof.notes
    assert {answer.text for answer in proof.cases[0].answers.values()} == {"It is 7."}
    assert {answer.input_tokens for answer in proof.cases[0].answers.values()} == {9}
    assert len(asked) == proof.asked >= 3
