"""Finds lines of text in a thumbnail, to be counted and measured, not read.

Two detectors see different things, and both are cheap enough to run on every image:

- :class:`StrokeDetector` marks sharp changes along a row and joins them. It finds small, sharp text on plain ground
  (pages, screens, tables) down to 4 pixels, and misses text in photographs.
- :class:`ModelDetector` is the text detector of the OCR package. At this size it misses small text, and finds signs,
  labels and large letters on any ground. Without that package there is only the first.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PIL import Image

from headroom_nb.errors import ModelFilesError, OcrError
from headroom_nb.ocr.tiles import in_pieces
from headroom_nb.ocr.weights import check_weights, find_weights
from headroom_nb.runtime.forks import fork_safe
from headroom_nb.runtime.onnx_runtime import open_session
from headroom_nb.runtime.threads import usable_threads
from headroom_nb.signals.components import find_components, find_runs, join_runs

if TYPE_CHECKING:
    from headroom_nb.runtime.onnx_runtime import Session

Floats = npt.NDArray[np.float64]

MAX_THREADS = 8
"""As the OCR engine, which then uses the same session."""


@dataclass(frozen=True)
class TextLines:
    """Lines found in one image.

    Attributes
    ----------
    boxes
        (n, 4) left, top, right, bottom as shares of the image's width and height.
    heights
        (n,) height of each line as a share of the image's longer side, measured across the line.
    scores
        (n,) how sure the detector is, 0 to 1.
    shapes
        (n,) longer side of each box divided by the shorter one.
    """

    boxes: Floats
    heights: Floats
    scores: Floats
    shapes: Floats

    def __len__(self) -> int:
        return len(self.heights)

    @property
    def areas(self) -> Floats:
        """(n,) share of the image each box covers."""
        return (self.boxes[:, 2] - self.boxes[:, 0]) * (self.boxes[:, 3] - self.boxes[:, 1])

    def where(self, keep: npt.NDArray[np.bool_]) -> TextLines:
        """Return some of the lines."""
        return TextLines(self.boxes[keep], self.heights[keep], self.scores[keep], self.shapes[keep])


NO_LINES = TextLines(np.zeros((0, 4)), np.zeros(0), np.zeros(0), np.zeros(0))


class StrokeDetector:
    """Joins sharp changes along a row into lines of text.

    Attributes
    ----------
    contrast
        Grey levels two neighbouring pixels must differ by.
    gap
        Pixels between two changes that still belong to one line.
    """

    contrast = 24
    gap = 6

    def find(self, luma: npt.NDArray[np.uint8]) -> TextLines:
        """Return the lines in a thumbnail of grey levels (height, width), best 512 pixels on its longer side."""
        height, width = luma.shape
        if width < 8 or height < 4:
            return NO_LINES
        levels = luma.astype(np.int16)
        edges = np.abs(levels[:, 1:] - levels[:, :-1]) > self.contrast
        found = join_runs(find_runs(edges).joined(self.gap).longer_than(2))
        if not len(found):
            return NO_LINES
        boxes = found.boxes.astype(np.float64)
        wide, high = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
        filled = found.areas / (wide * high)
        keep = (high >= 4) & (high <= 0.12 * max(width, height)) & (wide >= 1.6 * high) & (filled > 0.5)
        ink = found.mean_of(edges)
        keep &= (ink > 0.2) & (ink < 0.95)
        scale = np.array([width, height, width, height], dtype=np.float64)
        return TextLines(boxes / scale, high / max(width, height), ink, wide / high).where(keep)


class ModelDetector:
    """The OCR package's text detector on a thumbnail.

    Attributes
    ----------
    core
        Probability that makes a pixel part of a line's core.
    sure
        Mean probability a line must reach to be mentioned at all.
    close
        The same where a line's letters are to be measured.
    growth
        How far a core is grown back, area × growth / perimeter, as such detectors are trained (Liao et al., "Real-time
        scene text detection with differentiable binarization", 2020).
    """

    core = 0.3
    sure = 0.4
    close = 0.5
    growth = 1.6

    def __init__(self, session: Session) -> None:
        self._session = session
        self._input = session.get_inputs()[0].name

    def find(self, image: Image.Image, pixels: int) -> TextLines:
        """Return the lines in an RGB image, looked at in at most ``pixels`` pixels: time grows with them."""
        scale = min(1.0, (pixels / (image.width * image.height)) ** 0.5)
        view = tuple(max(32, round(side * scale / 32) * 32) for side in image.size)
        scores = self._map(image.resize((view[0], view[1]), Image.Resampling.BILINEAR))
        found = find_components(scores > self.core)
        if not len(found):
            return NO_LINES
        boxes = found.boxes.astype(np.float64)
        grown = found.areas * self.growth / (boxes[:, 2] - boxes[:, 0] + boxes[:, 3] - boxes[:, 1]) / 2
        thick = found.thickness()
        boxes += grown[:, None] * np.array([-1, -1, 1, 1])
        limits = np.array([view[0], view[1], view[0], view[1]], dtype=np.float64)
        means = found.mean_of(scores)
        sides = np.maximum(boxes[:, 2:] - boxes[:, :2], 1)
        shapes = sides.max(axis=1) / sides.min(axis=1)
        lines = TextLines(np.clip(boxes / limits, 0, 1), (thick + 2 * grown) / max(view), means, shapes)
        return lines.where((means > self.sure) & (thick >= 2))

    def find_boxes(self, image: Image.Image) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Return the boxes of the lines in an RGB image at its own size, (n, 4, 2) in its pixels, and scores (n,).

        Finds small text that :meth:`find` misses, at 4 to 8 times the cost. Needs OpenCV, as the OCR package does.
        """
        from headroom_nb.ocr.detect import scored_boxes

        view = tuple(max(32, round(side / 32) * 32) for side in image.size)
        fits = view == image.size
        scores = self._map(image if fits else image.resize((view[0], view[1]), Image.Resampling.BILINEAR))
        boxes, means = scored_boxes(scores, self.growth, self.close)
        boxes *= np.array([image.width / view[0], image.height / view[1]], dtype=np.float32)
        return boxes, means

    def _map(self, image: Image.Image) -> npt.NDArray[np.float32]:
        """Return the probability of each pixel of an RGB image to be text; sides are multiples of 32."""
        return in_pieces(np.asarray(image), self._map_of)

    def _map_of(self, piece: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        pixels = piece.astype(np.float32)[..., ::-1].transpose(2, 0, 1)[None]
        data = np.ascontiguousarray(pixels) * np.float32(2 / 255) - np.float32(1)
        scores: npt.NDArray[np.float32] = self._session.run(None, {self._input: data})[0][0, 0]
        return scores


_model: list[ModelDetector | str] = []
_lock = fork_safe(threading.Lock())


def model_detector() -> ModelDetector | str:
    """Return the process's model detector, or a sentence on why there is none."""
    with _lock:
        if not _model:
            try:
                weights = find_weights().detector
                check_weights(weights)
                _model.append(ModelDetector(open_session(weights, threads=usable_threads(MAX_THREADS))))
            except (OcrError, ModelFilesError) as error:
                _model.append(f"text was looked for by strokes alone: {error}")
        return _model[0]
