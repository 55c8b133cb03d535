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
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.formats.walk import Block, Message

OUR_OPENINGS = ("[OCR of image ", "[The next two images ")
"""How the texts begin that stand in an image's place after compression."""

_TEXT_TYPES = ("text", "input_text", "output_text")
_LABEL = re.compile(
    r"""\s*(?:
        (?:\S+\s+){0,5}\S*:                                     # "Image 1:", "Here is the page:"
      | \W*(?:image|picture|photo|figure|fig|page|slide|scan|screenshot|attachment|file|img)s?  # "Figure 3b"
        \W*(?:\d{1,4}\w?|[a-z])?\W*
      | (?:</?[\w:.-]+(?:\s[^<>]{0,200})?/?>\s*)+               # <image>, </document>
      | \S+\.(?:png|jpe?g|webp|gif|bmp|tiff?|heic|pdf)
    )\s*""",
    re.IGNORECASE | re.VERBOSE,
)


def text_of(block: Any) -> str:
    """Return the text of a text block, stripped; empty for any other block."""
    if isinstance(block, Mapping):
        kind, text = block.get("type"), block.get("text")
        if block.get("thought") or not (kind is None or (isinstance(kind, str) and kind in _TEXT_TYPES)):
            return ""
        block = text
    return block.strip() if isinstance(block, str) else ""


def is_label(text: str) -> bool:
    """Return whether a text only names an image."""
    return len(text) <= 300 and _LABEL.fullmatch(text) is not None


def questions(messages: Sequence[Message]) -> list[dict[int, str]]:
    """Return, per message, the question of each of its images by the block's place in the message."""
    earlier, later = _neighbours(messages)
    found: list[dict[int, str]] = []
    for place, message in enumerate(messages):
        marks = [_mark(block, own=message.speaker == "user") for block in message.blocks]
        found.append(
            {
                index: _nearest(marks, index) or later[place] or earlier[place] or _tool_text(message.blocks, index)
                for index, block in enumerate(message.blocks)
                if block.image is not None
            }
        )
    return found


_IMAGE = None
"""Stands for an image, or a text in an image's place, in a message's marks."""


def _mark(block: Block, *, own: bool) -> str | None:
    """Return a block as the rule sees it: user text, an image, or nothing ("")."""
    if block.image is not None:
        return _IMAGE
    text = text_of(block.value)
    if text.startswith(OUR_OPENINGS):
        return _IMAGE
    return text if own and block.tool is None else ""


def _nearest(marks: list[str | None], index: int) -> str:
    """Return the nearest user text in the same message; empty when it has none."""
    texts = [mark for mark in marks if mark]
    if any(not is_label(text) for text in texts):
        marks = ["" if mark and is_label(mark) else mark for mark in marks]
    before = next((mark for mark in reversed(marks[:index]) if mark), "")
    after = next((mark for mark in marks[index + 1 :] if mark), "")
    if not (before and after):
        return before or after
    order = [mark for mark in marks if mark != ""]
    rows = sum(1 for i, mark in enumerate(order) if mark is _IMAGE and (i == 0 or order[i - 1] is not _IMAGE))
    if rows == 1 and ("?" in before) != ("?" in after):
        return before if "?" in before else after
    return after if order[0] is _IMAGE else before


def _user_texts(message: Message) -> list[str]:
    """Return a user message's own texts; its labels only when there is nothing else."""
    texts = [mark for mark in (_mark(block, own=message.speaker == "user") for block in message.blocks) if mark]
    return [text for text in texts if not is_label(text)] or texts


def _neighbours(messages: Sequence[Message]) -> tuple[list[str], list[str]]:
    """Return per message the nearest user text before it, and the nearest after it up to the assistant's reply."""
    earlier, later = [""] * len(messages), [""] * len(messages)
    texts = [_user_texts(message) for message in messages]
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


def _tool_text(blocks: Sequence[Block], index: int) -> str:
    """Return the nearest text in the tool result that holds the image; empty when there is none."""
    tool = blocks[index].tool
    if tool is None:
        return ""
    texts = [
        (abs(other - index), text)
        for other, block in enumerate(blocks)
        if block.tool == tool and block.image is None and (text := text_of(block.value))
        if not text.startswith(OUR_OPENINGS)
    ]
    return min(texts, key=lambda found: found[0])[1] if texts else ""
