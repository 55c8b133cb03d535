"""The mark: one of a few words in a file's metadata by which our own output is recognised, in any process.

PNG carries it in a ``tEXt`` block, JPEG in a comment segment, WebP in its XMP block. Anybody can write one, so it
proves nothing by itself; see :mod:`headroom_nb.pictures.own`.
"""

from __future__ import annotations

import re

KEYWORD = "headroom-nb"
MARKS = ("full_low", "preserve", "crop", "overview", "resize")
"""What was done to an image; any other word is no mark of ours."""

_XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="{keyword}:{mark}"/>'
    "</rdf:RDF></x:xmpmeta>"
)
_IN_XMP = re.compile(rf'xmp:CreatorTool="{KEYWORD}:([^"]*)"'.encode())


def check_mark(mark: str) -> str:
    """Return the mark; raises ValueError when it is none of :data:`MARKS`."""
    if mark not in MARKS:
        raise ValueError(f"a mark is one of {', '.join(MARKS)}; got {mark!r}")
    return mark


def to_comment(mark: str) -> bytes:
    """Return the mark as the body of a JPEG comment."""
    return f"{KEYWORD}:{mark}".encode("ascii")


def from_comment(comment: bytes) -> str | None:
    """Return the mark in a JPEG comment, or None when it is someone else's."""
    prefix = f"{KEYWORD}:".encode("ascii")
    return _accepted(comment[len(prefix) :]) if comment.startswith(prefix) else None


def from_png_text(body: bytes) -> str | None:
    """Return the mark in the body of a ``tEXt`` block, or None."""
    keyword, separator, text = body.partition(b"\0")
    return _accepted(text) if separator and keyword == KEYWORD.encode("ascii") else None


def to_xmp(mark: str) -> bytes:
    """Return an XMP packet that holds the mark."""
    return _XMP.format(keyword=KEYWORD, mark=mark).encode("ascii")


def from_xmp(packet: bytes) -> str | None:
    """Return the mark in an XMP packet, or None."""
    found = _IN_XMP.search(packet)
    return _accepted(found[1]) if found else None


def _accepted(text: bytes) -> str | None:
    mark = text.decode("latin-1")
    return mark if mark in MARKS else None
