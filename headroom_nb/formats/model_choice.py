"""Whose bill is meant: the one rule, for every door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headroom_nb.costs import ModelSpec, find_model, model_or_default, provider_name
from headroom_nb.errors import OptionError, UnknownModelError
from headroom_nb.formats.find import detect_provider, request_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.formats.walk import Message


def choose_model(
    document: Any,
    *,
    model: str | ModelSpec | None = None,
    provider: str | None = None,
    default_model: str | None = None,
    read: Sequence[Message] | None = None,
    strict: bool | None = None,
) -> tuple[ModelSpec, str]:
    """Return whose bill is meant, and why that model.

    The first of these that there is: the model given; the request's own, where it is in the table; the default model,
    where its provider is the document's; the default of the provider that is given, or that the document is written
    for; OpenAI's. Names that are not in the table: see ``strict``.

    Parameters
    ----------
    document
        A message list or request body; None where there is none.
    model, provider
        What the caller says.
    default_model
        For requests that name no model in the table.
    read
        The document's messages, where they have been read already.
    strict
        Which names must be known: True, all of them; None, those that the caller gives; False, none. A name that
        nobody knows is else counted like its provider's default, and ``guessed`` says so.

    Raises
    ------
    UnknownModelError
        A name that must be known is not in the table.
    OptionError
        There is no such provider, or the model is no name.
    """
    if isinstance(model, ModelSpec):
        return model, "given"
    if model is not None and not isinstance(model, str):
        first = "; the images come first, then the model" if isinstance(model, (list, dict)) else ""
        raise OptionError(f"a model is given by its name, not as {type(model).__name__}{first}")
    of_caller = model_or_default if strict is False else find_model
    if model is not None:
        return _sold(of_caller(model, provider), provider, "given")
    own = None if document is None else request_model(document)
    if own is not None:
        try:
            return _sold(find_model(own, provider), provider, 'the request\'s own "model"')
        except UnknownModelError:
            if strict and default_model is None:
                raise
    asked = provider or (None if document is None else detect_provider(document, read))
    if default_model is not None:
        spec = of_caller(default_model, asked)
        if asked is None or provider_name(asked) == spec.provider:
            other = "" if own is None else f", as the request's own, {own!r}, is not in the table"
            return spec, f"your default model{other}"
    if own is not None:
        spec = model_or_default(own, asked)
        return spec, spec.guessed
    spec = find_model(None, asked or "openai")
    return spec, f"assumed: the default for {spec.provider}"


def _sold(spec: ModelSpec, provider: str | None, why: str) -> tuple[ModelSpec, str]:
    other = provider is not None and provider_name(provider) != spec.provider
    return spec, f"{why}; provider={provider!r} does not sell it and is not used" if other else why
