"""Open the weights; missing files are reported as errors of OCR."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.errors import ModelFilesError, OcrError
from headroom_nb.ocr.weights import check_weights
from headroom_nb.runtime.onnx_runtime import open_session

if TYPE_CHECKING:
    from pathlib import Path

    from headroom_nb.runtime.onnx_runtime import Session


def open_weights(path: Path, *, threads: int) -> Session:
    """Return a session on the CPU that uses a number of threads for one run.

    Raises
    ------
    OcrError
        onnxruntime or OpenCV is missing, or the file is damaged.
    """
    try:
        import cv2  # noqa: F401 - the strips are cut with it
    except ImportError as error:
        raise OcrError("OCR needs OpenCV; run: pip install opencv-python-headless") from error
    check_weights(path)
    try:
        return open_session(path, threads=threads)
    except ModelFilesError as error:
        raise OcrError(f"OCR cannot start: {error}") from error
