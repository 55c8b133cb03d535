"""A local server that speaks the three providers' APIs, and their real SDK clients pointed at it."""

from __future__ import annotations

import contextlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from tests.sdk.local_apis import Seen, answer
from tests.sdk.local_streams import aws, stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass
class LocalProvider:
    """Where the server listens, and what it was sent: request bodies, and what it saw in each.

    ``refuse`` is given each body and returns why it is refused, with ``status``.
    """

    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    refuse: Callable[[str], str | None] | None = None
    status: int = 400

    @property
    def last(self) -> Seen:
        return self.seen[-1]


@contextlib.contextmanager
def serve() -> Iterator[LocalProvider]:
    """Serve the APIs on a free local port."""
    local = LocalProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            seen = Seen()
            status, reply = answer(self.path.partition("?")[0], body, seen)
            why = local.refuse(json.dumps(body)) if local.refuse is not None else None
            if why is not None:
                status, reply = local.status, {"type": "error", "error": {"type": "invalid", "message": why}}
            local.bodies.append(body)
            local.seen.append(seen)
            streams = status == 200 and (body.get("stream") or ":stream" in self.path)
            data = (stream(reply) if streams else json.dumps(reply)).encode()
            kind = "text/event-stream" if streams else "application/json"
            if status == 200 and self.path.endswith(("/converse-stream", "/invoke-with-response-stream")):
                data, kind = aws(self.path, reply), "application/vnd.amazon.eventstream"
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: Any) -> None:
            """Say nothing on stderr."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    local.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield local
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalProvider]:
    """Serve the APIs on a free local port for one test."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with serve() as local:
        yield local


@pytest.fixture
def openai_client(provider: LocalProvider) -> Iterator[Any]:
    openai = pytest.importorskip("openai")
    with openai.OpenAI(api_key="test", base_url=f"{provider.url}/v1", max_retries=0) as client:
        yield client


@pytest.fixture
def anthropic_client(provider: LocalProvider) -> Iterator[Any]:
    anthropic = pytest.importorskip("anthropic")
    with anthropic.Anthropic(api_key="test", base_url=provider.url, max_retries=0) as client:
        yield client


@pytest.fixture
def google_client(provider: LocalProvider) -> Iterator[Any]:
    genai = pytest.importorskip("google.genai")
    client = genai.Client(api_key="test", http_options={"base_url": provider.url, "api_version": "v1beta"})
    yield client
    client.close()
