"""Records as bytes and back: JSON for what is said, the pictures' bytes behind it.

Nothing is ever executed on the way back, as unpickling would; what does not fit raises ValueError.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from headroom_nb.records import ImagePart, ImageResult, ImageSignals, RouteDecision, Technique, TextPart

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from headroom_nb.formats.slots import ImageSlot
    from headroom_nb.records import Part
    from headroom_nb.signals.measure import Measurement
    from headroom_nb.ocr.base import OcrPage, Quad

_LENGTH = 4
_MOST_TEXT = 16 * 2**20
"""Bytes of text a record may inflate to; a full page's is a hundredth of it."""

_NOT_KEPT = {"path", "question", "original", "parts", "decision", "technique", "duplicate_of"}
"""Fields of a result that the conversation gives anew, or that are written apart."""

_PLAIN = tuple(field.name for field in fields(ImageResult) if field.name not in _NOT_KEPT)


def pack(record: Mapping[str, Any], blobs: Sequence[bytes] = ()) -> bytes:
    """Return a record of plain values, and bytes that go with it, as one string of bytes."""
    text = json.dumps({"record": record, "blobs": [len(blob) for blob in blobs]}, separators=(",", ":"))
    head = zlib.compress(text.encode("ascii"), 1)
    return b"".join((len(head).to_bytes(_LENGTH, "big"), head, *blobs))


def unpack(data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Return what was packed; raises ValueError for anything else."""
    end = _LENGTH + int.from_bytes(data[:_LENGTH], "big")
    try:
        head = json.loads(zlib.decompressobj().decompress(data[_LENGTH:end], _MOST_TEXT))
        record, lengths = dict(head["record"]), list(head["blobs"])
    except (zlib.error, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"these bytes are no record: {error}") from error
    blobs = []
    for length in lengths:
        blobs.append(data[end : end + length])
        end += length
    if end != len(data):
        raise ValueError("a record was cut short")
    return record, blobs


def pack_result(result: ImageResult) -> bytes:
    """Return the account of an image without what its conversation holds: path, question, original."""
    parts: list[dict[str, Any]] = []
    blobs: list[bytes] = []
    for part in result.parts:
        if isinstance(part, TextPart):
            parts.append({"text": part.text})
        else:
            parts.append({"media_type": part.media_type, "size": part.size, "detail": part.detail})
            blobs.append(part.data)
    record = {name: getattr(result, name) for name in _PLAIN}
    decision = None if result.decision is None else asdict(result.decision)
    return pack({**record, "technique": result.technique, "decision": decision, "parts": parts}, blobs)


def unpack_result(data: bytes, slot: ImageSlot) -> ImageResult:
    """Return the account of the image in a slot; raises ValueError when the bytes are no account of it."""
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
            "parts": _parts(record["parts"], blobs),
        }
        result = ImageResult(path=slot.path, question=slot.question, original=original, **plain)
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError(f"these bytes are no account of an image: {error!r}") from error
    if result.original_bytes != len(original):
        raise ValueError("this is the account of another image")
    return result


def _decision(record: dict[str, Any]) -> RouteDecision:
    signals = record["signals"]
    return RouteDecision(
        **{
            **record,
            "technique": Technique(record["technique"]),
            "probabilities": {Technique(name): share for name, share in record["probabilities"].items()},
            "signals": None if signals is None else _signals(signals),
        }
    )


def _signals(record: dict[str, Any]) -> ImageSignals:
    return ImageSignals(**{**record, "size": _size(record["size"])})


def _parts(records: list[dict[str, Any]], blobs: list[bytes]) -> tuple[Part, ...]:
    pictures = iter(blobs)
    return tuple(
        TextPart(each["text"])
        if "text" in each
        else ImagePart(next(pictures), each["media_type"], _size(each["size"]), each["detail"])
        for each in records
    )


def _size(pair: list[int]) -> tuple[int, int]:
    width, height = pair
    return width, height


def pack_page(page: OcrPage) -> bytes:
    """Return what was read in a picture."""
    return pack(asdict(page))


def unpack_page(data: bytes) -> OcrPage:
    """Return what was read in a picture; raises ValueError when the bytes say something else."""
    from headroom_nb.ocr.base import OcrLine, OcrPage

    record, _ = unpack(data)
    try:
        lines = tuple(
            OcrLine(**{**line, "box": _quad(line["box"]), "centres": tuple(line["centres"])})
            for line in record["lines"]
        )
        unread = tuple(map(_quad, record["unread"]))
        return OcrPage(**{**record, "lines": lines, "unread": unread, "size": _size(record["size"])})
    except (KeyError, TypeError) as error:
        raise ValueError(f"these bytes are no page of text: {error!r}") from error


def _quad(points: list[list[float]]) -> Quad:
    a, b, c, d = ((x, y) for x, y in points)
    return a, b, c, d


def pack_measurement(found: Measurement) -> bytes:
    """Return what was measured in a picture."""
    return pack(asdict(found))


def unpack_measurement(data: bytes) -> Measurement:
    """Return what was measured in a picture; raises ValueError when the bytes say something else."""
    from headroom_nb.signals.measure import Measurement

    record, _ = unpack(data)
    try:
        return Measurement(_signals(record["signals"]), tuple(record["features"]), record["note"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"these bytes are no measurement: {error!r}") from error
