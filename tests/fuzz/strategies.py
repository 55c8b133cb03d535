"""What entry points are given: anything JSON can say, conversations of every format, and conversations with damage."""

from __future__ import annotations

import copy
import random
from typing import Any

from hypothesis import strategies as st

from tests.formats.conversations import WIRES, conversations, hostile, hostile_documents
from tests.fuzz.corpus import pictures
from tests.fuzz.wires import image_block

Json = Any

MODELS = ("gpt-4o", "gpt-5.6-sol", "gpt-5.4", "claude-haiku-4-5", "claude-opus-5-5", "gemini-2.5-flash", "qwen2-vl")
PROVIDERS = ("openai", "anthropic", "google", "bedrock", "vertex", "mistral", "nobody")
WORDS = (
    *("", " ", ".", "/", "~nobody/x", "\0", "a\0b", "x" * 5000, "\ud800", "null", "auto", "low", "high", "user"),
    *("data:,", "data:image/png;base64,AAAA", "https://127.0.0.1/x.png", "file:///etc/passwd", "<script>", "$x$"),
    *("messages[0].content[1]", "preserve", "transcode", "crop", "full_low", "json", "zip", "html", "safe", "max"),
)
NUMBERS = (0, 1, -1, 512, 1024, 8000, 2**31, 2**63, 10**30, 10**400, 0.0, -0.0, 1e-9, 0.5, 1e308, float("inf"))

anything = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(NUMBERS),
    st.just(float("nan")),
    st.text(max_size=8),
    hostile,
)
"""JSON-like values, the awkward ones more often than chance would have it."""

pixels = st.sampled_from(sorted(pictures().items()))
"""Name and bytes of a small picture of the corpus, whole or damaged."""


def or_anything(usual: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly what is usual, so that calls get somewhere; now and then anything."""
    return st.integers(0, 6).flatmap(lambda chance: usual if chance else anything)


@st.composite
def seen(draw: st.DrawFn) -> Json:
    """A conversation with pictures of the corpus in blocks of one format."""
    wire = draw(st.sampled_from(sorted(WIRES)))
    blocks: list[Json] = [WIRES[wire].text(draw(st.sampled_from(["Read the total.", "Top left?", "", "What is it?"])))]
    for _, data in draw(st.lists(pixels, max_size=2)):
        blocks.append(image_block(wire, data))
    return [WIRES[wire].user(blocks)]


@st.composite
def damaged(draw: st.DrawFn, documents: st.SearchStrategy[Any]) -> Json:
    """A document in which a few places hold something else, are gone, doubled or wrapped."""
    document = copy.deepcopy(draw(documents))
    chance = random.Random(draw(st.integers(0, 2**32)))
    for _ in range(draw(st.integers(1, 3))):
        document = _with_damage(document, chance, draw(anything))
    return document


def _with_damage(document: Json, chance: random.Random, other: Json) -> Json:
    holders = [node for node in _nodes(document) if isinstance(node, (dict, list)) and node]
    if not holders:
        return other
    holder = chance.choice(holders)
    key = chance.choice(sorted(holder, key=repr)) if isinstance(holder, dict) else chance.randrange(len(holder))
    kind = chance.randrange(5)
    if kind == 0:
        holder[key] = other
    elif kind == 1:
        del holder[key]
    elif kind == 2:
        holder[key] = [holder[key]]
    elif kind == 3 and isinstance(holder, list):
        holder.insert(key, copy.deepcopy(holder[key]))
    elif isinstance(holder, dict):
        holder[other if isinstance(other, (str, int)) else "x"] = holder[key]
    return document


def _nodes(node: Json) -> list[Json]:
    children = list(node.values()) if isinstance(node, dict) else list(node) if isinstance(node, list) else []
    return [node, *(below for child in children for below in _nodes(child))]


def bodies(documents: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """The documents bare, as one message, in a request body, and in the envelope of a batch line."""

    def dressed(document: Json, kind: int, key: str, model: Json) -> Json:
        body = {key: document, "model": model}
        return (document, {"body": body}, body, document[0] if isinstance(document, list) and document else document)[
            kind
        ]

    return st.builds(
        dressed,
        documents,
        st.integers(0, 3),
        st.sampled_from(["messages", "contents", "input"]),
        or_anything(st.sampled_from(MODELS)),
    )


plain = st.one_of(seen(), conversations())
documents = bodies(st.one_of(plain, damaged(plain), hostile_documents))
"""What a user may hand over as a conversation."""
