"""Requests made up at random, in every format and for models of every kind, and what the provider says to each.

``run`` sends a request through a wrapped client, and asks the rules of the local server what they say to the original.
"""

from __future__ import annotations

import io
import random
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from PIL import Image

from headroom_nb import ImageCompressor, Technique, register_model, user_message
from headroom_nb.integrations import meter, unwrap, wrap
from headroom_nb.integrations.refusals import REFUSALS
from tests.sdk.local_apis import LIMITS, Seen, answer
from tests.support import FixedRouter, gradient, text_image

SIZES = ((64, 48), (300, 900), (640, 480), (1100, 850), (1600, 1200), (2100, 300))
KINDS = ("PNG", "PNG 1", "PNG P", "PNG L", "PNG alpha", "JPEG", "WEBP", "WEBP lossless", "GIF", "text")
QUESTIONS = ("", "Is it sunny?", "What does the sign say?", "How many people are there?", "Read the whole page.")
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


@lru_cache(maxsize=256)
def image_file(kind: str, size: tuple[int, int]) -> bytes:
    name, _, how = kind.partition(" ")
    image = gradient(*size)
    if name == "text":
        image, name = text_image(["The quick brown fox 0123456789"] * max(1, size[1] // 40), width=size[0]), "PNG"
    if how == "alpha":
        image.putalpha(Image.linear_gradient("L").resize(size))
    elif how in {"1", "P", "L"}:
        image = image.convert(how)
    out = io.BytesIO()
    image.save(out, name, **({"lossless": True} if how == "lossless" else {}))
    return out.getvalue()


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
        if turn and provider != "google":
            messages.insert(-1, {"role": "assistant", "content": "Yes."})
        elif turn:
            messages.insert(-1, {"role": "model", "parts": [{"text": "Yes."}]})
    general = pick.choice((None, None, None, "MEDIA_RESOLUTION_LOW", "MEDIA_RESOLUTION_HIGH"))
    return Case(
        provider,
        pick.choice(MODELS[provider]),
        pick.choice(VERSIONS),
        messages,
        {"media_resolution": general} if general and provider == "google" else {},
        pick.random() < 0.2,
        pick.choice((Technique.FULL_LOW, Technique.FULL_LOW, Technique.PRESERVE)),
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


def run(seed: int, clients: Clients, provider: Any) -> tuple[bool, bool, str]:
    """Return whether the original passes, whether what was sent passed at once, and what the meter says."""
    each = case(seed)
    client = clients.of(each)
    REFUSALS.clear()
    try:
        send(client, each)
        passes = True
    except Exception:  # noqa: BLE001 - each SDK has refusals of its own
        passes = False
    original = len(provider.bodies)
    wrap(client, compressor=ImageCompressor(router=FixedRouter(each.technique), quality=each.quality, cache="off"))
    try:
        send(client, each)
        came_through = True
    except Exception:  # noqa: BLE001
        came_through = False
    said = "; ".join(meter(client).failures)
    unwrap(client)
    at_once = came_through and len(provider.bodies) == original + 1
    return passes, at_once, said


__all__ = ["Case", "Clients", "Seen", "answer", "case", "know_the_tight_model", "run"]
