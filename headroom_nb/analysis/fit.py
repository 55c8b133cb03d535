"""A conversation made to fit into a model's context: least risk within what its text leaves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from headroom_nb.compressor import ImageCompressor
from headroom_nb.costs.contexts import context_of
from headroom_nb.errors import OptionError
from headroom_nb.formats.model_choice import choose_model
from headroom_nb.formats.prompt_text import text_tokens
from headroom_nb.formats.walk import check_document, read_messages
from headroom_nb.history.requests import sent_before
from headroom_nb.options import Options, takes_options

if TYPE_CHECKING:
    from headroom_nb.records import CompressionResult


@takes_options
def fit(
    messages: Any,
    model: str | None = None,
    *,
    context: int | None = None,
    answer: int = 0,
    provider: str | None = None,
    options: Options | None = None,
    **choices: Any,
) -> CompressionResult:
    """Return the conversation with its images in the forms of least risk that fit into the context beside the text.

    Where everything fits, nothing is given up. ``.budget`` says what was spent, and by how much it does not fit.

    Parameters
    ----------
    messages
        A message list, one message or a whole request body; never mutated.
    model, provider
        Whose bill it is; None reads them off the document.
    context
        Input tokens that may be sent; None takes the model's own.
    answer
        Tokens of it to leave free for the answer, where both share the context.
    options, **choices
        As for :func:`headroom_nb.compress`.

    Raises
    ------
    OptionError
        The model's context is not known, or a number is not positive.

    Examples
    --------
    >>> from headroom_nb import demo
    >>> result = fit(demo.messages("openai")[:2], "gpt-4o", context=600, router="rules")
    >>> result.budget.met, result.compressed_tokens < 600 < result.original_tokens
    (True, True)
    """
    chosen = Options.of(options, **choices)
    check_document(messages)
    spec, _ = choose_model(messages, model=model, provider=provider, default_model=chosen.default_model)
    most = context_of(spec) if context is None else context
    if most is None:
        raise OptionError(f"the context of {spec.name} is not known; give it as context=…")
    if not all(isinstance(number, int) for number in (most, answer)) or most < 1 or answer < 0:
        raise OptionError(f"context={most!r} and answer={answer!r} are whole numbers of tokens")
    text = text_tokens(messages, spec)
    left = most - answer - text
    text_before = text_tokens(messages, spec, sent_before(read_messages(messages)))
    compressor = ImageCompressor(options=Options.of(chosen, budget=max(1, left)))
    result = compressor.run(messages, provider, model, progress=True, budget_before=max(1, most - answer - text_before))
    if result.budget is None:
        return result
    reserved = f"{' and' if left < 0 else ','} {answer:,} for the answer" if answer else ""
    taken = f"about {text:,} of text{reserved}"
    how = f"which {taken} pass by {-left:,}" if left < 0 else f"less {taken}"
    given = f"{max(0, left):,} tokens (a context of {most:,}{',' if left < 0 else ''} {how})"
    report = replace(result.budget, given=given, tokens=left)
    warnings = tuple(report.warning if warning == result.budget.warning else warning for warning in result.warnings)
    if not report.met and report.warning not in warnings:
        warnings = (*warnings, report.warning)
    return replace(result, budget=report, warnings=warnings)
