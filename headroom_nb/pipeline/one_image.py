"""One image through the stages: read its header, price it, route it, apply, guard.

What goes wrong with one image stays with that image: its block is left as it was, its account says why.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from headroom_nb.costs import estimate
from headroom_nb.costs.parts import Price, price_parts
from headroom_nb.errors import (
    HeadroomError,
    ImageRejectedError,
    OcrError,
    TechniqueRefusedError,
    UnsupportedPictureError,
)
from headroom_nb.formats import FORMATS, refusal
from headroom_nb.pipeline.guard import Offer, cheapest
from headroom_nb.records import ImagePart, ImageResult, RouteDecision, Technique, format_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_nb.costs import ModelSpec
    from headroom_nb.formats.slots import ImageSlot
    from headroom_nb.ocr import Ocr
    from headroom_nb.pictures import Picture, PictureHeader
    from headroom_nb.records import ImageSignals
    from headroom_nb.resource_limits import Limits
    from headroom_nb.routing.base import Router
    from headroom_nb.runtime.memory_gate import MemoryGate
    from headroom_nb.techniques.base import Job

    Progress = Callable[[str, int, int], None]
    """Called with an image's path as text, the lines of text read in it so far, and the lines in all."""

LOWERED = {"low", "medium"}
"""Detail levels that someone chose to save tokens; such an image is left as it was."""

INSTEAD = {Technique.TRANSCODE: (Technique.CROP,)}
"""What is tried where a technique is refused, before PRESERVE."""

NEVER_DEARER = {Technique.FULL_LOW}
"""Techniques whose choices include everything PRESERVE could offer, so that it need not be tried beside them."""


@dataclass(frozen=True)
class Setting:
    """What decides an image besides its pixels and its question.

    ``forced`` is a technique chosen by hand; ``keep_low_view`` keeps a small view beside a transcript.
    """

    model: ModelSpec
    quality: str
    forced: Technique | None = None
    keep_low_view: bool = False


@dataclass(frozen=True)
class Tools:
    """Gives the router and the OCR engine, built on the first call; ``progress`` is told of text being read.

    What one image may use up is bounded by ``limits``, what all take at the same time by ``memory``. ``failed`` is told
    of an engine that was there and could not read: another time it may.
    """

    router: Callable[[], Router]
    ocr: Callable[[], Ocr]
    limits: Limits
    memory: MemoryGate
    progress: Progress | None = None
    failed: Callable[[OcrError], None] | None = None


@dataclass(frozen=True)
class OpenedImage:
    """An inline image whose header was read."""

    slot: ImageSlot
    data: bytes
    header: PictureHeader


def untouched(slot: ImageSlot, error: HeadroomError | None = None) -> ImageResult:
    """Return the account of an image that nothing is known of: behind a reference, or broken."""
    note = "sent by reference: not fetched, its size and cost are not known"
    return ImageResult(
        path=slot.path,
        question=slot.question,
        decision=None,
        technique=Technique.PRESERVE,
        original_tokens=0,
        compressed_tokens=0,
        media_type=slot.declared_media_type,
        exact=error is not None,
        original_exact=error is not None,
        note=note if error is None else f"left as it was: {error}",
        error=None if error is None else str(error),
    )


def decide(image: OpenedImage, setting: Setting, tools: Tools) -> ImageResult:
    """Return the account of one image, and in it what is to stand in its place.

    Raises
    ------
    HeadroomError
        The image cannot be priced.
    """
    result, before = _as_it_is(image, setting)
    try:
        return _compressed(result, before, image, setting, tools)
    except HeadroomError as error:
        return replace(result, error=str(error), note=f"left as it was: {error}")
    except Exception as error:  # noqa: BLE001 - a router or engine of someone's own may raise anything; see the module
        why = f"{type(error).__name__}: {error}"
        return replace(result, error=why, note=f"left as it was: {why}")


def _compressed(result: ImageResult, before: Price, image: OpenedImage, setting: Setting, tools: Tools) -> ImageResult:
    """Route the image and carry the decision out, unless it is to be left alone."""
    from headroom_nb.pictures import open_picture

    slot = image.slot
    if image.header.mark is not None:
        return replace(result, note=f"already compressed ({image.header.mark}); not done twice")
    if setting.forced is None and slot.detail in LOWERED:
        return replace(result, note=f"you asked for {slot.detail} detail; left as it was")
    try:
        picture = open_picture(image.data, tools.limits, image.header)
    except UnsupportedPictureError as error:
        return replace(result, note=str(error))
    with tools.memory.hold(picture.header.memory_pixels):
        return _routed(result, before, picture, slot, setting, tools)


def _routed(
    result: ImageResult, before: Price, picture: Picture, slot: ImageSlot, setting: Setting, tools: Tools
) -> ImageResult:
    """Ask for a technique, unless one was chosen by hand, and carry it out."""
    from headroom_nb.techniques.base import Job

    if setting.forced is None:
        decision = tools.router().classify(picture, slot.question, quality=setting.quality)
    else:
        decision = RouteDecision(setting.forced, 1.0, "chosen by hand", "user", {setting.forced: 1.0})
    job = Job(
        picture=picture,
        question=slot.question,
        model=_with_levels_of(slot.format, setting.model),
        detail=slot.detail,
        quality=setting.quality,
        signals=_signals(decision, picture, tools),
        label=format_path(slot.path),
        ocr=_timed(tools),
        progress=None if tools.progress is None else partial(tools.progress, format_path(slot.path)),
        forced=setting.forced is not None,
        keep_low_view=setting.keep_low_view,
    )
    return _applied(replace(result, decision=decision), decision.technique, before, job, slot)


def _timed(tools: Tools) -> Callable[[], Ocr]:
    """Return what gives one image its OCR engine, which may read for so long and no longer."""

    @lru_cache(maxsize=1)
    def engine() -> Ocr:
        from headroom_nb.ocr.ocr_reader import OcrReader

        return OcrReader(tools.ocr(), seconds=tools.limits.max_ocr_seconds, on_failure=tools.failed)

    return engine


@lru_cache(maxsize=256)
def _with_levels_of(wire: str, model: ModelSpec) -> ModelSpec:
    """Return the model with those detail levels alone that a block of this format can ask for, and the model takes."""
    levels = {model.default_detail, *(FORMATS[wire].details if model.takes_levels_in(wire) else ())}
    kept = {level: constants for level, constants in model.details.items() if level in levels}
    return model if len(kept) == len(model.details) else replace(model, details=kept)


def _applied(result: ImageResult, technique: Technique, before: Price, job: Job, slot: ImageSlot) -> ImageResult:
    """Offer the chosen technique, then PRESERVE, and take what the guard lets through.

    Where a transcript is refused, the text was read all the same: the place that answers the question may be cut out.
    """
    offers: list[Offer] = []
    notes = [result.note]
    instead = () if job.forced else INSTEAD.get(technique, ())
    for each in dict.fromkeys((technique, *instead, Technique.PRESERVE)):
        if offers and each in instead:
            continue
        if offers and (job.forced or offers[-1].technique in NEVER_DEARER):
            break
        try:
            offers.append(_offer(each, job, slot))
        except (TechniqueRefusedError, OcrError, ImageRejectedError) as reason:
            notes.append(f"{each} not done: {reason}")
    best = cheapest(before, offers)
    if any(offer is not best and offer.technique is technique and offer.parts for offer in offers):
        notes.append(f"{technique} would not cost less{'' if best is None else f' than {best.technique}'}")
    if best is None:
        return replace(result, note=_join(notes))
    pictures = [part for part in best.parts if isinstance(part, ImagePart)]
    return replace(
        result,
        technique=best.technique,
        compressed_tokens=best.price.tokens,
        exact=before.exact and best.price.exact,
        sizes=tuple(part.size for part in pictures),
        compressed_bytes=sum(len(part.data) for part in pictures),
        free_tokens=before.tokens - best.price.tokens if best.proposal.free else 0,
        kept_pixels=best.proposal.kept_pixels,
        parts=best.parts,
        note=_join([*notes, best.proposal.note, _detail_note(slot, pictures)]),
    )


def _offer(technique: Technique, job: Job, slot: ImageSlot) -> Offer:
    """Return what a technique proposes and what it costs, if it can be written where the image stands."""
    from headroom_nb.techniques import technique_function

    proposal = technique_function(technique)(job)
    why_not = refusal(slot, proposal.parts)
    if why_not is not None:
        raise TechniqueRefusedError(why_not)
    return Offer(technique, proposal, price_parts(proposal.parts, job.model, job.detail))


def _detail_note(slot: ImageSlot, pictures: list[ImagePart]) -> str:
    """Return what to know where a block now asks for a detail level."""
    return FORMATS[slot.format].detail_note if any(part.detail is not None for part in pictures) else ""


def _signals(decision: RouteDecision, picture: Picture, tools: Tools) -> ImageSignals | None:
    """Return what the decision measured; measured here for a choice that came without."""
    if decision.signals is None and decision.technique is not Technique.PRESERVE:
        return tools.router().analyze_image(picture)
    return decision.signals


def _as_it_is(image: OpenedImage, setting: Setting) -> tuple[ImageResult, Price]:
    """Return the account of the image unchanged, and its price (of the largest size accepted, where it is refused)."""
    from headroom_nb.costs.plan import plan

    slot, header = image.slot, image.header
    try:
        cost = estimate(header.size, setting.model, slot.detail)
        price = Price(cost.tokens, cost.exact, cost.note)
    except ImageRejectedError as error:
        largest = plan(header.size, setting.model, slot.detail, min_scale=1.0).free
        price = Price(largest.tokens, exact=False, note=f"refused as it is ({error})", accepted=False)
    result = ImageResult(
        path=slot.path,
        question=slot.question,
        decision=None,
        technique=Technique.PRESERVE,
        original_tokens=price.tokens,
        compressed_tokens=price.tokens,
        original_size=header.size,
        sizes=(header.size,),
        original_bytes=len(image.data),
        compressed_bytes=len(image.data),
        media_type=header.media_type,
        exact=price.exact,
        original_exact=price.exact,
        note=price.note,
        original=image.data,
    )
    return result, price


def _join(notes: list[str]) -> str:
    return "; ".join(note for note in notes if note)
