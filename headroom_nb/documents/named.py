"""Pages that a question names by number or place: "page 12", "pages 3 to 5", "the last page but two", "page xii".

A question is cut into words of a few kinds. A run of them with the word "page" in it is read: its numbers and places,
and the ranges between them. A number is a page counted from the first, and also one that is called so by a label of
the file, or by what is printed at its top or bottom.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_nb.documents.page_names import page_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from headroom_nb.documents.pages import PageFacts

_ONE_TO_TWENTY = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
_FIRST_TO_TWENTIETH = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
)
NUMBERS: Mapping[str, int] = {
    **{word: number for number, word in enumerate(_ONE_TO_TWENTY.split(), 1)},
    **dict.fromkeys(("deux", "zwei", "dos", "due"), 2),
    **dict.fromkeys(("trois", "drei", "tres", "tre"), 3),
}
"""Numbers in words."""

ORDINALS: Mapping[str, int] = {word: number for number, word in enumerate(_FIRST_TO_TWENTIETH.split(), 1)}
_ELSEWHERE = {
    1: "cover title front opening première premières erste ersten erster primera primeras prima prime",
    2: "deuxième zweite zweiten zweiter segunda seconda",
    3: "troisième dritte dritten dritter tercera terza",
    -1: "last final closing back dernière dernières letzte letzten letzter última últimas ultima ultime",
    -2: "penultimate vorletzte vorletzten vorletzter penúltima penultima",
    -3: "antepenultimate drittletzte drittletzten antepenúltima terzultima",
}
PLACES: Mapping[str, int] = {
    **ORDINALS,
    **{word: place for place, words in _ELSEWHERE.items() for word in words.split()},
}
"""Words for places; negative ones count from the last page."""

NOUNS = frozenset(["page", "pages", "pp", "seite", "seiten", "página", "páginas", "pagina", "pagine"])
PLURAL = frozenset(["pages", "pp", "seiten", "páginas", "pagine"])
_FILLERS = "the its also very number no nr # la le les las los die der das den el il lo alla"
_JOINS = {
    **dict.fromkeys(["to", "through", "thru", "until", "till", "bis", "à", "al", "-", "–", "—"], "to"),
    **dict.fromkeys([",", "&", "and", "or", "plus", "und", "oder", "et", "ou"], "and"),
    **dict.fromkeys(_FILLERS.split(), "the"),
    **dict.fromkeys(["onward", "onwards", "ff", "forward"], "open"),
    **dict.fromkeys(["end", "ende", "fin", "fine"], "end"),
}

_ORDINAL = rf"(?:{'|'.join(ORDINALS)}|\d{{1,3}}(?:st|nd|rd|th))"
_LATER = rf"(?!first\b|1st\b)({_ORDINAL})"
_NUMBER = rf"({'|'.join(NUMBERS)}|\d{{1,4}})"
_FROM_THE_END: Sequence[tuple[re.Pattern[str], int, str]] = tuple(
    (re.compile(rf"\b{pattern}\b", re.IGNORECASE), more, noun)
    for pattern, more, noun in (
        (rf"{_LATER}[- ](?:to|from)[- ](?:the[- ])?(?:last|end)", 0, ""),
        (rf"{_LATER}[- ]last", 0, ""),
        (rf"({_ORDINAL})[- ]pages? (?:from|before) the (?:end|back)", 0, " page"),
        (rf"last[- ]page[- ]but[- ]{_NUMBER}", 1, " page"),
        (rf"last[- ]but[- ]{_NUMBER}", 1, ""),
        (r"next[- ]to[- ](?:the[- ])?last", 2, ""),
        (r"page (?:right |just |immediately |directly )?before (?:the )?last(?: page)?", 2, "page"),
        (r"avant-derni[èe]re", 2, ""),
    )
)
"""Phrases that count from the last page: the pattern of each, what is added to its number, and the noun in it."""

_REWRITTEN = (
    (re.compile(r"\bpp?\.? ?(?:no\. ?)?(?=\d)|\bS\. (?=\d)", re.IGNORECASE), "page "),
    (re.compile(r"(?<=\d) a (?=\d)"), " to "),
    (re.compile(r"(?<=\d) [yeou] (?=\d)"), " and "),
)
_TOKEN = re.compile(
    r"@\d+|\d{1,3}(?:st|nd|rd|th)\b|\d+(?:[.:/]\d+)+|[A-Za-z]{1,2}[-.]?\d{1,4}\b|\d+|[^\W\d_]+|[^\w\s]", re.IGNORECASE
)
_ROMAN = re.compile(r"(?=.)c{0,3}(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})", re.IGNORECASE)
_LABEL = re.compile(r"[a-z]{1,2}[-.]?\d{1,4}", re.IGNORECASE)
_PARTS = (
    "chapter|section|appendix|annex|part|schedule|exhibit|article|index|introduction|conclusions?|references|glossary"
)
_OTHERWISE = re.compile(
    r"\b(?:except(?:ing)?|exclud\w+|other than|apart from|aside from|besides|without|ignor\w+|skip\w*|omit\w*|"
    rf"leav\w+ out|not (?:on|counting|including)|(?:every|each) (?:other|{_ORDINAL})|sauf|außer|excepto|salvo|tranne|"
    rf"(?:all|every\w*|any\w*|each|nothing|none)(?: the)?(?: pages?)? but|"
    rf"pages? (?:of|in) (?:the |its |each |every )?(?:{_PARTS})|(?:{_PARTS})(?: \w+)?'s \w+ pages?)\b",
    re.IGNORECASE,
)
"""Words after which a page that is named is not all that is asked for, or not the document's own."""

_PARITY = re.compile(r"\b(even|odd)(?:[- ]numbered)? pages\b", re.IGNORECASE)
MOST_NAMED = 100
"""Pages that one phrase names; one with more of them is about the whole document."""

_AFTER = frozenset(("after", "since", "past", "beyond", "following"))


@dataclass(frozen=True)
class _Item:
    """A page in a run: a number, a place, or what it is called; ``many`` of them from there, or up to the next item."""

    number: int = 0
    place: int = 0
    called: str = ""
    many: int = 1
    ranged: bool = False


def named_pages(question: str, pages: Sequence[PageFacts]) -> set[int] | None:
    """Return the pages that a question names by number or place; empty where it names none.

    None where it names some and needs others too: those that are not to be left out, do not exist, or are of a part.
    """
    count = len(pages)
    runs = list(_runs(question))
    parity = _PARITY.search(question)
    if not runs and not parity:
        return set()
    if _OTHERWISE.search(question):
        return None
    names = page_names(pages)
    found: set[int] = set()
    if parity:
        found.update(range(2 if parity[1].lower() == "even" else 1, count + 1, 2))
    for before, run, after in runs:
        items = _items(run, between=before[-1:] == ["between"])
        if not items:
            continue
        named = _resolved(items, names) if len(items) <= MOST_NAMED else set()
        if not named:
            return None
        previous, first = before[-1:], run[0][1]
        if previous == ["before"] or first in {"until", "till"} or (previous == ["up"] and first == "to"):
            named.update(range(1, max(named) + 1))
        if (set(previous) & _AFTER) or (previous == ["from"] and after == "on"):
            named.update(range(min(named), count + 1))
        found |= named
    return found


def _runs(question: str) -> Iterator[tuple[list[str], list[tuple[str, str]], str]]:
    """Yield each run of words about pages: the words before it, its own with their kinds, and the word after it."""
    text = question
    for pattern, more, noun in _FROM_THE_END:
        text = pattern.sub(lambda found, more=more, noun=noun: _marked(found, more, noun), text)  # type: ignore[misc]
    for pattern, word in _REWRITTEN:
        text = pattern.sub(word, text)
    words = [*_TOKEN.findall(text), "."]
    run: list[tuple[str, str]] = []
    before: list[str] = []
    for word in words:
        kind = _kind(word)
        if kind:
            run.append((kind, word.casefold()))
            continue
        if any(each == "page" for each, _ in run):
            yield before, run, word.casefold()
        before = [*(each for _, each in run[-1:]), word.casefold()] if run else [*before[-1:], word.casefold()]
        run = []


def _marked(found: re.Match[str], more: int, noun: str) -> str:
    number = _number(found[1]) if found.re.groups else 0
    place = f"@{number + more}"
    return f"{place} {noun}" if noun == "page" else place + noun


def _number(word: str) -> int:
    word = word.casefold()
    return ORDINALS.get(word) or NUMBERS.get(word) or int(re.sub(r"\D", "", word))


def _kind(word: str) -> str:
    """Return the kind of a word; empty for one that ends a run."""
    lower = word.casefold()
    if lower in NOUNS:
        return "page"
    if word[0] == "@" or lower in PLACES or re.fullmatch(r"\d{1,3}(?:st|nd|rd|th)", lower):
        return "place"
    if lower in NUMBERS or (word.isdecimal() and len(word) <= 4):
        return "number"
    if lower in _JOINS:
        return _JOINS[lower]
    if (_ROMAN.fullmatch(word) and word != "I") or _LABEL.fullmatch(word):
        return "called"
    return ""


def _place(word: str) -> int:
    return -int(word[1:]) if word[0] == "@" else PLACES.get(word) or _number(word)


def _items(run: Sequence[tuple[str, str]], *, between: bool) -> list[_Item]:
    """Return the pages of a run in order; none where it says how many, and not which."""
    items: list[_Item] = []
    noun = to = False
    for index, (kind, word) in enumerate(run):
        before, after = run[index - 1 : index], run[index + 1 : index + 2]
        new: _Item | None = None
        if kind == "page":
            noun = True
        elif kind == "to" or (kind == "and" and between and len(items) == 1):
            to = True
        elif kind == "open" and items:
            new, to = _Item(place=-1), True
        elif kind == "end" and to and items:
            new = _Item(place=-1)
        elif kind == "called" and noun:
            new = _Item(called=word)
        elif kind == "place":
            place = _place(word)
            near = [*before, *after]
            many = next((_number(each) for each_kind, each in near if each_kind == "number"), 1)
            if before and before[0][0] == "number" and noun:
                many = 1  # "page 3, last …": the number is a page's own
            plural = after and after[0][1] in PLURAL
            if abs(place) == 1 and plural and many == 1 and not items:
                return []  # "the first pages": how many is not known
            new = _Item(place=place, many=many if abs(place) == 1 else 1)
        elif kind == "number" and noun and not (before and before[0][0] == "place" and items and items[-1].many > 1):
            new = _Item(number=_number(word))
        if new is not None:
            items.append(_Item(new.number, new.place, new.called, new.many, ranged=to and bool(items)))
            to = False
    return items


def _resolved(items: Sequence[_Item], names: Sequence[set[str]]) -> set[int]:
    """Return the numbers of the pages that these are; empty where one of them cannot be found."""
    found: set[int] = set()
    last: set[int] = set()
    for item in items:
        these = _pages_of(item, names)
        if not these:
            return set()
        found |= set(range(min(last | these), max(last | these) + 1)) if item.ranged else these
        last = these
    return found


def _pages_of(item: _Item, names: Sequence[set[str]]) -> set[int]:
    """Return the pages that an item names, given what each page is called."""
    count = len(names)
    if item.place:
        first = item.place if item.place > 0 else count + 1 + item.place
        found = set(range(first, first + item.many)) if item.place > 0 else set(range(first - item.many + 1, first + 1))
        return found if found <= set(range(1, count + 1)) else set()
    if item.called:
        return _called(item.called, names)
    own = {item.number} if 1 <= item.number <= count else set()
    return own | _called(str(item.number), names)


def _called(name: str, names: Sequence[set[str]]) -> set[int]:
    """Return the pages that are called so."""
    return {number for number, own in enumerate(names, 1) if name in own}
