"""Tokens of text: counted where a vocabulary is at hand without a download, estimated by script otherwise.

``python -m benchmarks.cost.text_tokens`` prints how far the estimate is off. Its figures are fitted to ``o200k_base``
on interface texts in 33 languages, prose in 16, code and documentation: words, runs of a script and marks each cost so
much a run and so much a character.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING

from headroom_nb.costs.vocabulary import find_vocabulary

if TYPE_CHECKING:
    from headroom_nb.costs.spec import ModelSpec

BASE = "o200k_base"
"""The vocabulary that estimates are fitted to, and that counts for models whose own one is not public."""

ESTIMATE_ERROR = 0.15
"""Mean absolute error of the estimate on short texts it was not fitted to; four characters a token give 0.27."""


@dataclass(frozen=True)
class TextCount:
    """Tokens of a text.

    Attributes
    ----------
    tokens
        Input tokens.
    exact
        True where the model's own vocabulary was used.
    how
        What counted, in words.
    """

    tokens: int
    exact: bool
    how: str


@dataclass(frozen=True)
class _Run:
    """What a run of one kind of character costs: per run, and per character after the first few."""

    name: str
    pattern: str
    per_run: float
    per_character: float = 0.0
    free: int = 0

    def tokens(self, length: int) -> float:
        return self.per_run + self.per_character * max(length - self.free, 0)


_RUNS = (
    _Run("capitals", r"[A-Z]{2,}(?![a-z\u00c0-\u024f\u1e00-\u1eff])", 1, 0.24, 3),
    _Run("english", r"[A-Za-z]+(?![\u00c0-\u024f\u1e00-\u1eff])", 1, 0.17, 5),
    _Run("latin", r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]+", 1, 0.66, 4),
    _Run("digits", r"\d{1,3}", 1),
    _Run("han", r"[\u3400-\u9fff\uf900-\ufaff]+", 0, 0.90),
    _Run("kana", r"[\u3040-\u30ff]+", 0, 0.68),
    _Run("hangul", r"[\uac00-\ud7af]+", 1, 0.68, 1),
    _Run("thai", r"[\u0e00-\u0e7f]+", 0, 0.41),
    _Run("indic", r"[\u0900-\u0dff]+", 0, 0.44),
    _Run("arabic", r"[\u0600-\u06ff]+", 1, 0.39, 3),
    _Run("hebrew", r"[\u0590-\u05ff]+", 1, 0.41, 2),
    _Run("cyrillic", r"[\u0400-\u04ff]+", 1, 0.47, 5),
    _Run("greek", r"[\u0370-\u03ff\u1f00-\u1fff]+", 1, 0.53, 3),
    _Run("newlines", r"\s*\n\s*", 1.26),
    _Run("spaces", r"\s{2,}", 1),
    _Run("space before a number", r"\s(?=\d)", 1),
    _Run("space", r"\s", 0),
    _Run("marks", r"[!-/:-@\[-`{-~]+", 0.53, 0.36, 1),
    _Run("letters", r"[^\W\d_]+", 0, 0.38),
    _Run("others", r".", 0.36),
)


def count_text(text: str, model: ModelSpec) -> TextCount:
    """Return the tokens of a text on a model; never downloads anything."""
    vocabulary = find_vocabulary(model.encoding or BASE)
    if vocabulary is None:
        return TextCount(ceil(estimate_text(text) * model.text_scale), exact=False, how="estimated by script")
    tokens = vocabulary.count(text)
    if model.encoding is not None:
        return TextCount(tokens, exact=True, how=f"counted with {vocabulary.name} ({vocabulary.source})")
    how = f"estimated from {vocabulary.name} ({vocabulary.source}); the vocabulary of {model.name} is not public"
    return TextCount(ceil(tokens * model.text_scale), exact=False, how=how)


def estimate_text(text: str) -> float:
    """Return about how many tokens of ``o200k_base`` a text takes, by the runs of characters it is made of."""
    return sum(
        _RUNS[(piece.lastindex or 1) - 1].tokens(piece.end() - piece.start()) for piece in _pieces().finditer(text)
    )


@lru_cache(maxsize=1)
def _pieces() -> re.Pattern[str]:
    return re.compile("|".join(f"({run.pattern})" for run in _RUNS), re.DOTALL)
