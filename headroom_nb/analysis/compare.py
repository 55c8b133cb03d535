"""One image or conversation on many models: what each bills, what each sees, and the cheapest way to send it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING, Any

from headroom_nb.analysis.inputs import GIVEN, of_value, unread_in
from headroom_nb.analysis.papers import CountedPaper, counted_paper
from headroom_nb.costs import ModelSpec, find_model, model_names
from headroom_nb.costs import estimate as price
from headroom_nb.costs.money import money_of
from headroom_nb.costs.plan import plan
from headroom_nb.costs.pricing import range_words
from headroom_nb.errors import (
    HeadroomError,
    ImageRejectedError,
    MessageError,
    ModelFilesError,
    OptionError,
    PictureError,
)
from headroom_nb.pictures import RequestBudget, open_picture, read_header
from headroom_nb.records.comparison import Comparison, ModelCost, Setting
from headroom_nb.resource_limits import Limits
from headroom_nb.signals.legibility import SMALLEST_FONT, text_decides
from headroom_nb.signals.text_size import smallest_font

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headroom_nb.costs.documents import DocumentCost
    from headroom_nb.pictures import Picture
    from headroom_nb.records import Size, TokenEstimate

CURRENT_MODELS = (
    "gpt-6-astra",
    "gpt-6.1-sol",
    "gpt-5.6-sol",
    "gpt-5.6-luna",
    "gpt-5.5",
    "gpt-5.4-mini",
    "gpt-4o",
    "claude-fable-5-1",
    "claude-opus-5-5",
    "claude-sonnet-5-5",
    "claude-haiku-4-5",
    "gemini-4-argon",
    "gemini-3.1-pro-preview",
    "gemini-3.5-flash",
    "gemini-3-flash-preview",
    "gemini-3.5-flash-lite",
    "nova-2-lite",
    "mistral-medium-3",
    "grok-4.7",
    "kimi-k3",
)
"""What ``models=None`` compares."""

RESIZED_SHARE = 0.5
"""Linear share that a resize keeps where no text sets the limit."""


@dataclass(frozen=True)
class CountedImage:
    """An image's size and level; ``font`` is its smallest font in pixels, None without text or unmeasured."""

    size: Size
    detail: str
    font: float | None = None
    measured: bool = False

    def font_in(self, view: Size) -> float | None:
        """Return the smallest font in a view, in pixels."""
        return None if self.font is None else self.font * min(view[0] / self.size[0], view[1] / self.size[1])


def compare(
    image_or_messages: Any,
    models: Iterable[str] | str | None = None,
    *,
    detail: str = "auto",
    legibility: bool = True,
) -> Comparison:
    """Return what one image, or all images of a conversation, cost on many models.

    Parameters
    ----------
    image_or_messages
        An image of any kind that :func:`headroom_nb.user_message` takes, or a list of them, a ``(width, height)``, a
        PDF, a message list or a request body.
    models
        Names or families; None compares ``CURRENT_MODELS``, ``"all"`` every model of the table.
    detail
        The level that holds for images without one of their own.
    legibility
        Measure the smallest text, so that the effect of a setting can be told. Decodes each image once; without it
        nothing is decoded.

    Raises
    ------
    UnknownModelError
        A model is not in the table.
    MessageError, OptionError, PictureError
        There is no image, or the one image cannot be read.
    FileAccessError
        A file cannot be read.
    """
    images, papers, left_out = _images(image_or_messages, detail, legibility=legibility)
    specs = [find_model(name) for name in _names(models)]
    lines = sorted((cost_line(spec, images, papers) for spec in specs), key=_order)
    sizes = tuple(image.size for image in images)
    return Comparison(len(images) + len(papers), sizes, tuple(lines), tuple(left_out), documents=len(papers))


def _names(models: Iterable[str] | str | None) -> Iterable[str]:
    if models is None:
        return CURRENT_MODELS
    if isinstance(models, str):
        return model_names() if models == "all" else (models,)
    if not isinstance(models, Iterable):
        raise OptionError(f"models are given as a list of names, not as {type(models).__name__}")
    return models


def _images(source: Any, detail: str, *, legibility: bool) -> tuple[list[CountedImage], list[CountedPaper], list[str]]:
    if isinstance(source, tuple) and len(source) == 2 and all(isinstance(side, Integral) for side in source):
        return [CountedImage((int(source[0]), int(source[1])), detail)], [], []
    images: list[CountedImage] = []
    papers: list[CountedPaper] = []
    left_out: list[str] = []
    limits = Limits.from_environment()
    budget = RequestBudget(limits)
    for one in of_value(source, GIVEN):
        level = detail if one.detail == "auto" else one.detail
        try:
            if one.paper is not None:
                papers.append(counted_paper(one, level, limits))
                continue
            if one.reference is not None:
                raise MessageError("sent by reference: not fetched, so its size is not known")
            budget.count()
            data = one.load()
            budget.take(read_header(data).pixels if legibility else 0)
            images.append(_image(data, level, legibility=legibility))
        except HeadroomError as error:
            if not isinstance(source, (Mapping, list, tuple)):
                raise
            left_out.append(f"{one.label}: {error}")
    if isinstance(source, (Mapping, list)):
        left_out += unread_in(source)
    if not images and not papers:
        raise MessageError(f"there is no image whose size is known{': ' if left_out else ''}{'; '.join(left_out)}")
    return images, papers, left_out


def _image(data: bytes, detail: str, *, legibility: bool) -> CountedImage:
    header = read_header(data)
    if not legibility or header.frames > 1:
        return CountedImage(header.size, detail)
    try:
        return CountedImage(header.size, detail, _smallest_font(open_picture(data)), measured=True)
    except (PictureError, ModelFilesError):
        return CountedImage(header.size, detail)  # it can be counted all the same; the table says "not measured"


def _smallest_font(picture: Picture) -> float | None:
    from headroom_nb.signals.measure import measure

    signals = measure(picture)
    return smallest_font(picture, signals) if text_decides(signals) else None


def cost_line(spec: ModelSpec, images: list[CountedImage], papers: Sequence[CountedPaper] = ()) -> ModelCost:
    """Return what images and documents cost on a model, and the cheapest other way; ``now`` is None if it refuses."""
    read = [paper.cost(spec) for paper in papers]
    try:
        costs = [price(image.size, spec, image.detail) for image in images]
    except ImageRejectedError as refusal:
        cheapest = min(_settings(spec, images, papers), key=lambda setting: setting.tokens, default=None)
        return ModelCost(spec.name, spec.provider, None, cheapest, exact=False, bounds=None, note=str(refusal))
    tokens = [*(cost.tokens for cost in costs), *(cost.tokens for cost in read)]
    now = _setting("as it is", spec, images, tokens, [cost.sent_size for cost in costs])
    cheapest = min([now, *_settings(spec, images, papers)], key=lambda setting: setting.tokens)
    money = money_of(now.tokens, spec)
    bills: list[TokenEstimate | DocumentCost] = [*costs, *read]
    bounds = _bounds([bill.bounds or (bill.tokens, bill.tokens) for bill in bills])
    notes = [_without_range(bill) for bill in bills]
    return ModelCost(
        model=spec.name,
        provider=spec.provider,
        now=now,
        cheapest=cheapest,
        exact=all(cost.exact for cost in costs) and all(cost.exact for cost in read),
        bounds=bounds,
        note="; ".join(
            note for note in dict.fromkeys([*notes, range_words(*bounds) if bounds else "", spec.price_note]) if note
        ),
        turns_usd=None if money is None else money.turns_usd,
        turns_cached_usd=None if money is None else money.turns_cached_usd,
    )


def _without_range(bill: TokenEstimate | DocumentCost) -> str:
    """Return a bill's note without its own range: that of all images together is named once."""
    own = "" if bill.bounds is None else range_words(*bill.bounds)
    return "; ".join(part for part in bill.note.split("; ") if part != own)


def _bounds(ranges: list[tuple[int, int]]) -> tuple[int, int] | None:
    low, high = sum(one[0] for one in ranges), sum(one[1] for one in ranges)
    return None if low == high else (low, high)


def _settings(spec: ModelSpec, images: list[CountedImage], papers: Sequence[CountedPaper] = ()) -> Iterator[Setting]:
    """Yield the other ways to send the images: each level of the model, and a resize as far as text allows.

    Documents go at each level, or as their text; beside images in the way that costs least.
    """
    ways = list(_document_ways(spec, papers))
    if papers and not images:
        for how, tokens in ways:
            yield _setting(how, spec, images, tokens, [])
        return
    how, beside = "", [paper.cost(spec).tokens for paper in papers]
    if papers:
        how, least = min(ways, key=lambda way: sum(way[1]))
        how, beside = (f"PDF {how}", least) if sum(least) < sum(beside) else ("", beside)
    for setting, tokens, views in _image_ways(spec, images, kept=bool(how)):
        yield _setting(", ".join(filter(None, (setting, how))), spec, images, tokens + beside, views)


def _document_ways(spec: ModelSpec, papers: Sequence[CountedPaper]) -> Iterator[tuple[str, list[int]]]:
    """Yield the other ways to send documents, with the tokens of each document."""
    if not papers:
        return
    texts = [paper.as_text(spec) for paper in papers]
    if all(text is not None for text in texts):
        yield "as its text", [text or 0 for text in texts]
    for level in ("low", "medium"):
        yield f"detail {level}", [paper.cost(spec, level).tokens for paper in papers]


def _image_ways(
    spec: ModelSpec, images: list[CountedImage], *, kept: bool
) -> Iterator[tuple[str, list[int], list[Size]]]:
    """Yield the ways to send images: as they are where ``kept``, each level of the model, and a resize."""
    if kept:
        with suppress(ImageRejectedError):
            costs = [price(image.size, spec, image.detail) for image in images]
            yield "", [cost.tokens for cost in costs], [cost.sent_size for cost in costs]
    for level in spec.details:
        try:
            costs = [price(image.size, spec, level) for image in images]
        except ImageRejectedError:
            continue
        how = "the default level" if level == "auto" else f"detail {level}"
        yield how, [cost.tokens for cost in costs], [cost.sent_size for cost in costs]
    try:
        smaller = [plan(image.size, spec, image.detail, min_scale=_share(image, spec)).traded for image in images]
    except ImageRejectedError:
        return
    how = f"resized to {smaller[0].size[0]}×{smaller[0].size[1]}" if len(smaller) == 1 else "resized"
    yield how, [way.tokens for way in smaller], [way.sent_size for way in smaller]


def _share(image: CountedImage, spec: ModelSpec) -> float:
    """Return the linear share of the view at which the smallest text just stays legible."""
    now = image.font_in(plan(image.size, spec, image.detail, min_scale=1.0).free.sent_size)
    return min(1.0, SMALLEST_FONT["balanced"] / now) if now else RESIZED_SHARE


def _setting(how: str, spec: ModelSpec, images: list[CountedImage], tokens: list[int], views: list[Size]) -> Setting:
    total, price = sum(tokens), spec.usd_per_million_tokens
    return Setting(
        how=how,
        tokens=total,
        usd=None if price is None else total * price / 1e6,
        sees=views[0] if len(views) == 1 else None,
        legibility=_legibility(images, views),
    )


def _legibility(images: list[CountedImage], views: list[Size]) -> str:
    """Return the effect on the smallest text of the worst image."""
    if not all(image.measured for image in images):
        return "not measured"
    fonts = [image.font_in(view) for image, view in zip(images, views, strict=True)]
    known = [font for font in fonts if font is not None]
    if not images:
        return "not measured"
    if not known:
        return "no text found"
    smallest = min(known)
    word = "clear" if smallest >= SMALLEST_FONT["safe"] else "risky"
    if word == "risky" and smallest >= SMALLEST_FONT["max"]:
        word = "legible"
    return f"smallest text {smallest:.0f} px: {word}"


def _order(line: ModelCost) -> tuple[bool, bool, float, int]:
    if line.now is None:
        return True, True, 0.0, 0
    return False, line.now.usd is None, line.now.usd or 0.0, line.now.tokens
