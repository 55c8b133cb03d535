"""Reading the text in an image: :func:`get_ocr` gives the engine, :class:`FakeOcr` stands in for it in tests.

:class:`IsolatedOcr` runs an engine in a process of its own. Each is loaded when it is first used: the first look at an
image needs the detector alone, and none of the readers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.lazy import lazy_names

if TYPE_CHECKING:
    from headroom_nb.ocr.base import Ocr as Ocr
    from headroom_nb.ocr.base import OcrLine as OcrLine
    from headroom_nb.ocr.base import OcrPage as OcrPage
    from headroom_nb.ocr.base import Quad as Quad
    from headroom_nb.ocr.fake import FakeOcr as FakeOcr
    from headroom_nb.ocr.isolated import IsolatedOcr as IsolatedOcr
    from headroom_nb.ocr.registry import get_ocr as get_ocr

_HOME = {
    "FakeOcr": "fake",
    "IsolatedOcr": "isolated",
    "Ocr": "base",
    "OcrLine": "base",
    "OcrPage": "base",
    "Quad": "base",
    "get_ocr": "registry",
}

__all__ = [*_HOME]  # noqa: PLE0604 - the table above is the list


if not TYPE_CHECKING:  # or a type checker would take any name for one of these
    __getattr__ = lazy_names(__name__, _HOME)
