"""The questions that a proof asks: one for each turn in which a user sent an image."""

from __future__ import annotations

import os
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import MessageError
from headroom_nb.formats import FORMATS, find_images, replace_images
from headroom_nb.formats.replace import refusal
from headroom_nb.formats.walk import LISTS, attribute, request_body
from headroom_nb.records import TextPart
from headroom_nb.runtime.files import read_file, shown
from headroom_nb.runtime.json_text import read_json

if TYPE_CHECKING:
    from collections.abc import Sequence

LEFT_OUT = "[The image was left out.]"
"""What stands in the place of an image where none is sent."""


@dataclass(frozen=True)
class Case:
    """A conversation that ends with a question about images: where it is from, the question, and the document."""

    place: str
    question: str
    document: Any


def cases_of(given: Any, n: int, seed: int = 0) -> list[Case]:
    """Return at most `n` questions, drawn where there are more.

    Parameters
    ----------
    given
        A conversation or request body, a list of these, or the path of a JSON or JSON Lines file of them.
    n
        How many.
    seed
        Of the draw.

    Raises
    ------
    MessageError
        No user sent an image in it.
    FileAccessError
        The file cannot be read.
    """
    found = [case for number, document in enumerate(_documents(given)) for case in _turns(document, number)]
    if not found:
        raise MessageError("no user sent an image in these messages, so there is nothing to prove")
    if len(found) <= n:
        return found
    chosen = random.Random(seed).sample(range(len(found)), n)  # noqa: S311 - a sample, no secret
    return [found[place] for place in sorted(chosen)]


def _documents(given: Any) -> list[Any]:
    if isinstance(given, (str, os.PathLike)):
        text = read_file(given).decode("utf-8", "replace")
        try:
            return _documents(read_json(text))
        except ValueError:
            try:
                return [read_json(line) for line in text.splitlines() if line.strip()]
            except ValueError as error:
                raise MessageError(f"{shown(given)} is neither JSON nor JSON Lines: {error}") from error
    if isinstance(given, (list, tuple)) and given and all(_is_conversation(each) for each in given):
        return list(given)
    return [given]


def _is_conversation(value: Any) -> bool:
    return isinstance(value, (list, tuple)) or (isinstance(value, Mapping) and request_body(value)[1] is not None)


def _turns(document: Any, number: int) -> list[Case]:
    """Return the document up to each turn in which a user sent an image."""
    path, body = request_body(document)
    if body is not None and path:  # the line of a batch file: what is in its envelope is asked
        document, path = body, ()
    key = None if body is None else next((name for name in LISTS if isinstance(body.get(name), (list, tuple))), None)
    turns = document if body is None else body.get(key) if key is not None else None
    slots = find_images(document)
    if not isinstance(turns, (list, tuple)) or not all(attribute(turn, "role") for turn in turns):
        return [Case(f"conversation {number + 1}", slots[-1].question, document)] if slots else []
    depth = 0 if key is None else 1
    last = {int(slot.path[depth]): slot for slot in slots if isinstance(slot.path[depth], int)}
    made = []
    for place in sorted(last):
        if attribute(turns[place], "role") != "user":
            continue
        until = place + 1
        while until < len(turns) and attribute(turns[until], "role") == "user":
            until += 1
        if until in {each + 1 for each in last} and until != place + 1:
            continue  # the next message of the same turn has an image as well
        cut = list(turns[:until])
        whole = cut if key is None or body is None else {**body, key: cut}
        made.append(Case(f"conversation {number + 1}, turn {place + 1}", last[place].question, whole))
    return made


def without_images(document: Any) -> Any:
    """Return a document with a few words in the place of every image, where the format has room for them."""
    parts: dict[Any, Sequence[TextPart]] = {
        slot.path: (TextPart(LEFT_OUT),)
        for slot in find_images(document)
        if FORMATS[slot.format].write_text is not None and refusal(slot, (TextPart(LEFT_OUT),)) is None
    }
    return replace_images(document, parts)
