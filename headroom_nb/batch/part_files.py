"""The account of a part as it stands beside its data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from headroom_nb.batch.records import PartRecord, Totals

if TYPE_CHECKING:
    from headroom_nb.batch.records import Part
    from headroom_nb.batch.stores import Store


def read_record(store: Store, part: Part) -> dict[str, Any] | None:
    """Return what a part's account holds; None when it is missing or damaged."""
    try:
        content = json.loads(store.read(f"{part.target}.json"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) and content.get("number") == part.number else None


def record_of(store: Store, part: Part) -> PartRecord | None:
    """Return the record of a part that is done; None when it is not."""
    content = read_record(store, part)
    return None if content is None else PartRecord(part.number, content["size"], Totals(**content["totals"]))
