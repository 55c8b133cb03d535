"""Everything this package raises.

::

    HeadroomError                    caught by "except HeadroomError"; carries the block's path where there is one
    ├── OptionError                  an argument or option is not one we know; says which are
    │   └── IndexedImageError        a result has no image of this number; an IndexError too, so that loops end
    ├── MessageError                 the message list or request body has a shape that cannot be read
    │   └── ImageSourceError         an image block whose bytes cannot be had: broken base64, missing or wrong data
    │       └── ImageFetchError      an image behind a URL that may not or could not be fetched
    ├── PictureError                 the bytes are there, but not an image we can use
    │   ├── UnreadablePictureError   not an image, or truncated
    │   ├── PictureTooLargeError     over the pixel or byte limit; refused from the header, never decoded
    │   └── UnsupportedPictureError  animated, or a mode that cannot be shown faithfully
    ├── DocumentError                the bytes are there, but no document that can be read, or it is over a limit
    ├── FileAccessError              a file that was named cannot be read or written
    ├── UnknownModelError            no such model in the table; lists the close ones
    ├── TooManyImagesError           the request has more images than are looked at; these are left as they are
    ├── ImageRejectedError           the provider itself would refuse this image; says by which limit
    ├── TechniqueRefusedError        a technique declines this image and says why; the image stays as it was
    ├── OcrError                     the OCR engine is missing or failed
    ├── OcrCrashError                the process that reads text died; the image stays as it was
    ├── OcrTimeoutError              reading an image's text took longer than it may; the image stays as it was
    ├── ImageTimeoutError            the work on an image, or on all of a request, took longer than it may
    ├── WorkStoppedError             the time of a wrapped client's request or a batch's item is over, or nobody waits
    ├── ModelFilesError              weights are missing, damaged or cannot be fetched; says how to get them
    └── BatchError                   a batch cannot go on: its source, its sink, its workers; carries the item's place
"""

from __future__ import annotations

import linecache
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType

BlockPath = tuple["str | int", ...]
"""Keys and indices that lead to a block in the caller's document."""

_PACKAGE = str(Path(__file__).parent)


def format_path(path: BlockPath) -> str:
    """Return a block's path as one would write it, such as ``"messages[0].content[1]"``."""
    steps = path if path and isinstance(path[0], str) else ("messages", *path)
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def one_line(text: object) -> str:
    """Return an error's text on one line, without characters that cannot be printed."""
    return " ".join("".join(each if each.isprintable() else " " for each in str(text)).split())


def _shell() -> Any:
    """Return the running IPython shell; None elsewhere, and IPython is not imported for it."""
    module = sys.modules.get("IPython")
    return None if module is None else module.get_ipython()


def _own_line(trace: TracebackType | None) -> list[str]:
    """Return the user's line that called this package; nothing for a magic, whose line stands in the cell."""
    frames = []
    while trace is not None:
        frames.append((trace.tb_frame.f_code.co_filename, trace.tb_lineno))
        trace = trace.tb_next
    inside = next((index for index, (file, _) in enumerate(frames) if file.startswith(_PACKAGE)), 0)
    if not inside or "IPython" in Path(frames[inside - 1][0]).parts:
        return []
    file, number = frames[inside - 1]
    source = linecache.getline(file, number).strip()
    return [f"  in line {number}: {one_line(source)}"] if source else []


class HeadroomError(Exception):
    """Base of all errors here.

    Parameters
    ----------
    message
        One sentence: what is wrong, where, what to do.
    path
        Keys and indices that lead to the offending block in the caller's document; empty where there is none.
    """

    def __init__(self, message: str, *, path: BlockPath = ()) -> None:
        super().__init__(message)
        self.path = path

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows: the sentence and the user's own line; all of it under ``%xmode Verbose``."""
        shell = _shell()
        if shell is not None and shell.InteractiveTB.mode == "Verbose":
            full: list[str] = shell.InteractiveTB.structured_traceback(type(self), self, self.__traceback__)
            return full
        message, place = one_line(self), format_path(self.path) if self.path else ""
        if place and place not in message:
            message = f"{message} (at {place})"
        return [f"{type(self).__name__}: {message}", *_own_line(self.__traceback__)]


class OptionError(HeadroomError, ValueError):
    """An argument or option is not one we know."""


class IndexedImageError(OptionError, IndexError):
    """A result has no image of this number."""


class MessageError(HeadroomError, ValueError):
    """The message list or request body has a shape that cannot be read."""


class ImageSourceError(MessageError):
    """An image block whose bytes cannot be had."""


class ImageFetchError(ImageSourceError):
    """An image behind a URL that may not or could not be fetched."""


class PictureError(HeadroomError, ValueError):
    """The bytes are there, but they are no image we can use."""


class UnreadablePictureError(PictureError):
    """Not an image, or truncated."""


class PictureTooLargeError(PictureError):
    """Over the pixel or byte limit; refused from the header."""


class UnsupportedPictureError(PictureError):
    """Animated, or in a mode that cannot be shown faithfully."""


class DocumentError(HeadroomError, ValueError):
    """No document that can be read, or one over a limit."""


class FileAccessError(HeadroomError, OSError):
    """A file that was named cannot be read or written."""


class UnknownModelError(HeadroomError, LookupError):
    """No such model in the table; ``close`` holds the nearest names."""

    def __init__(self, message: str, *, close: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.close = close


class TooManyImagesError(HeadroomError, ValueError):
    """The request has more images than are looked at."""


class ImageRejectedError(HeadroomError, ValueError):
    """The provider would refuse this image."""


class TechniqueRefusedError(HeadroomError):
    """A technique declines this image; the message says why."""


class OcrError(HeadroomError, RuntimeError):
    """The OCR engine is missing or failed."""


class OcrCrashError(HeadroomError, RuntimeError):
    """The process that reads text died."""


class OcrTimeoutError(HeadroomError, TimeoutError):
    """Reading an image's text took longer than the limit."""


class ImageTimeoutError(HeadroomError, TimeoutError):
    """The work on an image, or on all images of a request, took longer than the limit."""


class WorkStoppedError(HeadroomError, TimeoutError):
    """The time of a wrapped client's request or a batch's item is over, or nobody waits for the result any more."""


class ModelFilesError(HeadroomError, RuntimeError):
    """Model weights are missing, damaged or cannot be fetched."""


class BatchError(HeadroomError, RuntimeError):
    """A batch cannot go on; what is done is kept.

    ``place`` holds file, shape, offset and reason where one item stopped it.
    """

    place: tuple[str, str, int, str] | None = None
