"""A model as the table knows it: its billing rule, detail levels, price and limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

DETAILS = ("auto", "low", "medium", "high", "ultra_high", "original")
"""Detail levels in the package's words; a model offers some of them, and ``auto`` means its own default."""

STALE_AFTER_DAYS = 180
"""Age in days after which a price is said to need checking."""


@dataclass(frozen=True)
class Price:
    """Input price per million tokens, with the dates it holds for.

    Attributes
    ----------
    usd
        Dollars per million input tokens; None where no source gives one.
    as_of
        When the price was read.
    until, then
        Last day of a promotional price, and what follows it (None: not announced).
    note
        Conditions in words, such as a higher price for long contexts.
    """

    usd: float | None
    as_of: date
    until: date | None = None
    then: float | None = None
    note: str = ""

    def on(self, day: date) -> float | None:
        """Return the price that holds on a day; None once a promotion is over and no successor is known."""
        return self.then if self.until is not None and day > self.until else self.usd

    def flag(self, day: date) -> str:
        """Return what a reader must know about the price on a day; empty when there is nothing."""
        remarks = ["no price in the table"] if self.usd is None else []
        if self.until is not None and day > self.until and self.then is None:
            remarks.append(f"the promotional price of ${self.usd:g} ended {self.until}; the next is not announced")
        elif self.until is not None and day <= self.until and self.then != self.usd:
            after = "the next price is not announced" if self.then is None else f"${self.then:g} after it"
            remarks.append(f"promotional price until {self.until}; {after}")
        if self.note:
            remarks.append(self.note)
        if (day - self.as_of).days > STALE_AFTER_DAYS:
            remarks.append(f"price read on {self.as_of}; check it")
        return "; ".join(remarks)


@dataclass(frozen=True)
class ProviderLimits:
    """What a provider accepts in one request; None where no limit is known.

    Attributes
    ----------
    media_types
        Accepted MIME types.
    max_side
        Longest side of an image, pixels.
    max_images
        Images per request, over the whole conversation.
    many_images, many_images_max_side
        With more images than this, no side may be longer than that many pixels.
    max_image_bytes, max_image_base64_bytes
        Size of one image, raw and in base64.
    max_request_bytes
        Size of all images of a request in base64.
    animated
        Whether animated images are accepted (``"first frame"`` where only that is read).
    references
        Whether images may stand behind a URL or a file id.
    source, read
        Where the limits stand and when they were read.
    """

    media_types: frozenset[str]
    max_side: int | None = None
    max_images: int | None = None
    many_images: int | None = None
    many_images_max_side: int | None = None
    max_image_bytes: int | None = None
    max_image_base64_bytes: int | None = None
    max_request_bytes: int | None = None
    animated: str = "no"
    references: bool = True
    note: str = ""
    source: str = ""
    read: str = ""

    def takes(self, media_type: str) -> bool:
        """Return whether an image of this MIME type is accepted."""
        return media_type in self.media_types


@dataclass(frozen=True, eq=False)
class ModelSpec:
    """One row of the model table. Compared by identity: look models up with ``find_model``.

    Attributes
    ----------
    name, provider
        The model's canonical name, and the provider (or cloud) that bills it.
    rule
        Name of the billing rule (a key of ``registry.RULES``).
    default_detail
        The level that ``auto`` and a missing setting stand for.
    details
        Constants of the rule for each level the model offers; ``"rule"`` in them replaces the model's rule, and
        ``"alternatives"`` holds the constants of conflicting sources.
    exact
        False where the provider publishes no rule for the model and the table assumes one.
    note
        What a reader should know of the count.
    price, limits
        See :class:`Price` and :class:`ProviderLimits`.
    source, read
        Where the row comes from, and when that was read.
    encoding
        Name of the model's own text vocabulary where that is public, or None.
    text_scale
        Tokens of a text on this model per token of ``o200k_base``; used for estimates only.
    guessed
        Why the count is a guess, as a sentence, where the table has no row for the name; empty where it has one.
    level_formats
        Wire formats in whose image blocks this model takes a detail level; None for every format that has one. Gemini 3
        and later take one per part, Gemini 2.x for the whole request alone.
    """

    name: str
    provider: str
    rule: str
    default_detail: str
    details: Mapping[str, Mapping[str, Any]] = field(repr=False)
    exact: bool
    note: str
    price: Price
    limits: ProviderLimits = field(repr=False)
    source: str
    read: str
    encoding: str | None = None
    text_scale: float = 1.0
    guessed: str = ""
    level_formats: tuple[str, ...] | None = None

    def takes_levels_in(self, wire: str) -> bool:
        """Return whether an image block of this wire format may ask for a detail level."""
        return self.level_formats is None or wire in self.level_formats

    @property
    def usd_per_million_tokens(self) -> float | None:
        """Input price today, dollars per million tokens; None where it is not known."""
        return self.price.on(_today())

    @property
    def price_note(self) -> str:
        """What to know of today's price: conditions, end of a promotion, age."""
        return self.price.flag(_today())


def _today() -> date:
    return datetime.now(tz=timezone.utc).date()
