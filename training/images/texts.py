"""Words for the rendered pictures: meaningless, but shaped like the real thing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

T = TypeVar("T")

LISTS: dict[str, list[str]] = json.loads(Path(__file__).with_name("words.json").read_text(encoding="utf-8"))
"""Words, names, products, shops, signs, buttons, table heads, and lines of programs and terminals, by list name."""


def choose(rng: np.random.Generator, options: Sequence[T]) -> T:
    """Return one of the options."""
    return options[int(rng.integers(len(options)))]


def words(rng: np.random.Generator, count: int) -> str:
    """Return words, one in thirty with letters beyond ASCII."""
    picked = [
        choose(rng, LISTS["accented"]) if rng.random() < 0.03 else choose(rng, LISTS["words"]) for _ in range(count)
    ]
    return " ".join(picked)


def sentence(rng: np.random.Generator) -> str:
    """Return a sentence of 5 to 18 words."""
    return words(rng, int(rng.integers(5, 19))).capitalize() + choose(rng, (".", ".", ".", "?", ";"))


def paragraph(rng: np.random.Generator, count: int) -> str:
    """Return a paragraph of about ``count`` words; now and then in another alphabet."""
    script = rng.random()
    if script < 0.06:
        return " ".join(choose(rng, LISTS["cyrillic"] if script < 0.04 else LISTS["greek"]) for _ in range(count))
    said: list[str] = []
    while sum(part.count(" ") + 1 for part in said) < count:
        said.append(sentence(rng))
    return " ".join(said)


def title(rng: np.random.Generator, low: int = 2, high: int = 6) -> str:
    """Return a heading in title case."""
    return words(rng, int(rng.integers(low, high + 1))).title()


def person(rng: np.random.Generator) -> str:
    """Return a name."""
    return f"{choose(rng, LISTS['first'])} {choose(rng, LISTS['last'])}"


def money(rng: np.random.Generator, top: float = 90.0) -> str:
    """Return an amount with two decimals."""
    return f"{rng.random() * top + 0.5:.2f}"


def number(rng: np.random.Generator) -> str:
    """Return a figure as tables hold them: counts, decimals, shares, thousands."""
    value = rng.random()
    return choose(
        rng,
        (
            f"{value * 100:.1f}",
            f"{int(value * 9999):,}",
            f"{value * 100:.0f}%",
            f"{value:.3f}",
            f"{value * 40 - 20:.2f}",
        ),
    )


def date(rng: np.random.Generator) -> str:
    """Return a date in one of four styles."""
    day, month, year = int(rng.integers(1, 29)), int(rng.integers(1, 13)), int(rng.integers(1990, 2027))
    return choose(
        rng,
        (
            f"{year}-{month:02d}-{day:02d}",
            f"{day:02d}.{month:02d}.{year}",
            f"{month}/{day}/{year}",
            f"{day} May {year}",
        ),
    )


def code_line(rng: np.random.Generator, templates: Sequence[str] = LISTS["code"]) -> str:
    """Return a line of a program or a terminal."""
    names = [choose(rng, LISTS["words"]) for _ in range(3)]
    return choose(rng, templates).format(
        a=names[0],
        b=names[1],
        c=names[2],
        A=names[0].title(),
        B=names[1].title(),
        n=int(rng.integers(1, 999)),
        m=int(rng.integers(1, 30)),
    )
