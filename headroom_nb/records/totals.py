"""Sums over images and conversations: of a result, of a wrapped client, of a session and of a batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Self


@dataclass(frozen=True, repr=False)
class Totals:
    """Sums, which add up with ``+``.

    Attributes
    ----------
    conversations
        Conversations or requests.
    images
        Images in them.
    original_tokens, compressed_tokens
        Image tokens before and after.
    original_bytes, compressed_bytes
        Encoded bytes of the images before, and of those that are sent.
    usd
        Dollars saved at list prices, as far as prices are known.
    unpriced
        Conversations whose model has no known price.
    exact
        Whether the token figures are exact.
    documents
        Documents in the conversations; their tokens and bytes are counted with those of the images.
    """

    conversations: int = 0
    images: int = 0
    original_tokens: int = 0
    compressed_tokens: int = 0
    original_bytes: int = 0
    compressed_bytes: int = 0
    usd: float = 0.0
    unpriced: int = 0
    exact: bool = True
    documents: int = 0

    def __repr__(self) -> str:
        mark = "" if self.exact else "≈"
        sent = f"{mark}{self.original_tokens:,} → {mark}{self.compressed_tokens:,} tokens"
        return f"<{type(self).__name__}: {self.images:,} images, {sent}>"

    @property
    def saved_tokens(self) -> int:
        """Image tokens before minus those after."""
        return self.original_tokens - self.compressed_tokens

    @property
    def savings_usd(self) -> float | None:
        """Dollars saved; None where no conversation has a known price."""
        return None if 0 < self.conversations == self.unpriced else self.usd

    def __add__(self, other: Self) -> Self:
        sums = {name: _sum(value, getattr(other, name)) for name, value in vars(self).items()}
        return type(self)(**{**sums, "exact": self.exact and other.exact})


def _sum(one: Any, other: Any) -> Any:
    if isinstance(one, dict):
        return {key: one.get(key, 0) + other.get(key, 0) for key in {**one, **other}}
    return one + other


class Summed:
    """A record whose sums can be asked for by name."""

    if TYPE_CHECKING:

        @property
        def totals(self) -> Totals:
            """The sums."""

    @property
    def original_tokens(self) -> int:
        """Tokens of all images and documents before."""
        return self.totals.original_tokens

    @property
    def compressed_tokens(self) -> int:
        """Tokens of what stands in their place; in an audit, of what would have."""
        return self.totals.compressed_tokens

    @property
    def original_bytes(self) -> int:
        """Encoded bytes of all images and documents before."""
        return self.totals.original_bytes

    @property
    def compressed_bytes(self) -> int:
        """Encoded bytes of the images and documents that are sent; in an audit, of those that would have been."""
        return self.totals.compressed_bytes
