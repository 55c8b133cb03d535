"""Bytes changed as a fuzzer would, from a seed, so that a test sees the same ones every time."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

AWKWARD = (
    b"\0\0\0\0",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\x80\0\0\0",
    b"..",
    b"/",
    b"<",
    b'"',
    b"\\u0000",
    b"{",
    b"]",
)


def mutated(data: bytes, count: int, seed: int) -> Iterator[bytes]:
    """Yield ``count`` changed copies: bits flipped, parts cut out, doubled, moved, or written over."""
    chance = random.Random(seed)
    for _ in range(count):
        changed = bytearray(data)
        for _ in range(chance.randint(1, 4)):
            changed = _once(changed, chance)
        yield bytes(changed)


def _once(data: bytearray, chance: random.Random) -> bytearray:
    start = chance.randrange(len(data) + 1)
    end = min(len(data), start + chance.choice((1, 2, 4, 8, 64)))
    kind = chance.randrange(6)
    if kind == 0 and data:
        at = chance.randrange(len(data))
        data[at] ^= 1 << chance.randrange(8)
        return data
    if kind == 1:
        return data[:start]
    if kind == 2:
        return data[:start] + data[end:]
    if kind == 3:
        return data[:end] + data[start:end] * chance.choice((1, 3, 50)) + data[end:]
    if kind == 4:
        return data[:start] + chance.choice(AWKWARD) + data[start:]
    return data[:start] + chance.choice(AWKWARD) + data[end:]
