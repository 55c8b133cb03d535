"""What travels between the caller and its workers: places to read and to write, and small results. Plain data."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from headroom_nb.records import Totals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_nb.batch.store import Found

MOST_IMAGE_ERRORS = 20
"""Sentences on images kept per item; their number is always complete."""


@dataclass(frozen=True)
class SourceFile:
    """One file: where, what, for an array where its elements stand, and a digest of its beginning and its end."""

    number: int
    found: Found
    shape: str
    start: int
    stop: int
    digest: str


@dataclass(frozen=True)
class Span:
    """A piece of one source file.

    Attributes
    ----------
    file
        The file's number in the source.
    path
        Where it is: an absolute path or a URL.
    shape
        ``"lines"``, ``"elements"`` (of a JSON array), ``"document"`` (the whole file) or ``"rows"`` (Parquet).
    start, stop
        Bytes, ``stop`` exclusive; for lines, those that begin in between. Row numbers for ``"rows"``.
    size
        Bytes, for progress.
    """

    file: int
    path: str
    shape: str
    start: int
    stop: int
    size: int


Door = Callable[[Span, int], str]
"""Called with a span and an item's byte or row before it is compressed; returns why it stays, else an empty text."""


@dataclass(frozen=True)
class Part:
    """One unit of work: spans to read, and where to write what they become.

    ``target`` is a path without suffix: ``.data`` receives the items, ``.json`` then the result, which makes it count.
    ``watched`` parts note each item in ``.at`` before it is compressed, because a worker died on them; ``lost`` are the
    items, by file and byte or row, on which one did.
    """

    number: int
    spans: tuple[Span, ...]
    target: str
    watched: bool = False
    lost: tuple[tuple[int, int], ...] = ()

    @property
    def size(self) -> int:
        """Bytes of the source."""
        return sum(span.size for span in self.spans)

    def to_json(self) -> str:
        """Return the part as text, for schedulers whose items are columns of scalars."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Part:
        """Return the part that :meth:`to_json` wrote."""
        read = json.loads(text)
        lost = tuple((file, at) for file, at in read["lost"])
        return cls(read["number"], tuple(Span(**span) for span in read["spans"]), read["target"], read["watched"], lost)


@dataclass
class ItemResult:
    """What became of one item.

    Attributes
    ----------
    file
        The source file's number.
    line
        Lines from the beginning of the span, from 0; the item's number in the span where there are no lines.
    at
        Byte (or row) at which it begins.
    bytes
        Bytes written for it; 0 when it was left out.
    error, kind
        Why it was left as it was, and the error's type; empty when it was not.
    id
        The record's own ``custom_id`` or ``key``, cut to 64 characters.
    """

    file: int = 0
    line: int = 0
    at: int = 0
    bytes: int = 0
    images: int = 0
    documents: int = 0
    original_tokens: int = 0
    compressed_tokens: int = 0
    original_bytes: int = 0
    compressed_bytes: int = 0
    savings_usd: float | None = 0.0
    exact: bool = True
    model: str = ""
    techniques: dict[str, int] = field(default_factory=dict)
    failed_images: int = 0
    image_errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    error: str = ""
    kind: str = ""
    id: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return what differs from an empty result, for JSON."""
        return {name: value for name, value in vars(self).items() if value != getattr(_EMPTY, name)}

    @property
    def totals(self) -> BatchTotals:
        """The sums over this one item."""
        return BatchTotals(
            conversations=1,
            images=self.images,
            documents=self.documents,
            original_tokens=self.original_tokens,
            compressed_tokens=self.compressed_tokens,
            original_bytes=self.original_bytes,
            compressed_bytes=self.compressed_bytes,
            usd=self.savings_usd or 0.0,
            unpriced=int(self.savings_usd is None),
            exact=self.exact,
            errors=int(bool(self.error)),
            failed_images=self.failed_images,
            warned=int(bool(self.warnings)),
            techniques=self.techniques,
            models={self.model: 1} if self.images or self.documents else {},
        )

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ItemResult:
        """Return the result that :meth:`to_dict` wrote."""
        return cls(**values)


_EMPTY = ItemResult()


@dataclass(frozen=True)
class BatchTotals(Totals):
    """Sums over items: also those with an error, those with warnings, and how often each technique and model came."""

    errors: int = 0
    failed_images: int = 0
    warned: int = 0
    techniques: dict[str, int] = field(default_factory=dict)
    models: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class PartRecord:
    """What a worker says of a part it has done; the results of its items stay in the part's file."""

    number: int
    size: int
    totals: BatchTotals

    def to_dict(self) -> dict[str, Any]:
        """Return plain types, for JSON."""
        return asdict(self)
