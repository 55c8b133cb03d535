"""Which text governs an image.

In this order, the first that exists:

1. the user's own text in the same message: the nearest on either side. Where one stands on both sides, and the message
   has one row of images, the one that asks with a question mark; otherwise, the one before in a message that opens with
   text, the one after in a message that opens with an image;
2. the first text of the next user message, up to the assistant's reply;
3. the last text of the user message before;
4. text in the same tool result (a page title, "screenshot taken"), which no user wrote.

Nearness is counted in texts, not in images: what stands in an image's place may be two images or none, and its
neighbours' questions must not change with that. For the same reason the texts this package writes are not user text.
A label ("Image 1:", ``<image>``) governs only where there is no other text. Nothing behind the assistant's reply is
looked at, so that a prefix of a conversation is always decided as it is in the whole.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Any

from headroom_nb.formats.base import is_mapping

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.formats.walk import Block, Message
    from headroom_nb.records import BlockPath

_PIXELS, _PAGES = re.compile(r"\d×\d+ px"), re.compile(r" of \d+ pages?")
"""What the line in brackets holds with which texts begin that stand in the place of an image, or of a document."""

_TEXT_TYPES = ("text", "input_text", "output_text")
_LABEL = re.compile(
    r"""\s*(?:
        (?:\S+\s+){0,5}\S*:                                     # "Image 1:", "Here is the page:"
      | \W*(?:image|picture|photo|figure|fig|page|slide|scan|screenshot|attachment|file|img)s?  # "Figure 3b"
        \W*(?:(?:\d{1,4}\w?|[a-z])\W*)?
      | (?:</?[\w:.-]+(?:\s[^<>]{0,200})?/?>\s*)+               # <image>, </document>
      | \S+\.(?:png|jpe?g|webp|gif|bmp|tiff?|heic|pdf)
    )\s*""",
    re.IGNORECASE | re.VERBOSE,
)


def text_of(block: Any) -> str:
    """Return the text of a text block, stripped; empty for any other block."""
    if is_mapping(block):
        kind, text = block.get("type"), block.get("text")
        if block.get("thought") is True or not (kind is None or (isinstance(kind, str) and kind in _TEXT_TYPES)):
            return ""
        block = text
    return block.strip() if isinstance(block, str) else ""


def is_ours(text: str) -> bool:
    """Return whether a text stands in the place of an image or document; its first line says so."""
    line = text.partition("\n")[0]
    if not (line.startswith("[") and line.endswith("]")):
        return False
    return _PIXELS.search(line) is not None or (line.startswith("[PDF") and _PAGES.search(line) is not None)


def is_label(text: str) -> bool:
    """Return whether a text only names an image."""
    return len(text) <= 300 and _LABEL.fullmatch(text) is not None


def questions(messages: Sequence[Message]) -> list[dict[int, str]]:
    """Return, per message, the question of each image (and text of ours) by its place in the message."""
    marked = [
        [_mark(block, counts=message.speaker == "user" and block.tool is None) for block in message.blocks]
        for message in messages
    ]
    earlier, later = _neighbours(messages, marked)
    found: list[dict[int, str]] = []
    for place, message in enumerate(messages):
        fallback = later[place] or earlier[place]
        tool = {} if fallback else _tool_texts(message.blocks)
        found.append({index: own or fallback or tool.get(index, "") for index, own in _own_texts(marked[place])})
    return found


_IMAGE = None
"""Stands for an image, or a text in an image's place, in a message's marks."""


def _mark(block: Block, *, counts: bool) -> str | None:
    """Return a block as the rule sees it: text (where text counts), an image, or nothing ("")."""
    if block.image is not None or block.document is not None:
        return _IMAGE
    text = text_of(block.value)
    if is_ours(text):
        return _IMAGE
    return text if counts else ""


def _own_texts(marks: list[str | None]) -> list[tuple[int, str]]:
    """Return, for each image of a message, its place and the nearest user text; empty where the message has none."""
    order = [(index, mark) for index, mark in enumerate(marks) if mark != ""]
    if any(mark and not is_label(mark) for _, mark in order):
        order = [(index, mark) for index, mark in order if not (mark and is_label(mark))]
    rows = [list(row) for is_image, row in groupby(order, lambda entry: entry[1] is _IMAGE) if is_image]
    texts = [list(row) for is_image, row in groupby(order, lambda entry: entry[1] is _IMAGE) if not is_image]
    opens_with_image = bool(order) and order[0][1] is _IMAGE
    found: list[tuple[int, str]] = []
    for number, row in enumerate(rows):
        place = number - 1 if opens_with_image else number
        before = texts[place][-1][1] if 0 <= place < len(texts) else ""
        after = texts[place + 1][0][1] if place + 1 < len(texts) else ""
        text = _choose(before or "", after or "", alone=len(rows) == 1, opens_with_image=opens_with_image)
        found.extend((index, text) for index, _ in row)
    return found


def _choose(before: str, after: str, *, alone: bool, opens_with_image: bool) -> str:
    """Return which of the texts on either side of a row of images governs it."""
    if not (before and after):
        return before or after
    if alone and ("?" in before) != ("?" in after):
        return before if "?" in before else after
    return after if opens_with_image else before


def _neighbours(messages: Sequence[Message], marked: Sequence[Sequence[str | None]]) -> tuple[list[str], list[str]]:
    """Return per message the nearest user text before it, and the nearest after it up to the assistant's reply."""
    earlier, later = [""] * len(messages), [""] * len(messages)
    texts = [[mark for mark in marks if mark] for marks in marked]
    texts = [[text for text in own if not is_label(text)] or own for own in texts]
    known = ""
    for place, own in enumerate(texts):
        earlier[place] = known
        known = own[-1] if own else known
    known = ""
    for place in range(len(messages) - 1, -1, -1):
        later[place] = known
        if messages[place].speaker == "assistant":
            known = ""
        elif texts[place]:
            known = texts[place][0]
    return earlier, later


def _tool_texts(blocks: Sequence[Block]) -> dict[int, str]:
    """Return, for each image in a tool result, the nearest text in the same result, by its place in the message."""
    results: dict[BlockPath, list[int]] = {}
    for index, block in enumerate(blocks):
        if block.tool is not None:
            results.setdefault(block.tool, []).append(index)
    return {
        places[index]: text
        for places in results.values()
        for index, text in _own_texts([_mark(blocks[place], counts=True) for place in places])
    }
