"""Exported payloads, calls and batch lines, taken by the real SDKs and by the strict local server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

from headroom_nb import compress
from headroom_nb.formats import user_message
from headroom_nb.rendering.export import render
from tests.sdk.local_apis import Seen, answer
from tests.support import gradient

QUESTION = "Describe \"this\" {x} $HOME `id` 'quoted'\nHEADROOM_REQUEST\n<script>é\u202e"
API_OF = {
    "openai": "/v1/chat/completions",
    "openai_responses": "/v1/responses",
    "anthropic": "/v1/messages",
    "google": "/v1beta/models/gemini-3.1-pro:generateContent",
}


def result_for(provider):
    message = user_message(QUESTION, gradient(900, 700), provider=provider)
    document = {"input": [message], "model": "gpt-4o"} if provider == "openai_responses" else [message]
    return compress(document, router="rules")


@pytest.fixture(scope="module", params=API_OF)
def exported(request):
    return request.param, result_for(request.param)


def environment(url):
    return {
        **os.environ,
        "OPENAI_BASE_URL": f"{url}/v1",
        "OPENAI_API_KEY": "test",
        "ANTHROPIC_BASE_URL": url,
        "ANTHROPIC_API_KEY": "test",
        "GOOGLE_GEMINI_BASE_URL": url,
        "GEMINI_API_KEY": "test",
    }


@pytest.mark.slow
def test_the_python_script_sends_the_picture_and_the_question(exported, provider, tmp_path):
    _, result = exported
    script = tmp_path / "send.py"
    script.write_text(render(result, "python"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)], env=environment(provider.url), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert len(provider.last.images) == 1
    assert QUESTION in provider.last.texts


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_shell_script_sends_the_picture_and_the_question(exported, provider, tmp_path):
    _, result = exported
    script = render(result, "curl")
    for host in ("https://api.openai.com", "https://api.anthropic.com", "https://generativelanguage.googleapis.com"):
        script = script.replace(host, provider.url)
    done = subprocess.run(
        ["bash"], input=script, env=environment(provider.url), capture_output=True, text=True, check=True
    )
    assert "error" not in json.loads(done.stdout)
    assert len(provider.last.images) == 1
    assert QUESTION in provider.last.texts


def test_the_keys_come_from_the_environment(exported):
    _, result = exported
    assert "_API_KEY" in render(result, "curl")


@pytest.mark.parametrize(
    ("provider_name", "form", "body_key"),
    [
        ("openai", "openai-batch", "body"),
        ("openai_responses", "openai-batch", "body"),
        ("anthropic", "anthropic-batch", "params"),
        ("google", "gemini-jsonl", "request"),
    ],
)
def test_batch_lines_hold_requests_the_provider_takes(provider_name, form, body_key):
    result = result_for(provider_name)
    lines = render([result, result], form).splitlines()
    assert len(lines) == 2
    entries = [json.loads(line) for line in lines]
    for entry in entries:
        seen = Seen()
        status, reply = answer(entry.get("url", API_OF[provider_name]), entry[body_key], seen)
        assert status == 200, reply
        assert len(seen.images) == 1
    names = [entry.get("custom_id") or entry["key"] for entry in entries]
    assert len(set(names)) == 2


def test_the_json_is_the_messages_themselves(exported):
    _, result = exported
    assert json.loads(render(result, "json")) == result.messages


def test_typed_requests_of_the_sdks_accept_the_batch_bodies():
    import anthropic.types
    import openai.types.chat
    from google.genai import types
    from pydantic import TypeAdapter

    def body(provider_name, form, key):
        return json.loads(render(result_for(provider_name), form))[key]

    TypeAdapter(openai.types.chat.completion_create_params.CompletionCreateParamsNonStreaming).validate_python(
        body("openai", "openai-batch", "body")
    )
    TypeAdapter(anthropic.types.message_create_params.MessageCreateParamsNonStreaming).validate_python(
        body("anthropic", "anthropic-batch", "params")
    )
    for content in body("google", "gemini-jsonl", "request")["contents"]:
        types.Content.model_validate_json(json.dumps(content))
