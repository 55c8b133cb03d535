"""From tokens and a model to dollars: at the list price, in batches, and with the provider's cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.costs.cache_simulator import price_run
from headroom_nb.costs.caching import batch_price, cache_rule
from headroom_nb.records import Money

if TYPE_CHECKING:
    from headroom_nb.costs.spec import ModelSpec

NEXT_TURNS = 10
"""Turns of the same conversation that are reckoned with."""

HOW = {"automatic": "automatic", "marked": "where cache_control asks for it"}


def money_of(tokens: int, model: ModelSpec, *, calls: float | None = None, text: int = 0) -> Money | None:
    """Return what input tokens cost; None where the model has no known price.

    Parameters
    ----------
    tokens
        Of the images of a call.
    model
        Whose bill it is.
    calls
        Calls a month.
    text
        Tokens of the text that stands in the same prompt: the cache looks at all of it. They are not part of the sums.

    Examples
    --------
    >>> from headroom_nb.costs import find_model
    >>> money = money_of(2000, find_model("claude-opus-4-8"), calls=30_000)
    >>> money.usd, money.batch, round(money.turns_cached_usd, 5), money.turns_usd, money.per_month
    (0.01, 0.005, 0.0215, 0.1, 300.0)
    """
    price = model.usd_per_million_tokens
    if price is None:
        return None
    rule = cache_rule(model)
    run = price_run([[("images", tokens), ("text", text)]] * NEXT_TURNS, rule)
    words_only = price_run([[("text", text)]] * NEXT_TURNS, rule) if text else None
    cached = run.usd(price) - (0.0 if words_only is None else words_only.usd(price))
    hit = run.read > 0
    batch = batch_price(model)
    usd = tokens * price / 1e6
    return Money(
        tokens=tokens,
        usd=usd,
        batch=None if batch is None else usd * float(batch),
        turns=NEXT_TURNS,
        turns_usd=NEXT_TURNS * usd,
        turns_cached_usd=cached if hit else NEXT_TURNS * usd,
        cached_usd=usd * float(rule.read) if hit else None,
        cache=_words(model, tokens + text),
        calls=calls,
        estimate=rule.estimate,
    )


def _words(model: ModelSpec, prompt: int) -> str:
    rule = cache_rule(model)
    if rule.how == "none":
        return "no prompt cache is known"
    if prompt < rule.minimum:
        return f"not cached: prompts are from {rule.minimum:,} tokens on, and this one has {prompt:,}"
    return f"{HOW[rule.how]}, kept for {rule.seconds / 60:g} minutes"
