"""What one wire format can do: recognise its image block, and write a block of its own kind."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_nb.records import ImagePart

Encoding = Literal["base64", "data-url", "bytes"]


@dataclass(frozen=True)
class Source:
    """Where a block says its image is.

    Attributes
    ----------
    data
        What stands in the place of the image's bytes, of whatever type; None when it is not inline.
    encoding
        How text in ``data`` is encoded; bytes are taken as they are where ``raw_bytes`` allows them.
    reference
        URL or file id when the image is not inline.
    media_type
        What the block says the bytes are.
    detail
        The detail level asked for, in the package's words.
    raw_bytes
        Whether bytes are a valid value here (as in the SDKs of Google and AWS).
    """

    data: object = None
    encoding: Encoding = "base64"
    reference: str | None = None
    media_type: str | None = None
    detail: str = "auto"
    raw_bytes: bool = False


@dataclass(frozen=True)
class WireFormat:
    """One provider's way to write an image block.

    Attributes
    ----------
    name
        Key in ``FORMATS``.
    provider
        Who speaks it, by the model table's name; None where that says nothing about the model.
    read
        Returns a block's source, or None when the block is not an image in this format. Decodes nothing.
    write_image
        Returns the block with another image in it; unknown keys and the block's own style stay.
    write_text
        Returns a text block for the same place that keeps the block's unknown keys; None where the place takes none.
    details
        Detail levels a block can ask for: the package's word to the wire's.
    signs
        Keys of a block, or ``"type:…"`` with its type, of which one must be there for ``read`` to be asked; empty to
        be asked of every block.
    labelled
        Whether a block says what its bytes are.
    detail_note
        What a person should know before a block asks for one; empty when there is nothing to say.
    """

    name: str
    provider: str | None
    read: Callable[[Any], Source | None]
    write_image: Callable[[Any, ImagePart], Any]
    write_text: Callable[[Any, str], dict[str, Any] | str] | None
    details: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    detail_note: str = ""
    signs: tuple[str, ...] = ()
    labelled: bool = False


def is_mapping(value: object) -> TypeGuard[Mapping[str, Any]]:
    """Return whether a value is a mapping; quick for dicts, which nearly all are, and for text and lists."""
    kind = type(value)
    return kind is dict or (kind is not str and kind is not list and isinstance(value, Mapping))


def without(block: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    """Return a copy of a block without some keys."""
    return {key: value for key, value in block.items() if key not in keys}


def text_or_none(value: object) -> str | None:
    """Return the value if it is text, else None."""
    return value if isinstance(value, str) else None


def is_image(value: object) -> bool:
    """Return whether a value is an image of Pillow, without importing that."""
    pillow = sys.modules.get("PIL.Image")
    return pillow is not None and isinstance(value, pillow.Image)
