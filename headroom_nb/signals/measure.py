"""What is measured in an image before it is routed.

Definitions (the fields of :class:`~headroom_nb.records.ImageSignals`)
---------------------------------------------------------------------
text_lines, text_coverage
    Lines found by either detector of :mod:`headroom_nb.signals.detector` (a line both found counts once), and the share
    of the area their boxes cover. One large box is no line of text unless it is shaped like one or
    the detector is very sure (:data:`BLOB`, :data:`BLOB_SURE`).
min_text_height, median_text_height
    10th percentile and median of the lines' heights, ascenders and descenders included, in pixels of the full image:
    of the lines found by strokes, which fit closely, else of the detector's boxes times :data:`INK`.
detail_loss
    Share of 8×8 blocks that a view of 512 pixels changes visibly
    (:func:`headroom_nb.signals.statistics.detail_loss`), measured at no more than 1,024 pixels.
has_text
    Probability that the image holds text a person could read: that of the model below, or the detector's own score
    of its surest line where that is at least :data:`PLAIN` (one sign in a street is all there may be).
is_document
    Probability that the image is mainly text in lines: a page, a receipt, a form, a table, code, a terminal. Never
    more than ``has_text``: an empty page is no document.
has_small_details
    Probability that something would be lost in a view of 512 pixels: text that comes out under
    :data:`SMALL_TEXT` pixels high there, or many small things.
is_complex
    Share of the 8×8 blocks of a 256-pixel view that hold a strong edge: 0 for an empty page or a soft photograph,
    .3 for a page of text, .6 and more for a crowd or a poster.

Of a strip (:data:`STRIP`), such as a screen scrolled through, all of this is measured in the part, four times as long
as wide, that shows most: a view of the whole would be too narrow to show anything.

The three probabilities are logistic models on :data:`FEATURES`, fitted on rendered images whose truth is known
(``python -m training.images``); their weights are data beside this file.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from PIL import Image

from headroom_nb.errors import FileAccessError, OptionError, UnreadablePictureError
from headroom_nb.pictures import Picture, open_anything
from headroom_nb.records import ImageSignals
from headroom_nb.runtime.lru import ByteBoundedCache, by_content, on_clear
from headroom_nb.runtime.packing import pack, unpack
from headroom_nb.runtime.typed import check_fields
from headroom_nb.signals.detector import NO_LINES, StrokeDetector, TextLines, model_detector
from headroom_nb.signals.scores import scores
from headroom_nb.signals.statistics import (
    LAYOUT_FEATURES,
    LONG,
    Statistics,
    detail_loss,
    layout_features,
    measure_statistics,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from headroom_nb.records import Size

PIXELS, PAGE_PIXELS = 384 * 384, 256 * 256
"""Pixels the OCR package's detector sees of an image, and of one that strokes show to be a page already."""

STRIP, STRIP_SIDE = 4.0, 2048
"""An image this many times as long as it is wide, and longer than so many pixels, is a strip."""

PAGE_LINES, PAGE_COVERAGE = 10, 0.06
"""Lines found by strokes, and the share they cover, that show a page."""

BLOB = 0.03
"""Share of the image above which a box that is less than four times as wide as high is a blob: on photographs the
detector often puts one over an object."""

PLAIN = 0.75
"""Score of one line that is enough to say that there is text."""

BLOB_SURE = 0.93
"""Score from which a blob is large text all the same: a sign close up, a few words on a plain card."""

SURE = 0.6
"""Score the OCR package's detector must give a line for it to count; the features also look at less."""

SMALL_TEXT = 9.0
"""Pixels of height in a 512-pixel view below which text is hard to read."""

DETECTORS = ("auto", "classical")
Detector = Literal["model", "classical"]
"""``auto`` adds the OCR package's detector where it is installed; ``classical`` needs no model."""

FEATURES = (
    *(field.name for field in fields(Statistics)),
    "loss",  # detail_loss
    "aspect",  # ln(width / height)
    "megapixels",  # ln(megapixels)
    "boxes_blob",  # share of the largest box that was dropped as no line of text
    *(f"strokes_{name}" for name in LAYOUT_FEATURES),
    *(f"boxes_{name}" for name in LAYOUT_FEATURES),
)
"""Names of the features: figures of the pixels, then of the lines found by strokes, then by the OCR package's detector
(all 0 where that is not installed)."""

INK = 0.5
"""Height of a line's ink as a share of the detector's box around it: the median over rendered lines. Lines found by
strokes are as high as their ink (0.97)."""

_ENTRY_BYTES = 2_000
_CACHE_BYTES = 8_000_000


@dataclass(frozen=True)
class Measurement:
    """Everything that was measured in one image.

    Attributes
    ----------
    signals
        What the decision carries.
    features
        One number per name in :data:`FEATURES`: what the routers weigh.
    note
        What a person should know about how it was measured; empty when all went as usual.
    detector
        What found the text: the ``"model"`` and strokes, or strokes alone (``"classical"``).
    """

    signals: ImageSignals
    features: tuple[float, ...]
    note: str
    detector: Detector = "model"


@dataclass(frozen=True)
class Look:
    """What was seen in one image.

    Attributes
    ----------
    features
        One number per name in :data:`FEATURES`.
    strokes, boxes
        The lines of either detector.
    part
        Size in pixels of the part of the image that was looked at.
    note, detector
        As in a :class:`Measurement`.
    """

    features: tuple[float, ...]
    strokes: TextLines
    boxes: TextLines
    part: Size
    note: str
    detector: Detector


def as_picture(image: Any) -> Picture:
    """Return an image of any kind, opened; raises PictureError."""
    if isinstance(image, Picture):
        return image
    try:
        return open_anything(image)
    except (OptionError, FileAccessError) as error:
        raise UnreadablePictureError(str(error)) from error


def measure(image: bytes | Picture, *, detector: str = "auto") -> ImageSignals:
    """Return the signals of an image; see the module for what each one means.

    Raises
    ------
    PictureError
        It cannot be read.
    OptionError
        No such detector.
    """
    return inspect(image, detector=detector).signals


def inspect(image: bytes | Picture, *, detector: str = "auto") -> Measurement:
    """Return everything measured in an image; cached by content.

    Raises
    ------
    PictureError
        It cannot be read.
    OptionError
        No such detector.
    """
    if detector not in DETECTORS:
        raise OptionError(f"there is no text detector {detector!r}; choose one of {', '.join(DETECTORS)}")
    picture = as_picture(image)
    key = (picture.digest, detector)
    found = _cache.get(key)
    if found is None:
        seen = look(picture, detector)
        found = Measurement(_weigh(seen, picture.size), seen.features, seen.note, seen.detector)
        _cache.put(key, found)
    return found


def known(digest: str, detector: str = "auto") -> Measurement | None:
    """Return what was measured in the image of this digest (SHA-256 of its bytes, hex), if it was in this process."""
    return _cache.get((digest, detector))


def learn(digest: str, detector: str, found: Measurement) -> None:
    """Take a measurement made earlier, in another process for one."""
    _cache.put((digest, detector), found)


_cache: ByteBoundedCache[Measurement] = by_content(ByteBoundedCache(_CACHE_BYTES, lambda _: _ENTRY_BYTES))
on_clear(_cache.clear)


def look(picture: Picture, detector: str = "auto") -> Look:
    """Return what the detectors and the pixels of an image give, before any weighing."""
    whole, (width, height) = _part(picture)
    view = _view(whole, 512)
    model = model_detector() if detector == "auto" else "text was looked for by strokes alone, as asked"
    strokes = StrokeDetector().find(np.asarray(view.convert("L")))
    if isinstance(model, str):
        boxes, note = NO_LINES, model
    else:
        page = len(strokes) >= PAGE_LINES and strokes.areas.sum() >= PAGE_COVERAGE
        boxes, note = model.find(view, PAGE_PIXELS if page else PIXELS), ""
    blobs = _blobs(boxes)
    blob = float(boxes.areas[blobs].max()) if blobs.any() else 0.0
    boxes = boxes.where(~blobs)
    features = (
        *asdict(measure_statistics(_view(view, 256))).values(),
        detail_loss(whole),
        math.log(width / height),
        math.log(width * height / 1e6),
        blob,
        *layout_features(strokes),
        *layout_features(boxes),
    )
    return Look(features, strokes, boxes, (width, height), note, "classical" if isinstance(model, str) else "model")


def _weigh(seen: Look, size: Size) -> ImageSignals:
    probability = scores(seen.features, detector=seen.detector == "model")
    boxes = seen.boxes.where(seen.boxes.scores >= SURE)
    if (boxes.shapes >= LONG).sum() < len(boxes) / 2:
        boxes = boxes.where(boxes.shapes >= LONG)
    lines, heights = boxes, boxes.heights * INK
    if probability["strokes_are_text"] >= 0.5 and len(seen.strokes):
        lines, heights = merge(boxes, seen.strokes), seen.strokes.heights
    heights = heights * max(seen.part)
    best = seen.features[FEATURES.index("boxes_score")]
    has_text = max(probability["has_text"], best if best >= PLAIN else 0.0)
    return ImageSignals(
        has_text=has_text,
        is_document=min(probability["is_document"], has_text),
        is_complex=seen.features[FEATURES.index("busy")],
        has_small_details=probability["has_small_details"],
        text_coverage=float(min(1.0, lines.areas.sum())),
        text_lines=len(lines),
        min_text_height=float(np.percentile(heights, 10)) if len(heights) else None,
        median_text_height=float(np.median(heights)) if len(heights) else None,
        detail_loss=seen.features[FEATURES.index("loss")],
        size=size,
    )


def _part(picture: Picture) -> tuple[Image.Image, Size]:
    """Return what is looked at, at no more than 1,024 pixels, and its size in pixels of the image."""
    long, short = max(picture.size), min(picture.size)
    if long <= STRIP * short or long <= STRIP_SIDE:
        return picture.small(1024), picture.size
    part = round(STRIP * short)
    scale = min(1.0, 1024 / part)
    strip = picture.small(round(long * scale))
    wide = picture.size[0] > picture.size[1]
    side = round(part * scale)
    start = _fullest(np.asarray(strip.convert("L")), axis=0 if wide else 1, side=side)
    if wide:
        return strip.crop((start, 0, start + side, strip.height)), (part, short)
    return strip.crop((0, start, strip.width, start + side)), (short, part)


def _fullest(luma: npt.NDArray[np.uint8], axis: int, side: int) -> int:
    """Return where the part begins that has the most sharp changes; ``axis`` is the one across the strip."""
    changes = np.abs(np.diff(luma.astype(np.int16), axis=1)) > StrokeDetector.contrast
    before = np.concatenate(([0], np.cumsum(changes.sum(axis=axis))))
    return int(np.argmax(before[side:] - before[:-side])) if len(before) > side else 0


def _view(image: Image.Image, side: int) -> Image.Image:
    """Return the image with its longer side at most ``side``: fast, and without colours that were not there."""
    longest = max(image.size)
    if longest <= side:
        return image
    size = (max(1, round(image.width * side / longest)), max(1, round(image.height * side / longest)))
    return image.resize(size, Image.Resampling.BOX, reducing_gap=1.0)


def _blobs(lines: TextLines) -> npt.NDArray[np.bool_]:
    wide, high = lines.boxes[:, 2] - lines.boxes[:, 0], lines.boxes[:, 3] - lines.boxes[:, 1]
    return (lines.areas > BLOB) & (wide < 4 * high) & (lines.scores < BLOB_SURE)


def merge(first: TextLines, second: TextLines) -> TextLines:
    """Return the lines of the first, and those of the second whose middle lies in none of them."""
    if not len(first) or not len(second):
        return first if len(first) else second
    x = (second.boxes[:, 0] + second.boxes[:, 2])[:, None] / 2
    y = (second.boxes[:, 1] + second.boxes[:, 3])[:, None] / 2
    left, top, right, bottom = first.boxes.T
    new = ~((x > left) & (x < right) & (y > top) & (y < bottom)).any(axis=1)
    return TextLines(
        np.concatenate([first.boxes, second.boxes[new]]),
        np.concatenate([first.heights, second.heights[new]]),
        np.concatenate([first.scores, second.scores[new]]),
        np.concatenate([first.shapes, second.shapes[new]]),
    )


def pack_measurement(found: Measurement) -> bytes:
    """Return what was measured in an image."""
    return pack(asdict(found))


def unpack_measurement(data: bytes) -> Measurement:
    """Return what was measured in an image; raises ValueError when the bytes say something else."""
    record, _ = unpack(data)
    try:
        seen = record["signals"]
        signals = ImageSignals(**{**seen, "size": tuple(seen["size"])})
        found = Measurement(signals, tuple(record["features"]), record["note"], record["detector"])
        check_fields(found)
    except (KeyError, TypeError) as error:
        raise ValueError(f"these bytes are no measurement: {error!r}") from error
    return found
