"""What images cost before they are sent, each by the model that its own request names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from numbers import Integral
from typing import TYPE_CHECKING, Any

from headroom_nb.analysis.compare import CountedImage, cost_line
from headroom_nb.analysis.inputs import GIVEN, sources_of, unread_in
from headroom_nb.analysis.papers import CountedPaper, counted_paper
from headroom_nb.costs import estimate as price
from headroom_nb.errors import HeadroomError, ImageRejectedError, MessageError
from headroom_nb.formats.model_choice import choose_model
from headroom_nb.pictures import RequestBudget, read_header
from headroom_nb.records.comparison import Estimate, EstimateLine, ModelCost, Setting
from headroom_nb.resource_limits import Limits
from headroom_nb.runtime.words import public_part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.analysis.shown import Shown, Source
    from headroom_nb.costs import ModelSpec
    from headroom_nb.records import Size


@dataclass(frozen=True)
class _Counted:
    """An image or document, whose bill it is, and what is known of it; ``error`` says why nothing is.

    ``elsewhere`` is set where only its address or file id is given.
    """

    name: str
    spec: ModelSpec
    size: Size | None
    detail: str
    error: HeadroomError | None = None
    paper: CountedPaper | None = None
    document: bool = False
    elsewhere: bool = False


NOT_FETCHED = "counting fetches nothing; compress(…, fetch_urls=True), or --fetch-urls in a cell, fetches the images"
"""What to do about images that are sent by reference."""


def estimate(
    image_or_messages: Any, model: str | None = None, *, provider: str | None = None, detail: str = "auto"
) -> Estimate:
    """Return what one image, several, or all images of conversations cost on a model. Nothing is decoded or sent.

    Parameters
    ----------
    image_or_messages
        An image of any kind that :func:`headroom_nb.user_message` takes, a list or column of them, a ``(width,
        height)``, a message list, a request body, or files: images, a folder or pattern of them, ``.json``, ``.jsonl``
        or ``.ipynb``.
    model, provider
        Whose bill it is; without both, each request's own model, or the default of the provider it is written for.
    detail
        The level that holds for images without one of their own.

    Returns
    -------
    Estimate
        ``.tokens`` and ``.now.usd`` in sum, ``.lines`` for each image, ``.to_dataframe()``, ``.exact``, ``.bounds``,
        and the cheapest other way to send them; ``.note`` also names images that could not be counted. An image that
        is given by its address keeps its line, with None for its tokens: nothing is fetched.

    Raises
    ------
    UnknownModelError
        A model is not in the table.
    MessageError, OptionError, PictureError
        There is no image, or none that can be read.
    FileAccessError
        A file cannot be read.

    Examples
    --------
    >>> from headroom_nb import demo
    >>> estimate(demo.messages("openai")[:2], "gpt-4o").tokens
    765
    """
    given = image_or_messages
    if isinstance(given, tuple) and len(given) == 2 and all(isinstance(side, Integral) for side in given):
        spec, why = choose_model(None, model=model, provider=provider)
        size = (int(given[0]), int(given[1]))
        return _estimate([_Counted(f"{size[0]}×{size[1]} px", spec, size, detail)], why)
    counted, why, unread = _count(sources_of(given, GIVEN), model, provider, detail=detail)
    errors = [each.error for each in counted if each.error is not None]
    if len(errors) == len(counted) and not any(each.elsewhere for each in counted):
        if len(errors) == 1 and not isinstance(given, (Mapping, list, tuple)):
            raise errors[0]
        raise MessageError(f"no image that can be counted: {'; '.join(map(str, errors))}")
    return _estimate(counted, why, unread)


def estimate_sources(
    sources: Sequence[Source],
    model: str | None = None,
    *,
    provider: str | None = None,
    default_model: str | None = None,
    strict: bool | None = None,
    level: str | None = None,
) -> Estimate:
    """Return what the images of sources cost; one that cannot be counted keeps its line and says why.

    Parameters
    ----------
    sources
        As :func:`headroom_nb.analysis.inputs.sources_of` gives them.
    model, provider, default_model, strict
        As for :func:`headroom_nb.formats.model_choice.choose_model`.
    level
        A level that holds for all images.
    """
    return _estimate(*_count(sources, model, provider, default_model, strict=strict, level=level))


def _count(
    sources: Sequence[Source],
    model: str | None,
    provider: str | None,
    default_model: str | None = None,
    *,
    strict: bool | None = None,
    detail: str = "auto",
    level: str | None = None,
) -> tuple[list[_Counted], str, list[str]]:
    """Return every image with its model and size, why that model, and what was not read."""
    counted: list[_Counted] = []
    unread: list[str] = []
    why = ""
    limits = Limits.from_environment()
    budget = RequestBudget(limits)
    for source in sources:
        document = source.document if isinstance(source.document, (Mapping, list)) else None
        spec, why = choose_model(document, model=model, provider=provider, default_model=default_model, strict=strict)
        unread += [] if document is None else unread_in(document)
        for image in source.images:
            own = level or (detail if image.detail == "auto" else image.detail)
            try:
                if image.paper is not None:
                    paper = counted_paper(image, own, limits)
                    counted.append(_Counted(image.label, spec, None, own, paper=paper, document=True))
                else:
                    counted.append(_Counted(image.label, spec, _size(image, budget), own))
            except HeadroomError as error:
                failed = _Counted(image.label, spec, None, own, error, document=image.paper is not None)
                counted.append(replace(failed, elsewhere=image.reference is not None))
    return counted, why, unread


def _size(image: Shown, budget: RequestBudget) -> Size:
    if image.reference is not None:
        where = public_part(image.reference)
        raise MessageError(f"sent by reference ({where}): not fetched, so its size is not known")
    budget.count()
    return read_header(image.load()).size


def _estimate(counted: Sequence[_Counted], why: str, unread: Sequence[str] = ()) -> Estimate:
    lines = [_line(each) for each in counted]
    specs = list({each.spec.name: each.spec for each in counted}.values())
    total = _total(specs, counted, lines)
    missing = [line for line in lines if line.tokens is None]
    without = f"{len(missing)} of {len(lines)} could not be counted; the total is without them"
    notes = [line.note if line.size else f"{line.name}: {line.note}" for line in missing]
    fetch = NOT_FETCHED if any(each.elsewhere and not each.document for each in counted) else ""
    return Estimate(
        model=", ".join(spec.name for spec in specs),
        provider=", ".join(dict.fromkeys(spec.provider for spec in specs)),
        now=total.now,
        cheapest=total.cheapest,
        exact=total.exact,
        bounds=total.bounds,
        turns_usd=total.turns_usd,
        turns_cached_usd=total.turns_cached_usd,
        note="; ".join(filter(None, dict.fromkeys([total.note, *notes]))),
        lines=tuple(lines),
        documents=sum(each.document for each in counted),
        why=why if len(specs) == 1 else "each request names its own",
        price=price_in_words(specs[0]) if len(specs) == 1 else "",
        warnings=(*((without,) if missing and total.now else ()), *filter(None, (fetch,)), *unread),
    )


def _line(counted: _Counted) -> EstimateLine:
    spec, size = counted.spec, counted.size
    line = EstimateLine(counted.name, spec.name, size, None, None, None, exact=False, note=str(counted.error or ""))
    dollars = spec.usd_per_million_tokens
    if counted.paper is not None:
        whole = counted.paper.cost(spec)
        usd = None if dollars is None else whole.tokens * dollars / 1e6
        return replace(line, tokens=whole.tokens, usd=usd, exact=whole.exact, note=whole.note)
    if size is None:
        return line
    try:
        cost = price(size, spec, counted.detail)
    except ImageRejectedError as refusal:
        return replace(line, note=str(refusal))
    usd = None if dollars is None else cost.tokens * dollars / 1e6
    return replace(line, sees=cost.sent_size, tokens=cost.tokens, usd=usd, exact=cost.exact, note=cost.note)


def _total(specs: Sequence[ModelSpec], counted: Sequence[_Counted], lines: Sequence[EstimateLine]) -> ModelCost:
    """Return what the images that can be counted cost together; on one model also the cheapest other way."""
    known = [line for line in lines if line.tokens is not None]
    images = [
        CountedImage(each.size, each.detail)
        for each, line in zip(counted, lines, strict=True)
        if each.size is not None and line.tokens is not None
    ]
    papers = [each.paper for each in counted if each.paper is not None]
    if len(specs) == 1 and (images or papers):
        return cost_line(specs[0], images, papers)
    usd = None if any(line.usd is None for line in known) else sum(line.usd or 0 for line in known)
    now = Setting("as it is", sum(line.tokens or 0 for line in known), usd, None, "not measured") if known else None
    return ModelCost("", "", now, None, exact=all(line.exact for line in known), bounds=None, note="")


def price_in_words(spec: ModelSpec) -> str:
    """Return a model's price of a million input tokens as a phrase, with what to know of it."""
    dollars = spec.usd_per_million_tokens
    known = "no price known" if dollars is None else f"${dollars:.2f} per million input tokens"
    return f"{known} ({spec.price_note})" if spec.price_note and dollars is not None else known
