"""What makes two runs the same: everything that decides the bytes that are written."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from headroom_nb._version import __version__
from headroom_nb.options.choice import CONVERSATION, IMAGE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_nb.batch.sources import Source
    from headroom_nb.batch.worker import BatchCompressor

LAYOUT = 3
"""Version of the files in the folder of parts."""

HOW = ("column", "on_error", "max_item_bytes", "max_item_seconds")


def facts_of(source: Source, compressor: BatchCompressor) -> dict[str, Any]:
    """Return by name, as plain values, what decides the output."""
    files = [[file.found.name, file.found.size, file.found.stamp, file.shape, file.digest] for file in source.files]
    return {
        "the version": [LAYOUT, __version__],
        "the source": _hash(files),
        "models of your own": _hash([dict(row) for row in compressor.models]),
        **{name: _told(value) for name, value in sorted(compressor.options.changing(IMAGE, CONVERSATION).items())},
        **{name: getattr(compressor, name) for name in HOW},
    }


def fingerprint(facts: Mapping[str, Any]) -> str:
    """Return the facts as one short text."""
    return _hash(facts)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Return the names of what differs, as they stand in a sentence."""
    return ", ".join(name for name in {**before, **after} if before.get(name) != after.get(name))


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=_told).encode()).hexdigest()


def _told(value: Any) -> Any:
    """Return an option as JSON can tell it; an object of someone's own by its type and name."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    shown = repr(value)
    name = getattr(value, "name", "")
    return [type(value).__module__, type(value).__qualname__, str(name) if " at 0x" in shown else shown]
