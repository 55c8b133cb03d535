"""What is known of one option besides its default, and the few kinds of options there are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import OptionError
from headroom_nb.runtime.words import hint

if TYPE_CHECKING:
    from collections.abc import Callable

SWITCH = ("off", "on")
"""How a switch is written as text."""

IMAGE, CONVERSATION, NOTHING = "image", "conversation", "nothing"
"""What an option changes: the result of each image, only what is made of the results together, or no output at all."""

EVERYTHING = (IMAGE, CONVERSATION, NOTHING)


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


def short(value: object) -> str:
    """Return the beginning of a value, for an error."""
    return repr(value)[:60]
