"""The verbs that look at images without changing them: estimate, compare, check, route, view."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import HeadroomError, MessageError, OptionError
from headroom_nb.notebook.call import priced_model
from headroom_nb.rendering import figures, wording
from headroom_nb.rendering.provider_views import ProviderViews, View
from headroom_nb.rendering.tables import Column, Table
from headroom_nb.resource_limits import Limits
from headroom_nb.runtime.words import public_part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headroom_nb.analysis.shown import Shown
    from headroom_nb.costs import ModelSpec
    from headroom_nb.costs.documents import PageCost
    from headroom_nb.notebook.call import Call
    from headroom_nb.records import CheckResult, Comparison, TokenEstimate
    from headroom_nb.records.comparison import Estimate

MOST_PAGES = 12
"""Pages of a document that are shown where none are asked for."""

OF_A_PAGE = "a page of a PDF: the tokens are those of the page in the PDF, text included; the image is how it looks"


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
    """Show the router's choices without carrying them out; with a model or a budget, what would be sent."""
    if call.command.values.keys() & {"--model", "--budget", "--question-column"}:
        return _planned(call)
    from headroom_nb.routing import load_router

    images, _ = call.images()
    if any(image.paper is not None for image in images):
        return _planned(call)  # a document is routed page by page, by what each page costs on a model
    router = load_router(call.options.router, use_siglip=call.options.use_siglip)
    quality = call.options.quality
    rows = []
    for number, image in enumerate(images):
        question = call.option("question") or image.question
        try:
            if image.reference is not None:
                raise MessageError(f"sent by reference ({public_part(image.reference)}): not fetched")
            decision = router.classify(image.load(), question, quality=quality)
        except HeadroomError as error:
            rows.append((str(number), image.label, question or "–", "–", "–", str(error)))
            continue
        confidence = figures.percent(decision.confidence)
        technique = wording.TECHNIQUES[str(decision.technique)]
        rows.append((str(number), image.label, question or "–", technique, confidence, decision.reason))
    return Table(
        headline=f"{_count_of(images)}: what the {router.name} router suggests",
        columns=(
            Column("#", figure=True),
            Column("Image", most=60),
            Column("Question"),
            Column("Would be sent"),
            Column("Confidence", figure=True),
            Column("Reason", below=True),
        ),
        rows=tuple(rows),
        numbered=False,
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
    for image, page in _pages(images if place is None else [images[place]], call, model):
        size, cost, note = _count(image, model, call.option("detail"))
        if cost is not None and page is not None:
            cost, note = replace(cost, tokens=page.tokens, exact=page.low == page.high), OF_A_PAGE
        seen = None
        if cost is not None:
            try:
                seen = provider_view(image.load(), model, call.option("detail") or image.detail)
            except HeadroomError as error:
                note = str(error)
        views.append(View(image.label, size, seen, cost, note))
    return ProviderViews(tuple(views), model.name, why)


def _pages(images: list[Shown], call: Call, model: ModelSpec) -> Iterator[tuple[Shown, PageCost | None]]:
    """Return each image, and of a document the pages asked for as images, with what each costs in its document."""
    from headroom_nb.analysis.papers import counted_paper, pages_of
    from headroom_nb.documents.asked import read_pages

    wanted = call.command.values.get("--page")
    for image in images:
        if image.paper is None:
            file = [each for each in images if each.file is image.file]
            if wanted is None or image.file is None or file.index(image) + 1 in read_pages(wanted, len(file)):
                yield image, None
            continue
        try:
            costs = (
                counted_paper(image, image.detail, Limits.from_environment()).cost(model, call.option("detail")).pages
            )
            pages = pages_of(image, wanted)
            if not pages:
                raise MessageError("it is no PDF: only its text is sent")
        except OptionError:
            raise
        except HeadroomError as error:
            yield replace(image, paper=None, load=partial(_refuse, error)), None
            continue
        for number, page in list(pages.items())[: MOST_PAGES if wanted is None else None]:
            yield page, costs[number - 1] if number <= len(costs) else None


def _refuse(error: HeadroomError) -> bytes:
    raise error


def _count_of(images: list[Shown]) -> str:
    return f"{len(images):,} image{'' if len(images) == 1 else 's'}"
