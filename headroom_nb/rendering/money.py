"""Money in words, and what the records that hold tokens cost: a call, 1,000 calls, a month, the next turns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.costs.models import model_or_default
from headroom_nb.costs.money import money_of
from headroom_nb.formats.prompt_text import text_tokens
from headroom_nb.formats.walk import read_messages
from headroom_nb.records import CompressionResult, calls_a_month
from headroom_nb.rendering import figures

if TYPE_CHECKING:
    from headroom_nb.costs import ModelSpec
    from headroom_nb.records import Money, NotebookBill
    from headroom_nb.records.comparison import Estimate

    Priced = CompressionResult | Estimate | NotebookBill


def money(found: Priced, calls: str | float | None = None) -> Money | None:
    """Return what the images of a record cost, as they are sent; None where no one price is known.

    Parameters
    ----------
    found
        A compressed conversation, an estimate or a notebook's bill.
    calls
        How often it is sent, such as ``"1000/day"``; None takes the record's own, where it has one.

    Raises
    ------
    OptionError
        ``calls`` is no such use.
    """
    use = found.calls if calls is None else calls_a_month(calls)
    if isinstance(found, CompressionResult):
        return _of_result(found, found.compressed_tokens, use)
    spec = None if found.tokens is None or ", " in found.model else _spec(found.model, getattr(found, "provider", None))
    return None if spec is None or found.tokens is None else money_of(found.tokens, spec, calls=use)


def result_lines(result: CompressionResult) -> list[str]:
    """Return what a conversation costs that is sent again and again, or whose use was given; else nothing."""
    if result.calls is None and not _has_replies(result):
        return []
    after = _of_result(result, result.compressed_tokens, result.calls)
    before = _of_result(result, result.original_tokens, result.calls)
    if after is None or before is None:
        return []
    return [in_words(after, before), *dearer_lines(before, after)]


def lines_of(found: Estimate | NotebookBill) -> tuple[str, ...]:
    """Return the line of an estimate or a bill, where a price is known."""
    known = money(found)
    return () if known is None or not known.tokens else (in_words(known),)


def dearer_lines(before: Money, after: Money) -> list[str]:
    """Return what is to be said where less tokens cost more, as they are no longer cached."""
    if after.cached_usd is not None or before.cached_usd is None or after.turns_usd <= before.turns_cached_usd:
        return []
    said = (
        f"The smaller prompt is too short to be cached: {after.turns} turns of it cost {figures.usd(after.turns_usd)}, "
        f"and of the larger one {figures.usd(before.turns_cached_usd)} with the cache; where it is sent that often, "
        "leave the images as they are."
    )
    return [said]


def in_words(after: Money, before: Money | None = None) -> str:
    """Return the sums in one sentence each; with what they were before, where that is given."""

    def change(name: str) -> str:
        now, once = getattr(after, name), getattr(before, name, None)
        return figures.usd(now) if once is None or once == now else f"{figures.usd(once)} → {figures.usd(now)}"

    sums = [f"{change('usd')} a call", f"{change('per_thousand')} per 1,000 calls"]
    sums += [] if after.per_month is None else [f"{change('per_month')} a month"]
    sums += [] if after.batch is None else [f"{change('batch')} a call in a batch"]
    said = f"Cost: {', '.join(sums)}. {after.turns} more turns: {change('turns_usd')}"
    if after.cached_usd is None:
        return f"{said} ({after.cache})."
    cached = f"{'≈' if after.estimate else ''}{change('turns_cached_usd')}"
    return f"{said}, or {cached} with the prompt cache ({after.cache})."


def _of_result(result: CompressionResult, tokens: int, calls: float | None) -> Money | None:
    spec = _spec(result.model, result.provider)
    return money_of(tokens, spec, calls=calls, text=text_tokens(result.original, spec))


def _has_replies(result: CompressionResult) -> bool:
    return any(message.speaker == "assistant" for message in read_messages(result.original))


def _spec(model: str, provider: str | None) -> ModelSpec:
    return model_or_default(model, provider)
