"""How a page's own font draws the characters that look alike: a one is told from an l by the ones of other lines.

In a fixed-width font a character is drawn nearly the same wherever it stands. Words and numbers show which drawing is
an l and which a one; a name such as ``run_0l`` is read by comparing with them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from headroom_nb.techniques.transcript.exact import doubt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from headroom_nb.techniques.transcript.shapes import Floats, Seen

    Samples = dict[str, list[tuple[tuple[int, int], Floats]]]

THIN = "1lI|i"
ALIKE = ("0O", THIN)
"""Characters that are told apart by the drawings of a page."""

CLOSE, MARGIN = 0.93, 0.04
"""A drawing is of the character that it resembles at least so much, and more than every other by this correlation;
measured .97 to 1 for its own, .70 to .87 for others."""

NEARLY = 0.9
"""One that resembles another character so much, and more than its own, is doubtful."""

PLAIN_MARGIN = 0.08
"""... and in a word or a number, which say themselves what they are, by this one."""

SURELY, OVERRULES = 0.9, 0.96
"""One that was read with the first probability is overruled by a likeness of the second only."""

ANOTHER, FAR = 0.75, 0.1
"""In another weight, such as a bold name, it resembles its own kind less; it is doubtful where it resembles another so
much, and more than its own by the second."""

SAME = 0.98
"""Where a page shows only one of the characters, a drawing that resembles it so much is the same."""

SHIFTS = 2
"""Cells begin up to so many pixels beside each other's."""

MOST = 12
"""Drawings of a character that are compared."""

_TOKEN = re.compile(r"[A-Za-z0-9|]+")
_WORD = re.compile(r"[A-Z]?[a-z]{3,}|[a-z]{3,}")
_CAPITALS = re.compile(r"[A-Z]{3,}")
_NUMBER = re.compile(r"\d+")


def told_by_drawings(lines: Sequence[Sequence[Seen]]) -> list[dict[int, str]]:
    """Return what look-alikes are, by their places in each line; those that stay open are left out.

    Parameters
    ----------
    lines
        The characters of each line, spaces included, each with the ink of its cell.
    """
    samples: Samples = defaultdict(list)
    tokens = [(number, *token) for number, line in enumerate(lines) for token in _tokens(line)]
    for number, start, end, kind in tokens:
        # The last letter of a word may be a number behind it.
        for seen in lines[number][start : end - (kind == "word")] if kind else ():
            if seen.ink is not None and any(seen.text in group for group in ALIKE):
                samples[seen.text].append(((number, start), seen.ink))
    samples = _without_misread(samples)
    told: list[dict[int, str]] = [{} for _ in lines]
    for number, start, end, kind in tokens:
        for at in range(end - 1 if kind == "word" else start, end):
            seen = lines[number][at]
            char = _first(seen.text)
            group = next((group for group in ALIKE if char and char in group), None)
            if group is None or seen.ink is None or kind == "capitals" or (kind == "number" and group != THIN):
                continue
            found = _told(seen, group, samples, (number, start), MARGIN if not kind else PLAIN_MARGIN)
            if found and (not kind or found != char):
                told[number][at] = found
    return told


def _tokens(line: Sequence[Seen]) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and kind of each stretch of letters and digits; the kind is empty for mixed ones."""
    text = "".join(_first(seen.text) or "\0" for seen in line)
    for found in _TOKEN.finditer(text):
        beside = text[max(0, found.start() - 1) : found.start()] + text[found.end() : found.end() + 1]
        kind = "word" if _WORD.fullmatch(found[0]) else "capitals" if _CAPITALS.fullmatch(found[0]) else ""
        if _NUMBER.fullmatch(found[0]) and "_" not in beside and '"' not in beside:
            kind = "number"
        yield found.start(), found.end(), kind


def _first(text: str) -> str:
    """Return a character, of a doubtful one the first of those that it can be; empty for anything else."""
    return text if len(text) == 1 else text[1] if text.startswith("‹") and text[2:3] == "|" else ""


def _without_misread(samples: Samples) -> Samples:
    """Return samples without those that resemble another character's more than their own: ``ll`` was read as ``11``."""
    first = {char: drawn[: 2 * MOST] for char, drawn in samples.items()}
    kept: Samples = {}
    for char, drawn in first.items():
        group = next(group for group in ALIKE if char in group)
        others = [ink for other in group if other != char for _, ink in first.get(other, ())]
        kept[char] = []
        for place, ink in drawn:
            own = max((likeness(ink, other) for at, other in drawn if at != place), default=SAME - MARGIN)
            if max((likeness(ink, other) for other in others), default=0.0) < own + MARGIN / 2:
                kept[char].append((place, ink))
    return kept


def _told(seen: Seen, group: str, samples: Samples, own: tuple[int, int], margin: float) -> str:
    """Return what a character is by the drawings of a group; empty where that stays open."""
    if seen.ink is None:
        return ""
    scores = []
    for char in group:
        drawn = [likeness(seen.ink, other) for place, other in samples.get(char, ())[:MOST] if place != own]
        if drawn:
            scores.append((float(np.mean(sorted(drawn)[-2:])), char))
    scores.sort(reverse=True)
    if len(scores) == 1 or (scores and _first(seen.text) not in {char for _, char in scores}):
        # The page shows no other of what was read: it may be just like one of the others.
        return scores[0][1] if scores[0][0] >= SAME else ""
    if not scores:
        return ""
    (score, best), char = scores[0], _first(seen.text)
    as_read = next(likely for likely, other in scores if other == char)
    if best != char and score < CLOSE and score >= ANOTHER and score - as_read >= FAR:
        return doubt(char, best)
    if score < max(NEARLY, scores[1][0] + margin):
        return ""
    if best != char and seen.text == char and seen.chance >= SURELY and score < OVERRULES:
        return "" if "i" in (char, best) else doubt(char, best)
    return best if score >= CLOSE or best == char else doubt(char, best)


def most_like(seen: Seen, drawings: Mapping[str, Sequence[Floats]]) -> str:
    """Return the character whose drawings a cell is the same as; empty where it is none's or several's."""
    ink = seen.ink
    if ink is None:
        return ""
    scores = sorted(
        ((max(likeness(ink, other) for other in drawn), char) for char, drawn in drawings.items() if drawn),
        reverse=True,
    )
    if not scores or scores[0][0] < CLOSE or (len(scores) > 1 and scores[0][0] - scores[1][0] < MARGIN):
        return ""
    return scores[0][1]


def likeness(one: Floats, other: Floats) -> float:
    """Return the highest correlation of two cells ``(h, w)`` of one height over small shifts, -1 to 1."""
    width = max(one.shape[1], other.shape[1]) + 2 * SHIFTS
    first = _centred(one, width, SHIFTS)
    return max(float((first * _centred(other, width, at)).sum()) for at in range(2 * SHIFTS + 1))


def _centred(ink: Floats, width: int, at: int) -> Floats:
    view = np.zeros((ink.shape[0], width), dtype=np.float32)
    kept = ink[:, : width - at]
    view[:, at : at + kept.shape[1]] = kept
    view -= view.mean()
    return np.asarray(view / max(1e-6, float(np.linalg.norm(view))), dtype=np.float32)
