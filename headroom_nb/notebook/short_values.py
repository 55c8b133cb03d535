"""Messages shown in a notebook without the base64 of their images: only what is displayed changes, never a value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from headroom_nb.rendering import figures

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

LONG = 400
"""Characters of base64, or bytes, from which a value is shown by its beginning and its size."""

_BASE64 = re.compile(r"(?:data:[\w.+/;=-]{1,100},)?[A-Za-z0-9+/_=-]+")
_SHOWN = 40


def short_text(text: str) -> str | None:
    """Return how a text in base64, or a data URL, is shown; None for any other text, which is shown whole."""
    if len(text) < LONG or not _BASE64.fullmatch(text, 0, 2000) or " " in text:
        return None
    return f"{text[:_SHOWN]!r}… ({figures.data(len(text))})"


def short_bytes(data: bytes) -> str | None:
    """Return how the bytes of an image are shown; None for a few, which are shown whole."""
    return None if len(data) < LONG else f"{data[:16]!r}… ({figures.data(len(data))})"


def register(shell: InteractiveShell) -> None:
    """Show texts and bytes short from now on, also deep in lists and dicts."""
    formatter = _formatter(shell)
    for kind, short in ((str, short_text), (bytes, short_bytes)):
        formatter.for_type(kind, _printer(short, formatter.type_printers.get(kind)))


def unregister(shell: InteractiveShell) -> None:
    """Show them as before."""
    formatter = _formatter(shell)
    for kind in (str, bytes):
        ours = formatter.type_printers.pop(kind, None)
        before = getattr(ours, "before", None)
        if before is not None:
            formatter.for_type(kind, before)


def _formatter(shell: InteractiveShell) -> Any:
    return shell.display_formatter.formatters["text/plain"]  # type: ignore[union-attr]


def _printer(short: Any, before: Any) -> Any:
    """Return a printer that shows a value short, or as the one before it did."""

    def show(value: Any, printer: Any, cycle: Any) -> None:
        words = short(value)
        if words is not None:
            printer.text(words)
        elif before is not None:
            before(value, printer, cycle)
        else:
            printer.text(repr(value))

    show.before = before  # type: ignore[attr-defined]
    return show
