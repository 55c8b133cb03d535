"""Open ONNX files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from headroom_nb.errors import OcrError

if TYPE_CHECKING:
    from pathlib import Path


class Session(Protocol):
    """The part of ``onnxruntime.InferenceSession`` that is used here."""

    def run(self, output_names: list[str] | None, input_feed: dict[str, Any]) -> list[Any]:
        """Run the model."""
        ...

    def get_inputs(self) -> list[Any]:
        """Return what the model takes."""
        ...

    def get_modelmeta(self) -> Any:
        """Return the model's metadata."""
        ...


def open_session(path: Path, *, threads: int) -> Session:
    """Return a session on the CPU that uses a number of threads for one run.

    Raises
    ------
    OcrError
        onnxruntime is not installed.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise OcrError("OCR needs onnxruntime; run: pip install onnxruntime") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    session: Session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return session
