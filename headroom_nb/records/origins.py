"""Where the images of a conversation came from, in words: for those that no file name is known of."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from headroom_nb.errors import format_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.errors import BlockPath

_LISTS = ("messages", "contents", "input")
_WITHIN = {"content", "parts", "images"}
"""Where the path into a message begins that stands alone, in no list."""
_BLOCKS = {"image", "image_url", "inline_data", "source"}


def origin(path: BlockPath) -> str:
    """Return where an image stands: its request of several, its message, both from 1, and whether a tool gave it."""
    if path and path[0] in _WITHIN:
        path = (0, *path)
    numbers = [step for step in path if isinstance(step, int)]
    if not numbers or (isinstance(path[-1], str) and path[-1] not in _BLOCKS):
        return format_path(path)
    begins = next((index for index, step in enumerate(path) if step in _LISTS), 0)
    if not begins and len(path) > 1 and isinstance(path[1], int):  # a list of conversations
        begins = 1
    request = next((step for step in path[:begins] if isinstance(step, int)), None)
    numbers = [step for step in path[begins:] if isinstance(step, int)]
    if not numbers:
        return format_path(path)
    first = "" if request is None else f"request {request + 1}, "
    return f"{first}message {numbers[0] + 1}" + (", tool result" if len(numbers) > 2 else "")


def origins(paths: Sequence[BlockPath], what: str = "image") -> dict[BlockPath, str]:
    """Return where each of several images stands; numbered where others stand in the same place.

    ``what`` is the word for one of them.
    """
    places = {path: origin(path) for path in paths}
    count, seen = Counter(places.values()), Counter[str]()
    for path, place in places.items():
        seen[place] += 1
        if count[place] > 1:
            places[path] = f"{place}, {what} {seen[place]}"
    return places
