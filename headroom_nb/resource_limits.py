"""What one call may use up: pixels, bytes, images, seconds of reading, memory. Over a limit an image is left as it was.

Not to be confused with the providers' limits, which are in :mod:`headroom_nb.costs`.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, TypeVar

from headroom_nb.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "HEADROOM_NB_"
"""What the environment's names of the limits begin with."""


Number = TypeVar("Number", int, float)


def _limit(default: Number, unit: str, about: str) -> Number:
    found: Number = field(default=default, metadata={"unit": unit, "about": about})
    return found


@dataclass(frozen=True)
class Limits:
    """Bounds on what one call uses up; an image over one is left as it was, and its result names the limit.

    Every limit can be set here, in the environment as ``HEADROOM_NB_`` and its name in capitals, and for the magics by
    ``%headroom config NAME VALUE``. Whether an image is within them depends only on the images before
    it, so that a longer conversation changes nothing in an older part.

    Attributes
    ----------
    max_image_pixels
        Pixels of one image, read from its header; nothing is decoded. 8000 × 8000, the largest image any
        provider in the table takes.
    max_image_bytes
        Bytes of one image's file. More than any provider takes inline for one.
    max_request_pixels
        Pixels of all images of a request together, spent in order of appearance: about half a minute of decoding on
        one core.
    max_images
        Images of a request that are looked at; more than any provider in the table takes.
    max_image_seconds
        Seconds that all work on one image may take: decoding, reading, layout, searching, resizing. It ends at the next
        step; time in which an image waits for others is not counted.
    max_request_seconds
        Seconds that the images of one request may take together, by the clock on the wall; those that are not done by
        then are left as they were. A time without an end by default.
    max_ocr_seconds
        Seconds of these that one image's text may take to read. An engine in this process is stopped between two
        batches of lines, one in a process of its own at once.
    max_memory_bytes
        Bytes that images, the work on them and the loaded models take at the same time: 320 MiB for each image that
        is worked on, the models (about 90 MB, shared) included, and 16 bytes a pixel. Images wait for one another, and
        one that needs more alone is left.
    max_document_bytes
        Bytes of one document's file.
    max_document_pages
        Pages of a document that are read and may be made cheaper; one with more is counted by its first pages.
    max_page_seconds
        Seconds that reading or drawing one page of a document may take, of a core's time where the system tells it.
    max_document_seconds
        Seconds that all work on one document may take: half of them to read its pages, then to look at those without
        sound text, then to write. Pages that were not reached stay as they were. Waiting for others is not counted.

    Raises
    ------
    OptionError
        For a limit that is no number above 0.

    Examples
    --------
    >>> Limits(max_images=20).max_images
    20
    """

    max_image_pixels: int = _limit(64_000_000, "pixels", "Largest image that is decoded, in pixels.")
    max_image_bytes: int = _limit(64 * 2**20, "bytes", "Longest image file that is looked at, in bytes.")
    max_request_pixels: int = _limit(2_000_000_000, "pixels", "All images of a request together, in pixels.")
    max_images: int = _limit(4_000, "images", "Images of a request that are looked at.")
    max_image_seconds: float = _limit(60.0, "seconds", "How long all work on one image may take, in seconds.")
    max_request_seconds: float = _limit(math.inf, "seconds", "How long all images of a request may take, in seconds.")
    max_ocr_seconds: float = _limit(60.0, "seconds", "How long one image's text may take to read, in seconds.")
    max_memory_bytes: int = _limit(2 * 2**30, "bytes", "Images worked on at the same time, and models, in bytes.")
    max_document_bytes: int = _limit(512 * 2**20, "bytes", "Longest document that is looked at, in bytes.")
    max_document_pages: int = _limit(2_000, "pages", "Pages of a document that are read.")
    max_page_seconds: float = _limit(5.0, "seconds", "How long one page of a document may take, in seconds.")
    max_document_seconds: float = _limit(300.0, "seconds", "How long one document may take, in seconds.")

    def __post_init__(self) -> None:
        for name in NAMES:
            check_limit(name, getattr(self, name))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Limits:
        """Return the defaults with what the environment (``os.environ`` if left out) sets; OptionError as above."""
        found = os.environ if environment is None else environment
        given = {name: found[PREFIX + name.upper()] for name in NAMES if PREFIX + name.upper() in found}
        return cls.from_text(given) if given else DEFAULTS

    @classmethod
    def given_or_default(cls, limits: object) -> Limits:
        """Return the limits given, or the environment's for None; raises OptionError for anything else."""
        if limits is None:
            return cls.from_environment()
        if not isinstance(limits, cls):
            raise OptionError(f"limits are given as headroom_nb.Limits(…), not as {type(limits).__name__}")
        return limits

    @classmethod
    def from_text(cls, values: Mapping[str, str]) -> Limits:
        """Return the defaults with some limits read from text, such as ``"20"`` or ``"2_000_000"``."""
        return DEFAULTS.changed(values)

    def changed(self, values: Mapping[str, str]) -> Limits:
        """Return these limits with some of them read from text; raises OptionError for what is no limit."""
        return replace(self, **{name: number(name, text) for name, text in values.items()})  # type: ignore[arg-type]


NAMES = tuple(found.name for found in fields(Limits))
ABOUT = {found.name: found.metadata["about"] for found in fields(Limits)}
"""One line for each limit, for help and settings."""

_WHOLE = frozenset(found.name for found in fields(Limits) if isinstance(found.default, int))


def check_limit(name: str, value: object) -> None:
    """Raise OptionError for a value that a limit cannot have."""
    kinds = (int,) if name in _WHOLE else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds) or not value > 0:
        what = "a whole number" if name in _WHOLE else "a number"
        raise OptionError(f"{name}={value!r} is not a limit; give {what} above 0")


def number(name: str, text: str) -> float:
    """Return a limit written as text; raises OptionError when it is none."""
    if name not in NAMES:
        raise OptionError(f"there is no limit {name}; the limits are {', '.join(NAMES)}")
    try:
        value = int(text) if name in _WHOLE else float(text)
    except ValueError:
        value = math.nan
    check_limit(name, text if math.isnan(value) else value)
    return value


def how_to_raise(name: str) -> str:
    """Return what to do about a limit, as the end of a sentence."""
    return f"to allow more, pass limits=Limits({name}=…) or set {PREFIX}{name.upper()}"


DEFAULTS = Limits()
