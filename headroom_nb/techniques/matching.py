"""Where in an image the text stands that a question is about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from typing import TYPE_CHECKING

from headroom_nb.techniques.regions import fold
from headroom_nb.techniques.synonyms import CONCEPTS, STOP_WORDS, Concept

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_nb.ocr import OcrLine, OcrPage

    Alike = Callable[[str, str], float]

LIKENESS = 0.8
"""Similarity (difflib ratio) from which a printed word counts as the asked one: one wrong letter in five."""

WORTH_A_MATCH = 0.6
"""Share of what is asked for that the place must carry."""

ALONE = 0.25
"""Share that each of its rows must add."""

RIVAL = 0.8
"""Another place that scores this share of the best one makes the match doubtful."""

LONGEST = 2000
"""Characters of a question that are looked at from either end: people ask before or after what they paste."""

MOST_TERMS = 40
"""Single words looked for; each is compared with every word of the page."""

_TOKEN = re.compile(r"[^\W_]+(?:[./'][^\W_]+)*")
_QUOTED = re.compile(r"[\"“”«»‘`]([^\"“”«»’`]{2,60})[\"“”»«’`]|'([^']{2,60})'")


@dataclass(frozen=True)
class Asked:
    """What a question asks for: concepts, content words, and phrases it quotes; all folded."""

    concepts: tuple[Concept, ...]
    terms: tuple[str, ...]
    quotes: tuple[str, ...]


@dataclass(frozen=True)
class Match:
    """Text that answers to a question.

    Attributes
    ----------
    lines
        The lines found: one place in the image.
    words
        What was matched, for the result's note.
    confidence
        How surely this is the place, 0 to 1.
    """

    lines: tuple[OcrLine, ...]
    words: str
    confidence: float


def what_is_asked(question: str) -> Asked:
    """Return what a question asks for."""
    if len(question) > 2 * LONGEST:
        question = f"{question[:LONGEST]} {question[-LONGEST:]}"
    quotes = tuple(fold(one or other) for one, other in _QUOTED.findall(question))
    text = fold(question)
    concepts = []
    for concept in CONCEPTS:
        said = [phrase for phrase in concept.asked if _holds(text, phrase)]
        if said:
            concepts.append(concept)
            # "due date" is not also "date": what a concept took is gone for the ones after it.
            text = re.sub(rf"(?<!\w){re.escape(max(said, key=len))}(?!\w)", " ", text)
    terms = [word for word in _TOKEN.findall(text) if len(word) > 1 and word not in STOP_WORDS]
    return Asked(tuple(concepts), tuple(dict.fromkeys(terms))[:MOST_TERMS], quotes)


def find_text(question: str, page: OcrPage) -> Match | None:
    """Return the place in `page` whose text answers to `question`, or None when none stands out.

    A row that carries only a part is joined by the row that carries the rest: a table's heading and the line asked for.
    """
    wanted = _wanted(what_is_asked(question))
    if not wanted or not page.lines:
        return None
    rows = to_rows(page.lines)
    alike = cache(_alike)  # for this page: what an image says is not kept
    carried = [_carried(wanted, row, alike) for row in rows]
    total = sum(weight for _, weight in wanted)
    scores = [sum(one) / total for one in carried]
    at = max(range(len(rows)), key=scores.__getitem__)
    if scores[at] < ALONE:
        return None
    best, found = scores[at], [at]
    rest = [
        sum(max(0.0, other - mine) for other, mine in zip(one, carried[at], strict=True)) / total for one in carried
    ]
    partner = max(range(len(rows)), key=rest.__getitem__)
    if rest[partner] >= ALONE:
        best, found = best + rest[partner], sorted((at, partner))
    if best < WORTH_A_MATCH:
        return None
    rivals = [
        row
        for row, score in enumerate(scores)
        if score >= RIVAL * scores[at] and all(abs(row - one) > 1 for one in found)
    ]
    confidence = max(0.0, min(0.95, 0.55 + 0.4 * best) - 0.12 * len(rivals))
    lines = tuple(line for row in found for line in rows[row])
    return Match(lines, " … ".join(" ".join(line.text for line in rows[row])[:40] for row in found), confidence)


def to_rows(lines: tuple[OcrLine, ...]) -> list[list[OcrLine]]:
    """Return lines gathered into rows from top to bottom, each from left to right.

    Two lines share a row when the centre of each lies within the height of the other.
    """
    rows: list[list[OcrLine]] = []
    for line in sorted(lines, key=lambda one: one.bounds[1] + one.bounds[3]):
        _, top, _, bottom = line.bounds
        centre = (top + bottom) / 2
        if rows:
            _, last_top, _, last_bottom = rows[-1][-1].bounds
            if last_top <= centre <= last_bottom and top <= (last_top + last_bottom) / 2 <= bottom:
                rows[-1].append(line)
                continue
        rows.append([line])
    return [sorted(row, key=lambda line: line.bounds[0]) for row in rows]


def _wanted(asked: Asked) -> list[tuple[Concept | str, float]]:
    """Return what is looked for with its weight: quotes and concepts count more than single words."""
    named: list[tuple[Concept | str, float]] = [(f'"{quote}"', 2.0) for quote in asked.quotes]
    named += [(concept, 2.0) for concept in asked.concepts if not concept.vague]
    named += [(term, 1.0) for term in asked.terms]
    return named or [(concept, 2.0) for concept in asked.concepts]


def _carried(wanted: list[tuple[Concept | str, float]], row: list[OcrLine], alike: Alike) -> list[float]:
    """Return the weight of each thing looked for that a row carries."""
    text = fold(" ".join(line.text for line in row))
    words = frozenset(_TOKEN.findall(text))
    return [weight * _found(one, text, words, alike) for one, weight in wanted]


def _found(one: Concept | str, text: str, words: frozenset[str], alike: Alike) -> float:
    if isinstance(one, Concept):
        return _concept_score(one, text)
    if one.startswith('"'):
        return float(one.strip('"') in text)
    return max((alike(one, word) for word in words), default=0.0)


def _concept_score(concept: Concept, text: str) -> float:
    if any(_holds(text, phrase) for phrase in concept.printed):
        return 1.0
    return 0.7 if concept.looks and re.search(concept.looks, text) else 0.0


def _holds(text: str, phrase: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text) is not None


def _alike(term: str, word: str) -> float:
    """Return how much a printed word is the asked one: 1 when equal, 0 when it is another."""
    if term == word:
        return 1.0
    if min(len(term), len(word)) < 4:
        return 0.0
    if term.startswith(word) or word.startswith(term):
        return 0.9
    ratio = SequenceMatcher(None, term, word, autojunk=False).ratio()
    return ratio if ratio >= LIKENESS else 0.0
