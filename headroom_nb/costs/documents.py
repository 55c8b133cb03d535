"""What documents cost: rules as data in ``documents.json``, applied to the size and the text of each page."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import lru_cache
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headroom_nb.costs.models import find_model
from headroom_nb.costs.pricing import estimate
from headroom_nb.costs.provider_limits import base64_bytes
from headroom_nb.errors import ImageRejectedError
from headroom_nb.records import LimitUse, LimitViolation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from headroom_nb.costs.spec import ModelSpec
    from headroom_nb.errors import BlockPath


@dataclass(frozen=True)
class PageCost:
    """Tokens of one page.

    Attributes
    ----------
    text, image
        For its text, with what is added to a page, and for the image of it.
    low, high
        Fewest and most tokens by the sources.
    """

    text: int
    image: int
    low: int
    high: int

    @property
    def tokens(self) -> int:
        """Tokens of the page."""
        return self.text + self.image

    def and_more(self, tokens: int) -> PageCost:
        """Return the cost with so many tokens more, whatever the source."""
        return PageCost(self.text + tokens, self.image, self.low + tokens, self.high + tokens)


@dataclass(frozen=True)
class DocumentCost:
    """Tokens of a document: the sum, the rule, and each page. ``bounds`` is None where the sources agree."""

    tokens: int
    exact: bool
    rule: str
    note: str
    bounds: tuple[int, int] | None
    pages: tuple[PageCost, ...]

    def scaled(self, count: int) -> DocumentCost:
        """Return the cost of ``count`` pages like these, as an estimate."""
        more = count / max(1, len(self.pages))
        bounds = None if self.bounds is None else (round(self.bounds[0] * more), round(self.bounds[1] * more))
        read = f"estimated from its first {len(self.pages):,} of {count:,} pages"
        note = "; ".join(filter(None, (read, self.note)))
        return replace(self, tokens=round(self.tokens * more), exact=False, bounds=bounds, note=note)


@dataclass(frozen=True)
class DocumentRule:
    """How a model bills the pages of documents; see ``documents.json``."""

    name: str
    image: Mapping[str, Any]
    text: float = 1.0
    text_page: int = 0
    page: int = 0
    several: int = 0
    exact: bool = False
    note: str = ""
    source: str = ""
    models: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    image_rules: tuple[str, ...] = ()
    wires: tuple[str, ...] = ()
    citations: bool | None = None

    def fits(self, model: ModelSpec, wire: str, *, citations: bool) -> bool:
        """Return whether the rule is for this model, block and setting."""
        return (
            (not self.models or any(fnmatchcase(model.name, pattern) for pattern in self.models))
            and (not self.providers or model.provider in self.providers)
            and (not self.image_rules or model.rule in self.image_rules)
            and (not self.wires or wire in self.wires)
            and self.citations in (None, citations)
        )

    def has_lower(self, detail: str) -> bool:
        """Return whether a block that asks for this level may ask for a lower one that is billed less."""
        if detail != "auto":
            return False  # asked for by its writer
        levels = self.image.get("tokens") or self.image.get("levels", {})
        return "low" in levels and levels["low"] != levels["auto"]

    def cost(self, size: tuple[float, float], text_tokens: int, model: ModelSpec, detail: str = "auto") -> PageCost:
        """Return what one page costs.

        Parameters
        ----------
        size
            Of the page, in any unit: only its shape counts.
        text_tokens
            Tokens of its text layer.
        model, detail
            Whose bill it is, and the level that its block asks for.
        """
        text = self.page + (ceil(self.text * text_tokens) + self.text_page if text_tokens and self.text else 0)
        image, low, high = self._image(size, model, detail)
        return PageCost(text, image, text + low, text + high)

    def of_pages(
        self, pages: Sequence[tuple[tuple[float, float], int]], model: ModelSpec, detail: str = "auto"
    ) -> DocumentCost:
        """Return what pages, each its size and the tokens of its text, cost together."""
        more = self.several if len(pages) > 1 else 0
        costs = tuple(self.cost(size, tokens, model, detail).and_more(more) for size, tokens in pages)
        low, high = sum(cost.low for cost in costs), sum(cost.high for cost in costs)
        exact = self.exact and low == high and model.exact
        bounds = None if low == high else (low, high)
        return DocumentCost(sum(cost.tokens for cost in costs), exact, self.name, self.note, bounds, costs)

    def _image(self, size: tuple[float, float], model: ModelSpec, detail: str) -> tuple[int, int, int]:
        """Return the tokens of a page's image, the fewest and the most."""
        how = self.image["how"]
        if how == "none":
            return 0, 0, 0
        if how == "flat":
            tokens = self.image["tokens"].get(detail, self.image["tokens"]["auto"])
            return tokens, tokens, tokens
        levels = self.image.get("levels", {})
        level = levels.get(detail, levels.get("auto", "auto"))
        billed = find_model(self.image["model"]) if "model" in self.image else model
        ratio = min(size) / max(*size, 1e-6)
        now, short, long = (
            _view(self.image.get(key, 0), round(1000 * ratio), billed, level) for key in ("longest", "short", "long")
        )
        return now, min(now, short), max(now, long)


@lru_cache(maxsize=1024)
def _view(longest: int, ratio: int, model: ModelSpec, level: str) -> int:
    """Return the tokens of a page drawn ``longest`` pixels long, ``ratio`` thousandths of that wide; 0 for none."""
    if not longest:
        return 0
    try:
        return estimate((max(1, longest * ratio // 1000), longest), model, level).tokens
    except ImageRejectedError:
        return 0


@dataclass(frozen=True)
class SentDocument:
    """What is known of a document before it is sent: where it stands, its pages and bytes; None where not known."""

    path: BlockPath
    pages: int | None
    bytes: int | None


def check_documents(sent: Sequence[SentDocument], provider: str) -> list[LimitViolation]:
    """Return which of a provider's limits for documents are broken: pages, bytes, number and bytes of all together."""
    known = load_documents()["limits"].get(provider, {})
    most_pages, most_bytes = known.get("pages"), known.get("bytes")
    most, most_together = known.get("documents"), known.get("request_bytes")
    found: list[LimitViolation] = []
    for each in sent:
        if most_pages is not None and (each.pages or 0) > most_pages:
            found.append(
                LimitViolation(each.path, f"{each.pages:,} pages; {provider} takes {most_pages:,}", fixable=True)
            )
        if most_bytes is not None and (each.bytes or 0) > most_bytes:
            found.append(
                LimitViolation(each.path, f"{each.bytes:,} bytes; {provider} takes {most_bytes:,}", fixable=True)
            )
    if most is not None and len(sent) > most:
        found.append(LimitViolation((), f"{len(sent)} documents; {provider} takes {most} in a request"))
    together = sum(base64_bytes(each.bytes or 0) for each in sent)
    if most_together is not None and together > most_together:
        message = f"its documents are {together:,} bytes in base64; {provider} takes {most_together:,}"
        found.append(LimitViolation((), message, fixable=True))
    return found


def document_uses(sent: Sequence[SentDocument], provider: str) -> tuple[LimitUse, ...]:
    """Return every limit for documents that the provider states, with the document or the request nearest to it."""
    known = load_documents()["limits"].get(provider, {})
    together = sum(base64_bytes(each.bytes or 0) for each in sent)
    rows = (
        ("pages of a document", "pages", "pages", [(each.pages, each.path) for each in sent]),
        ("bytes of a document", "bytes", "bytes", [(each.bytes, each.path) for each in sent]),
        ("documents in the request", "documents", "documents", [(len(sent), ())]),
        ("bytes of the request's documents", "request_bytes", "bytes", [(together, ())]),
    )
    uses = []
    for words, key, unit, each in rows:
        if known.get(key) is not None:
            counted = [(used, path) for used, path in each if used is not None]
            used, path = max(counted, key=lambda one: one[0], default=(None, ()))
            uses.append(LimitUse(words, used, known[key], unit, path))
    return tuple(uses)


def document_rule(model: ModelSpec, wire: str, *, citations: bool = False) -> DocumentRule:
    """Return the rule by which a model bills a document.

    Parameters
    ----------
    model
        Whose bill it is.
    wire
        The kind of block, a key of :data:`headroom_nb.formats.registry.DOCUMENTS`.
    citations
        Whether the block asks for citations.
    """
    return next(rule for rule in _rules() if rule.fits(model, wire, citations=citations))


@lru_cache(maxsize=1)
def load_documents() -> Mapping[str, Any]:
    """Return the parsed ``documents.json``."""
    table: Mapping[str, Any] = json.loads(Path(__file__).with_name("documents.json").read_text("utf-8"))
    return table


@lru_cache(maxsize=1)
def _rules() -> tuple[DocumentRule, ...]:
    def frozen(value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    rows = load_documents()["rules"]
    return tuple(DocumentRule(**{key: frozen(value) for key, value in row.items()}) for row in rows)
