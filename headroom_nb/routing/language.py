"""Which questions the trained router can read: their scripts, and what is kept of a long one."""

from __future__ import annotations

import unicodedata
from collections import Counter

LANGUAGES = (
    "English",
    "German",
    "French",
    "Spanish",
    "Portuguese",
    "Italian",
    "Dutch",
    "Russian",
    "Chinese",
    "Japanese",
)
"""Languages the question model was trained on."""

SCRIPTS = ("LATIN", "CYRILLIC", "CJK", "HIRAGANA", "KATAKANA")
"""Scripts of these languages, by the first word of a letter's Unicode name."""

MAX_CHARACTERS = 800
"""Characters of a question that are read; a longer one keeps its beginning and its end, where the request stands."""


def clip(question: str) -> str:
    """Return the question on one line, without what stands in the middle of a very long one or is no character."""
    if len(question) > 4 * MAX_CHARACTERS:
        question = question[: 2 * MAX_CHARACTERS] + " … " + question[-2 * MAX_CHARACTERS :]
    # half of a surrogate pair, as in a string cut in the middle of an emoji, is what tokenizers refuse
    text = " ".join(question.encode("utf-8", "ignore").decode("utf-8").split())
    half = MAX_CHARACTERS // 2
    return text if len(text) <= MAX_CHARACTERS else f"{text[:half]} … {text[-half:]}"


def foreign_script(text: str) -> str | None:
    """Return the script most letters are in, when the model cannot read it; "" when there are no letters at all."""
    scripts = Counter(unicodedata.name(letter, "UNKNOWN").split()[0] for letter in text if letter.isalpha())
    if not scripts:
        return ""
    script, count = scripts.most_common(1)[0]
    return script if script not in SCRIPTS and count * 2 > scripts.total() else None
