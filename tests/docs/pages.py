"""The written pages, and the blocks and commands in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

GENERATED = (ROOT / "docs" / "reference", ROOT / "docs" / "tutorials")
INCLUDING = ROOT / "docs" / "project"
"""Pages that hold nothing but another page, which is listed itself."""

PAGES = tuple(
    page
    for page in (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")))
    if not {*GENERATED, INCLUDING} & {*page.parents}
)

NOT_RUN = re.compile(r"<!-- not run: (?P<reason>.+?) -->\s*\Z", re.DOTALL)
"""Stands right before a block that no test can run, and says why."""

_FENCE = re.compile(r"^```(?P<language>[\w-]+)?[^\n]*\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
_SPAN = re.compile(r"(?<!`)`([^`\n]+(?:\n[^`\n]+)?)`(?!`)")


@dataclass(frozen=True)
class FencedBlock:
    """A fenced block: its language, its text, the line it starts on, and why it cannot be run, if so."""

    language: str
    text: str
    line: int
    not_run: str | None


def name(page: Path) -> str:
    """Return a page's path in the checkout."""
    return str(page.relative_to(ROOT))


def blocks(page: Path) -> list[FencedBlock]:
    """Return the fenced blocks of a page, in order."""
    text = page.read_text("utf-8")
    found = []
    for match in _FENCE.finditer(text):
        marked = NOT_RUN.search(text[: match.start()])
        line = text.count("\n", 0, match.start()) + 1
        found.append(
            FencedBlock(match["language"] or "", match["text"], line, None if marked is None else marked["reason"])
        )
    return found


def is_shell(block: FencedBlock) -> bool:
    """Whether a block is for a shell; so is one of ``%pip`` lines, which would change the environment."""
    lines = block.text.strip().splitlines()
    return block.language == "sh" or all(line.startswith("%pip ") for line in lines)


def spans(page: Path) -> list[str]:
    """Return what stands between single backticks outside the fenced blocks."""
    return [" ".join(span.split()) for span in _SPAN.findall(_FENCE.sub("", page.read_text("utf-8")))]


def shell_lines(text: str) -> list[str]:
    """Return the commands of a block, continued lines joined and comments dropped."""
    lines = text.replace("\\\n", " ").splitlines()
    return [line.partition(" #")[0].strip().removeprefix("%") for line in lines if line.strip() and line[0] != "#"]
