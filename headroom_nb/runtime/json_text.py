"""JSON from outside, with one error for all that may be wrong with it; and JSON of whatever a message may hold."""

from __future__ import annotations

import json
from typing import Any


def written(value: Any) -> str:
    """Return any value as JSON; what JSON has no word for stands as text, and what nests without end as nothing."""
    try:
        return json.dumps(value, default=_as_text, skipkeys=True)
    except (ValueError, RecursionError):  # it holds itself, or is nested too deeply
        return ""


def _as_text(value: object) -> str:
    try:
        return repr(value)
    except Exception:  # noqa: BLE001 - an object of somebody else's may raise anything
        return type(value).__name__


def read_json(text: str | bytes) -> Any:
    """Return what a JSON text says; raises ValueError where it is none, or nested deeper than can be read."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
