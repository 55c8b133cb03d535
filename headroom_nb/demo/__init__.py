"""A conversation with images to try the toolkit on, in three providers' formats.

>>> from headroom_nb import compress, demo  # doctest: +SKIP
>>> print(compress(demo.messages("anthropic")))  # doctest: +SKIP

``python -m headroom_nb.demo`` compresses all three and writes what comes out.
"""

from __future__ import annotations

import base64
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable

PROVIDERS = ("openai", "anthropic", "google")

TURNS = (
    ("receipt.png", "Transcribe this receipt, line by line.", "LINDEN & OAT, receipt 004817, 2026-05-14 …"),
    ("chart.png", "What is the overall trend in this chart?", "Hires rose in 2025, most of all in summer."),
    ("astronaut.jpg", "Describe this photo in one sentence.", "An astronaut in an orange suit before a flag."),
    ("report.png", "What does the table in the bottom right say about Castle Steps?", "Hires fell by 14.9 %."),
)
"""Image, question and answer of each turn."""

SCREENSHOT = "jupyterlab.png"
SCREENSHOT_QUESTION = "Why does the last cell of my notebook fail?"
"""The last turn: where the format can, the image comes back from a tool."""

PICTURES = (*(name for name, _, _ in TURNS), SCREENSHOT)
"""Every bundled image."""

Message = dict[str, Any]


def picture(name: str) -> bytes:
    """Return the bytes of one of the bundled images.

    Raises
    ------
    OptionError
        When it is not one of ``PICTURES``.
    """
    if name not in PICTURES:
        raise OptionError(f"there is no demo image {name!r}; use one of {', '.join(PICTURES)}")
    from headroom_nb.formats.find import remember_name

    data = (files(__name__) / "images" / name).read_bytes()
    remember_name(data, name)
    return data


def messages(provider: str = "openai") -> list[Message]:
    """Return the conversation in a provider's format: five images, the last one unanswered.

    Raises
    ------
    OptionError
        When the provider is not one of ``PROVIDERS``.
    """
    if provider not in _FORMATS:
        raise OptionError(f"there is no demo for provider {provider!r}; use one of {', '.join(PROVIDERS)}")
    return _FORMATS[provider]()


def _encoded(name: str) -> tuple[str, str]:
    """Return an image's media type and base64."""
    kind = "image/jpeg" if name.endswith(".jpg") else "image/png"
    return kind, base64.b64encode(picture(name)).decode("ascii")


def _openai() -> list[Message]:
    def block(name: str) -> Message:
        kind, data = _encoded(name)
        return {"type": "image_url", "image_url": {"url": f"data:{kind};base64,{data}"}}

    sent: list[Message] = []
    for name, question, answer in TURNS:
        sent.append({"role": "user", "content": [{"type": "text", "text": question}, block(name)]})
        sent.append({"role": "assistant", "content": answer})
    # A tool's message holds only text in this format, so that the user sends the screenshot.
    sent.append({"role": "user", "content": [{"type": "text", "text": SCREENSHOT_QUESTION}, block(SCREENSHOT)]})
    return sent


def _anthropic() -> list[Message]:
    def block(name: str) -> Message:
        kind, data = _encoded(name)
        return {"type": "image", "source": {"type": "base64", "media_type": kind, "data": data}}

    sent: list[Message] = []
    for name, question, answer in TURNS:
        sent.append({"role": "user", "content": [block(name), {"type": "text", "text": question}]})
        sent.append({"role": "assistant", "content": answer})
    call = {"type": "tool_use", "id": "toolu_demo", "name": "take_screenshot", "input": {"window": "JupyterLab"}}
    answer_block = {"type": "tool_result", "tool_use_id": "toolu_demo", "content": [block(SCREENSHOT)]}
    return [
        *sent,
        {"role": "user", "content": SCREENSHOT_QUESTION},
        {"role": "assistant", "content": [call]},
        {"role": "user", "content": [{**answer_block, "cache_control": {"type": "ephemeral"}}]},
    ]


def _google() -> list[Message]:
    def part(name: str) -> Message:
        kind, data = _encoded(name)
        return {"inlineData": {"mimeType": kind, "data": data}}

    sent: list[Message] = []
    for name, question, answer in TURNS:
        sent.append({"role": "user", "parts": [part(name), {"text": question}]})
        sent.append({"role": "model", "parts": [{"text": answer}]})
    call = {"functionCall": {"name": "take_screenshot", "args": {"window": "JupyterLab"}}}
    response = {"name": "take_screenshot", "response": {"output": "taken"}, "parts": [part(SCREENSHOT)]}
    return [
        *sent,
        {"role": "user", "parts": [{"text": SCREENSHOT_QUESTION}]},
        {"role": "model", "parts": [call]},
        {"role": "user", "parts": [{"functionResponse": response}]},
    ]


_FORMATS: dict[str, Callable[[], list[Message]]] = {"openai": _openai, "anthropic": _anthropic, "google": _google}
