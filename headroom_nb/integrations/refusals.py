"""What providers refused of rewritten requests in this process, so that it is not sent to them again."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from headroom_nb.records import ImagePart
from headroom_nb.runtime.forks import fork_safe
from headroom_nb.runtime.statuses import status_of

if TYPE_CHECKING:
    from headroom_nb.costs import ModelSpec
    from headroom_nb.records import CompressionResult

STATUSES = frozenset({400, 413, 415, 422})
"""HTTP statuses that a field, a size or a media type of a request can have; never those of keys or rates."""

OTHER_REASONS = (
    "api key",
    "api_key",
    "credit balance",
    "billing",
    "quota",
    "content_filter",
    "content management policy",
    "context_length",
    "prompt is too long",
)
"""Words of refusals that the images' form has no part in."""

_NOT_SENT = "ParamValidationError"
"""What botocore raises for a field that it does not know, before anything is sent. Errors of pydantic are no refusals:
most are about an answer, which was paid for."""

LEVELS, EVERYTHING = "detail level", "rewritten image"


def may_be_ours(error: Exception) -> bool:
    """Return whether a request may have been refused for the way its images were rewritten."""
    if type(error).__name__ == _NOT_SENT:
        return True
    if status_of(error) not in STATUSES:
        return False
    words = str(error).lower()
    return not any(reason in words for reason in OTHER_REASONS)


@dataclass(frozen=True)
class Withheld:
    """What one model is not sent any more: kinds of media, detail levels, or anything rewritten."""

    features: frozenset[str] = frozenset()

    @property
    def everything(self) -> bool:
        """Whether no rewritten image is sent any more."""
        return EVERYTHING in self.features

    def applied(self, model: ModelSpec) -> ModelSpec:
        """Return the model without what is withheld."""
        return without(model, self.features) if self.features else model


@lru_cache(maxsize=256)
def without(model: ModelSpec, features: frozenset[str]) -> ModelSpec:
    """Return a model that takes no levels, or fewer kinds of media."""
    limits = replace(model.limits, media_types=model.limits.media_types - features)
    return replace(model, limits=limits, level_formats=() if LEVELS in features else model.level_formats)


class Refusals:
    """Remembers, for each host and model, what was refused; safe from any thread."""

    def __init__(self) -> None:
        self._lock = fork_safe(threading.Lock())
        self._withheld: dict[tuple[str, str], Withheld] = {}

    def of(self, host: str, model: str) -> Withheld:
        """Return what a model of a host is not sent."""
        return self._withheld.get((host, model), Withheld())

    def add(self, host: str, model: str, result: CompressionResult, *, level: bool, error: Exception) -> str:
        """Withhold the likeliest reason from now on, and return it.

        Parameters
        ----------
        host, model
            Who refused.
        result
            What was sent.
        level
            Whether the request as a whole asked for a detail level.
        error
            What the provider said; a feature that it names is taken first.
        """
        parts = [part for image in result.images for part in image.parts if isinstance(part, ImagePart)]
        came = {image.media_type for image in result.images}
        used = [LEVELS] if level or any(part.detail is not None for part in parts) else []
        used += sorted({part.media_type for part in parts} - came)
        words = str(error).lower().replace("_", "").replace(" ", "")
        named = [each for each in used if each.rpartition("/")[2].replace(" ", "") in words]
        named += [LEVELS] if LEVELS in used and ("resolution" in words or "detail" in words) else []
        feature = (named or used or [EVERYTHING])[0]
        with self._lock:
            known = self.of(host, model)
            self._withheld[host, model] = Withheld(known.features | {feature})
        return feature

    def clear(self) -> None:
        """Forget every refusal."""
        with self._lock:
            self._withheld.clear()


REFUSALS = Refusals()
"""Those of this process."""
