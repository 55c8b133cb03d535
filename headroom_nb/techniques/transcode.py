"""TRANSCODE: the text in a picture instead of the picture, or beside a small view of it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from headroom_nb.costs.parts import price_parts
from headroom_nb.errors import TechniqueRefusedError
from headroom_nb.records import ImagePart, TextPart
from headroom_nb.techniques.base import Proposal
from headroom_nb.techniques.fence import label_text
from headroom_nb.techniques.levels import current_view
from headroom_nb.techniques.low_detail import low_detail
from headroom_nb.techniques.preserve import preserve
from headroom_nb.techniques.transcript.layout import to_text
from headroom_nb.techniques.transcript.trust import VIEW_SIDE, check

if TYPE_CHECKING:
    from headroom_nb.records import ImageSignals
    from headroom_nb.techniques.base import Job

_LOOKS = re.compile(
    r"\b(?:colou?r(?:s|ed)?|where (?:is|are|does|do)|next to|left of|right of|beside|behind|in front of|stands?|"
    r"looks?|shapes?|logos?|icons?|photos?|people|person|man|woman|wearing|background|describe|"
    r"highlighted|circled|drawn|chart|graph|diagram|arrows?|farbe|wo|neben|couleur|o\u00f9|d\u00f3nde|junto)\b",
    re.IGNORECASE,
)
"""Words by which a question asks for more than what is written."""


def transcode(job: Job) -> Proposal:
    """Return the picture's text as one labelled, fenced part; beside a small view where the question asks for both.

    Raises
    ------
    TechniqueRefusedError
        The text cannot be trusted to say what the picture says, or the picture is more than its text.
    OcrError
        There is no OCR engine, or it failed.
    """
    ocr = job.ocr()
    page = ocr.read(job.picture.rgb(), progress=job.progress)
    signs = check(page, job.picture.small(VIEW_SIDE))
    text = TextPart(label_text(to_text(page), job.label, page.size))
    read = f"{len(page.lines)} lines read by {ocr.name}"
    if asks_how_it_looks(job.question):
        return _overview(job, text, read)
    if signs.beyond_text:
        raise TechniqueRefusedError(signs.beyond_text)
    if job.keep_low_view:
        return _with_low_view(job, text, read)
    return Proposal((text,), 0.0, free=False, note=read)


def asks_how_it_looks(question: str) -> bool:
    """Return whether a question asks for more than what is written: colours, places, things."""
    return _LOOKS.search(question) is not None


def _with_low_view(job: Job, text: TextPart, read: str) -> Proposal:
    """Return the text after a small view where both cost less than the picture at its cheapest; else the text."""
    alone = Proposal((text,), 0.0, free=False, note=read)
    try:
        both = _overview(job, text, read)
    except TechniqueRefusedError:
        return replace(alone, note=f"{read}; no smaller view to keep beside it")
    if price_parts(both.parts, job.model, job.detail).tokens < _picture_tokens(job):
        return both
    return replace(alone, note=f"{read}; a view beside it would cost more than the picture")


def _overview(job: Job, text: TextPart, read: str) -> Proposal:
    """Return a small view followed by the text, which need not stay legible in the view."""
    try:
        view = low_detail(replace(job, signals=_without_text(job.signals)))
    except TechniqueRefusedError as refusal:
        reason = f"the question also asks how the picture looks, and a view beside the text is not to be had: {refusal}"
        raise TechniqueRefusedError(reason) from refusal
    small = [replace(part, role="overview") if isinstance(part, ImagePart) else part for part in view.parts]
    return replace(view, parts=(*small, text), free=False, note=f"{view.note}, with {read}")


def _picture_tokens(job: Job) -> int:
    """Return what the picture would cost by itself, in the form that loses nothing that is read."""
    before, _ = current_view(job)
    try:
        parts = preserve(job).parts
    except TechniqueRefusedError:
        return before
    return min(before, price_parts(parts, job.model, job.detail).tokens) if parts else before


def _without_text(signals: ImageSignals | None) -> ImageSignals | None:
    if signals is None:
        return None
    return replace(signals, has_text=0.0, text_lines=0, min_text_height=None, median_text_height=None)
