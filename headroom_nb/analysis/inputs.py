"""The images a verb looks at, wherever they come from: messages, a picture in memory, files."""

from __future__ import annotations

import glob
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import MessageError
from headroom_nb.records import CompressionResult, format_path
from headroom_nb.runtime.words import unquote

if TYPE_CHECKING:
    from collections.abc import Callable


PICTURE_SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff"}


@dataclass(frozen=True)
class Shown:
    """One image.

    Attributes
    ----------
    label
        The block's path or the file's name.
    question, detail
        What its turn asks, and the detail level its block asks for (``"auto"`` where it leaves that open).
    reference
        URL or file id when it is not at hand; it is never fetched.
    load
        Returns its encoded bytes; raises a HeadroomError when they cannot be had.
    """

    label: str
    question: str
    detail: str
    reference: str | None
    load: Callable[[], bytes]


def of_files(paths: Sequence[Path]) -> list[Shown]:
    """Return picture files."""
    return [Shown(str(path), "", "auto", None, partial(read_picture, path)) for path in paths]


def of_value(value: Any, label: str) -> list[Shown]:
    """Return the images of a value: messages, a request body, a result, a picture of any kind, or a list of pictures.

    Raises
    ------
    HeadroomError
        When the value holds no image.
    """
    if isinstance(value, CompressionResult):
        value = value.messages
    if isinstance(value, (str, Path)):
        files = find_pictures(str(value))
        if not files:
            raise MessageError(f"there is no picture at {value}")
        return of_files(files)
    if isinstance(value, bytes):
        return [Shown(label, "", "auto", None, lambda: value)]
    if isinstance(value, (Mapping, Sequence)):
        found = of_document(value)
        if not found and isinstance(value, Sequence) and not any(isinstance(entry, Mapping) for entry in value):
            found = [shown for place, entry in enumerate(value) for shown in of_value(entry, f"{label}[{place}]")]
        if not found:
            raise MessageError(f"there are no images in {label}")
        return found
    return _of_picture(value, label)


def of_document(document: Any) -> list[Shown]:
    """Return the images of a message list or request body."""
    from headroom_nb.formats import find_images

    return [
        Shown(format_path(slot.path), slot.question, slot.detail, slot.reference, slot.load)
        for slot in find_images(document)
    ]


def _of_picture(value: Any, label: str) -> list[Shown]:
    """Return an image of a library (PIL, NumPy, Matplotlib), encoded as it would be sent."""
    from headroom_nb.formats import user_message

    return [
        Shown(label, shown.question, shown.detail, shown.reference, shown.load)
        for shown in of_document([user_message("", value)])
    ]


def find_pictures(target: str) -> list[Path]:
    """Return the picture files a path, folder or glob names, in order; empty when it names none."""
    try:
        text = str(Path(unquote(target)).expanduser()) if target else ""
        return _pictures_at(text) if text and "\x00" not in text else []
    except (OSError, RuntimeError, UnicodeEncodeError):  # no name that a file could have, no such home folder
        return []


def _pictures_at(text: str) -> list[Path]:
    path = Path(text)
    if path.is_dir():
        return sorted(entry for entry in path.iterdir() if entry.suffix.lower() in PICTURE_SUFFIXES)
    if path.is_file():
        return [path]
    return [found for entry in sorted(glob.glob(text, recursive=True)) if (found := Path(entry)).is_file()]  # noqa: PTH207


def read_picture(path: Path) -> bytes:
    """Return a file's bytes; raises MessageError when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise MessageError(f"{path} cannot be read: {error.strerror}") from error
