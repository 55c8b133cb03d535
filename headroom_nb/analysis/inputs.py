"""The images a verb looks at, wherever they come from: messages, an image in memory, files."""

from __future__ import annotations

import glob
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import MessageError
from headroom_nb.records import CompressionResult, format_path
from headroom_nb.runtime.base64_text import is_data_url
from headroom_nb.runtime.files import LONGEST
from headroom_nb.runtime.words import unquote

if TYPE_CHECKING:
    from collections.abc import Callable


PICTURE_SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic"}


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
    """Return image files."""
    return [Shown(str(path), "", "auto", None, partial(read_picture, path)) for path in paths]


def of_value(value: Any, label: str) -> list[Shown]:
    """Return the images of a value: messages, a request body, a result, an image of any kind, or a list of images.

    Raises
    ------
    HeadroomError
        When the value holds no image.
    """
    from headroom_nb.pictures import images_in

    if isinstance(value, CompressionResult):
        value = value.messages
    if isinstance(value, (str, Path)) and (files := find_pictures(str(value))):
        return of_files(files)
    single = isinstance(value, (str, bytes, bytearray, memoryview))
    if isinstance(value, (Mapping, Sequence)) and not single:
        found = of_document(value)
        if found or any(isinstance(entry, Mapping) and "role" in entry for entry in (value, *value)):
            if not found:
                raise MessageError("; ".join((f"there are no images in {label}", *unread_in(value))))
            return found
    images = images_in(value)
    if not images:
        raise MessageError(f"there are no images in {label}")
    return [_of_image(image, label if len(images) == 1 else f"{label}[{n}]") for n, image in enumerate(images)]


def of_document(document: Any) -> list[Shown]:
    """Return the images of a message list or request body."""
    from headroom_nb.formats import find_images

    return [
        Shown(format_path(slot.path), slot.question, slot.detail, slot.reference, slot.load)
        for slot in find_images(document)
    ]


def unread_in(document: Any) -> tuple[str, ...]:
    """Return a sentence for each place of a conversation whose content no format reads."""
    from headroom_nb.formats.unread import unread
    from headroom_nb.formats.walk import read_messages

    return unread(read_messages(document))


def _of_image(value: Any, label: str) -> Shown:
    """Return one image of any kind, read at once: what it is may change before it is looked at."""
    from headroom_nb.pictures import image_file

    data = image_file(value)
    named = isinstance(value, (str, Path)) and len(str(value)) <= LONGEST and not is_data_url(str(value))
    return Shown(str(value) if named else label, "", "auto", None, lambda: data)


def find_pictures(target: str) -> list[Path]:
    """Return the image files a path, folder or glob names, in order; empty when it names none."""
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
