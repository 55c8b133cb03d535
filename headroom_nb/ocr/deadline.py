"""The error for a reading that took too long; its clock is in :mod:`headroom_nb.runtime.stopping`."""

from __future__ import annotations

from headroom_nb.errors import OcrTimeoutError
from headroom_nb.resource_limits import how_to_raise


def timed_out(seconds: float) -> OcrTimeoutError:
    """Return the error for a reading that took longer than ``seconds``."""
    return OcrTimeoutError(f"reading its text took more than {seconds:g} seconds; {how_to_raise('max_ocr_seconds')}")
