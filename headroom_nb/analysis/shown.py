"""An image or a document that a verb looks at, with where it stands and what is asked of it; the pages of a TIFF."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import HeadroomError
from headroom_nb.resource_limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@dataclass(frozen=True)
class Paper:
    """What makes an input a document: the kind of its block, whether it asks for citations, a plain text in it."""

    wire: str = ""
    citations: bool = False
    text: str | None = None


@dataclass(frozen=True)
class Shown:
    """One image, or one document where ``paper`` is given.

    Attributes
    ----------
    label
        The block's path or the file's name.
    question, detail
        What its turn asks, and the detail level its block asks for (``"auto"`` where it leaves that open).
    reference
        URL or file id when it is not available; it is never fetched.
    load
        Returns its encoded bytes; raises a HeadroomError when they cannot be had.
    file
        Of a page of a TIFF, the whole file.
    place
        The path of its block as text; empty for what stands in no message.
    """

    label: str
    question: str
    detail: str
    reference: str | None
    load: Callable[[], bytes]
    paper: Paper | None = None
    file: Shown | None = None
    place: str = ""


@dataclass(frozen=True)
class Source:
    """Images that are billed together: those of one request, or images by themselves (``document`` is None)."""

    document: Any
    images: list[Shown]


def as_files(images: Iterable[Shown]) -> list[Shown]:
    """Return images with the pages of a TIFF as the one file that they stand in."""
    found: list[Shown] = []
    for image in images:
        whole = image.file or image
        if not found or found[-1] is not whole:
            found.append(whole)
    return found


def pages_in(label: str, load: Callable[[], bytes]) -> list[Shown]:
    """Return an image, or one for each page where a file has several: a provider gets them one by one."""
    from headroom_nb.pictures import read_header

    try:
        header = read_header(load())
    except HeadroomError:
        return [Shown(label, "", "auto", None, load)]  # what is wrong with it is said where it is counted
    if header.format != "TIFF" or header.frames < 2:
        return [Shown(label, "", "auto", None, load)]
    if header.frames > Limits.from_environment().max_images:
        return [Shown(label, "", "auto", None, partial(_page, load, 0))]  # which says so
    file = Shown(label, "", "auto", None, load)
    return [
        Shown(f"{label}, page {number + 1}", "", "auto", None, partial(_page, load, number), file=file)
        for number in range(header.frames)
    ]


def _page(load: Callable[[], bytes], number: int) -> bytes:
    """Return one page of a TIFF as a file of its own."""
    from io import BytesIO

    from headroom_nb.pictures import pages_of_tiff

    out = BytesIO()
    for page in pages_of_tiff(load(), only=number):
        page.save(out, "PNG", compress_level=1)
    return out.getvalue()
