"""What SECURITY.md and the pages on faults and limits promise, sentence by sentence, and what holds each."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import NamedTuple

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]
PAGES = ("SECURITY.md", "docs/faults.md", "docs/limits.md")

_CODE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_TESTS = re.compile(r"^Tests:\n(?:`tests/.*\n?)+", re.MULTILINE)
_PLACES = re.compile(r"(?:\s*`(?:(?:headroom_nb|labextension|benchmarks|tests|requirements)/[\w./-]*|[A-Z]+\.md)`,?)+$")
_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z`*\d]|headroom)")


def sentences(page: str) -> list[str]:
    """Return the sentences of a page, each on one line."""
    text = _TESTS.sub("", _CODE.sub("", (ROOT / page).read_text("utf-8")))
    found: list[str] = []
    for block in re.split(r"\n\s*\n|\n(?=- )|\n(?=\|)", text):
        flat = " ".join(block.split())
        if not flat or flat.startswith("#") or re.match(r"\|[\s|:-]*\|$", flat):
            continue
        flat = _PLACES.sub("", flat.removeprefix("- ").strip())
        if flat.startswith("|"):
            found.append(flat)
        else:
            found += [_PLACES.sub("", each).strip() for each in _END.split(flat)]
    return [each for each in found if re.search(r"\w", each)]


class Break(NamedTuple):
    """A way to break a promise: what stands in a file, what is put there, and the test that must fail then."""

    file: str
    old: str
    new: str
    test: str


class Promise(NamedTuple):
    """The beginning of a sentence, the tests that hold it, and ways to break it."""

    says: str
    tests: tuple[str, ...]
    breaks: tuple[Break, ...]


def promises() -> tuple[list[str], list[Promise]]:
    """Return the beginnings of sentences that promise nothing, and the promises; from ``promises.toml``."""
    content = tomllib.loads(Path(__file__).with_name("promises.toml").read_text("utf-8"))
    found = [
        Promise(
            each["says"],
            tuple(each["tests"]),
            tuple(
                Break(way["file"], way["old"], way["new"], each["tests"][way["seen_by"]])
                for way in each.get("break", [])
            ),
        )
        for each in content["promise"]
    ]
    return content["explains"], found
