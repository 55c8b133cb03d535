"""How a comparison of models, a check of limits and a notebook's bill look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.records import format_path
from headroom_nb.records.comparison import in_words
from headroom_nb.rendering import figures, wording
from headroom_nb.rendering.money import lines_of
from headroom_nb.rendering.tables import Column, Table, kind_of

if TYPE_CHECKING:
    from headroom_nb.records import CheckResult, Comparison, LimitViolation, ModelCost, NotebookBill
    from headroom_nb.records.comparison import Estimate, Setting


def comparison_table(comparison: Comparison) -> Table:
    """Return a comparison as a table, cheapest first."""
    models = f"{len(comparison.lines):,} model{'' if len(comparison.lines) == 1 else 's'}"
    single = comparison.images == 1 and not comparison.documents
    return Table(
        headline=f"{comparison.counted} on {models}, cheapest first",
        columns=(
            Column("Model"),
            Column("Tokens", figure=True),
            Column("Costs", figure=True),
            *((Column("A month", figure=True),) if comparison.calls else ()),
            Column("10 turns, cached", figure=True),
            *((Column("Sees, px", figure=True),) if single else ()),
            Column("Smallest text"),
            Column("Cheapest way"),
            Column("Tokens then", figure=True),
            Column("Costs then", figure=True),
            Column("Smallest text then"),
            Column("Note", below=True),
        ),
        rows=tuple(_row(line, single=single, calls=comparison.calls) for line in comparison.lines),
        caption="What each model bills, and the cheapest way to send the same",
        warnings=tuple(f"left out: {reason}" for reason in comparison.left_out),
        footnotes=("≈ marks an estimate.",) if any(not line.exact for line in comparison.lines) else (),
    )


def estimate_table(found: Estimate) -> Table:
    """Return an estimate as a table, one line per image."""
    several = len({line.model for line in found.lines}) > 1
    tokens = "not known" if found.now is None else f"{figures.tokens(found.now.tokens, exact=found.exact)} tokens"
    headline = f"{found.counted}: {tokens} on {found.model}"
    if found.now is not None and found.now.usd is not None:
        headline += f", {figures.usd(found.now.usd)} each time"
    return Table(
        headline=headline,
        columns=(
            Column("#", figure=True),
            Column(kind_of(len(found.lines) - found.documents, found.documents), most=60),
            *((Column("Model"),) if several else ()),
            Column("Size", figure=True),
            Column("Model sees", figure=True),
            Column("Tokens", figure=True),
            Column("Costs", figure=True),
            Column("Note", below=True),
        ),
        rows=tuple(
            (
                str(number),
                line.name,
                *((line.model,) if several else ()),
                figures.pixels(line.size),
                figures.pixels(line.sees),
                "not known" if line.tokens is None else figures.tokens(line.tokens, exact=line.exact),
                figures.usd(line.usd),
                line.note,
            )
            for number, line in enumerate(found.lines)
        ),
        numbered=False,
        caption="What each image costs before it is sent",
        lines=(
            *lines_of(found),
            ". ".join(filter(None, (f"Model: {found.model} ({found.provider}; {found.why})", found.price))) + ".",
        ),
        warnings=found.warnings,
        footnotes=() if all(line.exact or line.tokens is None for line in found.lines) else ("≈ marks an estimate.",),
    )


def _row(line: ModelCost, *, single: bool, calls: float | None) -> tuple[str, ...]:
    now, then = line.now, line.cheapest
    sees = "–" if now is None else figures.pixels(now.sees).removesuffix(" px")
    return (
        line.model,
        "refused" if now is None else figures.tokens(now.tokens, exact=line.exact),
        "–" if now is None else figures.usd(now.usd),
        *((_a_month(now, calls),) if calls else ()),
        figures.usd(line.turns_cached_usd),
        *((sees,) if single else ()),
        "–" if now is None else _text(now.legibility),
        "–" if then is None else then.how,
        "–" if then is None else figures.tokens(then.tokens, exact=line.exact),
        "–" if then is None else figures.usd(then.usd),
        "–" if then is None else _text(then.legibility),
        line.note,
    )


def _a_month(now: Setting | None, calls: float) -> str:
    return figures.usd(None if now is None or now.usd is None else calls * now.usd)


def _text(legibility: str) -> str:
    return legibility.removeprefix("smallest text ")


def check_table(result: CheckResult) -> Table:
    """Return what a provider would refuse as a table."""
    count = in_words(result.images, result.documents)
    if result.requests > 1:
        count += f" in {result.requests:,} requests"
    broken = len(result.violations)
    verdict = f"{broken} limit{'' if broken == 1 else 's'} broken" if broken else "within the limits"
    nearest = "; each limit shows the request that is nearest to it" if result.requests > 1 else ""
    if result.unread and not broken:
        verdict += ", as far as it was read"
    elif result.not_judged and not broken:
        verdict += ", as far as it is known"
    return Table(
        headline=f"{count} for {result.model}: {verdict}",
        columns=(
            Column("Limit", most=60),
            Column("Used", figure=True),
            Column("Allowed", figure=True),
            Column("How near", figure=True),
        ),
        rows=tuple(
            (use.limit, _amount(use.used, use.unit), _amount(use.allowed, use.unit), figures.percent(use.share))
            for use in result.limits
        ),
        caption="Every limit that the provider states for what is in it, and how near the request is",
        lines=(f"Provider: {result.provider}. All turns and tool results count{nearest}.",),
        warnings=(*(_broken(found) for found in result.violations), *result.unread),
        footnotes=tuple(f"Not judged, as it is not fetched: {format_path(path)}" for path in result.not_judged),
    )


def _broken(found: LimitViolation) -> str:
    helps = " (a smaller image helps)" if found.fixable else ""
    return f"{format_path(found.path) if found.path else 'the request'}: {found.message}{helps}"


def _amount(count: int | None, unit: str) -> str:
    if count is None:
        return "not known"
    return figures.data(count) if unit == "bytes" else f"{count:,}{' px' if unit == 'px' else ''}"


def bill_table(found: NotebookBill) -> Table:
    """Return a notebook's bill as a table, the most expensive image first."""
    exact = all(line.exact for line in found.lines)
    all_exact = all(line.compressed_exact for line in found.lines)
    tokens = figures.tokens(found.tokens, exact=exact)
    headline = f"{found.counted} in {found.notebook}: {tokens} tokens on {found.model}"
    if found.usd_per_million_tokens is not None:
        headline += f", {figures.usd(found.tokens * found.usd_per_million_tokens / 1e6)} each time it is sent"
    return Table(
        headline=headline,
        columns=(
            Column("Cell", figure=True),
            Column("Size, px", figure=True),
            Column("Tokens", figure=True),
            Column("Compressed", figure=True),
            Column("Sent"),
            Column("Note", below=True),
        ),
        rows=tuple(
            (
                str(line.cell) if line.cell else "widgets",
                figures.pixels(line.size).removesuffix(" px"),
                figures.tokens(line.tokens, exact=line.exact),
                figures.tokens(line.compressed_tokens, exact=line.compressed_exact),
                wording.TECHNIQUES.get(line.technique, line.technique) or "–",
                line.note,
            )
            for line in found.lines
        ),
        caption="What each image of the notebook costs, the most expensive first",
        lines=(
            *lines_of(found),
            (
                f"Compressed, with no question asked of them: "
                f"{figures.tokens(found.compressed_tokens, exact=all_exact)} tokens."
            ),
        ),
        footnotes=() if exact and all_exact else ("≈ marks an estimate.",),
    )
