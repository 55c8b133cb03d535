"""Saying what something will cost, and asking before it is spent."""

from __future__ import annotations

import sys
import time

from headroom_nb.errors import OptionError
from headroom_nb.rendering import figures

OUTPUT_RATIO = 5.0
"""Price of a token of the answer over that of the request, where the table has none: what current price lists have."""

LINE_EVERY = 0.5
"""Seconds between two progress lines."""


def tell(text: str) -> None:
    """Write a line for the user."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class ProgressLine:
    """Writes how many answers are there and what they cost so far, on one line that is written over."""

    def __init__(self) -> None:
        self._last = 0.0

    def __call__(self, done: int, total: int, usd: float) -> None:
        """Write the line, at most every :data:`LINE_EVERY` seconds, and the last one always."""
        now, last = time.monotonic(), done == total
        if last or now - self._last >= LINE_EVERY:
            self._last = now
            sys.stdout.write(f"\r{done}/{total} answers, {figures.usd(usd)} so far{chr(10) if last else ''}")
            sys.stdout.flush()


def may_spend(what: str, usd: float | None, *, yes: bool, max_usd: float | None) -> None:
    """Say what a run will send and cost, and ask where that was not allowed beforehand.

    Parameters
    ----------
    what
        What will be sent, as lines.
    usd
        What it costs at most, by the model table; None where no price is known.
    yes
        Whether it was allowed whatever it costs.
    max_usd
        What it may cost at most.

    Raises
    ------
    OptionError
        ``max_usd`` is no amount, nobody can be asked, or the answer is no.
    """
    if max_usd is not None and (
        isinstance(max_usd, bool) or not isinstance(max_usd, (int, float)) or not max_usd >= 0
    ):  # NaN would be no bound at all
        raise OptionError(f"max_usd is a number of dollars, not {max_usd!r}")
    tell(f"{what}\nCost: {'not known, no price in the table' if usd is None else 'about ' + figures.usd(usd)}")
    if max_usd is not None and usd is not None and usd > max_usd:
        tell(f"It stops before it has spent {figures.usd(max_usd)}.")
    if yes or (max_usd is not None and usd is not None):
        return
    try:
        answer = input("Go on? [y/N] ")
    except (EOFError, OSError, NotImplementedError) as error:
        raise OptionError("nobody can be asked here whether to spend this: pass yes=True or max_usd=…") from error
    if answer.strip().lower() not in {"y", "yes"}:
        raise OptionError("not started; nothing was sent")
