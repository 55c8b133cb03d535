"""Images that are the pages of one file, such as a TIFF: one document row, with the pages folded in, as of a PDF."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_nb.records import DocumentResult, PageForm, PageResult, Technique
from headroom_nb.rendering import wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.records import BlockPath, CompressionResult, ImageResult

_PAGE_OF_A_FILE = re.compile(r"(.+), page (\d+)")
"""The name that ``user_message`` gives to a page of a TIFF."""


@dataclass(frozen=True)
class PagedFile:
    """One file of several pages, and where these stand.

    Attributes
    ----------
    images
        Places of its pages in ``result.images``, one after the other.
    record
        The file as a document: its pages, with their sizes in pixels, and the sums of what they cost.
    """

    images: range
    record: DocumentResult


def paged_files(result: CompressionResult) -> list[PagedFile]:
    """Return the files whose pages follow each other in one turn, in order of appearance."""
    found: list[PagedFile] = []
    first = 0
    while first < len(result.images):
        last = first + 1
        name, _ = _page(result, first)
        while name and last < len(result.images) and _goes_on(result, last, name, first):
            last += 1
        if last - first > 1:
            found.append(PagedFile(range(first, last), _record(name, result.images[first:last])))
        first = last
    return found


def _page(result: CompressionResult, index: int) -> tuple[str, int]:
    """Return the file and the number of an image that is a page; an empty name for any other."""
    found = _PAGE_OF_A_FILE.fullmatch(result.names.get(result.images[index].path, ""))
    return ("", 0) if found is None else (found[1], int(found[2]))


def _goes_on(result: CompressionResult, index: int, name: str, first: int) -> bool:
    """Return whether an image is the next page of the same file in the same turn, which may be sent twice in it."""
    own, number = _page(result, index)
    return own == name and number > 1 and _turn(result.images[index].path) == _turn(result.images[first].path)


def _turn(path: BlockPath) -> BlockPath:
    """Return where the list stands that a block is in."""
    last = max((place for place, step in enumerate(path) if isinstance(step, int)), default=0)
    return path[:last]


def _record(name: str, images: Sequence[ImageResult]) -> DocumentResult:
    pages = tuple(
        PageResult(
            number,
            image.original_size or (0, 0),
            _form(image),
            image.original_tokens,
            image.compressed_tokens,
            image.error or wording.done(image),
            image.risk or 0.0,
        )
        for number, image in enumerate(images, 1)
    )
    errors = [f"page {number}: {image.error}" for number, image in enumerate(images, 1) if image.error]
    return DocumentResult(
        images[0].path,
        name,
        images[0].question,
        pages,
        len(pages),
        sum(image.original_tokens for image in images),
        sum(image.compressed_tokens for image in images),
        sum(image.original_bytes for image in images),
        sum(image.compressed_bytes for image in images),
        all(image.exact for image in images),
        note=wording.kinds_of(images) if any(image.parts for image in images) else "",
        error="; ".join(errors) or None,
        parts=tuple(part for image in images for part in image.parts),
    )


def _form(image: ImageResult) -> PageForm:
    if image.technique is not Technique.TRANSCODE:
        return PageForm.IMAGE
    return PageForm.TEXT_AND_IMAGES if image.sizes else PageForm.TEXT
