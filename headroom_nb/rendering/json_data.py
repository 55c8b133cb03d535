"""Documents as nothing but JSON data: raw bytes in base64, the SDKs' objects as what they stand for."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from headroom_nb.errors import OptionError


def to_json(value: Any, *, indent: int | None = None) -> str:
    """Return a document as JSON in ASCII; raw bytes become base64.

    Raises
    ------
    OptionError
        When something in it has no JSON form.
    """
    try:
        return json.dumps(plain(value), indent=indent, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise OptionError(f"these messages cannot be written as JSON: {error}") from error


def plain(value: Any, *, raw: bool = False) -> Any:
    """Return a copy of nothing but mappings, lists and scalars.

    Raw bytes become base64, except where ``raw`` keeps them; the SDKs' objects become the data that they stand for.
    """
    if isinstance(value, (bytes, bytearray)):
        return bytes(value) if raw else base64.b64encode(value).decode("ascii")
    if isinstance(value, Enum):
        return plain(value.value, raw=raw)
    dump = getattr(value, "model_dump", None)
    if callable(dump) and not isinstance(value, type):
        return plain(dump(by_alias=True, exclude_none=True), raw=raw)
    if isinstance(value, Mapping):
        return {str(key): plain(entry, raw=raw) for key, entry in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(entry, raw=raw) for entry in value]
    return value
