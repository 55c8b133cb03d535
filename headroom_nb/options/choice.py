"""What is known of one option besides its default, the kinds of options, and what their values may look like."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, SupportsFloat

from headroom_nb.errors import OptionError
from headroom_nb.runtime.words import hint

if TYPE_CHECKING:
    from collections.abc import Callable

SWITCH = ("off", "on")
"""How a switch is written as text."""

IMAGE, CONVERSATION, NOTHING = "image", "conversation", "nothing"
"""What an option changes: the result of each image, only what is made of the results together, or no output at all."""

EVERYTHING = (IMAGE, CONVERSATION, NOTHING)

MOST = 10**15
"""Tokens, or dollars, of the largest budget: numbers of thousands of digits cannot be shown."""

_PAGES = re.compile(r"\s*\d+(?:\s*[-–]\s*\d+)?(?:\s*,\s*\d+(?:\s*[-–]\s*\d+)?)*\s*")
"""Page numbers and ranges of them."""

_AMOUNT = re.compile(
    r"(\$?)\s{0,9}(\d[\d_,]{0,30}(?:\.\d{1,30})?|\.\d{1,30})\s{0,9}(\$|usd|dollars?|k(?: ?tokens?)?|tokens?)?",
    re.IGNORECASE | re.ASCII,
)
"""Tokens (``2k``, ``2,000 tokens``), or dollars with their sign; ``0.02usd`` needs no quotes in a shell."""

_HISTORY = re.compile(r"(last|age)=([1-9]\d{0,3})")
"""A number of images, or of requests, that old images are counted by."""


@dataclass(frozen=True)
class Choice:
    """What is known of one option besides its default.

    Attributes
    ----------
    about
        What it does, in one sentence; shown by help, settings and the documentation.
    words
        Texts it may be.
    accepts
        Says yes to other values it may have.
    takes
        What it may be, as the end of a sentence.
    changes
        :data:`IMAGE`, :data:`CONVERSATION` or :data:`NOTHING`; it decides which cache keys the option is part of.
    value
        What its value is called on a line of ``%headroom``; empty for a switch.
    offers
        What completion offers there, besides the words; ``"models"`` stands for the names of all models.
    setting
        Its name among the settings; its own where left out, empty where it is none.
    on_a_line
        Whether it is an option of the verbs that compress.
    """

    about: str
    words: tuple[str, ...] = ()
    accepts: Callable[[object], bool] | None = None
    takes: str = ""
    changes: str = IMAGE
    value: str = ""
    offers: tuple[str, ...] = ()
    setting: str | None = None
    on_a_line: bool = True

    def takes_value(self, value: object) -> bool:
        """Return whether the option can have a value."""
        return (isinstance(value, str) and value in self.words) or (self.accepts is not None and self.accepts(value))

    def check(self, name: str, value: object) -> None:
        """Raise OptionError for a value that the option cannot have."""
        if self.takes_value(value):
            return
        near = hint(value, self.words) if isinstance(value, str) else ""
        takes = self.takes or f"one of {', '.join(self.words)}"
        raise OptionError(f"{name}={short(value)} is not known{near}; use {takes}")

    def read(self, text: str) -> Any:
        """Return the value that a text stands for; what it may be is checked later."""
        return SWITCH.index(text) == 1 if not self.value and text in SWITCH else text

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts it may be, where they are all."""
        return self.words if self.value else SWITCH


def option(default: Any, about: str, **known: Any) -> Any:
    """Return the field of an option; ``known`` are attributes of :class:`Choice`."""
    return field(default=default, metadata={"choice": Choice(about, **known)})


def switch(about: str, *, default: bool = False, **known: Any) -> Any:
    """Return the field of an option that is on or off."""
    takes = {"accepts": lambda value: isinstance(value, bool), "takes": "True or False"}
    return option(default, about, **{**takes, **known})


def name_of(about: str, value: str, **known: Any) -> Any:
    """Return the field of an option that is a name, or None."""
    takes = {"accepts": lambda value: value is None or isinstance(value, str), "takes": "its name, or None"}
    return option(None, about, value=value, changes=CONVERSATION, **takes, **known)


def named_or_own(about: str, words: tuple[str, ...], base: str, method: str, value: str) -> Any:
    """Return the field of an option that is one of some names, the first left out, or an object of the user's own."""
    takes = f"one of {', '.join(words)}, or an object with the methods of {base}"
    return option(words[0], about, words=words, accepts=has(method), takes=takes, value=value)


def short(value: object) -> str:
    """Return the beginning of a value, for an error."""
    return repr(value)[:60]


def is_pages(value: object) -> bool:
    """Return whether this is page numbers, such as ``3-5,9``, or None."""
    return value is None or (isinstance(value, str) and _PAGES.fullmatch(value) is not None)


def is_amount(value: object) -> bool:
    """Return whether this is a budget: a positive number of tokens, or of dollars as text such as ``$0.02``."""
    read = read_amount(value)
    if isinstance(read, str):
        found = _AMOUNT.fullmatch(read)
        return found is not None and read.startswith("$") and not found[3] and 0 < float(read[1:]) <= MOST
    return is_tokens(read)


def is_tokens(value: object) -> bool:
    """Return whether this is a positive number of tokens, or None."""
    read = read_amount(value)
    return read is None or (type(read) is int and 0 < read <= MOST)


def read_amount(value: object) -> object:
    """Return a budget in its one spelling, tokens as a number and dollars as text; what is none comes back as it is."""
    if isinstance(value, SupportsFloat) and not isinstance(value, int) and float(value).is_integer():
        return int(float(value))  # 1e3, and whole numbers of NumPy
    found = _AMOUNT.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return value
    sign, unit, figure = found[1], (found[3] or "").lower(), found[2].replace(",", "").replace("_", "")
    if unit.startswith(("k", "t")):  # tokens, or thousands of them
        tokens = round(float(figure) * (1000 if unit.startswith("k") else 1), 3)
        return value if sign or not tokens.is_integer() else int(tokens)
    if sign or unit:
        return f"${figure}"
    return int(figure) if figure.isdigit() else value


def is_history(value: object) -> bool:
    """Return whether this names a policy with a number, such as ``last=3``."""
    return isinstance(value, str) and _HISTORY.fullmatch(value) is not None


def read_history(value: str) -> tuple[str, int]:
    """Return the policy that a value of ``history`` names, and its number; 0 where it has none."""
    found = _HISTORY.fullmatch(value)
    return (value, 0) if found is None else (found[1], int(found[2]))


def is_path(value: object) -> bool:
    """Return whether this is a path, and no bare word."""
    text = isinstance(value, str) and (value.startswith(("~", ".")) or "/" in value or os.sep in value)
    return text or isinstance(value, os.PathLike)


def has(method: str) -> Callable[[object], bool]:
    """Return what says yes to objects that have a method."""
    return lambda value: callable(getattr(value, method, None))
