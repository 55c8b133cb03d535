"""The text of an image: alone, beside a small view of it, or its exact strings beside a view that shows the rest."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from headroom_nb.costs import count_text
from headroom_nb.records import Technique, TextPart
from headroom_nb.techniques.fence import label_text
from headroom_nb.techniques.forms import Facts, Form
from headroom_nb.techniques.whole import describe, facts_of, view_parts, views

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_nb.records import Part
    from headroom_nb.signals.marks import Marks
    from headroom_nb.techniques.base import Job
    from headroom_nb.techniques.transcript import Transcript
    from headroom_nb.techniques.whole import View

SMALL_VIEW, LARGEST_VIEW = 416, 1024
"""Long side in pixels of the smallest and the largest view that goes beside text."""

TEXT_IN_VIEW = 4.8
"""Font size in pixels that the smallest text keeps in that view: too small to read, but a mark is tied to its line."""

FEW_STRINGS = 0.6
"""Exact strings are sent by themselves where they cost at most this share of the whole text."""

WRONG_OF_DOUBTED = {"exact": 0.12, "prose": 0.4}
"""Share of a transcript's doubts that cost an answer where language, sums and layout correct them. Of the answers in
transcripts that were given less than an even chance, 26 of 26 were right (real questions, the half of the images whose
names hash even). In code and keys every doubt counts."""

STRINGS_SAY = 0.5
"""Share of the exact answers that are such strings; the others are names and words."""

_EXACT = re.compile(r"\S*(?:\d|[_@#/\\:]|[a-z][A-Z]|[A-Z]{2})\S*")
"""A string that no language corrects: with a digit, a sign, or capitals inside."""

_LITERAL = re.compile(r"(?=\S*\d)(?=\S*[A-Za-z])[\w+/=-]{8,}|\S*(?:[_{}=;<>]|\(\)|://)\S*")
"""A string of code, or a key."""

_KEY = re.compile(r"(?=\S*\d)(?=\S*[A-Za-z])[\w+/=-]{8,}")

KEYS_READ = 0.6
"""Probability at most that OCR reads keys rightly: 33 of 90 random keys and addresses came out wrong, at any size."""

LITERAL_SHARE = 0.25
"""Share of the characters in such strings from which a text is code or a list of keys."""

CHARACTERS_PER_TOKEN = 3.1
"""Of text that OCR read, on average."""


def text_forms(job: Job, transcript: Transcript, marks: Marks, engine: str, *, page: bool) -> list[Form]:
    """Return the forms that send an image's text.

    Parameters
    ----------
    job
        The image.
    transcript
        What was read, and how surely.
    marks
        What the image shows that its text does not say.
    engine
        Name of what read it.
    page
        Whether the text is most of what the image shows.
    """
    text = label_text(transcript.text, job.label, job.picture.size)
    tokens = count_text(text, job.model).tokens
    said = _said(transcript, page=page, literal=_share(_LITERAL, transcript.text) >= LITERAL_SHARE)
    reader = engine.partition(";")[0].partition(" (")[0]  # of several engines the first, and no list of languages
    read = f"{transcript.lines} lines read by {reader}"
    build = partial(_parts, job, None, text)
    bare = Form(Technique.TRANSCODE, "text", tokens, len(text), said, build, kept_pixels=0.0, note=read)
    forms = [replace(bare, refused=transcript.refusal or _left_out(marks))]
    if not transcript.lines or not transcript.prose:
        return forms  # what says nothing does not belong beside a view either
    beside = [view for view in views(job) if _least_side(job) <= max(view.seen) <= LARGEST_VIEW]
    forms += [_hybrid(job, view, text, tokens, said, read) for view in beside]
    if is_literal(transcript.text):
        return forms  # nearly all of it is exact strings, and their order and indentation matter
    strings = exact_strings(transcript.text)
    listed = label_text("\n".join(strings), job.label, job.picture.size)
    count = count_text(listed, job.model).tokens
    if strings and count <= FEW_STRINGS * tokens:
        only = replace(said, exact=STRINGS_SAY * said.exact, prose=0.0)
        label = f"{len(strings)} exact strings read by {reader}"
        forms += [_hybrid(job, view, listed, count, only, label, "strings") for view in beside]
    return forms


def _said(transcript: Transcript, *, page: bool, literal: bool) -> Facts:
    """Return what the text says by itself."""
    if _share(_KEY, transcript.text) >= LITERAL_SHARE:
        return Facts(exact=min(KEYS_READ, transcript.exact), prose=transcript.prose, page=page)
    if literal or not transcript.prose:
        return Facts(exact=transcript.exact, prose=transcript.prose, page=page)
    exact = 1 - (1 - transcript.exact) * WRONG_OF_DOUBTED["exact"] if transcript.exact else 0.0
    return Facts(exact=exact, prose=1 - (1 - transcript.prose) * WRONG_OF_DOUBTED["prose"], page=page)


def _hybrid(job: Job, view: View, text: str, tokens: int, said: Facts, read: str, what: str = "text") -> Form:
    facts = facts_of(job, view)
    return Form(
        Technique.TRANSCODE,
        f"{what} + {describe(job, view)}",
        tokens + view.tokens,
        len(text),
        replace(facts, exact=said.exact, prose=said.prose, page=said.page),
        partial(_parts, job, view, text),
        sizes=(view.size,),
        kept_pixels=facts.share**2,
        note=f"{describe(job, view, words=True)}, with {read}",
    )


def _left_out(marks: Marks) -> str:
    return f"its text would leave out what it shows: {'; '.join(marks.sentences)}" if marks.strong else ""


def _least_side(job: Job) -> float:
    """Return the long side of the smallest view that goes beside text."""
    longest = max(job.picture.size)
    smallest = job.text.smallest
    wanted = SMALL_VIEW if smallest is None else max(SMALL_VIEW, TEXT_IN_VIEW / smallest * longest)
    return 0.97 * min(wanted, 2 * SMALL_VIEW, longest)


def _parts(job: Job, view: View | None, text: str) -> tuple[Part, ...]:
    return (
        (TextPart(text),)
        if view is None
        else (*view_parts(job, view, mark="overview", role="overview"), TextPart(text))
    )


def is_literal(text: str) -> bool:
    """Return whether a text is code or keys, in which no language corrects a letter."""
    from headroom_nb.techniques.transcript.parsing import is_code  # needs NumPy

    return _share(_LITERAL, text) >= LITERAL_SHARE or is_code(text)


def _share(pattern: re.Pattern[str], text: str) -> float:
    """Return the share of a text's characters that stand in such strings."""
    return sum(map(len, pattern.findall(text))) / max(1, len("".join(text.split())))


def exact_strings(text: str) -> list[str]:
    """Return the strings of a text that must come out character by character, each once, in order."""
    return list(dict.fromkeys(found for found in _EXACT.findall(text) if any(map(str.isalnum, found))))


def could_win(job: Job, tokens: float, allowed: Callable[[Facts], bool]) -> bool:
    """Return whether a form with text could cost at most so many tokens, were the text read without a mistake.

    Parameters
    ----------
    tokens
        What it must cost at most.
    allowed
        Whether a form that keeps so much may be sent.
    """
    text = guessed_text_tokens(job)
    if not text or text > tokens:
        return False
    perfect = Facts(exact=1.0, prose=1.0, page=True)
    if allowed(perfect):
        return True
    return any(
        text + view.tokens <= tokens and allowed(replace(facts_of(job, view), exact=1.0, prose=1.0, page=True))
        for view in views(job)
        if _least_side(job) <= max(view.seen) <= LARGEST_VIEW
    )


def guessed_text_tokens(job: Job) -> int:
    """Return about how many tokens the text would cost, from what was measured before anything is read."""
    signals = job.signals
    if signals is None or not signals.median_text_height:
        return 0
    width, height = job.picture.size
    line = signals.median_text_height
    characters = signals.text_coverage * width * height / (1.1 * line) / (0.62 * line)
    return round(characters / CHARACTERS_PER_TOKEN * job.model.text_scale)
