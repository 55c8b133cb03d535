"""Stand-ins for a provider, and the real SDKs pointed at them."""

from __future__ import annotations

import contextlib

import pytest


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def folders_of_the_test(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HEADROOM_NB_CACHE_FOLDER", str(tmp_path / "cache"))


@contextlib.contextmanager
def openai_client(server, *, asynchronous=False):
    openai = pytest.importorskip("openai")
    made = (openai.AsyncOpenAI if asynchronous else openai.OpenAI)(
        base_url=f"{server.url}/v1", api_key="sk-secret-of-the-test", max_retries=0
    )
    yield made
    if not asynchronous:
        made.close()


@contextlib.contextmanager
def anthropic_client(server):
    anthropic = pytest.importorskip("anthropic")
    with anthropic.Anthropic(base_url=server.url, api_key="none", max_retries=0) as client:
        yield client


@contextlib.contextmanager
def google_client(server):
    genai = pytest.importorskip("google.genai")
    client = genai.Client(api_key="none", http_options={"base_url": server.url, "api_version": "v1beta"})
    yield client
    client.close()


CLIENTS = {
    "openai": (openai_client, "gpt-5.6-sol"),
    "openai_responses": (openai_client, "gpt-5.6-sol"),
    "anthropic": (anthropic_client, "claude-opus-4-8"),
    "google": (google_client, "gemini-3-flash-preview"),
}
"""By the provider of user_message: the client, and a model of its."""
