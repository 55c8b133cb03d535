"""One OCR engine per process."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from headroom_nb.ocr.isolated import IsolatedOcr
from headroom_nb.ocr.many_scripts import build
from headroom_nb.ocr.ocr_reader import MAX_BYTES, OcrReader
from headroom_nb.ocr.weights import find_weights
from headroom_nb.runtime.forks import fork_safe
from headroom_nb.runtime.lru import on_clear

if TYPE_CHECKING:
    from headroom_nb.ocr.base import Ocr

ISOLATED = "isolated"
"""The name for an engine in a process of its own."""

_engines: dict[str, OcrReader] = {}
_lock = fork_safe(threading.Lock())


def get_ocr(name: str = "auto") -> Ocr:
    """Return the process's OCR engine; the same one every time it is asked for.

    Parameters
    ----------
    name
        ``"auto"`` (the best that is installed), ``"rapidocr"``, ``"rapidocr-onnxruntime"``, ``"rapidocr-openvino"``
        (the first on OpenVINO, see ``docs/transcripts.md``), or ``"isolated"``: the best that is installed, in a
        process of its own (see :class:`~headroom_nb.ocr.IsolatedOcr`).

    Raises
    ------
    OptionError
        There is no such engine.
    OcrError
        It is not installed, or what the user placed in ``HEADROOM_NB_OCR_MODELS`` cannot be used; says what to do.
    """
    weights = None if name == ISOLATED else find_weights(name)
    key = ISOLATED if weights is None else weights.name
    with _lock:
        if key not in _engines:
            _engines[key] = OcrReader(IsolatedOcr() if weights is None else build(weights), max_bytes=MAX_BYTES)
        return _engines[key]


def forget_pages() -> None:
    """Forget what the process's engines have read."""
    with _lock:
        for engine in _engines.values():
            engine.forget_pages()


on_clear(forget_pages)
