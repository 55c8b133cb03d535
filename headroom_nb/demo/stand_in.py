"""A small local server that stands in for a provider: it decodes the images it gets, reads them and bills them.

It is a stand-in and no model: what it says of images is what OCR reads at the size it received, from the font size on
that was planted (:class:`~headroom_nb.demo.mind.Ability`). What it bills is what the model table says of the model that
a request names, or a rule of yours. It listens on the loopback address and takes any key.

>>> from headroom_nb.demo.stand_in import StandIn
>>> with StandIn(reads_from=12) as server:  # doctest: +SKIP
...     client = openai.OpenAI(base_url=f"{server.url}/v1", api_key="none")
"""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from headroom_nb.costs import count_text, estimate, model_or_default
from headroom_nb.demo.eyes import Line, look
from headroom_nb.demo.mind import LOOK, Ability, Thought, think
from headroom_nb.demo.wires import COUNTS, SHAPES, stream
from headroom_nb.errors import HeadroomError, MessageError
from headroom_nb.formats import find_images
from headroom_nb.formats.question import text_of
from headroom_nb.formats.walk import read_messages
from headroom_nb.pictures import read_header

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from typing_extensions import Self

    from headroom_nb.demo.eyes import Eyes
    from headroom_nb.formats.slots import ImageSlot
    from headroom_nb.records import Size

OVERHEAD = 7
"""Tokens that the stand-in bills for a request besides its texts and images."""

PATHS = (
    (re.compile(r"/chat/completions$"), "chat", False),
    (re.compile(r"/responses/input_tokens$"), "responses", True),
    (re.compile(r"/responses$"), "responses", False),
    (re.compile(r"/messages/count_tokens$"), "anthropic", True),
    (re.compile(r"/messages$"), "anthropic", False),
    (re.compile(r"/models/(?P<model>[^/:]+):(?:generate|streamGenerate)Content$"), "google", False),
    (re.compile(r"/models/(?P<model>[^/:]+):countTokens$"), "google", True),
)
"""Ends of addresses, the provider whose shapes they speak, and whether they only count."""

_ID = re.compile(r"\[image (?P<id>\S+?)[:,\]]")
"""How a request names its images, where it offers a tool to look at them closer."""


@dataclass(frozen=True)
class Received:
    """A request as the stand-in saw it: its path, its body, the sizes of its images, and what it billed."""

    path: str
    body: dict[str, Any]
    sizes: tuple[Size, ...]
    tokens: int
    counted_only: bool


class StandIn:
    """The server; used as a context manager.

    Parameters
    ----------
    reads_from
        Font size in pixels, in the view that reaches the model, from which it reads.
    guesses
        Whether it answers wrongly instead of saying that it cannot read.
    bill
        Returns the tokens of an image from its size and detail level; None goes by the model table.
    eyes
        Returns the lines in an image; OCR by default.
    refuse
        Given the number of a request, from 1, returns the HTTP status and headers to refuse it with, or None.

    Attributes
    ----------
    url
        Where it listens.
    received
        Every request that was answered.
    """

    def __init__(
        self,
        *,
        reads_from: float = 10.0,
        guesses: bool = False,
        bill: Callable[[Size, str], int] | None = None,
        eyes: Eyes = look,
        refuse: Callable[[int], tuple[int, dict[str, str]] | None] | None = None,
    ) -> None:
        self.ability = Ability(reads_from, guesses)
        self.received: list[Received] = []
        self.url = ""
        self._bill, self._eyes, self._refuse = bill, eyes, refuse
        self._asked = 0
        self._lock = threading.Lock()
        self._server: ThreadingHTTPServer | None = None

    @property
    def billed(self) -> int:
        """Input tokens billed so far; counting is free."""
        return sum(each.tokens for each in self.received if not each.counted_only)

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def refusal(self) -> tuple[int, dict[str, str]] | None:
        """Return how the next request is refused; None where it is answered."""
        with self._lock:
            self._asked += 1
            number = self._asked
        return None if self._refuse is None else self._refuse(number)

    def answer(self, path: str, body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return the provider's shape and the answer to a request; raises HeadroomError for what cannot be read."""
        known = ((pattern.search(path), wire, counts) for pattern, wire, counts in PATHS)
        found, wire, counts = next((each for each in known if each[0] is not None), (None, "", False))
        if found is None:
            raise MessageError(f"the stand-in has no {path}")
        model = str(found.groupdict().get("model") or body.get("model") or "gpt-4o")
        slots = find_images(body)
        sizes = [read_header(slot.load()).size for slot in slots]
        tokens = OVERHEAD + sum(self._price(slot, size, model) for slot, size in zip(slots, sizes, strict=True))
        spec = model_or_default(model)
        tokens += sum(count_text(text, spec).tokens for text in _texts(body))
        if body.get("tools"):
            tokens += count_text(json.dumps(body["tools"]), spec).tokens
        with self._lock:
            self.received.append(Received(path, body, tuple(sizes), tokens, counts))
        if counts:
            return wire, COUNTS[wire](tokens)
        said = self._said(body, slots, sizes, model)
        said_tokens = count_text(said.text + json.dumps([list(call) for call in said.calls]), spec).tokens
        return wire, SHAPES[wire](model, said, tokens, said_tokens)

    def _price(self, slot: ImageSlot, size: Size, model: str) -> int:
        if self._bill is not None:
            return self._bill(size, slot.detail)
        return estimate(size, model_or_default(model), slot.detail).tokens

    def _said(self, body: dict[str, Any], slots: list[ImageSlot], sizes: list[Size], model: str) -> Thought:
        lines = []
        for number, (slot, size) in enumerate(zip(slots, sizes, strict=True)):
            sent = estimate(size, model_or_default(model), slot.detail).sent_size
            seen = min(size[0], sent[0]), min(size[1], sent[1])
            lines += [Line(line.text, line.px, line.box, number) for line in self._eyes(slot.load(), seen)]
        question, others = _question(body)
        lines += [Line(text, self.ability.reads_from) for other in others for text in other.splitlines()]
        names = [found["id"] for text in _texts(body) for found in _ID.finditer(text)]
        return think(
            question,
            lines,
            self.ability,
            tools=_tools(body),
            looked=_looked(body),
            names=names,
        )


def _handler(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            path = self.path.partition("?")[0]
            refused = stand_in.refusal()
            if refused is not None:
                self._send(refused[0], {"error": {"type": "refused", "message": "refused by the stand-in"}}, refused[1])
                return
            try:
                wire, reply = stand_in.answer(path, body)
            except HeadroomError as error:
                self._send(400, {"type": "error", "error": {"type": "invalid_request_error", "message": str(error)}})
                return
            if body.get("stream") or ":stream" in path:
                self._write(200, stream(wire, reply).encode(), "text/event-stream")
            else:
                self._send(200, reply)

        def _send(self, status: int, reply: dict[str, Any], headers: dict[str, str] | None = None) -> None:
            self._write(status, json.dumps(reply).encode(), "application/json", headers)

        def _write(self, status: int, data: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            """Say nothing on stderr: requests hold what users send."""

    return Handler


def _texts(body: dict[str, Any]) -> list[str]:
    return [text for message in read_messages(body) for block in message.blocks if (text := text_of(block.value))]


def _question(body: dict[str, Any]) -> tuple[str, list[str]]:
    """Return the last text of the user that is no caption, and every other text."""
    said = [
        (message.speaker, text)
        for message in read_messages(body)
        for block in message.blocks
        if block.tool is None and (text := text_of(block.value))
    ]
    asked = [place for place, (speaker, text) in enumerate(said) if speaker == "user" and not text.startswith("[")]
    if not asked:
        return "", [text for _, text in said]
    last = asked[-1]
    return said[last][1], [text for place, (_, text) in enumerate(said) if place != last]


def _tools(body: dict[str, Any]) -> list[str]:
    """Return the names of the tools that a request offers."""
    names = []
    for tool in body.get("tools") or ():
        for each in (tool, tool.get("function") or {}, *(tool.get("functionDeclarations") or ())):
            names += [each["name"]] if isinstance(each.get("name"), str) else []
    return names


def _looked(body: dict[str, Any]) -> int:
    """Return how many turns the model has already called a tool in, since the user last asked."""
    turns = body.get("messages") or body.get("contents") or body.get("input") or []
    turns = turns if isinstance(turns, list) else []
    return sum(f'"{LOOK}"' in json.dumps(turn) for turn in turns) + _answered_calls(turns)


def _answered_calls(turns: list[Any]) -> int:
    """Return how many calls of other tools were answered."""
    signs = ('"tool_result"', '"function_call_output"', '"functionResponse"', '"role": "tool"')
    return int(any(sign in json.dumps(turn) for turn in turns for sign in signs))
