"""Which pages a question is about: named by number, by heading or caption, or found by a search over their text."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_nb.documents.named import named_pages
from headroom_nb.documents.pdf import as_ranges
from headroom_nb.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from headroom_nb.documents.pages import PageFacts

FEWEST_PAGES = 3
"""Pages from which a document is searched: fewer are sent whole."""

SEARCH: Mapping[str, tuple[float, float] | None] = {"safe": None, "balanced": (0.35, 0.75), "max": (0.6, 0.6)}
"""By quality: the share of the best page's score from which a page is sent, and the share of the question's weight that
the best pages must hold between them; None where nothing is left out after a search."""

MOST_NAMED = 20
"""Captions and headings that a question looks for; one with more of them is about the whole document."""

LEAST_KNOWN = 0.6
"""Share of the question's words that the document must have."""

RARE = 0.4
"""Share of the pages that one of these words may stand on at most: words of every page find nothing."""

RISK_OF_SEARCH = {"balanced": 0.02, "max": 0.05}
"""Chance that a page with the answer is left out, by questions about real documents; see
``benchmarks/fidelity/documents.py``."""

RISK_OF_NAME = 0.005
"""Chance that a page that the question names is not all it needs."""

_PAGE_NUMBER = re.compile(r"\d{1,18}")
_CAPTIONED = re.compile(
    r"\b(table|figure|fig\.?|chart|exhibit|listing|algorithm|box|plate)\s+([A-Z]?\d+(?:\.\d+)*|[IVX]+)\b", re.IGNORECASE
)
_HEADED = re.compile(
    r"\b(section|chapter|appendix|annex|part|article|schedule)\s+([A-Z]\b|\d+(?:\.\d+)*|[IVX]+\b)", re.IGNORECASE
)
_CONTENTS = re.compile(r"\btable of contents\b|\bcontents page\b", re.IGNORECASE)
_WHOLE = re.compile(
    r"\b(?:summar\w*|overview|outline|translate|transcribe|whole|entire|throughout|overall|all|every|each|list|compare|"
    r"how many|how often|count|main|document|paper|report|about|differences?|sections|topics?|themes?|conclu\w+|pages?|"
    r"gist|abstract|title|authors?|describe|explain|any|not mentioned|anywhere|"
    r"résum\w*|tradui\w*|tous|toutes|chaque|combien|titre|auteurs?|expliqu\w*|différences?|"
    r"zusammen\w*|übersetz\w*|alle[ns]?|jede[nmrs]?|wie viele|titel|autor\w*|erklär\w*|unterschiede?|"
    r"resum\w*|tradu\w*|todos|todas|cada|cuánt\w*|título|riassum\w*|tutti|tutte|ogni|quant[ieoa]|títulos?)\b",
    re.IGNORECASE,
)
_STOP_WORDS = (
    "a an the of in on at to for from by with and or is are was were be been do does did has have had "
    "what which who whom whose when where why how it its this that these those there their they he she "
    "his her you your i my we our as into than then so such not no can could should would may might will "
    "shall according tell me please give show find state states said say says name value number used use "
    "using much many "
    "le la les un une des du de au aux en et ou est sont quel quelle quels quelles qui que quoi où quand comment "
    "pourquoi dans sur sous pour par avec ce cette ces il elle ils elles se sa ses leur leurs était été ont cela selon "
    "der das den dem ein eine einen einem einer und oder ist sind waren wird werden wurde welche welcher welches "
    "wer wen wem wann wo wie warum auf für mit von vom zu zum zur bei nach aus über es sie er haben im am "
    "el los las una del al y o fue cuál cuáles quién qué cuándo dónde cómo por para con según "
    "il lo gli uno della dello dei nel nella e chi quale quali quando dove come perché os um uma da dos na"
)
_STOP = frozenset(_STOP_WORDS.split())
_WORD = re.compile(r"\w+(?:[.,/-]\w+)*")


@dataclass(frozen=True)
class Asked:
    """The pages that a question is about.

    Attributes
    ----------
    pages
        Their numbers, in order.
    why
        How they were found, as a phrase.
    risk
        The chance that a page with the answer is not among them, 0 to 1.
    """

    pages: tuple[int, ...]
    why: str
    risk: float


def read_pages(text: str, count: int) -> tuple[int, ...]:
    """Return the page numbers that a text such as ``"3-5,9"`` names, in order.

    Raises
    ------
    OptionError
        It names no pages of a document of ``count`` pages.
    """
    found: set[int] = set()
    for piece in text.replace("–", "-").split(","):
        ends = piece.strip().split("-")
        if not (1 <= len(ends) <= 2 and all(_PAGE_NUMBER.fullmatch(end.strip()) for end in ends)):
            raise OptionError(f"pages={text!r} is not a list of pages; write it as 3-5,9")
        first, last = int(ends[0]), int(ends[-1])
        if not 1 <= first <= last:
            raise OptionError(f"pages={text!r} is not a list of pages: they count from 1, the smaller number first")
        found.update(range(first, min(last, count) + 1))
    if not found:
        raise OptionError(f"pages={text!r} is outside the document, which has {count} page{'s' * (count != 1)}")
    return tuple(sorted(found))


def asked_pages(question: str, pages: Sequence[PageFacts], quality: str) -> Asked | None:
    """Return which pages to send for a question; None for all of them.

    Parameters
    ----------
    question
        What is asked.
    pages
        The pages; those whose text cannot be relied on can be named by number only, and are kept otherwise.
    quality
        How much risk is taken: ``"safe"`` sends the neighbours of named pages too and searches nothing.
    """
    count = len(pages)
    question = " ".join(question.split())  # no run of spaces takes the patterns long
    if count < 2 or not question:
        return None
    numbers = named_pages(question, pages)
    if numbers is None:
        return None
    named = numbers or _captioned(question, pages)
    if named:
        near = {number + step for number in named for step in (-1, 0, 1)} if quality == "safe" or not numbers else named
        if not numbers:
            near |= _unread(pages)  # the caption may stand on one of these
        kept = tuple(sorted(number for number in near if 1 <= number <= count))
        return Asked(kept, f"the question names {_in_words(kept)}", RISK_OF_NAME) if len(kept) < count else None
    return _searched(question, pages, quality)


def _captioned(question: str, pages: Sequence[PageFacts]) -> set[int]:
    """Return the pages with a caption or heading that the question names; none where one of them is not found."""
    found: set[int] = set()
    captions, headings = (dict.fromkeys(each.findall(question)) for each in (_CAPTIONED, _HEADED))
    if len(captions) + len(headings) > MOST_NAMED:
        return set()
    for kind, number in captions:
        word = "fig(?:ure|\\.)?" if kind.lower().startswith("fig") else re.escape(kind)
        pattern = re.compile(rf"\b{word}\s*{re.escape(number)}(?![.\d]*\d)", re.IGNORECASE)
        mentions = {page.number for page in pages if pattern.search(page.text)}
        if not mentions:
            return set()
        found |= mentions
    for kind, number in headings:
        starts = _headed(kind, number, pages)
        if not starts:
            return set()
        ends = sorted({end for after in _next_numbers(number) for end in _headed(kind, after, pages)})
        for start in starts:
            end = next((end for end in ends if end >= start), len(pages))
            found.update(range(start, max(end, start + 1) + 1))
    if _CONTENTS.search(question):
        dotted = [
            page.number
            for page in pages
            if re.search(r"^[^\S\n]*(?:table of )?contents[^\S\n]*$", page.text, re.IGNORECASE | re.MULTILINE)
            or len(re.findall(r"(?:\.\s?){3}\.\s*\d{1,4}[^\S\n]*$", page.text, re.MULTILINE)) >= 3
        ]
        if not dotted:
            return set()
        found.update(dotted)
    return found


def _headed(kind: str, number: str, pages: Sequence[PageFacts]) -> list[int]:
    """Return the pages with a heading of this number, such as ``"4.1 Points"`` or ``"Appendix B Letters"``."""
    heading = re.compile(
        rf"^[^\S\n]*(?:{re.escape(kind)}\s+)?{re.escape(number)}[.:]?(?=\s+[A-Z])", re.IGNORECASE | re.MULTILINE
    )
    return [page.number for page in pages if heading.search(page.text)]


def _next_numbers(number: str) -> list[str]:
    """Return the numbers that a heading may have with which this one's part ends: 4.2 and 5 after 4.1, C after B."""
    if len(number) == 1 and number.isalpha():
        return [chr(ord(number) + 1)]
    if not number[0].isdigit():
        return []
    steps = number.split(".")
    return [".".join((*steps[:place], str(int(steps[place]) + 1))) for place in range(len(steps))]


def _searched(question: str, pages: Sequence[PageFacts], quality: str) -> Asked | None:
    """Return the pages whose text holds the question's words, for a question about one fact."""
    bounds = SEARCH[quality]
    if bounds is None or len(pages) < FEWEST_PAGES or _WHOLE.search(question):
        return None
    wanted = [word for word in dict.fromkeys(_words(question)) if word not in _STOP and len(word) > 1]
    texts = {page.number: Counter(_words(page.text)) for page in pages if page.sound}
    if len(wanted) < 2 or len(texts) < FEWEST_PAGES:
        return None
    holders = {word: sum(word in text for text in texts.values()) for word in wanted}
    known = [word for word in wanted if holders[word]]
    if len(known) < max(2, LEAST_KNOWN * len(wanted)):
        return None  # the question has other words than the document: a search would guess
    weights = {word: math.log(1 + len(texts) / (0.5 + holders[word])) for word in known}
    scores = {
        number: sum(weight * text[word] / (text[word] + 1) for word, weight in weights.items())
        for number, text in texts.items()
    }
    best = max(scores.values())
    least, held = bounds
    kept = {number for number, score in scores.items() if score >= least * best}
    covered = sum(weight for word, weight in weights.items() if any(word in texts[number] for number in kept))
    rare = any(holders[word] <= RARE * len(texts) for word in known)
    if covered < held * sum(weights.values()) or not rare:
        return None
    sent = tuple(sorted(kept | _unread(pages)))
    if len(sent) == len(pages):
        return None
    return Asked(sent, f"a search of the text found {_in_words(sorted(kept))}", RISK_OF_SEARCH[quality])


def _unread(pages: Sequence[PageFacts]) -> set[int]:
    """Return the pages whose text says nothing sure of what stands on them."""
    return {page.number for page in pages if not page.sound and not page.empty}


def _words(text: str) -> Iterable[str]:
    """Yield words in lower case, an English plural or past form as its stem."""
    for found in _WORD.findall(text.lower()):
        word = found
        for ending in ("ing", "ed", "es", "s"):
            if word.endswith(ending) and len(word) - len(ending) >= 4:
                word = word[: -len(ending)]
                break
        yield word.rstrip("e") if len(word) > 4 else word


def _in_words(pages: Sequence[int]) -> str:
    return f"{'page' if len(pages) == 1 else 'pages'} {as_ranges(pages)}"
