"""The seed corpus: small files that fuzzing starts from, one folder for each target; found cases are added to it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("corpus")


@cache
def seeds(kind: str) -> dict[str, bytes]:
    """Name and bytes of each file of a folder."""
    return {file.name: file.read_bytes() for file in sorted((FOLDER / kind).iterdir())}


def pictures() -> dict[str, bytes]:
    """Tiny pictures of every format: whole, cut short, with flipped bits."""
    return seeds("pictures")
