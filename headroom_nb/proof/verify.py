"""Our bill beside the provider's own count, and the rule of a model that nobody knows."""

from __future__ import annotations

import io
from datetime import datetime, timezone
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from headroom_nb.compressor import compress
from headroom_nb.costs import estimate, find_model, provider_name
from headroom_nb.errors import HeadroomError, ImageRejectedError, OptionError, UnknownModelError
from headroom_nb.formats import FORMATS, find_images, replace_images, user_message
from headroom_nb.formats.model_choice import choose_model
from headroom_nb.options import takes_options
from headroom_nb.pictures import read_header
from headroom_nb.proof.clients import Caller, body_of, door_for
from headroom_nb.proof.consent import may_spend, tell
from headroom_nb.proof.counting import TokenCounter
from headroom_nb.proof.probing import learn_rule
from headroom_nb.records import ImagePart, format_path
from headroom_nb.records.verification import CountedImage, LearnedRule, Verification
from headroom_nb.rendering.figures import many

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headroom_nb.costs import ModelSpec
    from headroom_nb.options import Options
    from headroom_nb.proof.clients import Body
    from headroom_nb.records import BlockPath, Size

PROBES = 70
"""Requests that learning a rule takes at most, about."""

QUESTION = "What is this?"


@takes_options
def verify(
    messages: Any = None,
    client: Any = None,
    *,
    model: str | None = None,
    probe: bool = False,
    paid: bool = False,
    own_images: bool = False,
    yes: bool = False,
    options: Options | None = None,
    **choices: Any,
) -> Verification | LearnedRule:
    """Compare our bill with the provider's own count, or learn how an unknown model bills images.

    Each image is counted by the difference of two counts, with it and without it, as it came and as it would be sent.
    Blank images of the same sizes and levels are counted in place of yours, as the bill depends on nothing else.

    Parameters
    ----------
    messages
        A conversation or request body; None with ``probe``.
    client
        Any client that can be asked; see :func:`headroom_nb.wrap`.
    model
        Whom to ask; None reads it off the request.
    probe
        Learn the rule of ``model`` from blank images of about 50 sizes.
    paid
        Where nothing counts for free, pay for answers of one token and read their usage.
    own_images
        Send your own images, and not blank ones.
    yes
        Do not ask before paying.
    options
        Every choice for what is sent instead, as one object.
    **choices
        Single options by name; :class:`headroom_nb.Options` lists them.

    Raises
    ------
    OptionError
        It is no client, no model is named, or nothing counts for free and ``paid`` is off.
    ImageRejectedError
        With ``probe``: the provider refuses even small images.
    """
    if client is None and messages is not None and probe:
        messages, client = None, messages  # verify(client, model=…, probe=True)
    if probe:
        return _learned(client, model, paid=paid, yes=yes)
    if messages is None:
        raise OptionError("verify takes messages and a client; with probe=True, a client and a model")
    found, door = door_for(client, messages)
    result = compress(messages, model=model, options=options, **choices)
    spec, _ = choose_model(messages, model=model)
    before, after = (body_of(document, door, model) for document in (messages, result.messages))
    with Caller(found, door) as caller:
        counter = TokenCounter(caller, paid=paid)
        requests = len(find_images(before)) + len(find_images(after)) + 2
        whose = "your own images" if own_images else "blank images of the same sizes"
        sent = many(requests, "request")
        said = f"Sends {sent} to be counted by {door.counts or door.method}, with your texts and {whose}."
        if paid:
            usd = spec.usd_per_million_tokens
            total = (result.original_tokens + result.compressed_tokens) * (requests / 2)
            may_spend(said, None if usd is None else total * usd / 1e6, yes=yes, max_usd=None)
        else:
            tell(said)
        notes: list[str] = []
        images = [
            *_counted(before, "original", counter, spec, notes, own=own_images),
            *_counted(after, "compressed", counter, spec, notes, own=own_images),
        ]
        return Verification(spec.name, tuple(images), counter.how, tuple(dict.fromkeys(notes)))


def _counted(
    body: Body, sent: str, counter: TokenCounter, spec: ModelSpec, notes: list[str], *, own: bool
) -> Iterator[CountedImage]:
    """Yield each image of a body with our count and the provider's."""
    shown = body if own else _blanked(body, notes)
    whole = counter.count(shown)
    for slot in find_images(body):
        where = format_path(slot.path)
        try:
            size = read_header(slot.load()).size
            ours = estimate(size, spec, slot.detail).tokens
        except HeadroomError as error:
            notes.append(f"{where}: not counted: {error}")
            continue
        rest, filler = _without(shown, slot.path, slot.format)
        less = counter.count(rest)
        theirs = None if whole is None or less is None else whole - less + filler
        yield CountedImage(sent, where, size, slot.detail, ours, theirs)


def _blanked(body: Body, notes: list[str]) -> Body:
    """Return a body with a blank image of the same size in the place of each."""
    parts = {}
    for slot in find_images(body):
        try:
            size = read_header(slot.load()).size
        except HeadroomError as error:
            notes.append(f"{format_path(slot.path)}: not counted: {error}")
            continue
        parts[slot.path] = (ImagePart(blank(size), "image/png", size),)
    made: Body = replace_images(body, parts)
    return made


@lru_cache(maxsize=32)
def blank(size: Size) -> bytes:
    """Return a white image of a size in pixels, as PNG."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("1", size, 1).save(buffer, "PNG")
    return buffer.getvalue()


def _without(body: Body, path: BlockPath, wire: str) -> tuple[Body, int]:
    """Return a body without an image, and the tokens of the word that stands in its place where it stood alone."""
    *outer, last = path
    node: Any = body
    for step in outer:
        node = node[step]
    write = FORMATS[wire].write_text
    alone = len(node) == 1 and write is not None
    kept = [write({}, "x")] if alone and write is not None else [v for place, v in enumerate(node) if place != last]
    return _changed(body, tuple(outer), kept), int(alone)


def _changed(node: Any, path: BlockPath, value: Any) -> Any:
    if not path:
        return value
    step, *rest = path
    inner = _changed(node[step], tuple(rest), value)
    if isinstance(node, dict):
        return {**node, step: inner}
    return [inner if place == step else child for place, child in enumerate(node)]


def _learned(client: Any, model: str | None, *, paid: bool, yes: bool) -> LearnedRule:
    if model is None:
        raise OptionError("name the model whose rule is to be learned: verify(client, model='…', probe=True)")
    found, door = door_for(client)
    with Caller(found, door) as caller:
        counter = TokenCounter(caller, paid=paid)
        said = f"Sends about {PROBES} requests with blank images, to be counted by {door.counts or door.method}."
        if paid:
            may_spend(said, None, yes=yes, max_usd=None)
        else:
            tell(said)
        bare = counter.count(body_of([user_message(QUESTION, provider=door.wire)], door, model))
        if bare is None:
            raise ImageRejectedError(f"{model} refuses a request without images, so nothing can be learned")

        def measure(size: Size) -> int | None:
            asked = counter.count(body_of([user_message(QUESTION, blank(size), provider=door.wire)], door, model))
            return None if asked is None else asked - bare

        rule, probes = learn_rule(measure)
    row: dict[str, Any] = {"name": model, "provider": _provider(model, door.wire), "default_detail": "auto"}
    today = datetime.now(tz=timezone.utc).date().isoformat()
    row |= {"source": f"learned from {len(probes)} counts of {door.counts or door.method}", "read": today}
    if rule is None:
        return LearnedRule({**row, **_table_of(probes), "exact": False}, probes, 0, 0, 0)
    constants = dict(rule.rule.constants)
    row |= {"rule": rule.rule.name, "details": {"auto": constants}, "exact": rule.agreed == rule.checked}
    return LearnedRule(row, probes, rule.checked, rule.agreed, rule.rivals)


def _provider(model: str, wire: str) -> str:
    try:
        return find_model(model).provider
    except UnknownModelError:
        return provider_name(wire.partition("_")[0])


def _table_of(probes: dict[Size, int]) -> dict[str, Any]:
    """Return a rule that repeats the counts by area: what is left where no known kind of rule fits."""
    by_area: dict[int, int] = {}
    for (width, height), tokens in sorted(probes.items(), key=lambda each: each[0][0] * each[0][1]):
        by_area[width * height] = tokens
    points = [[area, tokens] for area, tokens in by_area.items()]
    note = "no known kind of rule fits: the counts by area"
    return {"rule": "area-table", "details": {"auto": {"points": points}}, "note": note}
