"""Reading the text in an image: :func:`get_ocr` gives the engine, :class:`FakeOcr` stands in for it in tests.

:class:`IsolatedOcr` runs an engine in a process of its own.
"""

from headroom_nb.ocr.base import Ocr, OcrLine, OcrPage, Quad
from headroom_nb.ocr.fake import FakeOcr
from headroom_nb.ocr.isolated import IsolatedOcr
from headroom_nb.ocr.registry import get_ocr

__all__ = ["FakeOcr", "IsolatedOcr", "Ocr", "OcrLine", "OcrPage", "Quad", "get_ocr"]
