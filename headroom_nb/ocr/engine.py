"""The OCR engine: detector, strips, recogniser, several lines at once.

What each step brings (``python -m benchmarks.text.ocr DATA``; mean word recall over 26 pages, tables and receipts):

==========================================================================  =======================================
step                                                                        measured
==========================================================================  =======================================
own sessions, no classifier, strips not padded to 320 pixels, two at once   2.6 times less wall time, 2.8 less CPU
a closer look at small print                                                tables 240–500 px wide: .27–.98 → .94–1
linear scaling of strips (cubic, Lanczos)                                   .936 (.918, .876)
boxes grown by 1.5 (1.4, 1.6, 1.8)                                          .935 (.937 but slower, .936, .931)
blank ends dropped                                                          .932 → .938, 5 % fewer pixels
strips of one width in batches                                              19 % less time for short words
long strips squeezed to .85                                                 .955 → .957, 11 % less time (8 pages)
all strips squeezed to .9, .8, .7                                           .932, .921, .868: not done
equal strips read once                                                      4 % fewer strips
==========================================================================  =======================================

Recognition takes about nine tenths of the time on full pages, two thirds of it in convolutions that run at the
processor's speed: that is the limit from here.
"""

from __future__ import annotations

import threading
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.errors import OcrError
from headroom_nb.ocr.base import OcrLine, OcrPage, Quad
from headroom_nb.ocr.crops import cut, running_down, sides, to_bgr
from headroom_nb.ocr.detect import Detector
from headroom_nb.ocr.orientation import turn_of
from headroom_nb.ocr.reader import StripReader
from headroom_nb.ocr.recognise import Recogniser
from headroom_nb.ocr.second_look import look_again
from headroom_nb.ocr.session import open_weights
from headroom_nb.runtime.forks import fork_safe
from headroom_nb.runtime.models import settle
from headroom_nb.runtime.threads import usable_threads

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from PIL import Image

    from headroom_nb.ocr.crops import Strip
    from headroom_nb.ocr.weights import Weights
    from headroom_nb.records import Size

MIN_CONFIDENCE = 0.5
"""A line read with less is counted as unread."""

MAX_THREADS = 8

MOST_COVER = 4.0
"""How many times over boxes may cover an image: each becomes pixels of its own. On dense pages it is about once."""


class RapidOcr:
    """Reads with RapidOCR's weights.

    The sessions are opened at the first image. One instance may be shared by threads.

    Parameters
    ----------
    weights
        The two ONNX files.
    threads
        Batches of lines read at the same time; by default the cores that may be used, at most 8.
    """

    def __init__(self, weights: Weights, *, threads: int | None = None) -> None:
        self.name = weights.name
        self._weights = weights
        self._given_threads = threads
        self._lock = fork_safe(threading.Lock())
        self._models: tuple[Detector, Recogniser] | None = None

    def read(
        self,
        image: Image.Image,
        *,
        progress: Callable[[int, int], None] | None = None,
        turned: int | None = None,
    ) -> OcrPage:
        """Return the text in an upright RGB image.

        Parameters
        ----------
        image
            The image.
        progress
            Called with the number of lines done and of all lines.
        turned
            How far the page stands turned clockwise, in degrees, where that is known.

        Raises
        ------
        OcrError
            The weights cannot be used, or what was found is no page.
        """
        detector, recogniser = self._open()
        pixels = to_bgr(image)
        boxes = detector.find(pixels)
        _check_cover(boxes, image.size)
        down = running_down(boxes)
        strips = [cut(pixels, box, down=runs_down) for box, runs_down in zip(boxes, down, strict=True)]
        with closing(StripReader(recogniser, self._threads)) as reader:
            if turned is None:
                turned = turn_of(boxes, down, strips, reader.read)
            if turned >= 180:
                strips = [strip.flipped() for strip in strips]
            report = None if progress is None else lambda done: progress(done, len(strips))
            readings = look_again(strips, reader.read(strips, progress=report), reader)
        settle()
        lines: list[OcrLine] = []
        unread: list[Quad] = []
        for box, strip, reading, runs_down in zip(boxes, strips, readings, down, strict=True):
            quad = _quad(box, strip, (2 if turned >= 180 else 0) + runs_down)
            if reading.confidence < MIN_CONFIDENCE:
                unread.append(quad)
            else:
                lines.append(OcrLine(box=quad, **vars(reading)))
        return OcrPage(tuple(lines), len(boxes), image.size, tuple(unread), turned)

    @property
    def _threads(self) -> int:
        return self._given_threads or usable_threads(MAX_THREADS)

    def _open(self) -> tuple[Detector, Recogniser]:
        with self._lock:
            if self._models is None:
                files, runtime, threads = self._weights, self._weights.runtime, self._threads
                detector = Detector(open_weights(files.detector, threads=threads, runtime=runtime))
                session = open_weights(files.recogniser, threads=1, runs=threads, runtime=runtime)
                self._models = detector, Recogniser(session)
            return self._models


def _check_cover(boxes: NDArray[np.float32], size: Size) -> None:
    """Raise OcrError for boxes that lie over one another again and again, as rings in rings would give."""
    cover = sum(width * height for width, height in map(sides, boxes)) / (size[0] * size[1])
    if cover > MOST_COVER:
        raise OcrError(f"what looks like text covers this image {cover:.0f} times over; it cannot be read")


def _quad(box: NDArray[np.float32], strip: Strip, first: int) -> Quad:
    """Return the corners of a strip's ink, clockwise from the box's corner at which its reader starts."""
    top_left, top_right, bottom_right, bottom_left = np.roll(box, -first, axis=0)
    top, bottom = top_right - top_left, bottom_right - bottom_left
    corners = (
        top_left + strip.start * top,
        top_left + strip.end * top,
        bottom_left + strip.end * bottom,
        bottom_left + strip.start * bottom,
    )
    a, b, c, d = ((round(float(x), 1), round(float(y), 1)) for x, y in corners)
    return a, b, c, d
