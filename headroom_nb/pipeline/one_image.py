"""One image through the stages: read its header, price it, route it, apply, guard.

What goes wrong with one image stays with that image: its block is left as it was, its result says why.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from headroom_nb.costs import estimate
from headroom_nb.costs.pricing import Price
from headroom_nb.errors import (
    HeadroomError,
    ImageRejectedError,
    ImageTimeoutError,
    UnsupportedPictureError,
    WorkStoppedError,
)
from headroom_nb.formats import FORMATS
from headroom_nb.records import ImageResult, Technique, format_path
from headroom_nb.resource_limits import how_to_raise
from headroom_nb.runtime.masking import masked
from headroom_nb.runtime.stopping import Stop, stopping

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_nb.costs import ModelSpec
    from headroom_nb.formats.slots import ImageSlot
    from headroom_nb.ocr import Ocr
    from headroom_nb.pictures import Picture, PictureHeader
    from headroom_nb.pipeline.context import DecisionContext, Tools
    from headroom_nb.techniques.base import Reading

LOWERED = {"low", "medium"}
"""Detail levels that someone chose to save tokens; such an image is left as it was."""

OWN_SEEN, OWN_COST = 0.95, 0.9
"""A file of which the model sees less, and which a free resize would bring to this share of its tokens, is not ours."""


@dataclass(frozen=True)
class OpenedImage:
    """An inline image whose header was read."""

    slot: ImageSlot
    data: bytes
    header: PictureHeader


def untouched(slot: ImageSlot, error: HeadroomError | None = None) -> ImageResult:
    """Return the result of an image of which nothing is known: behind a reference, or broken."""
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


def decide(image: OpenedImage, context: DecisionContext, tools: Tools) -> ImageResult:
    """Return the result of one image, and in it what is to stand in its place.

    Raises
    ------
    HeadroomError
        The image cannot be priced.
    """
    result, before = _as_it_is(image, context)
    try:
        return _compressed(result, before, image, context, tools)
    except WorkStoppedError:
        raise  # of the whole call, and not of this image
    except HeadroomError as error:
        return replace(result, error=str(error), note=f"left as it was: {error}")
    except Exception as error:  # noqa: BLE001 - a router or engine of someone's own may raise anything; see the module
        why = masked(f"{type(error).__name__}: {error}")
        return replace(result, error=why, note=f"left as it was: {why}")


def _compressed(
    result: ImageResult, before: Price, image: OpenedImage, context: DecisionContext, tools: Tools
) -> ImageResult:
    """Route the image and carry the decision out, unless it is to be left alone."""
    from headroom_nb.pictures import open_picture

    slot = image.slot
    if _is_done(image, before, context):
        return replace(result, note="already compressed; not done twice")
    if context.forced is None and slot.detail in LOWERED:
        return replace(result, note=f"you asked for {slot.detail} detail; left as it was")
    try:
        picture = open_picture(image.data, tools.limits, image.header)
    except UnsupportedPictureError as error:
        return replace(result, note=str(error))
    seconds = tools.limits.max_image_seconds
    with (
        tools.memory.hold(picture.header.memory_pixels),
        stopping(Stop(seconds, partial(_took_longer, seconds), counts_waiting=False)),
    ):
        return _routed(result, before, picture, slot, context, tools)


def _took_longer(seconds: float) -> ImageTimeoutError:
    return ImageTimeoutError(f"the work on it took more than {seconds:g} seconds; {how_to_raise('max_image_seconds')}")


def _is_done(image: OpenedImage, before: Price, context: DecisionContext) -> bool:
    """Return whether an image is our own output, by its file and by its size: a mark stops no saving that is free."""
    from headroom_nb.costs.plan import plan
    from headroom_nb.pictures.own import could_be_ours

    header, slot = image.header, image.slot
    if header.mark is None or not before.accepted or not could_be_ours(image.data, header):
        return False
    now = estimate(header.size, context.model, slot.detail)
    seen = min(now.sent_size[0] / header.size[0], now.sent_size[1] / header.size[1])
    free = plan(header.size, context.model, slot.detail, min_scale=1.0).free
    return seen >= OWN_SEEN or free.tokens > OWN_COST * now.tokens


def _routed(
    result: ImageResult, before: Price, picture: Picture, slot: ImageSlot, context: DecisionContext, tools: Tools
) -> ImageResult:
    """Ask what the question needs, and send the cheapest form that keeps it."""
    from headroom_nb.pipeline.decide import decide_form, look
    from headroom_nb.techniques.base import Job

    seen = look(picture, slot.question, context, tools)
    engine = _timed(tools)
    job = Job(
        picture=picture,
        question=slot.question,
        model=_with_levels_of(slot.format, context.model),
        detail=slot.detail,
        signals=seen.decision.signals,
        text=seen.text,
        label=format_path(slot.path),
        read=_once(engine, picture, tools, slot),
        box=context.box,
    )
    return decide_form(replace(result, decision=seen.decision), before, job, slot, context, seen)


def _once(engine: Callable[[], Ocr], picture: Picture, tools: Tools, slot: ImageSlot) -> Callable[[], Reading]:
    """Return what reads an image the first time it is called."""
    from headroom_nb.techniques.base import Reading

    place = format_path(slot.path)

    @lru_cache(maxsize=1)
    def read() -> Reading:
        from headroom_nb.ocr.base import engines_of

        reader = engine()
        page = reader.read(picture.rgb(), progress=tools.watch.reading(place))
        return Reading(page, engines_of(reader.name, page))

    return read


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


def _as_it_is(image: OpenedImage, context: DecisionContext) -> tuple[ImageResult, Price]:
    """Return the result of the image unchanged, and its price (of the largest size accepted, where it is refused)."""
    from headroom_nb.costs.plan import plan

    slot, header = image.slot, image.header
    try:
        cost = estimate(header.size, context.model, slot.detail)
        price = Price(cost.tokens, cost.exact, cost.note)
    except ImageRejectedError as error:
        largest = plan(header.size, context.model, slot.detail, min_scale=1.0).free
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
        source=slot.held(image.data),
    )
    return result, price
