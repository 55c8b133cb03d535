"""Tokens of text: counted where a vocabulary is at hand without a download, estimated by script otherwise."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from headroom_nb.costs.spec import ModelSpec

TOKENS_PER_CHARACTER = (
    (re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"), 0.9),
    (re.compile(r"[\uac00-\ud7af]"), 0.8),
    (re.compile(r"[\u0590-\u06ff]"), 0.4),
    (re.compile(r"[\u0400-\u04ff\u0370-\u03ff]"), 0.35),
    (re.compile(r"[0-9]"), 0.4),
)
"""Characters of a script, and how many tokens one of them takes."""

OTHER_TOKENS_PER_CHARACTER = 0.25


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


def count_text(text: str, model: ModelSpec) -> TextCount:
    """Return the tokens of a text on a model; never downloads anything."""
    return _estimated(text, f"estimated by script; no vocabulary of {model.name} is at hand")


def _estimated(text: str, how: str) -> TextCount:
    rest, tokens = len(text), 0.0
    for script, share in TOKENS_PER_CHARACTER:
        found = len(script.findall(text))
        rest -= found
        tokens += found * share
    return TextCount(ceil(tokens + rest * OTHER_TOKENS_PER_CHARACTER), exact=False, how=how)
