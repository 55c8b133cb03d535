"""Everything this package raises.

::

    HeadroomError                    caught by "except HeadroomError"; carries the block's path where there is one
    ├── OptionError                  an argument or option is not one we know; says which are
    │   └── IndexedImageError        a result has no image of this number; an IndexError too, so that loops end
    ├── MessageError                 the message list or request body has a shape that cannot be read
    │   └── ImageSourceError         an image block whose bytes cannot be had: broken base64, missing or wrong data
    │       └── ImageFetchError      an image behind a URL that may not or could not be fetched
    ├── PictureError                 the bytes are there, but not a picture we can use
    │   ├── UnreadablePictureError   not an image, or truncated
    │   ├── PictureTooLargeError     over the pixel or byte limit; refused from the header, never decoded
    │   └── UnsupportedPictureError  animated, or a mode that cannot be shown faithfully
    ├── FileAccessError              a file that was named cannot be read or written
    ├── UnknownModelError            no such model in the table; lists the close ones
    ├── TooManyImagesError           the request has more images than are looked at; these are left as they are
    ├── ImageRejectedError           the provider itself would refuse this image; says by which limit
    ├── TechniqueRefusedError        a technique declines this image and says why; the image stays as it was
    ├── OcrError                     the OCR engine is missing or failed
    ├── OcrCrashError                the process that reads text died; the image stays as it was
    ├── OcrTimeoutError              reading an image's text took longer than it may; the image stays as it was
    ├── WorkStoppedError             the time for an image or a request is over, or nobody waits for it any more
    ├── ModelFilesError              weights are missing, damaged or cannot be fetched; says how to get them
    └── BatchError                   a batch cannot go on: its source, its sink, its workers; carries the item's place
"""

from __future__ import annotations

BlockPath = tuple["str | int", ...]
"""Keys and indices that lead to a block in the caller's document."""


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
    """The bytes are there, but they are no picture we can use."""


class UnreadablePictureError(PictureError):
    """Not an image, or truncated."""


class PictureTooLargeError(PictureError):
    """Over the pixel or byte limit; refused from the header."""


class UnsupportedPictureError(PictureError):
    """Animated, or in a mode that cannot be shown faithfully."""


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


class WorkStoppedError(HeadroomError, TimeoutError):
    """The time for an image or a request is over, or nobody waits for it any more."""


class ModelFilesError(HeadroomError, RuntimeError):
    """Model weights are missing, damaged or cannot be fetched."""


class BatchError(HeadroomError, RuntimeError):
    """A batch cannot go on; what is done is kept.

    ``place`` holds file, shape, offset and reason where one item stopped it.
    """

    place: tuple[str, str, int, str] | None = None
