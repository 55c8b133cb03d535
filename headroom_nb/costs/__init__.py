"""What images and text cost: the model table, the billing rules and the providers' limits. No pixels, no network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.costs.models import find_model, load_models, model_names, model_or_default, providers, register_model
from headroom_nb.costs.names import provider_name
from headroom_nb.costs.pricing import billed, estimate, resolve_detail
from headroom_nb.costs.provider_limits import SentImage, base64_bytes, check_images, limit_uses
from headroom_nb.costs.spec import DETAILS, ModelSpec, Price, ProviderLimits
from headroom_nb.costs.text_tokens import TextCount, count_text

if TYPE_CHECKING:
    from headroom_nb.records import TokenEstimate

__all__ = [
    "DETAILS",
    "ModelSpec",
    "Price",
    "ProviderLimits",
    "SentImage",
    "TextCount",
    "base64_bytes",
    "billed",
    "check_images",
    "count_text",
    "estimate",
    "estimate_anthropic_tokens",
    "estimate_google_tokens",
    "estimate_openai_tokens",
    "estimate_tokens",
    "find_model",
    "limit_uses",
    "load_models",
    "model_names",
    "model_or_default",
    "provider_name",
    "providers",
    "register_model",
    "resolve_detail",
]


def estimate_tokens(width: int, height: int, model: str = "gpt-4o", detail: str = "auto") -> TokenEstimate:
    """Return what an image costs on a model.

    Parameters
    ----------
    width, height
        Pixels, as a person would see the image.
    model
        Any name of ``%headroom models``.
    detail
        The detail level asked for. One that the model does not offer is priced as its default, and the note says so.

    Raises
    ------
    ImageRejectedError
        The provider would refuse an image of this size.
    OptionError
        The size is not two positive whole numbers, or there is no such level.
    UnknownModelError
        The model is not in the table.

    Examples
    --------
    >>> estimate_tokens(1024, 768, "gpt-4o").tokens
    765
    """
    return estimate((width, height), model, detail)


def estimate_openai_tokens(width: int, height: int, detail: str = "high", *, model: str = "gpt-4o") -> int:
    """Return what an image costs on an OpenAI model, in tokens; raises as :func:`estimate_tokens`.

    Examples
    --------
    >>> estimate_openai_tokens(1024, 1024) + estimate_openai_tokens(1024, 1024, "low")
    850
    """
    return estimate((width, height), find_model(model, "openai"), detail).tokens


def estimate_anthropic_tokens(width: int, height: int, *, model: str | None = None) -> int:
    """Return the tokens on an Anthropic model, by default the table's; raises as :func:`estimate_tokens`."""
    return estimate((width, height), find_model(model, "anthropic")).tokens


def estimate_google_tokens(width: int, height: int, *, model: str | None = None) -> int:
    """Return the tokens on a Google model, by default the table's; raises as :func:`estimate_tokens`."""
    return estimate((width, height), find_model(model, "google")).tokens
