"""The HTTP status that the error of an SDK carries, and how long it asks to wait."""

from __future__ import annotations

from typing import Any

_STATUS_PLACES = ("status_code", "code", "status", "http_status")
_WAITS = (("retry-after-ms", 1e-3), ("retry-after", 1.0))
"""Headers that say how long to wait, and their unit in seconds."""


def status_of(error: BaseException) -> int | None:
    """Return the HTTP status that an SDK's error carries; None where it carries none."""
    for name in _STATUS_PLACES:
        value = getattr(error, name, None)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    response: Any = getattr(error, "response", None)
    if isinstance(response, dict):  # botocore
        status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        return status if isinstance(status, int) else None
    status = getattr(response, "status_code", None)
    return status if isinstance(status, int) else None


def wait_of(error: BaseException) -> float | None:
    """Return how many seconds the server asks to wait; None where its answer does not say."""
    headers = getattr(getattr(error, "response", None), "headers", None) or getattr(error, "headers", None)
    for name, unit in _WAITS:
        try:
            return max(0.0, float(headers[name]) * unit)  # type: ignore[index]
        except (KeyError, TypeError, ValueError):  # no headers, no such header, or a date
            continue
    return None
