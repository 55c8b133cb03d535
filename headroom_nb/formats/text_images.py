"""Images in base64 inside text: found, counted as the text they are billed as, and taken out into image blocks.

Results of tools (MCP results as JSON text, an output that is a data URL) and Markdown hold images like that. Each is
billed as text, about one token for three characters, and the model sees no image.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headroom_nb.costs import estimate
from headroom_nb.errors import HeadroomError
from headroom_nb.formats import anthropic, bedrock, google, openai_chat, openai_responses
from headroom_nb.formats.base import is_mapping, without
from headroom_nb.formats.find import detect_provider
from headroom_nb.formats.replace import END_KEYS, rewritten
from headroom_nb.formats.walk import read_messages
from headroom_nb.records import ImagePart, format_path
from headroom_nb.runtime.base64_text import read_base64, read_data_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from headroom_nb.costs import ModelSpec
    from headroom_nb.formats.base import WireFormat
    from headroom_nb.formats.walk import Block, Message
    from headroom_nb.records import BlockPath

CHARACTERS_PER_TOKEN = 2.9
"""Characters of base64 per token, roughly: 180,000 characters were billed as 62,000 tokens."""

SHORTEST = 200
"""Characters of text in which nothing is looked for."""

_EMBEDDED = re.compile(
    r"data:image/[\w.+-]+;base64,[A-Za-z0-9+/=_\-\\]{200,}|"
    r"(?:iVBORw0KGgo|\\?/9j\\?/[4-7]|R0lGOD|UklGR)[A-Za-z0-9+/=_\-\\]{1000,}"
)
"""An image in base64 in the middle of text: a data URL, or what the files of common formats begin with."""

_ESCAPED = re.compile(r"\\(?:[nr]|u000[aAdD])|\\(?=/)")
"""What JSON puts into base64 that stands in its text."""

_SENT = {"image/png", "image/jpeg", "image/webp", "image/gif"}


@dataclass(frozen=True)
class Place:
    """How images are taken out of a text: the format of their blocks, an empty image block and an empty text block.

    ``listed`` says that the text is the whole content, and becomes a list of blocks.
    """

    wire: WireFormat
    image: Mapping[str, Any]
    text: Mapping[str, Any]
    listed: bool


def text_in(value: Any) -> str:
    """Return the text of a block; empty where it is none or too short."""
    if is_mapping(value):
        value = value.get("text")
    return value if isinstance(value, str) and len(value) >= SHORTEST else ""


def embedded(text: str) -> Iterator[re.Match[str]]:
    """Yield each image in base64 inside a text."""
    return _EMBEDDED.finditer(text)


def holds_text_images(document: Any) -> bool:
    """Return whether some text of a document holds an image in base64."""
    blocks = (block for message in read_messages(document) for block in message.blocks if block.image is None)
    return any(_EMBEDDED.search(text_in(block.value)) is not None for block in blocks)


def tokens_of(found: re.Match[str]) -> int:
    """Return about what an image costs as text, in tokens."""
    return round(len(found[0]) / CHARACTERS_PER_TOKEN)


def extracted(document: Any, messages: Sequence[Message], model: ModelSpec) -> tuple[Any, tuple[str, ...]]:
    """Return the document with the images in its texts as blocks of their own, and a sentence for each.

    An image stays in its text where the format has no place for a block, where the block would not cost fewer tokens,
    or where its data is no image that can be sent.

    Parameters
    ----------
    document
        Never mutated; the very same object comes back where nothing is taken out.
    messages
        The document's messages, as :func:`headroom_nb.formats.walk.read_messages` gives them.
    model
        Whose tokens count.
    """
    changes: dict[BlockPath, Any] = {}
    says: list[str] = []
    provider = ""
    for message in messages:
        for block in message.blocks:
            if block.image is not None or _EMBEDDED.search(text_in(block.value)) is None:
                continue
            provider = provider or detect_provider(document, messages) or model.provider
            place = _place(message, block, provider)
            if place is not None:
                _take_out(block, place, model, changes, says)
    return (rewritten(document, changes) if changes else document), tuple(says)


def _take_out(block: Block, place: Place, model: ModelSpec, changes: dict[BlockPath, Any], says: list[str]) -> None:
    parts: list[ImagePart] = []

    def put(found: re.Match[str]) -> str:
        part = _image(found[0])
        try:
            cost = None if part is None else estimate(part.size, model).tokens
        except HeadroomError:  # the provider would refuse it
            cost = None
        if part is None or cost is None or cost >= tokens_of(found):
            return found[0]
        parts.append(part)
        says.append(
            f"{format_path(block.path)}: an image in base64, billed as about {tokens_of(found):,} text tokens, is sent "
            f"as an image of {cost:,}"
        )
        return f"[image {len(parts)}]"

    text = _EMBEDDED.sub(put, text_in(block.value))
    if not parts:
        return
    rest = "" if re.fullmatch(r"\s*\[image 1\]\s*", text) else text
    path = block.path
    if is_mapping(block.value) and "output" in block.value:
        path = (*path, "output")
    kept = dict(block.value) if is_mapping(block.value) and not place.listed else place.text
    blocks = [
        *([{**without(kept, *END_KEYS), "text": rest}] if rest else []),
        *(place.wire.write_image(place.image, part) for part in parts),
    ]
    blocks[-1] |= {key: kept[key] for key in END_KEYS if key in kept}
    changes[path] = [blocks] if place.listed else blocks


def _image(text: str) -> ImagePart | None:
    """Return an image as it can be sent; None where the text is none, or one of another kind."""
    from headroom_nb.pictures import read_header

    try:
        bare = _ESCAPED.sub("", text)
        data = read_data_url(bare) if bare.startswith("data:") else read_base64(bare)
        header = read_header(data)
    except (HeadroomError, ValueError):
        return None
    return ImagePart(data, header.media_type, header.size) if header.media_type in _SENT else None


def _place(message: Message, block: Block, provider: str) -> Place | None:
    """Return how the images of a text are taken out; None where the format has no place for them."""
    if message.speaker not in {"user", "tool"} or block.original not in (None, block.value):
        return None  # an object of a framework: which blocks it may hold is its own matter
    keys = [step for step in block.path if isinstance(step, str)]
    bare = isinstance(block.value, str)
    kind = None if bare else block.value.get("type")
    if kind == "input_text" or (bare and keys[-1:] == ["output"]):
        return Place(openai_responses.FORMAT, {"type": "input_image"}, {"type": "input_text"}, listed=bare)
    if kind is None and not bare and "functionResponse" not in keys:
        if keys[-1:] == ["parts"]:
            return Place(google.FORMAT, {}, {}, listed=False)
        return Place(bedrock.FORMAT, {"image": {}}, {}, listed=False) if provider in {"bedrock", "amazon"} else None
    if not (kind == "text" or (bare and keys[-1:] == ["content"])):
        return None
    if provider == "anthropic":
        return Place(anthropic.FORMAT, {"type": "image"}, {"type": "text"}, listed=bare)
    if provider in _OPENAI and message.speaker == "user":
        return Place(openai_chat.FORMAT, {"type": "image_url", "image_url": {}}, {"type": "text"}, listed=bare)
    return None


_OPENAI = frozenset({"openai", "deepseek", "meta", "mistral", "moonshot", "qwen", "together", "xai"})
"""Providers that take OpenAI's chat messages, in which only the user may send images."""
