"""Whether two answers of a model say the same."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from headroom_nb.records.proof import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    Judge = Callable[[str, str, str], bool]
    """Given the question and two answers, returns whether they say the same."""

OVERLAP = 0.6
"""F1 of the words from which two answers without numbers agree."""

OVERLAP_WITH_NUMBERS = 0.3
"""The same where all their numbers and dates agree."""

LONGEST_ABSTENTION = 40
"""Words of an answer that only says what it cannot see; a longer one may mention it."""

_REFUSED = re.compile(
    r"\b(i('m| am) sorry|i('m| am) unable to (help|assist)|i can('t|not) (help|assist|comply)|against my guidelines)\b"
)
_ABSTAINED = re.compile(
    r"\b(can('t|not)|could ?n[o']t|unable to|impossible to|not possible to|too (small|blurry|blurred)|illegible|"
    r"unreadable|"
    r"not (legible|readable|visible|clear|provided|shown)|no image|don'?t (see|know)|do not (see|know)|unclear)\b"
)
_DATES = (
    (re.compile(r"\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b"), (1, 2, 3)),
    (re.compile(r"\b(\d{1,2})[.](\d{1,2})[.](\d{4})\b"), (3, 2, 1)),
)
_MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}  # noqa: SIM905
_DAY_MONTH = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?\.? ([a-z]{3})[a-z]*\.?,? (\d{4})\b")
_MONTH_DAY = re.compile(r"\b([a-z]{3})[a-z]*\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})\b")
_NUMBER = re.compile(r"(?<![\w.])[-−]?\d[\d,.' ]*\d|(?<![\w.])[-−]?\d")
_GROUPS = re.compile(r"[,' ](?=\d{3}(?!\d))")
_WORD = re.compile(r"[^\W_]+")
_CODE = re.compile(r"\w[\w-]*")
_DIGIT, _LETTER, SHORTEST_CODE = re.compile(r"\d"), re.compile(r"[A-Za-z]"), 4
"""A code has a digit, a letter and at least so many characters."""


def compare_answers(reference: str, answer: str, question: str = "", judge: Judge | None = None) -> Verdict:
    """Return how an answer compares with the reference.

    In this order: the same text; the same numbers, dates and codes with like words; the judge, where there is one.

    Parameters
    ----------
    reference, answer
        Two answers to the same question.
    question
        What was asked, for the judge.
    judge
        Decides where the rules find a difference.
    """
    first, second = normal(reference), normal(answer)
    if first == second:
        return Verdict.SAME
    away = kind_of(reference), kind_of(answer)
    if away[1] is not None:
        return Verdict.SAME if away[0] is away[1] else away[1]
    if away[0] is None:
        facts = facts_of(reference), facts_of(answer)
        if facts[0] == facts[1] and _alike(first, second, facts=bool(facts[0])):
            return Verdict.AGREES
        if (facts[0] and facts[0] <= facts[1] and first in second) or (
            facts[1] and facts[1] <= facts[0] and second in first
        ):
            return Verdict.AGREES
    if judge is not None and judge(question, reference, answer):
        return Verdict.AGREES
    return Verdict.CONTRADICTS


def _alike(first: str, second: str, *, facts: bool) -> bool:
    """Return whether two normal texts have like words; those with digits are left out where facts are equal."""
    if not facts:
        return word_overlap(first, second) >= OVERLAP
    one, two = (" ".join(word for word in text.split() if word.isalpha()) for text in (first, second))
    return not one or not two or word_overlap(one, two) >= OVERLAP_WITH_NUMBERS


def kind_of(text: str) -> Verdict | None:
    """Return whether a text refuses or abstains; None where it answers."""
    plain = unicodedata.normalize("NFKC", text).replace("’", "'").lower()
    if not plain.strip():
        return Verdict.ABSTAINS
    if _REFUSED.search(plain):
        return Verdict.REFUSES
    short = len(_WORD.findall(plain)) <= LONGEST_ABSTENTION
    return Verdict.ABSTAINS if short and _ABSTAINED.search(plain) else None


def normal(text: str) -> str:
    """Return a text without case, marks of form and punctuation."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    return " ".join(words)


def facts_of(text: str) -> frozenset[str]:
    """Return the numbers, dates and codes in a text, each in one form."""
    plain = unicodedata.normalize("NFKC", text)
    found = set()
    for pattern, order in _DATES:
        for match in pattern.finditer(plain):
            found.add("-".join(str(int(match[place])) for place in order))
        plain = pattern.sub(" ", plain)
    low = plain.lower()
    for pattern, day, month in ((_DAY_MONTH, 1, 2), (_MONTH_DAY, 2, 1)):
        low = pattern.sub(partial(_without_date, found, day, month), low)
    low = _CODE.sub(partial(_without_code, found), low)
    for match in _NUMBER.finditer(low):
        found.add(_number(match[0]))
    return frozenset(found)


def _without_date(found: set[str], day: int, month: int, match: re.Match[str]) -> str:
    """Add a date to what was found, and return what stays in its place; what names no month stays."""
    if match[month] not in _MONTHS:
        return match[0]
    found.add(f"{int(match[3])}-{_MONTHS[match[month]]}-{int(match[day])}")
    return " "


def _without_code(found: set[str], match: re.Match[str]) -> str:
    """Add a code to what was found, and return what stays in its place; other words stay."""
    code = match[0].rstrip("-")
    if len(code) < SHORTEST_CODE or not _DIGIT.search(code) or not _LETTER.search(code):
        return match[0]
    found.add(code.upper())
    return " " + match[0][len(code) :]


def _number(text: str) -> str:
    """Return a number without grouping and trailing zeros: 1,204.50 and 1204.5 are one."""
    plain = _GROUPS.sub("", text.replace("−", "-").strip(" .,'"))
    try:
        return f"{float(plain.replace(' ', '')):g}" if len(plain) < 16 else plain
    except ValueError:
        return plain


def word_overlap(first: str, second: str) -> float:
    """Return the F1 of the words of two normal texts, 0 to 1."""
    one, two = Counter(first.split()), Counter(second.split())
    shared = sum((one & two).values())
    return 2 * shared / (sum(one.values()) + sum(two.values())) if shared else 0.0
