"""The verbs that look at images without changing them: estimate, compare, check, route, view."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import HeadroomError, MessageError
from headroom_nb.notebook.call import priced_model
from headroom_nb.rendering import figures
from headroom_nb.rendering.provider_views import ProviderViews, View
from headroom_nb.rendering.tables import Column, Table
from headroom_nb.runtime.words import public_part

if TYPE_CHECKING:
    from headroom_nb.analysis.inputs import Shown
    from headroom_nb.costs import ModelSpec
    from headroom_nb.notebook.call import Call
    from headroom_nb.records import CheckResult, Comparison, TokenEstimate
    from headroom_nb.records.comparison import Estimate


def estimate(call: Call) -> Estimate:
    """Count what images cost; an image that cannot be counted keeps its row and says why."""
    from headroom_nb.analysis.estimate import estimate_sources

    options = call.options
    found = estimate_sources(
        call.sources(),
        options.model,
        provider=options.provider,
        default_model=options.default_model,
        strict=options.strict or None,
        level=call.option("detail"),
    )
    return replace(found, calls=call.calls)


def _count(image: Shown, model: ModelSpec, detail: str | None) -> tuple[Any, TokenEstimate | None, str]:
    """Return the image's size, its cost and a note; None where they cannot be had, and why."""
    from headroom_nb.costs import estimate as estimate_cost
    from headroom_nb.pictures import read_header

    if image.reference is not None:
        return None, None, f"sent by reference ({public_part(image.reference)}): not fetched, so its size is not known"
    size = None
    try:
        size = read_header(image.load()).size
        cost = estimate_cost(size, model, detail or image.detail)
    except HeadroomError as error:
        return size, None, str(error)
    return size, cost, cost.note


def compare(call: Call) -> Comparison:
    """Compare what the images cost on many models."""
    from headroom_nb.analysis.compare import compare as compare_models
    from headroom_nb.formats import user_message

    images, document = call.images()
    if document is None:
        document = images[0].load() if len(images) == 1 else [user_message("", *(image.load() for image in images))]
    wanted = call.option("models")
    models = wanted if wanted in {None, "all"} else [name for name in wanted.split(",") if name]
    return replace(compare_models(document, models, detail=call.option("detail") or "auto"), calls=call.calls)


def check(call: Call) -> CheckResult:
    """Hold the messages against the provider's limits."""
    from headroom_nb.checks.check import check as check_limits

    document, _ = call.document()
    model, _ = priced_model(call, document)
    return check_limits(document, model)


def route(call: Call) -> Table:
    """Show the router's choices without carrying them out; with a model, what would be sent to it."""
    if call.command.values.get("--model"):
        return _planned(call)
    from headroom_nb.routing import load_router

    images, _ = call.images()
    router = load_router(call.options.router, use_siglip=call.options.use_siglip)
    quality = call.options.quality
    rows = []
    for image in images:
        question = call.option("question") or image.question
        try:
            if image.reference is not None:
                raise MessageError(f"sent by reference ({public_part(image.reference)}): not fetched")
            decision = router.classify(image.load(), question, quality=quality)
        except HeadroomError as error:
            rows.append((image.label, question or "–", "–", "–", str(error)))
            continue
        confidence = figures.percent(decision.confidence)
        rows.append((image.label, question or "–", str(decision.technique), confidence, decision.reason))
    return Table(
        headline=f"{_count_of(images)}: what the {router.name} router would do",
        columns=(
            Column("Image", most=60),
            Column("Question"),
            Column("Technique"),
            Column("Confidence", figure=True),
            Column("Reason", below=True),
        ),
        rows=tuple(rows),
        caption="The router's choice for each image",
        lines=(f"Quality: {quality}. Nothing was changed; --model NAME shows what would be sent to that model.",),
    )


def _planned(call: Call) -> Table:
    """Return what compression would send to a model, with its risk; the messages stay as they are."""
    from headroom_nb.compressor import compress
    from headroom_nb.rendering.display import plan

    document, _ = call.document()
    return plan(compress(document, options=call.options))


def view(call: Call) -> ProviderViews:
    """Show images as the model receives them."""
    from headroom_nb.analysis.provider_view import provider_view

    images, document = call.images()
    place = call.place(images)
    model, why = priced_model(call, document)
    views = []
    for image in images if place is None else [images[place]]:
        size, cost, note = _count(image, model, call.option("detail"))
        seen = None
        if cost is not None:
            try:
                seen = provider_view(image.load(), model, call.option("detail") or image.detail)
            except HeadroomError as error:
                note = str(error)
        views.append(View(image.label, size, seen, cost, note))
    return ProviderViews(tuple(views), model.name, why)


def _count_of(images: list[Shown]) -> str:
    return f"{len(images):,} image{'' if len(images) == 1 else 's'}"
