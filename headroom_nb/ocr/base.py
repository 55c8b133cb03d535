"""What an OCR engine is asked, and what it answers.

Coordinates are pixels of the image that was given, as ``(x, y)``; confidences are between 0 and 1.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from headroom_nb.runtime.packing import pack, unpack
from headroom_nb.runtime.typed import check_fields

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL import Image

    from headroom_nb.records import Size

Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]
"""Corners of a box: top left, top right, bottom right, bottom left, as seen by someone who reads the line."""


@dataclass(frozen=True)
class OcrLine:
    """One line of text, or the part of it that stands in one box.

    Attributes
    ----------
    text
        What was read.
    box
        Where it stands.
    confidence
        Mean of the characters' probabilities.
    weakest
        The lowest probability of a character in it.
    centres
        Where the middle of each character lies along the box, 0 to 1; empty where the engine does not say.
    missed
        Share of the inked width that no character stands near: letters the engine does not know leave such gaps.
    chances
        The probability of each character; empty where the engine does not say.
    rivals, rival_chances
        The second most probable character at each place, and its probability; empty where the engine does not say.
    reader
        What read the line where the default engine does not know its script; else empty.
    """

    text: str
    box: Quad
    confidence: float
    weakest: float = 1.0
    centres: tuple[float, ...] = ()
    missed: float = 0.0
    chances: tuple[float, ...] = ()
    rivals: str = ""
    rival_chances: tuple[float, ...] = ()
    reader: str = ""

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the upright rectangle around the box, in pixels."""
        xs = [x for x, _ in self.box]
        ys = [y for _, y in self.box]
        return min(xs), min(ys), max(xs), max(ys)


@dataclass(frozen=True)
class OcrPage:
    """What an engine read in one image.

    Attributes
    ----------
    lines
        The lines that were read, in no promised order.
    detected
        Number of text boxes found, read or not.
    size
        The image's size in pixels.
    unread
        The boxes in which text was found but nothing could be read.
    turned
        How far the page stands turned clockwise: 0, 90, 180 or 270 degrees. Boxes are in the image as given.
    """

    lines: tuple[OcrLine, ...]
    detected: int
    size: Size
    unread: tuple[Quad, ...] = ()
    turned: int = 0


@runtime_checkable
class Ocr(Protocol):
    """Reads the text in an image.

    Safe to call from several threads. An interrupt leaves the engine usable.
    """

    name: str

    def read(self, image: Image.Image, *, progress: Callable[[int, int], None] | None = None) -> OcrPage:
        """Return the text in an upright RGB image.

        Raises
        ------
        OcrError
            The engine is missing or failed.
        """
        ...


def engines_of(name: str, page: OcrPage) -> str:
    """Return the names of what read a page: the default engine, and the other readers that lines came from.

    ``name`` is that of the whole engine, which lists every reader it could ask, parted by semicolons.
    """
    return "; ".join([name.partition("; ")[0], *dict.fromkeys(line.reader for line in page.lines if line.reader)])


_SERIES = ("centres", "chances", "rival_chances")


def pack_page(page: OcrPage) -> bytes:
    """Return what was read in an image."""
    return pack(asdict(page))


def unpack_page(data: bytes) -> OcrPage:
    """Return what was read in an image; raises ValueError when the bytes say something else."""
    record, _ = unpack(data)
    try:
        lines = tuple(
            OcrLine(**{**line, "box": _quad(line["box"]), **{name: tuple(line[name]) for name in _SERIES}})
            for line in record["lines"]
        )
        unread = tuple(map(_quad, record["unread"]))
        page = OcrPage(**{**record, "lines": lines, "unread": unread, "size": tuple(record["size"])})
        check_fields(page)
    except (KeyError, TypeError) as error:
        raise ValueError(f"these bytes are no page of text: {error!r}") from error
    return page


def _quad(points: list[list[float]]) -> Quad:
    a, b, c, d = ((x, y) for x, y in points)
    return a, b, c, d
