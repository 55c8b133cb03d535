"""How many input tokens a model takes; rows as data in ``contexts.json``."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_nb.costs.spec import ModelSpec


def context_of(model: ModelSpec) -> int | None:
    """Return the input tokens that a model takes; None where they are not known."""
    for row in load_contexts()["rows"]:
        if any(fnmatchcase(model.name, pattern) for pattern in row["models"]):
            return int(row["tokens"])
    return None


@lru_cache(maxsize=1)
def load_contexts() -> Mapping[str, Any]:
    """Return the parsed ``contexts.json``."""
    table: Mapping[str, Any] = json.loads(files("headroom_nb.costs").joinpath("contexts.json").read_text("utf-8"))
    return table
