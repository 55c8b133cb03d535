"""What became better or worse from one run of a benchmark to another.

::

    python -m benchmarks.compare OLD.json NEW.json [--fell 0.1] [--all]

Reads any two files of ``benchmarks/results`` that the same benchmark wrote. Each number that changed is printed as a
ratio, new by old; one that fell, became worse by more than ``--fell``, is flagged, and the exit status is then 1.
Whether more is better is known by a word in the figure's path; figures without such a word are counted, not judged.
Rows of a list are matched by their name, where they have one. Wall times of two runs differ by what else the machine
did: run both anew before believing one, and believe CPU times first.
"""

from __future__ import annotations

import argparse
import functools
import json
import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = ("name", "file", "policy", "model", "size", "kind", "promise", "drag", "images")
"""What a row of a list may be called by, all that it has together."""

LESS_IS_BETTER = re.compile(
    "ms|s|seconds|minutes|mb|kb|bytes|cpu|wall|memory|resident|peak|lag|lost|refused|wrong|bad|badly|failures|silent|risk|"
    "ece|overhead|slope|growth|packages|most|tokens|ratio|missed|none"
)
MORE_IS_BETTER = re.compile(
    "recall|speedup|items|share|right|exact|strict|lenient|saved|answers|within|top|percent|passed|taken"
)
DESCRIBES = re.compile(
    "machine|bars|lists|python|seed|libraries|load|before_mb|samples|setup|cores|runs|calls.*|requests|questions|files|images"
)
"""What describes the run and is no figure of it."""


@dataclass(frozen=True)
class Change:
    """One number in both files."""

    path: str
    old: float
    new: float
    sign: int
    """1 where more is better, -1 where less is, 0 where it is not known."""

    @property
    def ratio(self) -> float:
        """New by old; infinite where there was nothing before."""
        if self.old == self.new:
            return 1.0
        return self.new / self.old if self.old else float("inf")

    def fell(self, share: float) -> bool:
        """Whether the figure became worse by more than this share of the old one."""
        return self.sign * (self.new - self.old) < -share * abs(self.old)


def figures(value: Any, path: str = "") -> Iterator[tuple[str, float]]:
    """Yield each number with its path: keys, and names of rows, joined by slashes."""
    if isinstance(value, (bool, int, float)):
        yield path, float(value)
    elif isinstance(value, dict):
        for key, each in value.items():
            if not DESCRIBES.fullmatch(str(key)):
                yield from figures(each, f"{path}/{key}" if path else str(key))
    elif isinstance(value, list):
        names = Counter[str]()
        for number, each in enumerate(value):
            name = row_name(each) or str(number)
            names[name] += 1
            yield from figures(each, f"{path}/{name}" + (f" #{names[name]}" if names[name] > 1 else ""))


def row_name(row: Any) -> str:
    """Return what a row of a list is called, empty where it has no name."""
    if not isinstance(row, dict):
        return ""
    return " ".join(str(row[name]) for name in NAMES if isinstance(row.get(name), (str, int, list)))


@functools.lru_cache(None)
def _sign_of_part(part: str) -> int:
    for word in (part, *reversed(re.split(r"[\s_,.%()]+", part.lower()))):
        if MORE_IS_BETTER.fullmatch(word):
            return 1
        if LESS_IS_BETTER.fullmatch(word):
            return -1
    return 0


def sign(path: str) -> int:
    """Return 1 where more is better, -1 where less is, 0 where the path does not say; the last words say it first."""
    return next(filter(None, map(_sign_of_part, reversed(path.split("/")))), 0)


def compare(old: Any, new: Any) -> list[Change]:
    """Return each number that both files hold."""
    before = dict(figures(old))
    return [Change(path, before[path], value, sign(path)) for path, value in figures(new) if path in before]


def main() -> int:
    """Print what changed; 1 where something fell."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=__doc__)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--fell", type=float, default=0.1, help="share of the old figure that counts as a fall")
    parser.add_argument("--all", action="store_true", help="print figures that stayed as well")
    options = parser.parse_args()
    old, new = (json.loads(path.read_text("utf-8")) for path in (options.old, options.new))
    changes = compare(old, new)
    fallen = {change.path for change in changes if change.fell(options.fell)}
    for change in changes:
        if options.all or change.path in fallen or abs(change.ratio - 1) > options.fell:
            mark = "FELL " if change.path in fallen else "     "
            print(f"{mark}{change.ratio:8.3f}  {change.old:12.4g} -> {change.new:12.4g}  {change.path}")
    gone = {path for path, _ in figures(old)} - {path for path, _ in figures(new)}
    unknown = sum(not change.sign for change in changes)
    print(
        f"\n{len(changes)} figures in both, {len(fallen)} fell; {unknown} not judged; {len(gone)} only in the old file."
    )
    return bool(fallen)


if __name__ == "__main__":
    sys.exit(main())
