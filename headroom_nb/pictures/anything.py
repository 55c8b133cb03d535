"""Anything that a notebook holds as an image: the one reader behind every door of the package.

Objects of other libraries are recognised by the names of their classes, so that none of these libraries is imported.
"""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import OptionError
from headroom_nb.pictures.given import KINDS, of_bytes, of_text
from headroom_nb.pictures.libraries import AXES, BY_METHOD, READERS, figure_of, kind_of
from headroom_nb.runtime.files import read_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL.Image import Image

    from headroom_nb.pictures.picture import Picture

IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic"})


DEEPEST = 20
"""Lists within lists that are gone through; a list that holds itself would have no end."""


def images_in(value: Any, *, depth: int = 0) -> list[Any]:
    """Return the single images of a value: itself, or the entries of a list, a column or a table, in order.

    Parameters
    ----------
    value
        Anything of :data:`KINDS`; lists and columns may hold any of them, a table must have one column of images.
    depth
        How many lists it is in.

    Raises
    ------
    OptionError
        When a table has no column of images, or more than one, or lists stand in more than :data:`DEEPEST` others.
    """
    check_depth(depth)
    kind = kind_of(value, _MANY)
    entries = kind(value) if kind else list(value) if isinstance(value, (list, tuple)) else None
    if entries is None:
        return [value]
    found = [one for entry in entries for one in images_in(entry, depth=depth + 1)]
    if all(kind_of(one, {AXES: bool}) for one in found):  # df.plot(subplots=True): the axes of one figure are one image
        return list({id(figure): figure for figure in map(figure_of, found)}.values())
    return found


def check_depth(depth: int) -> None:
    """Raise OptionError for what stands in too many lists."""
    if depth > DEEPEST:
        raise OptionError(f"images stand in lists of lists, {DEEPEST} deep at most; a list may not hold itself")


def image_file(value: Any) -> bytes:
    """Return an image of any kind as the bytes of a file: unchanged where it is a file already, else encoded upright.

    Raises
    ------
    OptionError
        When it is none of :data:`KINDS`, or the library that draws it needs another package.
    FileAccessError
        When a file cannot be read.
    PictureError
        When the bytes are no image.
    """
    found = file_or_pixels(value)
    if isinstance(found, bytes):
        return found
    from PIL import ImageOps

    from headroom_nb.pictures.encode import encode
    from headroom_nb.pictures.pixels import to_rgb

    return encode(to_rgb(ImageOps.exif_transpose(found)), mark=None).data


def open_anything(value: Any) -> Picture:
    """Return an image of any kind, opened; raises as :func:`image_file`."""
    from headroom_nb.pictures.picture import Picture, open_picture

    return value if isinstance(value, Picture) else open_picture(image_file(value))


def file_or_pixels(value: Any) -> bytes | Image:
    """Return the bytes of what is a file or draws itself as one, and a PIL image for pixels in memory.

    Raises
    ------
    OptionError, FileAccessError, PictureError
        As :func:`image_file`.
    """
    if isinstance(value, (bytes, bytearray, memoryview)):
        return of_bytes(bytes(value))
    if isinstance(value, str):
        return of_text(value)
    if isinstance(value, PathLike):
        return read_file(value)
    if isinstance(value, Mapping):
        return _of_mapping(value)
    read = kind_of(value, READERS) or next((read for has, read in BY_METHOD.items() if hasattr(value, has)), None)
    if read is None or isinstance(value, type):
        raise OptionError(f"an image cannot be made of {type(value).__name__}; pass {KINDS}")
    found: bytes | Image = read(value)
    return found


def _of_mapping(row: Mapping[Any, Any]) -> bytes | Image:
    """Return the image of a Hugging Face row: ``{"bytes", "path"}``, or one with an ``"image"``."""
    for key in ("bytes", "path", "image"):
        if row.get(key) is not None:
            return file_or_pixels(row[key])
    keys = ", ".join(map(str, list(row)[:6])) or "none"
    what = "is a message, not an image" if "role" in row else "holds no image"
    raise OptionError(f"a dict with the keys {keys} {what}; pass {KINDS}")


def image_columns(table: Any) -> list[str]:
    """Return the names of a table's columns that hold images, or paths of them."""
    return [str(name) for name in table.columns if _holds_images(list(table[name]))]


def _of_table(table: Any) -> list[Any]:
    """Return the one column of a DataFrame that holds images."""
    found = image_columns(table)
    if len(found) == 1:
        return next(list(table[name]) for name in table.columns if str(name) == found[0])
    names = ", ".join(map(str, table.columns)) or "none"
    if not found:
        raise OptionError(f"the table has no column of images or of their paths (columns: {names}); pass the column")
    raise OptionError(f"the table has {len(found)} columns of images ({', '.join(found)}); pass one of them")


def _holds_images(entries: list[Any]) -> bool:
    first = next((entry for entry in entries if not isinstance(entry, (float, type(None)))), None)  # NaN is a float
    if isinstance(first, (str, PathLike)):
        text = str(first)
        return text[:11].lower() == "data:image/" or any(text.lower().endswith(suffix) for suffix in IMAGE_SUFFIXES)
    if isinstance(first, Mapping):
        return "bytes" in first or "path" in first
    return isinstance(first, bytes) or kind_of(first, READERS) is not None


def _of_object_array(array: Any) -> list[Any] | None:
    return array.ravel().tolist() if array.dtype == object else None


_MANY: dict[tuple[str, str], Callable[[Any], list[Any] | None]] = {
    ("pandas", "Series"): list,
    ("pandas", "DataFrame"): _of_table,
    ("polars", "Series"): list,
    ("polars", "DataFrame"): _of_table,
    ("datasets", "Column"): list,
    ("numpy", "ndarray"): _of_object_array,
}
"""What holds several images, read as :data:`headroom_nb.pictures.libraries.READERS` is."""
