"""What a wrapped client sent, saved and was billed."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from headroom_nb.costs.models import model_or_default
from headroom_nb.costs.money import money_of
from headroom_nb.integrations.session import SESSION
from headroom_nb.records import Totals, format_path
from headroom_nb.records.totals import Summed
from headroom_nb.rendering import figures
from headroom_nb.runtime.forks import fork_safe
from headroom_nb.runtime.masking import masked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.costs import ModelSpec
    from headroom_nb.records import CompressionResult, Money

KEPT = 1000
"""Failures and bill checks kept, the last ones."""


@dataclass(frozen=True)
class BillCheck:
    """An estimate beside what the provider billed for the same request.

    Attributes
    ----------
    model
        Whose bill.
    estimated, billed
        Input tokens.
    counted
        What both figures count: ``"images"`` where the provider bills images apart, else ``"all input"``; then the
        difference holds the provider's overhead per request, the system prompt and tools.
    """

    model: str
    estimated: int
    billed: int
    counted: str

    @property
    def difference(self) -> int:
        """Billed minus estimated, tokens."""
        return self.billed - self.estimated


@dataclass
class Meter(Summed):
    """Running totals of one wrapped client; safe to read at any time.

    Attributes
    ----------
    totals
        Requests that went through, the images in them, their tokens before and after, and dollars saved; in an audit,
        what would have been sent.
    audit
        Whether requests are only measured.
    note
        What keeps more from being saved, and the fix; empty when there is nothing to say.
    failures
        Why a request, or an image in it, was sent as it was, or why a bill could not be read; the last ones.
    warnings
        What of the requests no format reads, and limits that they are over; each once, the last ones.
    checks
        Estimates beside bills, the last ones.
    looks, look_tokens
        Turns in which a model looked closer at an image (``zoom=True``), and the input tokens billed for what followed;
        they are taken off the saving.
    """

    totals: Totals = field(default_factory=Totals)
    audit: bool = False
    note: str = ""
    failures: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    checks: list[BillCheck] = field(default_factory=list)
    looks: int = 0
    look_tokens: int = 0
    _last: tuple[str, str, int, int] | None = field(default=None, repr=False, compare=False)
    _lock: threading.Lock = field(default_factory=lambda: fork_safe(threading.Lock()), repr=False, compare=False)

    @property
    def requests(self) -> int:
        """Requests that went through."""
        return self.totals.conversations

    @property
    def images(self) -> int:
        """Images in them."""
        return self.totals.images

    @property
    def documents(self) -> int:
        """Documents in them."""
        return self.totals.documents

    @property
    def usd(self) -> float:
        """Dollars saved at list prices, as far as prices are known."""
        return self.totals.usd

    @property
    def saved_tokens(self) -> int:
        """Image tokens saved; in an audit, those that would have been."""
        return self.totals.saved_tokens

    def next_turns(self) -> tuple[Money, Money] | None:
        """Return what the images of the last request cost in its next turns, as they came and as they were sent.

        Each with and without the provider's cache; see :class:`headroom_nb.records.Money`. None before the first
        request with images, and where the model has no known price.
        """
        if self._last is None:
            return None
        model, provider, before, after = self._last
        spec = model_or_default(model, provider)
        found = money_of(before, spec), money_of(after, spec)
        return None if found[0] is None or found[1] is None else (found[0], found[1])

    def add(self, result: CompressionResult | None) -> None:
        """Count one request; None for one without images."""
        with self._lock:
            self.totals += Totals(conversations=1) if result is None else result.totals
            if result is not None:
                self._last = (result.model, result.provider, result.original_tokens, result.compressed_tokens)
                errors = [f"{format_path(image.path)}: {image.error}" for image in result.images if image.error]
                self.failures = [*self.failures, *errors][-KEPT:]
        if result is not None and not self.audit:
            SESSION.add_sent(result)

    def look(self, rounds: int, tokens: int, model: ModelSpec | None) -> None:
        """Count the turns in which a model looked closer: what they were billed is part of what its images cost."""
        price = None if model is None else model.usd_per_million_tokens
        with self._lock:
            self.looks += rounds
            self.look_tokens += tokens
            self.totals += Totals(compressed_tokens=tokens, usd=-tokens * (price or 0.0) / 1e6)

    def fail(self, why: str, *, requests: int = 1) -> None:
        """Keep what went wrong: a request was sent as it was, or its bill cannot be read (it was counted before)."""
        with self._lock:
            self.totals += Totals(conversations=requests)
            self.failures = [*self.failures, masked(why)][-KEPT:]

    def warn(self, sentences: Sequence[str]) -> None:
        """Keep what a request's messages were warned of; a sentence that is there already is not repeated."""
        with self._lock:
            self.warnings = list(dict.fromkeys((*self.warnings, *sentences)))[-KEPT:]

    def check(self, found: BillCheck) -> None:
        """Keep a comparison with the bill."""
        with self._lock:
            self.checks = [*self.checks, found][-KEPT:]

    def __str__(self) -> str:
        verb = "would save" if self.audit else "saved"
        counts = [(self.requests, "request"), (self.images, "image")]
        counts += [(self.documents, "document")] if self.documents else []
        what = ", ".join(f"{count:,} {kind}{'' if count == 1 else 's'}" for count, kind in counts)
        kind = "tokens" if self.documents else "image tokens"
        text = f"{what}: {verb} {self.saved_tokens:,} of {self.original_tokens:,} {kind} (${self.usd:,.4f})"
        turns = self.next_turns()
        if turns is not None and turns[1].tokens:
            after = turns[1]
            cost, cached = figures.usd(after.turns_usd), figures.usd(after.turns_cached_usd)
            text = f"{text}; the next {after.turns} turns of the last cost {cost}, with the provider's cache {cached}"
        text = f"{text}; {self.note}" if self.note else text
        text = f"{text}; {len(self.warnings):,} warnings: {self.warnings[-1]}" if self.warnings else text
        return f"{text}; {len(self.failures):,} not done: {self.failures[-1]}" if self.failures else text
