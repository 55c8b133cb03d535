"""One OCR engine per process."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from headroom_nb.techniques.ocr.cache import CachedOcr
from headroom_nb.techniques.ocr.engine import RapidOcr
from headroom_nb.techniques.ocr.weights import find_weights

if TYPE_CHECKING:
    from headroom_nb.techniques.ocr.base import Ocr

_engines: dict[str, CachedOcr] = {}
_lock = threading.Lock()


def get_ocr(name: str = "auto") -> Ocr:
    """Return the process's OCR engine; the same one every time it is asked for.

    Parameters
    ----------
    name
        ``"auto"`` (the best that is installed), ``"rapidocr"`` or ``"rapidocr-onnxruntime"``.

    Raises
    ------
    OptionError
        There is no such engine.
    OcrError
        It is not installed; says what to install.
    """
    weights = find_weights(name)
    with _lock:
        if weights.name not in _engines:
            _engines[weights.name] = CachedOcr(RapidOcr(weights))
        return _engines[weights.name]


def forget_pages() -> None:
    """Forget what the process's engines have read."""
    with _lock:
        for engine in _engines.values():
            engine.clear()
