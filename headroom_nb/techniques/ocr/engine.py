"""The OCR engine: detector, crops, recogniser, several lines at once."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.techniques.ocr.base import OcrLine, OcrPage, Quad
from headroom_nb.techniques.ocr.detect import Detector
from headroom_nb.techniques.ocr.recognise import Recogniser
from headroom_nb.techniques.ocr.session import open_session

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from PIL import Image

    from headroom_nb.techniques.ocr.weights import Weights

MIN_CONFIDENCE = 0.5
"""A line read with less is counted as unread."""

UPRIGHT_SLOPE = 0.12
"""Largest rise of a box's top edge, as a share of its height, at which a plain slice is good enough."""


class RapidOcr:
    """Reads with RapidOCR's weights.

    The sessions are opened at the first picture. One instance may be shared by threads.

    Parameters
    ----------
    weights
        The two ONNX files.
    threads
        Lines read at the same time; by default the machine's cores, at most 8.
    """

    def __init__(self, weights: Weights, *, threads: int | None = None) -> None:
        self.name = weights.name
        self._weights = weights
        self._threads = threads or min(8, os.cpu_count() or 1)
        self._lock = threading.Lock()
        self._models: tuple[Detector, Recogniser] | None = None

    def read(self, image: Image.Image, *, progress: Callable[[int, int], None] | None = None) -> OcrPage:
        """Return the text in an upright RGB picture."""
        detector, recogniser = self._open()
        picture = np.ascontiguousarray(np.asarray(image.convert("RGB"))[:, :, ::-1])
        boxes = detector.find(picture)
        lines: list[OcrLine] = []
        unread: list[Quad] = []
        pool = ThreadPoolExecutor(self._threads)
        try:
            readings = pool.map(lambda box: recogniser.read(cut(picture, box)), boxes)
            for count, (box, reading) in enumerate(zip(boxes, readings, strict=True), start=1):
                if reading.confidence < MIN_CONFIDENCE or not reading.text.strip():
                    unread.append(_quad(box))
                else:
                    lines.append(OcrLine(reading.text.strip(), _quad(box), reading.confidence, reading.weakest))
                if progress is not None:
                    progress(count, len(boxes))
        finally:
            pool.shutdown(cancel_futures=True)
        return OcrPage(tuple(lines), len(boxes), image.size, tuple(unread))

    def _open(self) -> tuple[Detector, Recogniser]:
        with self._lock:
            if self._models is None:
                detector = Detector(open_session(self._weights.detector, threads=self._threads))
                self._models = detector, Recogniser(open_session(self._weights.recogniser, threads=1))
            return self._models


def cut(picture: NDArray[np.uint8], box: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return the pixels of a box as an upright strip; a box much higher than wide is turned."""
    import cv2

    top_left, top_right, bottom_right, bottom_left = box
    width = int(max(np.linalg.norm(top_right - top_left), np.linalg.norm(bottom_right - bottom_left)))
    height = int(max(np.linalg.norm(bottom_left - top_left), np.linalg.norm(bottom_right - top_right)))
    if abs(top_right[1] - top_left[1]) <= UPRIGHT_SLOPE * height:
        left, top = np.floor(box.min(axis=0)).astype(int)
        right, bottom = np.ceil(box.max(axis=0)).astype(int)
        strip: NDArray[np.uint8] = picture[top : bottom + 1, left : right + 1]
    else:
        corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
        matrix = cv2.getPerspectiveTransform(box, corners)
        size = (max(1, width), max(1, height))
        flat = cv2.warpPerspective(picture, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        strip = flat.astype(np.uint8, copy=False)
    return np.rot90(strip) if strip.shape[0] >= 1.5 * strip.shape[1] else strip


def _quad(box: NDArray[np.float32]) -> Quad:
    a, b, c, d = ((float(x), float(y)) for x, y in box)
    return a, b, c, d
