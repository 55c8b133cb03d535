"""Find every image of a document: where it stands, its bytes, its file name, and the question asked about it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import HeadroomError, ImageSourceError
from headroom_nb.formats.base import is_image
from headroom_nb.formats.frameworks import framework_of
from headroom_nb.formats.google import RESOLUTION, level_of
from headroom_nb.formats.pillow import is_wrapper
from headroom_nb.formats.question import questions
from headroom_nb.formats.slots import DocumentSlot, ImageSlot, address_name
from headroom_nb.formats.walk import attribute, read_messages, request_body
from headroom_nb.records import format_path
from headroom_nb.runtime.base64_text import EncodedFile, data_url_start, is_data_url, read_base64
from headroom_nb.runtime.lru import ByteBoundedCache, on_clear
from headroom_nb.runtime.words import public_part

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from headroom_nb.formats.base import Source, WireFormat
    from headroom_nb.formats.walk import Block, Message
    from headroom_nb.records import BlockPath, ImageResult


_CONFIGS = ("generationConfig", "generation_config", "config")
_MODEL_KEYS = ("model", "modelId", "model_id")


def find_images(document: Any, read: Sequence[Message] | None = None) -> list[ImageSlot]:
    """Return the images of a message list, a message or a request body, in the order they stand.

    Nothing is decoded, copied or fetched, and nothing is raised for content that cannot be read: a broken image is a
    slot whose ``load`` says what is wrong. Objects of the frameworks in :mod:`headroom_nb.formats.frameworks` are read
    as the dicts they stand for.

    Parameters
    ----------
    document
        What to look through.
    read
        Its messages, where they have been read already.
    """
    general = _general_level(document)
    messages = read_messages(document) if read is None else read
    return [
        _slot(block, block.image, asked[index], general)
        for message, asked in zip(messages, questions(messages), strict=True)
        for index, block in enumerate(message.blocks)
        if block.image is not None
    ]


def find_documents(document: Any, read: Sequence[Message] | None = None) -> list[DocumentSlot]:
    """Return the documents of a message list, a message or a request body, as :func:`find_images` does its images."""
    messages = read_messages(document) if read is None else read
    if not any(block.document is not None for message in messages for block in message.blocks):
        return []
    general = _general_level(document)
    found: list[DocumentSlot] = []
    for message, asked in zip(messages, questions(messages), strict=True):
        for index, block in enumerate(message.blocks):
            if block.document is None:
                continue
            kind, held = block.document
            detail = general if held.source.detail == "auto" and kind.provider == "google" else held.source.detail
            load = partial(decode, held.source, block.path)
            question = asked.get(index, "")
            found.append(DocumentSlot(block.path, kind.name, block.value, detail, question, held, load, block.original))
    return found


def _slot(block: Block, image: tuple[WireFormat, Source], question: str, general: str) -> ImageSlot:
    wire, source = image
    detail = general if source.detail == "auto" and wire.provider == "google" else source.detail
    raw = source.data if isinstance(source.data, (str, bytes)) else None
    if isinstance(source.data, Path) or is_image(source.data):
        # known by its bytes: a file may change under its name, an image of Pillow under its identity
        try:
            raw = decode(source, block.path)
            source = replace(source, data=raw, raw_bytes=True)
        except ImageSourceError:
            raw = None
    return ImageSlot(
        path=block.path,
        format=wire.name,
        block=block.value,
        detail=detail,
        question=question,
        reference=source.reference,
        declared_media_type=source.media_type,
        raw=raw,
        load=partial(decode, source, block.path),
        original=block.original,
    )


def _general_level(document: Any) -> str:
    """Return the media resolution that a Google request sets for all its images."""
    _, body = request_body(document)
    if body is None:
        return "auto"
    for key in _CONFIGS:
        config = body.get(key)
        if config is not None:
            return level_of(next((found for key in RESOLUTION if (found := attribute(config, key)) is not None), None))
    return "auto"


def request_model(document: Any) -> str | None:
    """Return the model that a request body names, or all of a list of them; None for anything else."""
    if isinstance(document, (list, tuple)):  # the requests of a batch: the model that all of them name
        names = {request_model(each) if isinstance(each, Mapping) else None for each in document}
        return names.pop() if len(names) == 1 else None
    _, body = request_body(document)
    for key in _MODEL_KEYS if body is not None else ():
        name = body.get(key) if body is not None else None
        if isinstance(name, str) and name.strip():
            return name.strip()
    return None


def detect_provider(document: Any, read: Sequence[Message] | None = None) -> str | None:
    """Return whose format a document is written in, by its first image that tells, else by its own shape.

    None when that is open. The names are those of the model table. Blocks of tools (MCP) and of local servers (Ollama)
    say nothing of it. ``read`` gives the document's messages where they have been read already.
    """
    messages = read_messages(document) if read is None else read
    for message in messages:
        for block in message.blocks:
            kind = (block.image or block.document or (None,))[0]
            if kind is None:
                continue
            framework = framework_of(block.original)
            provider = (None if framework is None else framework.provider) or kind.provider
            if provider is not None:
                return provider
    blocks = [block for message in messages for block in message.blocks]
    path, body = request_body(document)
    places = {step for block in blocks for step in block.path[len(path) :] if isinstance(step, str)}
    for provider, names in _SIGNS.items():
        if places & names or (body is not None and not body.keys().isdisjoint(names)):
            return provider
    kinds = {attribute(block.value, "type") for block in blocks if isinstance(attribute(block.value, "type"), str)}
    return next((provider for provider, types in _TYPES.items() if kinds & types), None)


_SIGNS = {
    "google": {"contents", "parts", "generationConfig", "systemInstruction"},
    "bedrock": {"toolResult", "modelId", "inferenceConfig"},
    "openai": {"input", "output"},
}
"""Keys that only one provider's requests have."""

_TYPES = {"anthropic": {"tool_use", "tool_result"}, "openai": {"input_text", "output_text"}}
"""Types of blocks that only one provider has."""


KEYS = ("filename", "file_name", "displayName", "display_name", "title", "name")
"""Where a block, or a mapping in it, has the name of its file."""

_names: ByteBoundedCache[str] = ByteBoundedCache(2**20, lambda name: 200 + len(name))
"""By the SHA-256 of the file."""

on_clear(_names.clear)


def remember_name(data: bytes, source: Any) -> None:
    """Remember what the file is called that an image was read from, where it was one."""
    named = source if isinstance(source, (str, os.PathLike)) else getattr(source, "filename", None)
    if isinstance(named, (str, os.PathLike)) and len(str(named)) < 4096 and PurePath(named).suffix:
        _names.put(_digest(data), PurePath(named).name)


def call_images(message: Mapping[str, Any], names: Sequence[str]) -> None:
    """Remember what the images of a message are called that come from no file; ``names`` has one for each."""
    slots = [slot for slot in find_images([message]) if slot.reference is None]
    for slot, name in zip(slots, names, strict=False) if len(slots) == len(names) else ():
        data = slot.load()
        if not PurePath(remembered_name(data)).suffix:
            _names.put(_digest(data), name)


def names_of(slots: Sequence[ImageSlot], images: Sequence[ImageResult]) -> dict[BlockPath, str]:
    """Return the file names of the images that have one, by path."""
    named = (
        (slot.path, file_name(slot) or remembered_name(one.source)) for slot, one in zip(slots, images, strict=True)
    )
    return {path: name for path, name in named if name}


def file_name(slot: ImageSlot) -> str:
    """Return the file name of an image; empty where nothing says it."""
    block = slot.block if isinstance(slot.block, Mapping) else {}
    for place in (block, *(value for value in block.values() if isinstance(value, Mapping))):
        for key in KEYS:
            if isinstance(place.get(key), str) and place[key].strip():
                return str(place[key]).strip()
    return "" if slot.reference is None else address_name(slot.reference)


def remembered_name(source: bytes | Callable[[], bytes]) -> str:
    """Return the name of the file that these bytes were read from in this process; empty where there was none."""
    if not source or not len(_names):
        return ""
    if isinstance(source, EncodedFile):  # it goes with the remembered result: decoded for this at the first call alone
        return _names.get(source.digest) or ""
    return _names.get(_digest(source if isinstance(source, bytes) else source())) or ""


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def decode(source: Source, path: BlockPath) -> bytes:
    """Return the bytes of an inline image.

    Line breaks, missing padding, the URL-safe alphabet and percent-escapes are read; what could mean two things is an
    error.

    Raises
    ------
    ImageSourceError
        When the image is not inline, or its data is missing, of a wrong type or not base64.
    """
    where = format_path(path)
    if source.reference is not None:
        raise ImageSourceError(f"{where} refers to {public_part(source.reference)!r}, which is not fetched", path=path)
    data = source.data
    if isinstance(data, Path) or is_image(data):
        return _read(data, path)
    if isinstance(data, (bytes, bytearray)) and source.raw_bytes:
        if not data:
            raise ImageSourceError(f"{where} has no image data: it is empty", path=path)
        return bytes(data)
    if not isinstance(data, str):
        raise ImageSourceError(f"{where} has no image data: text was expected, not {type(data).__name__}", path=path)
    if source.encoding == "data-url":
        return _decode_base64(data, path, _payload_start(data, path))
    if is_data_url(data):
        raise ImageSourceError(
            f"{where} holds a data URL where bare base64 belongs; remove what stands before the comma", path=path
        )
    return _decode_base64(data, path)


def _read(image: Any, path: BlockPath) -> bytes:
    """Return a file that an object names, or an image of Pillow, as the bytes of a file."""
    from headroom_nb.pictures.anything import image_file  # needs libraries that plain documents do not

    try:
        return image_file(image.to_raw() if is_wrapper(image) else image)
    except (HeadroomError, AssertionError, OSError, ValueError) as error:  # an image without pixels, a closed file
        raise ImageSourceError(f"{format_path(path)} cannot be read: {error}", path=path) from error


def _payload_start(url: str, path: BlockPath) -> int:
    """Return where the base64 of a data URL begins."""
    try:
        return data_url_start(url)
    except ValueError as error:
        raise ImageSourceError(f"{format_path(path)} has {error}", path=path) from None


def _decode_base64(text: str, path: BlockPath, start: int = 0) -> bytes:
    """Return the bytes of base64 text, or of a data URL whose base64 begins at ``start``."""
    try:
        found = read_base64(text, start)
    except ValueError as error:
        raise ImageSourceError(f"{format_path(path)} has data that is not base64: {error}", path=path) from None
    if not found:
        raise ImageSourceError(f"{format_path(path)} has no image data: it is empty", path=path)
    return found
