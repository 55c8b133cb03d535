"""Every public entry point, and how it is called with what was drawn.

A call keeps the promise when it returns, or raises :class:`~headroom_nb.HeadroomError`, and what it was given is as it
was before.
"""

from __future__ import annotations

import copy
import inspect
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

import headroom_nb
from headroom_nb import Technique
from headroom_nb.ocr import FakeOcr
from headroom_nb.records import RouteDecision
from tests.fuzz.strategies import MODELS, PROVIDERS, anything, documents, or_anything, pixels
from tests.support import FixedRouter

if TYPE_CHECKING:
    from collections.abc import Callable

RECORDS = {
    "BatchSummary": "a record",
    "CompressionResult": "made by compress; its methods are fuzzed under result",
    "HeadroomError": "an exception",
    "ImageResult": "a record",
    "ImageSignals": "a record",
    "RouteDecision": "a record",
    "Technique": "an enumeration",
    "TokenEstimate": "a record",
    "__version__": "text",
}
"""Public names that are no entry points, and why."""


class WordRouter(FixedRouter):
    """Chooses by the question's length, so that every technique is seen."""

    def classify(self, image: Any, query: str, *, quality: str = "balanced") -> RouteDecision:
        technique = list(Technique)[len(query) % 4]
        return RouteDecision(technique, 0.9, "by length", self.name, {technique: 1.0})


@dataclass(frozen=True)
class Entry:
    """What is called, and with what: positional arguments, and options of which some are given."""

    call: Callable[..., Any]
    positional: tuple[st.SearchStrategy[Any], ...] = ()
    options: dict[str, st.SearchStrategy[Any]] = field(default_factory=dict)


ROUTER = WordRouter(Technique.PRESERVE)
OCR = FakeOcr(["TOTAL 3.55", "Read the total"])
model = or_anything(st.sampled_from([*MODELS, None]))
provider = or_anything(st.sampled_from([*PROVIDERS, None]))
quality = or_anything(st.sampled_from(["safe", "balanced", "max"]))
detail = or_anything(st.sampled_from(["auto", "low", "high", "medium"]))
side = or_anything(st.one_of(st.integers(1, 9000), st.sampled_from([512, 513, 8000])))
document = or_anything(documents)
picture = or_anything(pixels.map(lambda found: found[1]))
switch = or_anything(st.booleans())
path = or_anything(st.lists(st.one_of(st.integers(0, 2), st.sampled_from(["content", "messages"])), max_size=4))
technique = or_anything(st.sampled_from([*Technique, *map(str, Technique)]))
estimating = {"model": model}


def compressed(messages: Any, **options: Any) -> Any:
    """Compress with a router and an engine that take no time."""
    return headroom_nb.compress(messages, **{"router": ROUTER, "ocr": OCR, **options})


def _result(messages: Any, action: Any, where: Any, what: Any) -> None:
    result = compressed(messages, model="gpt-4o")
    for image in result.images[:1]:
        result.override(image.path, what)
    {
        "text": lambda: (str(result), repr(result), result._repr_html_(), result._repr_markdown_()),
        "bundle": result._repr_mimebundle_,
        "override": lambda: result.override(where, what),
        "revert": lambda: result.revert(where),
        "image_at": lambda: result.image_at(where),
        "enforced": lambda: compressed(messages, model="gpt-4o", enforce_limits=True),
    }[action]()


def _compressor(options: dict[str, Any], messages: Any, techniques: Any) -> None:
    with_fakes = {"router": ROUTER, "ocr": OCR, **options}
    compressor = headroom_nb.ImageCompressor(**with_fakes)
    try:
        compressor.run(messages, techniques=techniques)
    finally:
        compressor.has_images(messages)
        assert 0 <= compressor.last_savings <= 100
        compressor.close()


def _rendered(messages: Any, to: Any, many: Any) -> None:
    from headroom_nb.rendering.export import render

    result = compressed(messages, model="gpt-4o")
    render([result, result] if many else result, to)


ENTRIES = {
    "Limits": Entry(headroom_nb.Limits, options={"max_images": anything, "max_ocr_seconds": anything}),
    "ImageCompressor": Entry(
        _compressor,
        (
            st.dictionaries(st.sampled_from(["model", "quality", "router", "ocr", "limits"]), anything, max_size=1),
            document,
            or_anything(st.dictionaries(st.tuples(st.integers(0, 2), st.just("content"), st.just(1)), technique)),
        ),
    ),
    "bill": Entry(
        headroom_nb.bill,
        (or_anything(st.fixed_dictionaries({"cells": st.lists(anything, max_size=3)})),),
        estimating,
    ),
    "check": Entry(headroom_nb.check, (document,), {"model": model, "provider": provider}),
    "compare": Entry(
        headroom_nb.compare,
        (st.one_of(document, picture, st.tuples(side, side)),),
        {"models": or_anything(st.lists(model, max_size=2)), "detail": detail, "legibility": st.just(value=False)},
    ),
    "compress": Entry(
        compressed,
        (document,),
        {
            "provider": provider,
            "model": model,
            "quality": quality,
            "router": or_anything(st.just(ROUTER)),
            "ocr": or_anything(st.just(OCR)),
            "enforce_limits": switch,
            "limits": anything,
        },
    ),
    "compress_images": Entry(
        lambda messages, *more: headroom_nb.compress_images(messages, *more, router=ROUTER, ocr=OCR),
        (document, provider, model),
    ),
    "estimate": Entry(headroom_nb.estimate, (document, model), {"provider": provider, "detail": detail}),
    "estimate_anthropic_tokens": Entry(headroom_nb.estimate_anthropic_tokens, (side, side), estimating),
    "estimate_google_tokens": Entry(headroom_nb.estimate_google_tokens, (side, side), estimating),
    "estimate_openai_tokens": Entry(headroom_nb.estimate_openai_tokens, (side, side, detail), estimating),
    "estimate_tokens": Entry(headroom_nb.estimate_tokens, (side, side, model, detail)),
    "export": Entry(headroom_nb.export, (anything, anything, anything), {"force": switch}),
    "fit_limits": Entry(headroom_nb.fit_limits, (document,), {"model": model, "provider": provider}),
    "load_models": Entry(headroom_nb.load_models, (anything,)),
    "load_router": Entry(headroom_nb.load_router, (or_anything(st.sampled_from(["auto", "rules"])),)),
    "optimize_images_in_messages": Entry(
        headroom_nb.optimize_images_in_messages,
        (document, or_anything(st.sampled_from(PROVIDERS))),
        {"model": model, "min_scale": or_anything(st.floats(0.1, 1))},
    ),
    "provider_view": Entry(headroom_nb.provider_view, (picture, model, detail)),
    "register_model": Entry(
        headroom_nb.register_model,
        (or_anything(st.sampled_from(["mine", "gpt-4o"])),),
        {
            "like": model,
            "aliases": or_anything(st.lists(st.sampled_from(["ours", "a/b"]), max_size=2)),
            "price": or_anything(st.floats(0, 100)),
            "rule": or_anything(st.sampled_from(["flat", "openai-tile", "area"])),
            "details": or_anything(
                st.dictionaries(
                    st.sampled_from(["auto", "low"]),
                    or_anything(st.fixed_dictionaries({"tokens": or_anything(st.integers(1, 999))})),
                    max_size=2,
                )
            ),
            "provider": provider,
            "limits": or_anything(st.dictionaries(st.sampled_from(["max_side", "max_images"]), anything, max_size=1)),
        },
    ),
    "result": Entry(
        _result,
        (
            documents,
            st.sampled_from(["text", "bundle", "override", "revert", "image_at", "enforced"]),
            path,
            technique,
        ),
    ),
    "rendered": Entry(
        _rendered,
        (
            documents,
            or_anything(
                st.sampled_from(
                    [
                        *("json", "python", "curl", "openai-batch", "anthropic-batch", "gemini-jsonl"),
                        "zip",
                        "md",
                        "html",
                    ]
                )
            ),
            st.booleans(),
        ),
    ),
    "user_message": Entry(
        headroom_nb.user_message,
        (anything, picture),
        {"provider": or_anything(st.sampled_from([*PROVIDERS, "ollama"])), "detail": detail},
    ),
}
"""Entry points by name; ``result`` and ``rendered`` stand for what a result can do and be written as."""


def entry(name: str) -> Entry:
    """How a public name is called; one without a line of its own gets anything for each argument it needs."""
    if name in ENTRIES:
        return ENTRIES[name]
    call = getattr(headroom_nb, name)
    taken = inspect.signature(call).parameters.values()
    needed = [
        found
        for found in taken
        if found.default is found.empty and found.kind in (found.POSITIONAL_ONLY, found.POSITIONAL_OR_KEYWORD)
    ]
    return Entry(call, (anything,) * (max(1, len(needed)) if taken else 0))


def names() -> list[str]:
    """Every public entry point, those without a line in the table too."""
    return sorted({*ENTRIES, *headroom_nb.__all__} - RECORDS.keys())


@st.composite
def arguments(draw: st.DrawFn, found: Entry) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Draw the arguments of one call."""
    positional = tuple(draw(strategy) for strategy in found.positional)
    given = draw(st.sets(st.sampled_from(sorted(found.options)))) if found.options else set()
    return positional, {name: draw(found.options[name]) for name in sorted(given)}


def keeps_its_promise(found: Entry, positional: tuple[Any, ...], options: dict[str, Any]) -> bool:
    """Call, and return whether it came to a result; any error but ours, or a changed argument, is raised."""
    before = copy.deepcopy((positional, options))
    try:
        found.call(*positional, **options)
    except headroom_nb.HeadroomError as error:
        done, words = False, str(error)
    else:
        done, words = True, "done"
    assert words, "an error without words"
    assert same((positional, options), before), "an argument was changed"
    return done


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal to the last key, their order included; a NaN equals itself."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(map(same, one.values(), other.values()))
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) and math.isnan(one):
        return math.isnan(other)
    return type(one).__module__ != "builtins" or one == other
