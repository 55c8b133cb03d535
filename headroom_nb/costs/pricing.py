"""From a size and a model to a token estimate that says how far to trust it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from operator import index
from typing import TYPE_CHECKING, Any

from headroom_nb.costs.models import find_model
from headroom_nb.costs.registry import bill
from headroom_nb.costs.spec import DETAILS, ModelSpec
from headroom_nb.costs.text_tokens import count_text
from headroom_nb.errors import ImageRejectedError, OptionError
from headroom_nb.records import ImagePart, TokenEstimate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_nb.costs.billed import Billed
    from headroom_nb.records import Part, Size


LARGEST_SIDE = 2**31
"""No file format holds a longer one; what is above is a mistake."""

SYNONYMS = {
    "": "auto",
    "unspecified": "auto",
    "standard-tier": "auto",
    "high-res-tier": "auto",
    "input_fidelity=low": "low",
    "input_fidelity=high": "high",
}
"""Words of the providers' pages for a level; Anthropic's tier goes with the model and is no setting."""


def estimate(size: Size, model: ModelSpec | str, detail: str = "auto") -> TokenEstimate:
    """Return what one image costs on one model.

    Parameters
    ----------
    size
        Upright width and height, pixels.
    model
        A model of the table, or its name.
    detail
        One of ``DETAILS``. A level the model does not offer is priced as its default, and the note says so.

    Raises
    ------
    ImageRejectedError
        The provider would refuse an image of this size.
    OptionError
        The size is not two positive whole numbers, or the level is not one of ``DETAILS``.
    UnknownModelError
        The table has no such model.
    """
    spec = model if isinstance(model, ModelSpec) else find_model(model)
    _check_level(detail)
    return _estimate(_checked(size), spec, detail)


def billed(size: Size, spec: ModelSpec, detail: str = "auto") -> Billed:
    """Return tokens and seen size alone, for code that tries many sizes; raises like :func:`estimate`."""
    _refuse_oversized(size, spec)
    rule, constants, _ = terms(spec, detail)
    return bill(rule, size, constants)


def resolve_detail(spec: ModelSpec, detail: str) -> str:
    """Return the level that is billed: the one asked for if the model offers it, else the model's default."""
    _check_level(detail)
    wanted = SYNONYMS.get(detail, detail)
    if wanted not in DETAILS:
        raise OptionError(f"no detail level {detail!r}; use one of: {', '.join(DETAILS)}")
    return wanted if wanted in spec.details else spec.default_detail


def range_words(low: int, high: int) -> str:
    """Say within which tokens the sources leave a bill."""
    return f"between {low:,} and {high:,} tokens"


@lru_cache(maxsize=1024)
def terms(spec: ModelSpec, detail: str) -> tuple[str, dict[str, Any], tuple[Mapping[str, Any], ...]]:
    """Return the rule's name, its constants, and the constants of conflicting sources, for a level."""
    constants = dict(spec.details[resolve_detail(spec, detail)])
    alternatives = tuple(constants.pop("alternatives", ()))
    return constants.pop("rule", spec.rule), constants, alternatives


@lru_cache(maxsize=65536)
def _estimate(size: Size, spec: ModelSpec, detail: str) -> TokenEstimate:
    chosen = billed(size, spec, detail)
    rule, constants, alternatives = terms(spec, detail)
    others = [_alternative(size, rule, constants, other).tokens for other in alternatives]
    low, high = min([chosen.tokens, *others]), max([chosen.tokens, *others])
    disputed = low != high
    remarks = [spec.note] if spec.note and (disputed or not spec.exact) else []
    if disputed:
        remarks.append(range_words(low, high))
    level = SYNONYMS.get(detail, detail)
    if level not in ("auto", *spec.details):
        remarks.append(f"{spec.name} has no detail level {level!r}; priced at its default")
    return TokenEstimate(
        tokens=chosen.tokens,
        exact=spec.exact and not disputed,
        rule=rule,
        note="; ".join(remarks),
        sent_size=chosen.sent_size,
        bounds=(low, high),
    )


def _alternative(size: Size, rule: str, constants: Mapping[str, Any], other: Mapping[str, Any]) -> Billed:
    if "rule" in other:
        return bill(other["rule"], size, {key: value for key, value in other.items() if key != "rule"})
    return bill(rule, size, {**constants, **other})


def _refuse_oversized(size: Size, spec: ModelSpec) -> None:
    longest = spec.limits.max_side
    if longest is not None and max(size) > longest:
        raise ImageRejectedError(
            f"the image of {size[0]}×{size[1]} px has a side over {longest:,} px; "
            f"{spec.provider} refuses it: send it smaller"
        )


def _check_level(detail: object) -> None:
    if not isinstance(detail, str):
        raise OptionError(f"a detail level is one of {', '.join(DETAILS)}, not of type {type(detail).__name__}")


def _checked(size: Size) -> Size:
    try:
        width, height = (index(side) for side in size)
    except (TypeError, ValueError):
        width = height = 0
    if min(width, height) < 1 or max(width, height) > LARGEST_SIDE:
        raise OptionError(f"a size is two positive whole numbers of pixels, not {repr(size)[:80]}")
    return width, height


@dataclass(frozen=True)
class Price:
    """Tokens of what stands in an image's place.

    ``exact`` is False where any part is an estimate; ``accepted`` is False for an original that the provider refuses,
    priced as the largest size it accepts.
    """

    tokens: int
    exact: bool
    note: str = ""
    accepted: bool = True


def price_parts(parts: tuple[Part, ...], model: ModelSpec, detail: str) -> Price:
    """Return what a list of parts costs on a model.

    Parameters
    ----------
    parts
        Images and text.
    model
        Whose bill it is.
    detail
        The level that holds for an image part without a level of its own.

    Raises
    ------
    ImageRejectedError
        When the provider would refuse one of the images.
    """
    tokens, exact, notes = 0, True, []
    for part in parts:
        if isinstance(part, ImagePart):
            image = estimate(part.size, model, part.detail or detail)
            tokens, exact = tokens + image.tokens, exact and image.exact
            notes.append(image.note)
        else:
            text = count_text(part.text, model)
            tokens, exact = tokens + text.tokens, exact and text.exact
    return Price(tokens, exact, "; ".join(dict.fromkeys(note for note in notes if note)))
