"""Says in words why a technique was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.records import Technique

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_nb.records import ImageSignals

ASKS_FOR = {
    Technique.TRANSCODE: "asks for text",
    Technique.CROP: "asks about one place in the image",
    Technique.FULL_LOW: "asks what the image shows as a whole",
    Technique.PRESERVE: "asks for fine detail, numbers of things or exact positions",
}
ANSWERED_FROM = {
    Technique.TRANSCODE: "its text",
    Technique.CROP: "the place that is asked about",
    Technique.FULL_LOW: "a small view",
    Technique.PRESERVE: "the whole image",
}
"""What the question is answered from, by technique."""

LOOKS_LIKE = {
    "page": "the page is a document",
    "window": "the image is a screenshot",
    "chart": "the image is a chart or diagram",
    "graphic": "the image is an infographic or slide",
    "scene": "the image is a photo with text in it",
    "photo": "the image is a photo",
    "fine": "the image is a photo of many or small things",
}
DENSE_LINES = 40
CLEAR = 0.6
"""Probability above which the kind of image is named."""


def describe_text(signals: ImageSignals) -> str:
    """Return what text was found, such as ``"61 lines, smallest text 11 px"``."""
    if not signals.text_lines:
        return "no text found"
    lines = "1 line" if signals.text_lines == 1 else f"{signals.text_lines} lines"
    small = signals.min_text_height
    return lines if small is None else f"{lines} of text, smallest {small:.0f} px"


def describe_picture(group: str, probability: float, signals: ImageSignals) -> str:
    """Return what the image is taken for, with what was measured."""
    looks = LOOKS_LIKE[group] if probability >= CLEAR else f"{LOOKS_LIKE[group].replace(' is ', ' may be ')}"
    if group == "page" and signals.text_lines >= DENSE_LINES:
        looks = looks.replace("a document", "a dense document")
    return f"{looks}: {describe_text(signals)}"


def explain(chosen: Technique, probabilities: Mapping[Technique, float], asks: Technique | None, *facts: str) -> str:
    """Return one sentence for a person.

    Parameters
    ----------
    chosen, probabilities
        The choice and what it was made from.
    asks
        The technique the question alone suggests; None when it could not be read.
    facts
        What was seen or went wrong; empty ones are left out.
    """
    said = [ASKS_FOR[asks]] if asks is not None else []
    said += [fact for fact in facts if fact]
    likely = max(probabilities, key=probabilities.__getitem__)
    share = f"{probabilities[likely]:.0%}"
    if chosen is not likely and chosen is Technique.PRESERVE:
        said.append(f"{likely} is likely ({share}) but not sure enough, so the image is kept")
    elif chosen is not likely:
        said.append(f"{likely} is likely ({share}), but {chosen} would be the cheaper mistake")
    elif asks is None and chosen is Technique.PRESERVE:
        said.append("so the image is kept")
    elif chosen is not asks:
        said.append(f"best answered from {ANSWERED_FROM[chosen]} ({share})")
    return "; ".join(said)
