"""Saying what something will cost, and asking before it is spent."""

from __future__ import annotations

import sys

from headroom_nb.errors import OptionError
from headroom_nb.rendering import figures

OUTPUT_RATIO = 5.0
"""Price of a token of the answer over that of the request, where the table has none: what current price lists have."""


def tell(text: str) -> None:
    """Write a line for the user."""
    sys.stdout.write(f"{text}\n")
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
        It costs more than it may, nobody can be asked, or the answer is no.
    """
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
