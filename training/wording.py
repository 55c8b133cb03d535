"""How people write: politeness, chat spelling, typing slips, missing articles, context around the question."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

OPENINGS = (
    "please",
    "hi,",
    "hey,",
    "hello,",
    "Hi there!",
    "ok,",
    "so",
    "quick question:",
    "Question:",
    "Q:",
    "Using the image,",
    "Based on the picture,",
    "Looking at this,",
    "In this picture,",
    "Can you tell me",
    "Could you please tell me",
    "I would like to know",
    "I need to know",
    "tell me,",
    "I'm wondering",
    "pls tell me",
    "my question is",
    "From the attached image:",
    "Here is the image.",
    "Sorry to bother you again, but",
    "I took this a minute ago.",
    "My colleague sent me this.",
    "I can't see well.",
    "Another one:",
    "@bot",
    "Given the image, answer:",
    "Good morning,",
    "As an expert,",
)
CLOSINGS = (
    "please",
    "thanks",
    "Thank you.",
    "thank you very much",
    "Thanks in advance!",
    "pls",
    "asap",
    "Answer with a single word.",
    "Answer briefly.",
    "Answer the question using a single word or phrase.",
    "Explain your answer.",
    "Be concise.",
    "Reply in English.",
    "in one word",
    "Just the answer, no explanation.",
    "if you can",
    "I'm not sure.",
    "Respond in JSON.",
    "Think step by step.",
    "A short answer is fine.",
    "It matters to me.",
    "Answer:",
)
CONTEXTS = (
    "I'm putting together the monthly report and this came in today.",
    "We migrated the service last week and since then things look odd.",
    "My mother sent me this from her holiday.",
    "For my homework I have to hand in a short answer tomorrow.",
    "You are a helpful assistant. Be accurate and do not make things up.",
    "I already asked the vendor twice and got no reply.",
    "Context: we sell spare parts in three countries, and the warehouse uses the old system.",
    "Thanks for the last answer, that was useful.",
    "I am preparing a talk for Thursday and need this checked.",
    "The attached file was exported by a tool that I did not write.",
    "This is part of a larger set; treat each one on its own.",
    "I found this while cleaning up my desk.",
    "We discussed this yesterday with the team.",
    "Here is what I have so far, it is not finished.",
    "My boss wants an answer by noon.",
    "It was taken with an old phone.",
    "Ignore the previous image.",
    "Don't guess; say so if you can't tell.",
    "I have been working on this for hours and my eyes hurt.",
    "This one comes from the second batch, page 12.",
    "Our customer wrote: it does not look like in the catalogue.",
    "Note: the original was larger.",
)
WORLD_CLOSINGS = {
    "de": ("bitte", "danke", "Danke schön!"),
    "fr": ("s'il te plaît", "merci", "svp"),
    "es": ("por favor", "gracias"),
    "pt": ("por favor", "obrigado"),
    "it": ("per favore", "grazie"),
    "nl": ("alsjeblieft", "bedankt"),
    "pl": ("proszę", "dzięki"),
    "ru": ("пожалуйста", "спасибо"),
}
CHAT = (
    (r"\bwhat is\b", "whats"),
    (r"\bwhat's\b", "whats"),
    (r"\bplease\b", "pls"),
    (r"\byou\b", "u"),
    (r"\bare\b", "r"),
    (r"\bbecause\b", "cuz"),
    (r"\bpicture\b", "pic"),
    (r"\bwhere is\b", "wheres"),
    (r"\bto\b", "2"),
    (r"\bwith\b", "w/"),
)
NON_NATIVE = (
    (r"\b(the|a|an) ", ""),
    (r"\bwhat is the\b", "what is"),
    (r"\bhow many (\w+) are there\b", r"how much \1 there is"),
    (r"\bis there\b", "there is"),
    (r"\bdoes the (\w+)", r"the \1 does"),
    (r"\bwhat color is\b", "which is color of"),
    (r"\bin the (picture|image|photo)\b", r"on \1"),
    (r"\bwhat does\b", "what"),
    (r"\bsays?\b", "is say"),
    (r"\bare\b", "is"),
)
_SPACELESS = ("zh", "ja")


def _slip(text: str, rng: random.Random) -> str:
    """One or two typing slips: letters swapped, dropped, doubled, or a space lost."""
    letters = list(text)
    for _ in range(rng.choice((1, 1, 2))):
        places = [i for i in range(1, len(letters) - 1) if letters[i].isalpha() or letters[i] == " "]
        if len(places) < 6:
            break
        place = rng.choice(places)
        slip = rng.random()
        if slip < 0.4 and letters[place + 1].isalpha() and letters[place].isalpha():
            letters[place], letters[place + 1] = letters[place + 1], letters[place]
        elif slip < 0.7:
            letters[place] = ""
        elif letters[place].isalpha():
            letters[place] *= 2
    return "".join(letters)


def _replace(text: str, table: tuple[tuple[str, str], ...], rng: random.Random, chance: float) -> str:
    for pattern, replacement in table:
        if rng.random() < chance:
            text = re.sub(pattern, replacement, text, flags=re.IGNORECASE)
    return text


def _case(text: str, rng: random.Random) -> str:
    style = rng.random()
    if style < 0.45:
        return text[:1].upper() + text[1:]
    if style < 0.52:
        return text.lower()
    return text.upper() if style > 0.985 else text


def rephrase(text: str, language: str, rng: random.Random) -> str:
    """Return the question in one person's manner of writing; two questions in five keep their wording."""
    if language == "en":
        if rng.random() < 0.08:
            text = _replace(text, CHAT, rng, 0.7)
        elif rng.random() < 0.10:
            text = _replace(text, NON_NATIVE, rng, 0.5)
        if rng.random() < 0.14:
            text = f"{rng.choice(OPENINGS)} {text}"
        closing = rng.choice(CLOSINGS) if rng.random() < 0.14 else ""
    else:
        closing = rng.choice(WORLD_CLOSINGS.get(language, ("",))) if rng.random() < 0.2 else ""
    if rng.random() < 0.12:
        text = _slip(text, rng)
    text = _case(text, rng)
    if language == "en" and rng.random() < 0.07:
        before = " ".join(rng.sample(CONTEXTS, rng.choice((1, 1, 2, 3))))
        text = f"{before} {text}"
    if text[-1:].isalnum() and rng.random() < (0.5 if language == "en" else 0.6):
        asks = re.match(r"(?i)(what|who|which|where|when|why|how|is|are|do|does|can|could|has|did|will)\b", text)
        mark = "?" if asks or language != "en" else rng.choice((".", "", "!"))
        text += {"?": "?"}.get(mark, mark) if language not in _SPACELESS or mark != "?" else "?"
    return f"{text} {closing}".strip()
