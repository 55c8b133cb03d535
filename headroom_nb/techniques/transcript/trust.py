"""Can a reading stand for its image? Measured signs and the limits they must keep.

Mean confidence is not among them: it hardly separates good readings from bad ones (.98 against .99). Letters of a
script the engine does not know leave gaps instead; blur makes it guess single letters; and in a street scene, a chart
or a photo most of what is to be seen stands outside the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.errors import TechniqueRefusedError
from headroom_nb.ocr.available import advice
from headroom_nb.ocr.foreign import is_vietnamese, vowelless
from headroom_nb.ocr.scripts import GREEK, VIETNAMESE, share_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray
    from PIL import Image

    from headroom_nb.ocr import OcrLine, OcrPage, Quad

WEAK = 0.8
"""A line with a lower mean probability is weak."""

GUESS = 0.5
"""A character with a lower probability is guessed."""

BLOCK = 8
"""Side of the blocks whose texture is measured, in pixels of a view of at most :data:`VIEW_SIDE`."""

VIEW_SIDE = 800

TEXTURE = 6.0
"""Standard deviation of grey levels from which a block shows something."""

PAGE_LINES, PAGE_COVERAGE = 25, 0.13
"""A photographed page: texture all around, but this many lines on this share of the image."""

PHOTO_BACKGROUND = 0.5
"""Where the commonest colour covers less of what is not text, the image is photographed rather than drawn."""

SCENE_LINES = 5
"""Fewer lines than this in a photographed image are a sign or a label, not a page."""

BUSY = 2.0
"""An image that shows this many times more outside its text than inside is more than its text: charts, diagrams."""

NO_LANGUAGE, FEW_WORDS = 0.4, 8
"""Share of words without a vowel that no language and no program has, among at least so many words."""


@dataclass(frozen=True)
class Signs:
    """What is known of a reading; all shares are between 0 and 1.

    Attributes
    ----------
    detected, lines
        Text boxes found, and lines read.
    unread
        Share of the length of all boxes in which nothing could be read.
    missed
        Share of the inked length of the lines that no character stands near.
    weak, guessed
        Share of the characters in weak lines, and in lines with a guessed character.
    greek
        Share of the letters that are Greek: the engine knows them from formulas and drops those with accents.
    vietnamese
        Whether what the default engine read is Vietnamese, of which it loses letters.
    vowelless
        Share of the words, in Latin letters, without a vowel; 0 for a few words.
    coverage
        Share of the image inside text boxes.
    busy
        Share of the image that shows something outside them.
    background
        Share of the commonest colour in what is not text.
    """

    detected: int
    lines: int
    unread: float
    missed: float
    weak: float
    guessed: float
    greek: float
    vietnamese: bool
    vowelless: float
    coverage: float
    busy: float
    background: float

    @property
    def beyond_text(self) -> str:
        """What makes the image plainly more than its text, in words; empty where it is not."""
        if self.background < PHOTO_BACKGROUND and self.lines < SCENE_LINES:
            return f"the image is a scene with {self.lines} lines of text in it"
        if self.busy > BUSY * self.coverage and not self.is_page:
            covered, shown = _percent(self.coverage), _percent(self.busy)
            return f"the image shows much more than its text: text covers {covered}, other content {shown}"
        return ""

    @property
    def is_page(self) -> bool:
        """Whether this is a photographed page rather than a scene with text in it."""
        return self.lines >= PAGE_LINES and self.coverage >= PAGE_COVERAGE and self.background < PHOTO_BACKGROUND


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


REFUSALS: tuple[tuple[Callable[[Signs], bool], Callable[[Signs], str]], ...] = (
    (lambda s: s.detected == 0, lambda _: "no text was found in the image"),
    (lambda s: s.lines == 0, lambda _: "text was found in the image, but none of it could be read"),
    (
        lambda s: s.unread > 0.15,
        lambda s: f"{_percent(s.unread)} of the text that was found could not be read" + advice(),
    ),
    (
        lambda s: s.missed > 0.05,
        lambda s: f"{_percent(s.missed)} of the letters are in a script the OCR engine does not know" + advice(),
    ),
    (lambda s: s.greek > 0.15, lambda _: "the text is Greek, of which the OCR engine loses letters" + advice(GREEK)),
    (
        lambda s: s.vietnamese,
        lambda _: "the text is Vietnamese, of which the OCR engine loses letters" + advice(VIETNAMESE),
    ),
    (lambda s: s.vowelless > NO_LANGUAGE, lambda _: "what was read is like no language"),
    (lambda s: s.weak > 0.2, lambda s: f"{_percent(s.weak)} of the text was read with little confidence"),
    (lambda s: s.guessed > 0.4, lambda s: f"{_percent(s.guessed)} of the lines hold guessed letters"),
)
"""In order: when to refuse, and what to say. The limits stand between good and bad readings of scans, screenshots,
photos, charts, rendered pages in 14 languages and blurred ones."""


def check(page: OcrPage, image: Image.Image) -> Signs:
    """Return the signs of a reading whose words can be trusted.

    Parameters
    ----------
    page
        What was read.
    image
        The image, RGB, at any size.

    Raises
    ------
    TechniqueRefusedError
        The words cannot be trusted; says why. Whether they are enough is in :attr:`Signs.beyond_text`.
    """
    signs = measure(page, image)
    for refused, reason in REFUSALS:
        if refused(signs):
            raise TechniqueRefusedError(reason(signs))
    return signs


def measure(page: OcrPage, image: Image.Image) -> Signs:
    """Return the signs of a reading of ``image`` (RGB, at any size)."""
    text = "".join(line.text for line in page.lines)
    default = [line.text for line in page.lines if not line.reader]
    without_vowel, words = vowelless(default)
    lengths = [_length(line.box) for line in page.lines]
    unread = sum(_length(box) for box in page.unread)
    coverage, busy, background = _surroundings(page, image)
    return Signs(
        detected=page.detected,
        lines=len(page.lines),
        unread=_share(unread, unread + sum(lengths)),
        missed=_share(
            sum(line.missed * length for line, length in zip(page.lines, lengths, strict=True)), sum(lengths)
        ),
        weak=_share(_characters(line for line in page.lines if line.confidence < WEAK), len(text)),
        guessed=_share(_characters(line for line in page.lines if line.weakest < GUESS), len(text)),
        greek=share_in("".join(default), [GREEK]),
        vietnamese=is_vietnamese(default),
        vowelless=without_vowel if words >= FEW_WORDS else 0.0,
        coverage=coverage,
        busy=busy,
        background=background,
    )


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _characters(lines: Iterable[OcrLine]) -> int:
    return sum(len(line.text) for line in lines)


def _length(box: Quad) -> float:
    (left, top), (right, bottom) = box[0], box[1]
    return float(np.hypot(right - left, bottom - top))


def _surroundings(page: OcrPage, image: Image.Image) -> tuple[float, float, float]:
    """Return the share inside text boxes, the share that shows something outside, and that of the commonest colour."""
    view = image.copy()
    view.thumbnail((VIEW_SIDE, VIEW_SIDE))
    pixels = np.asarray(view.convert("RGB"))
    inside = _text_mask(page, (view.height, view.width))
    colours = (pixels // 32).astype(int) @ np.array([64, 8, 1])
    counts = np.bincount(colours[~inside], minlength=512)
    blocks = _blocks(np.asarray(view.convert("L"), dtype=np.float32))
    free = ~_blocks(inside).any(axis=1)
    busy = (blocks.std(axis=1) > TEXTURE) & free
    return float(inside.mean()), _share(float(busy.sum()), len(busy)), _share(float(counts.max()), float(counts.sum()))


def _text_mask(page: OcrPage, shape: tuple[int, int]) -> NDArray[np.bool_]:
    mask = np.zeros(shape, dtype=bool)
    across, down = shape[1] / page.size[0], shape[0] / page.size[1]
    for box in [*(line.box for line in page.lines), *page.unread]:
        xs, ys = [x * across for x, _ in box], [y * down for _, y in box]
        mask[int(min(ys)) : int(max(ys)) + 1, int(min(xs)) : int(max(xs)) + 1] = True
    return mask


def _blocks(plane: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return a plane ``(h, w)`` as rows of blocks, ``(n, 64)``; what does not fill a block is dropped."""
    rows, columns = plane.shape[0] // BLOCK, plane.shape[1] // BLOCK
    cut = plane[: rows * BLOCK, : columns * BLOCK].reshape(rows, BLOCK, columns, BLOCK)
    rows_of_blocks: NDArray[np.generic] = cut.transpose(0, 2, 1, 3).reshape(-1, BLOCK * BLOCK)
    return rows_of_blocks
