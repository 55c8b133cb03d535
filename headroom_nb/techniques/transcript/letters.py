"""Letters that the engine takes for their neighbours: in which languages a reading is not exact, and stray accents."""

from __future__ import annotations

import itertools
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_nb.techniques.transcript.pieces import Glyph, Piece


@dataclass(frozen=True)
class Language:
    """A language with letters that are confused.

    Attributes
    ----------
    name
        In English.
    telling
        Letters by which it is known, as no other language in the table has so many of them.
    confused
        What is read instead of what, in words.
    """

    name: str
    telling: frozenset[str]
    confused: str


LANGUAGES = (
    Language("Czech or Slovak", frozenset("ěřůľĺŕĚŘŮĽ"), "ť and ď may stand as t and d"),
    Language("Icelandic", frozenset("ðþÐÞ"), "þ may stand as b or p"),
    Language("Turkish", frozenset("ğşıİĞŞ"), "ı and İ may stand as i"),
    Language("Latvian", frozenset("āķņģļīūĀĶŅĢĻĪŪ"), "ģ and ļ may stand as ġ and l"),
)
"""Measured with the shipped engine on rendered text: what it confuses there. Romanian, Hungarian, Polish, Italian,
French and German came out letter by letter; Vietnamese is refused as a whole (see ``trust``)."""

FEW = 2
"""Telling letters that make a language."""

STRAY = 0.004
"""A share of accented letters under this is no language with accents: each is looked at."""


def language_of(text: str) -> Language | None:
    """Return the language of a text whose letters are confused; None for others."""
    counts = [(sum(char in language.telling for char in text), language) for language in LANGUAGES]
    count, language = max(counts, key=lambda pair: pair[0])
    return language if count >= FEW else None


def without_stray_accents(pieces: Sequence[Piece]) -> list[Piece]:
    """Return pieces in which a lone accent that the engine itself doubts is taken away: ``Freńch`` is French.

    So are any number of them in names with digits that stand on the page without it, too: ``01Auğ2018``, ``01Aug2018``.
    """
    pieces = _as_their_twins(pieces)
    letters = [glyph.text for piece in pieces for glyph in piece.glyphs if glyph.text.isalpha()]
    accented = sum(_plain(letter) != letter for letter in letters)
    if not accented or accented > STRAY * len(letters):
        return list(pieces)
    return [
        piece.with_glyphs([_without(glyph) for glyph in piece.glyphs]) if piece.glyphs else piece for piece in pieces
    ]


def _as_their_twins(pieces: Sequence[Piece]) -> Sequence[Piece]:
    numbered = {
        word
        for piece in pieces
        for word in piece.text.split()
        if any(map(str.isdigit, word)) and any(map(str.isalpha, word))
    }
    twins = {word for word in numbered if not word.isascii() and "".join(map(_plain, word)) in numbered}
    return [
        piece.with_glyphs([glyph if not twin else _without(glyph) for glyph, twin in _of_twins(piece, twins)])
        if piece.glyphs and twins.intersection(piece.text.split())
        else piece
        for piece in pieces
    ]


def _of_twins(piece: Piece, twins: set[str]) -> Iterator[tuple[Glyph, bool]]:
    """Yield the characters of a piece, each with whether its word is one of the twins."""
    for _, word in itertools.groupby(piece.glyphs, key=lambda glyph: glyph.text.isspace()):
        glyphs = list(word)
        is_twin = "".join(glyph.text for glyph in glyphs) in twins
        yield from ((glyph, is_twin) for glyph in glyphs)


def _without(glyph: Glyph) -> Glyph:
    plain = _plain(glyph.text)
    return replace(glyph, text=plain) if plain != glyph.text and glyph.rival == plain else glyph


def _plain(letter: str) -> str:
    return unicodedata.normalize("NFD", letter)[0] if len(letter) == 1 else letter
