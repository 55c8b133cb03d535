"""Check whether the amounts of a receipt or an invoice agree with each other."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LABELS = {
    "change": r"\b(?:change|baki|r[uü]ckgeld|monnaie|rendu|cambio|vuelto)\b",
    "paid": r"\b(?:cash|tendered?|tunai|paid|bar|gegeben|esp[eè]ces|visa|master|card|karte|debit|credit)\b",
    "rounding": r"\b(?:round(?:ing|ed)?|rundung|adj(?:ustment)?)\b",
    "tax": r"\b(?:tax|vat|gst|sst|mwst|ust|tva|iva|service charge|tip|svc)\b",
    "discount": r"\b(?:discount|disc|rabatt|remise|descuento|voucher|coupon)\b",
    "subtotal": r"\b(?:sub\s*-?\s*total|zwischensumme|sous-total|total (?:excl|before|ex\b)|net (?:total|amount))",
    "total": r"\b(?:grand total|total|amount due|balance due|summe|gesamt\w*|zu zahlen|montant|importe)\b",
}
"""What a line with an amount is, by its words; the first that fits."""

_LABELS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in LABELS.items()}
_COUNT = re.compile(r"\b(?:qty|quantity|items?|count|no\.? of|points?|%)\b", re.IGNORECASE)
_AMOUNT = re.compile(r"(?<![\d.,])[-\u2212(]?\s?(\d{1,3}(?:[, ]\d{3})+|\d+)[.,](\d{2})(?![\d.,])\)?")

CENTS = Decimal("0.05")
"""Sums may differ by rounding to five cents."""

MOST_ITEMS = 40


@dataclass(frozen=True)
class Sums:
    """What the amounts say.

    Attributes
    ----------
    agree
        True where a total was confirmed, False where it was contradicted, None where neither is known.
    sentence
        What contradicts what; empty otherwise.
    total
        The total as it stands in the text; empty where there is none.
    """

    agree: bool | None = None
    sentence: str = ""
    total: str = ""


def check_sums(lines: Sequence[str]) -> Sums:
    """Return whether the amounts in lines of text agree: items, subtotal, tax, rounding, total, paid, change."""
    found: dict[str, list[tuple[Decimal, str]]] = {name: [] for name in (*LABELS, "item")}
    for line in lines:
        amounts = list(_AMOUNT.finditer(line))
        if not amounts or (_COUNT.search(line) and _kind(line) != "total"):
            continue
        last = amounts[-1]
        value = Decimal(f"{re.sub('[, ]', '', last[1])}.{last[2]}")
        negative = last[0].lstrip()[:1] in "-\u2212(" and last[0].lstrip()[:1] != ""
        kind = _kind(line)
        if kind == "item" and (found["total"] or found["subtotal"]):
            continue
        found[kind].append((-value if negative else value, last[0].strip()))
    if not found["total"]:
        return Sums()
    total, written = max(found["total"], key=lambda pair: pair[0])
    wanted = _candidates(found)
    if any(abs(total - candidate) <= CENTS for candidate in wanted):
        return Sums(agree=True, total=written)
    near = next((candidate for candidate in wanted if candidate > 0 and _one_slip(total, candidate)), None)
    if near is not None:
        return Sums(agree=False, sentence=f"the total reads {written}, the other amounts make {near}", total=written)
    return Sums(total=written)


def _kind(line: str) -> str:
    return next((name for name, pattern in _LABELS.items() if pattern.search(line)), "item")


def _candidates(found: dict[str, list[tuple[Decimal, str]]]) -> list[Decimal]:
    """Return what the total should be, by each way to compute it from the other amounts."""
    values = {name: [value for value, _ in pairs] for name, pairs in found.items()}
    bases: list[Decimal] = []
    if values["item"] and len(values["item"]) <= MOST_ITEMS:
        bases.append(sum(values["item"], Decimal(0)))
    bases += values["subtotal"]
    extras = [
        *values["tax"],
        *values["rounding"],
        *(-abs(value) for value in values["rounding"]),
        *(-abs(value) for value in values["discount"]),
    ]
    wanted = [
        base + sum(chosen, Decimal(0))
        for base in bases
        for count in range(min(3, len(extras)) + 1)
        for chosen in itertools.combinations(extras[:6], count)
    ]
    wanted += [paid - change for paid in values["paid"] for change in values["change"]]
    return wanted


def _one_slip(one: Decimal, other: Decimal) -> bool:
    """Return whether two amounts differ by one character: another, one more or one less."""
    a, b = f"{one:.2f}", f"{other:.2f}"
    if len(a) == len(b):
        return sum(x != y for x, y in zip(a, b, strict=True)) == 1
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    return len(longer) - len(shorter) == 1 and any(
        longer[:index] + longer[index + 1 :] == shorter for index in range(len(longer))
    )
