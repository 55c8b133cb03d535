"""What a transcript is: the text of an image, and how far it can stand for the image."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Transcript:
    """The text of one image.

    Attributes
    ----------
    text
        The text in reading order, with the marks that were recognised written into it; not yet fenced.
    lines
        Lines that were read.
    weakest
        The lowest probability of a character, 0 to 1.
    exact
        Estimated probability that every character needed for a one-text answer is right: low where no language
        corrects (keys, 0/O), where ink was not read, where sums do not add up, where code does not parse.
    prose
        The same for what prose says.
    notes
        What the transcript does not show or is not sure of, one sentence each.
    refusal
        Why the text must not stand alone; empty where it may.
    unread_ink
        Share of the text-sized ink that stands in no line that was read.
    """

    text: str
    lines: int
    weakest: float
    exact: float
    prose: float
    notes: tuple[str, ...] = ()
    refusal: str = ""
    unread_ink: float = 0.0
