"""Records as bytes and back: JSON for what is said, the images' bytes behind it.

Texts are stored without what marks them as data (:class:`Texts`), and the type of every field is checked. Nothing is
ever executed on the way back, as unpickling would; what does not fit raises ValueError.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Protocol

from headroom_nb.records import (
    FormOffer,
    ImagePart,
    ImageResult,
    ImageSignals,
    Needs,
    RouteDecision,
    Technique,
    TextPart,
    format_path,
)
from headroom_nb.runtime.packing import pack, unpack
from headroom_nb.runtime.typed import check_fields

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_nb.formats.slots import ImageSlot
    from headroom_nb.records import Box, Part

_OF_CONVERSATION = {"path", "name", "question", "source", "duplicate_of", "differs_from", "history"}
_NOT_KEPT = {*_OF_CONVERSATION, "parts", "decision", "technique"}
"""Fields of a result that the conversation gives anew, or that are written apart."""

_IMAGE_PART = tuple(field.name for field in fields(ImagePart) if field.name != "data")

_PLAIN = tuple(field.name for field in fields(ImageResult) if field.name not in _NOT_KEPT)


class Texts(Protocol):
    """How a text that stands in an image's place is stored: as what was read, never with the fence around it."""

    def bare(self, text: str, result: ImageResult) -> dict[str, Any]:
        """Return what a text is made from; raises ValueError for one that is not made here."""
        ...

    def made(self, record: dict[str, Any], label: str, size: tuple[int, int]) -> str:
        """Return the text anew; raises ValueError, KeyError or TypeError for anything else."""
        ...


def pack_result(result: ImageResult, texts: Texts) -> bytes:
    """Return the result of an image without what its conversation holds: path, question, original.

    Raises
    ------
    ValueError
        It holds a text that is not made here.
    """
    parts: list[dict[str, Any]] = []
    blobs: list[bytes] = []
    for part in result.parts:
        if isinstance(part, TextPart):
            parts.append({"text": texts.bare(part.text, result)})
        else:
            parts.append({name: getattr(part, name) for name in _IMAGE_PART})
            blobs.append(part.data)
    record = {name: getattr(result, name) for name in _PLAIN}
    record["needs"] = None if result.needs is None else asdict(result.needs)
    record["forms"] = [asdict(form) for form in result.forms]
    decision = None if result.decision is None else asdict(result.decision)
    return pack({**record, "technique": result.technique, "decision": decision, "parts": parts}, blobs)


def unpack_result(data: bytes, slot: ImageSlot, texts: Texts) -> ImageResult:
    """Return the result of the image in a slot; raises ValueError when the bytes are no result of it."""
    record, blobs = unpack(data)
    original = slot.load()
    try:
        size, decision = record["original_size"], record["decision"]
        plain = {name: record[name] for name in _PLAIN}
        plain |= {
            "original_size": None if size is None else _size(size),
            "sizes": tuple(map(_size, record["sizes"])),
            "decision": None if decision is None else _decision(decision),
            "technique": Technique(record["technique"]),
            "needs": None if record["needs"] is None else Needs(**record["needs"]),
            "forms": tuple(map(_form, record["forms"])),
            "parts": _parts(record["parts"], blobs, lambda text: texts.made(text, format_path(slot.path), _size(size))),
        }
        result = ImageResult(path=slot.path, question=slot.question, source=slot.held(original), **plain)
        check_fields(result)
    except (KeyError, TypeError, IndexError, AttributeError, StopIteration) as error:
        raise ValueError(f"these bytes are no result of an image: {error!r}") from error
    if result.original_bytes != len(original):
        raise ValueError("this is the result of another image")
    return result


def _decision(record: dict[str, Any]) -> RouteDecision:
    signals, needs = record["signals"], record["needs"]
    return RouteDecision(
        **{
            **record,
            "technique": Technique(record["technique"]),
            "probabilities": {Technique(name): share for name, share in record["probabilities"].items()},
            "signals": None if signals is None else _signals(signals),
            "needs": None if needs is None else Needs(**needs),
        }
    )


def _form(record: dict[str, Any]) -> FormOffer:
    return FormOffer(**{**record, "technique": Technique(record["technique"]), "box": _box(record["box"])})


def _signals(record: dict[str, Any]) -> ImageSignals:
    return ImageSignals(**{**record, "size": _size(record["size"])})


def _parts(
    records: list[dict[str, Any]], blobs: list[bytes], text_of: Callable[[dict[str, Any]], str]
) -> tuple[Part, ...]:
    pictures = iter(blobs)
    return tuple(
        TextPart(text_of(each["text"]))
        if "text" in each
        else ImagePart(next(pictures), **{**each, "size": _size(each["size"]), "box": _box(each["box"])})
        for each in records
    )


def _box(edges: list[int] | None) -> Box | None:
    if edges is None:
        return None
    left, top, right, bottom = edges
    return left, top, right, bottom


def _size(pair: list[int]) -> tuple[int, int]:
    width, height = pair
    return width, height
