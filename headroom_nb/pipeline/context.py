"""What decides an image besides its pixels and its question, and the tools that every decision shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_nb.costs import ModelSpec
    from headroom_nb.errors import OcrError
    from headroom_nb.ocr import Ocr
    from headroom_nb.records import Box, Technique
    from headroom_nb.resource_limits import Limits
    from headroom_nb.routing.base import Router
    from headroom_nb.runtime.memory_gate import MemoryGate

    Progress = Callable[[str, int, int], None]
    """Called with an image's path as text, the lines of text read in it so far, and the lines in all."""


@dataclass(frozen=True)
class Setting:
    """What decides an image besides its pixels and its question.

    ``forced`` is a technique chosen by hand, ``box`` a region to cut out; ``keep_low_view`` keeps a small view beside
    every transcript.
    """

    model: ModelSpec
    quality: str
    forced: Technique | None = None
    keep_low_view: bool = False
    box: Box | None = None


@dataclass(frozen=True)
class Tools:
    """Gives the router and the OCR engine, built on the first call; ``progress`` is told of text being read.

    What one image may use up is bounded by ``limits``, what all take at the same time by ``memory``. ``failed`` is told
    of an engine that was there and could not read: another time it may.
    """

    router: Callable[[], Router]
    ocr: Callable[[], Ocr]
    limits: Limits
    memory: MemoryGate
    progress: Progress | None = None
    failed: Callable[[OcrError], None] | None = None
