"""One line that is written over while work goes on: under a notebook's cell, or in a terminal."""

from __future__ import annotations

import re
import shutil
import sys
from typing import Any

EVERY = 0.5
"""Seconds between two updates."""


def duration(seconds: float) -> str:
    """Return seconds as ``0:07``, ``12:30`` or ``1:00:05``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class NotebookLine:
    """A line under the cell that is written over."""

    def __init__(self) -> None:
        self._handle: Any = None

    def __call__(self, state: object) -> None:
        """Show where things stand."""
        content = {"text/plain": str(state)}
        if self._handle is None:
            from IPython.display import display

            self._handle = display(content, raw=True, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self._handle.update(content, raw=True)

    def end(self, *, keep: bool = True) -> None:
        """Leave what is shown, or take it away."""
        if self._handle is None or keep:
            return
        if _alone():
            from IPython.display import clear_output

            clear_output()  # type: ignore[no-untyped-call]
        else:  # an output can be emptied, and not taken away
            self._handle.update({}, raw=True)


_OURS = re.compile(r"(?:[\w.\[\]'\"]+\s*=\s*)?%(?:%headroom\b[\s\S]*|headroom\b.*)")


def _alone() -> bool:
    """Return whether the running cell is one line of ``%headroom``: then there is no other output to be lost."""
    message = getattr(sys.modules["IPython"].get_ipython(), "parent_header", None) or {}
    code = message.get("content", {}).get("code", "")
    lines = [line for line in code.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return _OURS.fullmatch("\n".join(lines).strip()) is not None


class TerminalLine:
    """A line on standard error that is written over; cut to the terminal's width, as a longer one could not be."""

    def __init__(self) -> None:
        self._width = 0

    def __call__(self, state: object) -> None:
        """Show where things stand."""
        text = str(state)[: max(20, shutil.get_terminal_size().columns - 1)]
        sys.stderr.write("\r" + text.ljust(self._width))
        sys.stderr.flush()
        self._width = len(text)

    def end(self, *, keep: bool = True) -> None:
        """Leave what is shown and go on below it, or take it away."""
        if self._width:
            sys.stderr.write("\n" if keep else f"\r{' ' * self._width}\r")
            sys.stderr.flush()
        self._width = 0


def find_line() -> NotebookLine | TerminalLine | None:
    """Return the line of the notebook or terminal; None where nobody looks."""
    if _in_notebook():
        return NotebookLine()
    return TerminalLine() if sys.stderr is not None and sys.stderr.isatty() else None


def _in_notebook() -> bool:
    """Return whether this is a Jupyter kernel; IPython is not imported to find out."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return shell is not None and hasattr(shell, "kernel")
