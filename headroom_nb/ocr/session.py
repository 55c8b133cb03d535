"""Open the weights; missing files are reported as errors of OCR."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.errors import ModelFilesError, OcrError
from headroom_nb.ocr.weights import check_weights
from headroom_nb.runtime.onnx_runtime import open_session

if TYPE_CHECKING:
    from pathlib import Path

    from headroom_nb.runtime.onnx_runtime import Session


def open_weights(path: Path, *, threads: int, runs: int = 1, runtime: str = "onnxruntime") -> Session:
    """Return a session on the CPU.

    Parameters
    ----------
    path
        The weights.
    threads
        Threads that one run uses.
    runs
        Runs that may go on at the same time; only OpenVINO has to know.
    runtime
        ``"onnxruntime"`` or ``"openvino"``.

    Raises
    ------
    OcrError
        The runtime or OpenCV is missing, or the file is damaged.
    """
    try:
        import cv2  # noqa: F401 - the strips are cut with it
    except ImportError as error:
        raise OcrError("OCR needs OpenCV; run: pip install opencv-python-headless") from error
    check_weights(path)
    try:
        if runtime == "openvino":
            from headroom_nb.runtime.openvino_session import OpenVinoSession

            return OpenVinoSession(path, max(threads, runs))
        return open_session(path, threads=threads)
    except ModelFilesError as error:
        raise OcrError(f"OCR cannot start: {error}") from error
