"""Requests made up at random, in every format and for models of every kind, and what the provider says to each.

``run`` sends a request through a wrapped client, and asks the rules of the local server what they say to the original.
"""

from __future__ import annotations

import base64
import io
import random
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from PIL import Image

from headroom_nb import ImageCompressor, Technique, register_model, user_message
from headroom_nb.integrations import meter, unwrap, wrap
from headroom_nb.integrations.refusals import REFUSALS
from headroom_nb.ocr.fake import FakeOcr, line
from tests.sdk.local_apis import LIMITS, Seen, answer
from tests.support import FixedRouter, gradient, text_image

if TYPE_CHECKING:
    from headroom_nb.ocr.base import OcrPage

SIZES = ((64, 48), (300, 700), (640, 480), (800, 600), (1000, 760), (1400, 200))
KINDS = ("PNG", "PNG 1", "PNG P", "PNG L", "PNG alpha", "JPEG", "WEBP", "WEBP lossless", "GIF", "text")
QUESTIONS = (
    "",
    "Is it sunny?",
    "What does the sign say?",
    "How many people are there?",
    "Read the whole page.",
    "What is shown in the bottom right?",
)
TECHNIQUES = (Technique.FULL_LOW, Technique.FULL_LOW, Technique.CROP, Technique.TRANSCODE, Technique.PRESERVE)
LINES = ("Meeting notes for Tuesday", "The garden is open all summer", "Bring your own lunch, please")
MODELS = {
    "openai": ("gpt-4o", "gpt-4o-mini", "gpt-5.6-sol", "gpt-5.4", "gpt-4.1-mini", "my-deployment", "grok-4.7"),
    "openai_responses": ("gpt-4o", "gpt-5.6-sol", "gpt-6-astra", "my-deployment"),
    "anthropic": ("claude-opus-5-5", "claude-sonnet-4-6", "claude-haiku-5-5", "tight-claude"),
    "google": (
        "gemini-2.0-flash",
        "gemini-2.5-flash",
        "gemini-2.5-pro",
        "gemini-3-flash-preview",
        "gemini-3.1-pro-preview",
        "gemini-4-argon",
    ),
}
VERSIONS = ("v1", "v1beta", "v1alpha")


def know_the_tight_model() -> None:
    """Add a model whose limits of bytes the made-up requests come close to."""
    image, request = LIMITS["tight-claude"]
    register_model(
        "tight-claude",
        like="claude-opus-5-5",
        limits={"max_image_base64_bytes": image, "max_request_bytes": request},
    )


def _lines(height: int) -> list[str]:
    """Return as many lines as an image of this height has, with those that it is read as."""
    return [LINES[row % len(LINES)] for row in range(max((height - 40) // 32, 1))]


class PageOcr:
    """Reads every image as the page of text that would be as high."""

    name = "page"

    def read(self, image: Image.Image, *, progress: Any = None) -> OcrPage:
        return FakeOcr([line(text, 20, 20 + 32 * row) for row, text in enumerate(_lines(image.height))]).read(image)


@lru_cache(maxsize=256)
def image_file(kind: str, size: tuple[int, int]) -> bytes:
    name, _, how = kind.partition(" ")
    image = gradient(*size)
    if name == "text":
        image, name = text_image(_lines(size[1]), width=size[0]), "PNG"
    if how == "alpha":
        image.putalpha(Image.linear_gradient("L").resize(size))
    elif how in {"1", "P", "L"}:
        image = image.convert(how)
    out = io.BytesIO()
    image.save(out, name, **({"lossless": True} if how == "lossless" else {}))
    return out.getvalue()


@lru_cache(maxsize=4)
def pdf_file(pages: int) -> str:
    """Return a PDF of some pages, in base64."""
    out = io.BytesIO()
    sheets = [text_image(list(LINES), width=500 + page) for page in range(pages)]
    sheets[0].save(out, "PDF", save_all=True, append_images=sheets[1:])
    return base64.b64encode(out.getvalue()).decode()


def pdf_block(provider: str, data: str) -> dict[str, Any]:
    """Return the block in which a PDF goes to a provider."""
    url = f"data:application/pdf;base64,{data}"
    return {
        "openai": {"type": "file", "file": {"filename": "notes.pdf", "file_data": url}},
        "openai_responses": {"type": "input_file", "filename": "notes.pdf", "file_data": url},
        "anthropic": {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": data}},
        "google": {"inlineData": {"mimeType": "application/pdf", "data": data}},
    }[provider]


def returned_by_tool(provider: str, messages: list[dict[str, Any]]) -> None:
    """Move the last message's blocks into the result of a tool, where the format has a place for images there."""
    if provider == "anthropic":
        call = {"type": "tool_use", "id": "t1", "name": "shot", "input": {}}
        blocks = messages[-1]["content"]
        messages[-1]["content"] = [{"type": "tool_result", "tool_use_id": "t1", "content": blocks}]
        messages.insert(-1, {"role": "assistant", "content": [call]})
    elif provider == "openai_responses":
        output = messages.pop()["content"]
        messages.append({"type": "function_call", "call_id": "c1", "name": "shot", "arguments": "{}"})
        messages.append({"type": "function_call_output", "call_id": "c1", "output": output})


@dataclass(frozen=True)
class Case:
    """A request: its format, whom it is for, and the arguments of the call."""

    provider: str
    model: str
    version: str
    messages: list[dict[str, Any]]
    config: dict[str, Any]
    stream: bool
    technique: Technique
    quality: str


def case(seed: int) -> Case:
    """Return the request that a number stands for."""
    pick = random.Random(seed)
    provider = pick.choice(tuple(MODELS))
    kinds = [kind for kind in KINDS if kind != "GIF" or provider != "google"]
    messages: list[dict[str, Any]] = []
    for turn in range(pick.choice((1, 1, 1, 2, 3))):
        files = [image_file(pick.choice(kinds), pick.choice(SIZES)) for _ in range(pick.choice((1, 1, 2, 3)))]
        takes_detail = provider.startswith("openai")
        detail = pick.choice((None, None, "auto", "low", "high")) if takes_detail else None
        asked = pick.choice(QUESTIONS)
        messages.append(user_message(asked, *files, provider=provider, detail=detail))
        if pick.random() < 0.15:
            block = pdf_block(provider, pdf_file(pick.choice((1, 3))))
            messages[-1]["parts" if provider == "google" else "content"].insert(0, block)
        if turn and provider != "google":
            messages.insert(-1, {"role": "assistant", "content": "Yes."})
        elif turn:
            messages.insert(-1, {"role": "model", "parts": [{"text": "Yes."}]})
    if pick.random() < 0.1:
        returned_by_tool(provider, messages)
    general = pick.choice((None, None, None, "MEDIA_RESOLUTION_LOW", "MEDIA_RESOLUTION_HIGH"))
    return Case(
        provider,
        pick.choice(MODELS[provider]),
        pick.choice(VERSIONS),
        messages,
        {"media_resolution": general} if general and provider == "google" else {},
        pick.random() < 0.2,
        pick.choice(TECHNIQUES),
        pick.choice(("safe", "balanced", "max")),
    )


class Clients:
    """Real SDK clients pointed at a server, made once."""

    def __init__(self, url: str) -> None:
        import anthropic
        import openai
        from google import genai

        self.openai = openai.OpenAI(api_key="test", base_url=f"{url}/v1", max_retries=0)
        self.anthropic = anthropic.Anthropic(api_key="test", base_url=url, max_retries=0)
        self.google = {
            version: genai.Client(api_key="test", http_options={"base_url": url, "api_version": version})
            for version in VERSIONS
        }

    def of(self, each: Case) -> Any:
        if each.provider == "google":
            return self.google[each.version]
        return self.anthropic if each.provider == "anthropic" else self.openai

    def close(self) -> None:
        for client in (self.openai, self.anthropic, *self.google.values()):
            client.close()


def send(client: Any, each: Case) -> None:
    """Call the SDK."""
    if each.provider == "google":
        call = client.models.generate_content_stream if each.stream else client.models.generate_content
        reply = call(model=each.model, contents=each.messages, config=each.config or None)
        list(reply) if each.stream else reply
    elif each.provider == "anthropic":
        arguments = {"model": each.model, "max_tokens": 9, "messages": each.messages}
        list(client.messages.create(stream=True, **arguments)) if each.stream else client.messages.create(**arguments)
    elif each.provider == "openai":
        arguments = {"model": each.model, "messages": each.messages, "stream": each.stream}
        reply = client.chat.completions.create(**arguments)
        list(reply) if each.stream else reply
    else:
        reply = client.responses.create(model=each.model, input=each.messages, stream=each.stream)
        list(reply) if each.stream else reply


@cache
def compressor(technique: Technique, quality: str) -> ImageCompressor:
    """Return a compressor that would always use a technique; what it knows of an image is kept from case to case."""
    return ImageCompressor(router=FixedRouter(technique), ocr=PageOcr(), quality=quality)


def run(seed: int, clients: Clients, provider: Any) -> tuple[bool, bool, str, list[str]]:
    """Return whether the original passes, whether what was sent passed at once, what the meter says, and what was sent.

    What was sent is the technique of each image, with a mark where its block was rewritten.
    """
    each = case(seed)
    client = clients.of(each)
    REFUSALS.clear()
    try:
        send(client, each)
        passes = True
    except Exception:  # noqa: BLE001 - each SDK has refusals of its own
        passes = False
    original = len(provider.bodies)
    used = compressor(each.technique, each.quality)
    wrap(client, compressor=used)
    try:
        send(client, each)
        came_through = True
    except Exception:  # noqa: BLE001
        came_through = False
    said = "; ".join(meter(client).failures)
    unwrap(client)
    at_once = came_through and len(provider.bodies) == original + 1
    images = used.last_result.images if used.last_result is not None else ()
    return passes, at_once, said, [f"{image.technique}{'' if image.parts else ', as it came'}" for image in images]


__all__ = ["Case", "Clients", "Seen", "answer", "case", "know_the_tight_model", "run"]
