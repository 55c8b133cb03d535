"""The forms of a conversation's images and documents chosen together, so that they stay within a budget.

Every one is decided first, on its own. Where a budget bounds them, forms are then chosen among those that were
considered, and what changes its form is made again. A form that cannot be made after all is left out, and the
choice is made anew. The choice looks at the whole conversation, so an earlier image may be sent in another form once
later ones are added; a cached beginning of the prompt is then written anew. So the choice of the request before is made
too, and the report says from where on this one differs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from headroom_nb.budget.choose import RISK_UNIT, choose_forms
from headroom_nb.errors import OptionError
from headroom_nb.history.requests import sent_before
from headroom_nb.pipeline.all_images import all_images
from headroom_nb.records import BudgetReport, DocumentResult, ImageResult

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from headroom_nb.costs import ModelSpec
    from headroom_nb.formats.slots import ImageSlot
    from headroom_nb.formats.walk import Message
    from headroom_nb.options import Options
    from headroom_nb.pipeline.context import DecisionContext, Tools
    from headroom_nb.pipeline.documents import Routed
    from headroom_nb.pipeline.remember import ResultCache
    from headroom_nb.records import BlockPath, CompressionResult, FormOffer

    Chosen = ImageResult | DocumentResult
    Remake = Callable[[Mapping[BlockPath, FormOffer]], Mapping[BlockPath, Chosen]]

MOST_ROUNDS = 6
"""Choices that are made; each but the first knows of forms that could not be made, or cost more than was thought."""

UNBOUNDED = 10**12
"""Tokens that any budget in dollars buys where they cost nothing."""

SAME_VIEW = ", same view"
"""End of the label of a form in which the model sees the same as before."""


@dataclass(frozen=True)
class Bounds:
    """What may be spent: on all, and on one image; None for as much as it takes."""

    tokens: int | None
    each: int | None
    given: str
    usd_per_million_tokens: float | None = None


def bounds_of(options: Options, model: ModelSpec) -> Bounds:
    """Return what a caller's options allow.

    Raises
    ------
    OptionError
        The budget is in dollars, and the model's price is not known.
    """
    budget, each = options.budget, options.max_tokens_per_image
    words = [] if each is None else [f"{each:,} tokens an image"]
    tokens = None if budget is None else tokens_of(budget, model)
    words[:0] = [] if tokens is None else [budget if isinstance(budget, str) else f"{tokens:,} tokens"]
    price = model.usd_per_million_tokens if isinstance(budget, str) else None
    return Bounds(tokens, each, " and ".join(words), price)


def tokens_of(budget: int | str, model: ModelSpec) -> int:
    """Return how many input tokens a budget buys at the list price; raises as :func:`bounds_of`."""
    if isinstance(budget, int):
        return budget
    price = model.usd_per_million_tokens
    if price is None:
        raise OptionError(f"budget={budget!r} is in dollars, and no price is known for {model.name}; give it in tokens")
    return int(Fraction(budget.removeprefix("$")) * 10**6 / Fraction(str(price))) if price else UNBOUNDED


@dataclass(frozen=True)
class Spent:
    """What a budget made of a conversation.

    Attributes
    ----------
    images, documents
        The results, in order.
    report
        What that took; None where there is no budget.
    until
        How many messages the request before had; 0 where this is the first.
    old_slots, old_images, old_documents
        Its images and documents, as the budget sent them then.
    """

    images: list[ImageResult]
    documents: list[DocumentResult]
    report: BudgetReport
    until: int
    old_slots: list[ImageSlot]
    old_images: list[ImageResult]
    old_documents: list[DocumentResult]

    def compared(self, before: Sequence[ImageResult], now: Sequence[Chosen]) -> BudgetReport:
        """Return the report with the first place that is sent otherwise than in the request before.

        Parameters
        ----------
        before
            The old images as that request sent them in the end.
        now
            All images and documents as this one sends them.
        """
        return replace(self.report, breaks=_first_change([*before, *self.old_documents], now))


def spend(
    images: Sequence[ImageResult],
    slots: Sequence[ImageSlot],
    papers: Sequence[Routed],
    usual: DecisionContext,
    tools: Tools,
    cache: ResultCache,
    describe: Callable[[ImageResult], ImageResult],
    fixed: Collection[BlockPath],
    messages: Sequence[Message],
    budget_before: int | None = None,
) -> Spent:
    """Return images and documents within the budget of a caller's options, which has one, and what that took.

    Parameters
    ----------
    images, slots
        The results by the quality alone, and where the images stand.
    papers
        The documents.
    usual, tools, cache
        As for :func:`headroom_nb.pipeline.all_images.all_images`.
    describe
        Completes the result of an image that was fetched.
    fixed
        As for :func:`within_bounds`.
    messages
        The conversation, as :func:`headroom_nb.formats.walk.read_messages` gives it.
    budget_before
        The budget of the request before, tokens, where it was another.

    Raises
    ------
    OptionError
        As :func:`bounds_of`.
    """
    bounds = bounds_of(usual.options, usual.model)
    documents = [each.result for each in papers]
    until = sent_before(messages)
    earlier = {block.path for message in messages[:until] for block in message.blocks}
    by_path = {slot.path: slot for slot in slots}
    routed = {each.result.path: each for each in papers}
    known: dict[tuple[BlockPath, str], Chosen] = {}

    def remake(offers: Mapping[BlockPath, FormOffer]) -> dict[BlockPath, Chosen]:
        new = {path: offer for path, offer in offers.items() if (path, offer.label) not in known}
        pictures = {path: offer for path, offer in new.items() if path in by_path}
        contexts = [replace(usual, forced=offer.technique, form=offer.label) for offer in pictures.values()]
        made: list[Chosen] = [
            describe(image)
            for image in all_images([by_path[path] for path in pictures], contexts, tools, cache, again=True)
        ]
        made += [routed[path].in_form(offer.label) for path, offer in new.items() if path in routed]
        known.update({(each.path, new[each.path].label): each for each in made})
        return {path: known[path, offer.label] for path, offer in offers.items()}

    if bounds.tokens is not None:
        documents = [each.with_forms() for each in papers]
    both: list[Chosen] = [*images, *documents]
    old = [each for each in both if each.path in earlier]
    if old:
        then = bounds if budget_before is None else replace(bounds, tokens=budget_before)
        old = within_bounds(old, then, remake, fixed=fixed)[0]
    made, report = within_bounds(both, bounds, remake, fixed=fixed)
    return Spent(*_apart(made), report, until, [slot for slot in slots if slot.path in earlier], *_apart(old))


def _apart(found: Sequence[Chosen]) -> tuple[list[ImageResult], list[DocumentResult]]:
    images = [each for each in found if isinstance(each, ImageResult)]
    return images, [each for each in found if isinstance(each, DocumentResult)]


def _first_change(
    before: Sequence[ImageResult | DocumentResult], now: Sequence[ImageResult | DocumentResult]
) -> BlockPath | None:
    """Return the first place, in the order of the conversation, that is sent otherwise than before; None for none."""
    sent = {each.path: each.parts for each in now}
    changed = [each.path for each in before if sent[each.path] != each.parts]
    return min(changed, key=_in_order, default=None)


def _in_order(path: BlockPath) -> list[tuple[int, str]]:
    return [(step, "") if isinstance(step, int) else (0, step) for step in path]


def within_bounds(
    images: Sequence[Chosen],
    bounds: Bounds,
    remake: Remake,
    *,
    fixed: Collection[BlockPath] = (),
) -> tuple[list[Chosen], BudgetReport]:
    """Return images and documents within a budget, least risk together, and what that took.

    Parameters
    ----------
    images
        The results by the quality alone.
    bounds
        What may be spent.
    remake
        Makes images and documents anew in the forms given, by path.
    fixed
        Paths of images that were chosen otherwise.
    """
    offers = [_offers(image, fixed) for image in images]
    made = list(images)
    taken = [_taken(image) for image in images]
    bound = 0.0
    for _ in range(MOST_ROUNDS):
        wanted, bound = _choice(images, offers, bounds)
        changed = {
            index: offer for index, offer in enumerate(wanted) if offer is not None and offer.label != taken[index]
        }
        if not changed:
            break
        new = remake({images[index].path: offer for index, offer in changed.items()})
        for index, offer in changed.items():
            result = new[images[index].path]
            label = None if result.error else _taken(result)
            if label != offer.label:
                offers[index] = [each for each in offers[index] if each.label != offer.label]
                continue
            sent = replace(offer, tokens=result.compressed_tokens)
            offers[index] = [sent if each.label == label else each for each in offers[index]]
            made[index], taken[index] = _as_decided(result, images[index], sent), label
    return made, _report(images, made, offers, bounds, bound)


def _taken(image: Chosen) -> str | None:
    return next((offer.label for offer in image.forms if offer.taken), None)


def _offers(image: Chosen, fixed: Collection[BlockPath]) -> list[FormOffer]:
    """Return the forms among which the budget may choose; at most one where it may not."""
    manual = isinstance(image, ImageResult) and image.decision is not None and image.decision.by == "user"
    if image.path in fixed or manual or image.error or not image.forms:
        return [offer for offer in image.forms if offer.taken]
    same = {offer.tokens for offer in image.forms if offer.label.endswith(SAME_VIEW)}
    return [offer for offer in image.forms if offer.taken or _may_be_sent(offer, same)]


def _may_be_sent(offer: FormOffer, same: Collection[int]) -> bool:
    """Return whether nothing but the risk is against a form; one that the provider refuses has its twin instead."""
    return (offer.too_risky or not offer.why_not) and not (offer.label == "unchanged" and offer.tokens in same)


def _choice(
    images: Sequence[Chosen], offers: Sequence[Sequence[FormOffer]], bounds: Bounds
) -> tuple[list[FormOffer | None], float]:
    """Return the form of each image, None for one without any, and how far its risk may be from the least."""
    allowed = [
        _small_enough(each, bounds.each if isinstance(image, ImageResult) else None)
        for image, each in zip(images, offers, strict=True)
    ]
    open_ = [index for index, each in enumerate(allowed) if each]
    rest = sum(image.compressed_tokens for image, each in zip(images, allowed, strict=True) if not each)
    wanted: list[FormOffer | None] = [None] * len(images)
    if bounds.tokens is None:
        # no sum is bounded: what the quality chose stays where it is small enough
        for index in open_:
            by_quality = next((offer for offer in allowed[index] if offer.taken), None)
            wanted[index] = by_quality or min(allowed[index], key=_risk_then_tokens)
        return wanted, 0.0
    rated = [[(offer.tokens, offer.risk) for offer in allowed[index]] for index in open_]
    chosen = choose_forms(rated, bounds.tokens - rest)
    for index, place in zip(open_, chosen.places, strict=True):
        wanted[index] = allowed[index][place]
    return wanted, chosen.bound


def _small_enough(offers: Sequence[FormOffer], each: int | None) -> list[FormOffer]:
    """Return the forms that one image may cost; the one of fewest tokens where none is."""
    if each is None or not offers:
        return list(offers)
    return [offer for offer in offers if offer.tokens <= each] or [min(offers, key=lambda offer: offer.tokens)]


def _risk_then_tokens(offer: FormOffer) -> tuple[int, int]:
    return round(offer.risk * RISK_UNIT), offer.tokens


def _as_decided(made: Chosen, before: Chosen, sent: FormOffer) -> Chosen:
    """Return an image or document in another form, with what was decided and considered before."""
    forms = tuple(
        replace(sent, taken=True, why_not="")
        if offer.label == sent.label
        else replace(offer, taken=False, why_not=offer.why_not or ("the budget took another" if offer.taken else ""))
        for offer in before.forms
    )
    note = "; ".join(filter(None, (made.note, "chosen by the budget")))
    if isinstance(made, DocumentResult) or isinstance(before, DocumentResult):
        return replace(made, forms=forms, note=note)
    return replace(made, decision=before.decision, needs=before.needs, risk=sent.risk, forms=forms, note=note)


def _report(
    images: Sequence[Chosen],
    made: Sequence[Chosen],
    offers: Sequence[Sequence[FormOffer]],
    bounds: Bounds,
    bound: float,
) -> BudgetReport:
    spent = sum(image.compressed_tokens for image in made)
    fewest = [
        min((offer.tokens for offer in each), default=image.compressed_tokens)
        for image, each in zip(made, offers, strict=True)
    ]
    free = [len(each) > 1 for each in offers]
    return BudgetReport(
        given=bounds.given,
        tokens=bounds.tokens,
        spent=spent,
        risk=_at_risk(made),
        quality_tokens=sum(image.compressed_tokens for image in images),
        quality_risk=_at_risk(images),
        least_tokens=sum(fewest),
        bound=bound,
        fixed_tokens=sum(image.compressed_tokens for image, many in zip(made, free, strict=True) if not many),
        too_large=sum(
            bounds.each is not None and isinstance(image, ImageResult) and image.compressed_tokens > bounds.each
            for image in made
        ),
        usd_per_million_tokens=bounds.usd_per_million_tokens,
    )


def as_sent(result: CompressionResult) -> CompressionResult:
    """Return a result whose report counts what is sent in the end: repeats, old images and limits may cut more."""
    if result.budget is None:
        return result
    lost = _at_risk([*result.images, *result.documents])
    return replace(result, budget=replace(result.budget, spent=result.compressed_tokens, risk=lost))


def _at_risk(images: Iterable[Chosen]) -> float:
    """Return how many answers are expected to be lost; an old image loses what its own form does."""
    taken = (
        [image.risk or 0.0]
        if getattr(image, "history", "") or not image.forms
        else [offer.risk for offer in image.forms if offer.taken]
        for image in images
    )
    return sum(risk for risks in taken for risk in risks)
