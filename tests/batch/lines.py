"""Small batches for tests: pictures that cost something, in every wrapping."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headroom_nb.records import Technique
from tests.support import FixedRouter, gradient, openai_message, png

if TYPE_CHECKING:
    from collections.abc import Iterable

ROUTER = FixedRouter(Technique.FULL_LOW)
"""A router without a model; picklable."""

OPTIONS: dict[str, Any] = {"router": ROUTER, "model": "gpt-4o", "progress": False}


@lru_cache
def picture(number: int = 0) -> bytes:
    return png(gradient(700 + 20 * number, 600))


def asks(number: int) -> list[dict[str, Any]]:
    """A message list with one picture; one in three has none."""
    if number % 3 == 2:
        return [{"role": "user", "content": f"no picture in {number}"}]
    return [openai_message(f"Describe number {number}.", picture(number % 4))]


def write_lines(path: Path, values: Iterable[Any]) -> Path:
    path.write_text("".join(f"{value if isinstance(value, str) else json.dumps(value)}\n" for value in values), "utf-8")
    return path


def read_lines(path: Path | str) -> list[Any]:
    return [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]
