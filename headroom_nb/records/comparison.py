"""What ``compare`` gives: records, and the same as a table, Markdown and a data frame."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from headroom_nb.records.frames import Tabular
from headroom_nb.records.money import Priced

if TYPE_CHECKING:
    from headroom_nb.records.images import Size


@dataclass(frozen=True)
class Setting:
    """A way to send the images: a detail level or a smaller size.

    Attributes
    ----------
    how
        In words: ``"as it is"``, ``"detail low"``, ``"resized to 784×588"``.
    tokens, usd
        What it costs; ``usd`` is None without a price.
    sees
        What the model then sees of a single image, pixels; None for several.
    legibility
        The effect on the smallest text, such as ``"smallest text 9 px: risky"``.
    """

    how: str
    tokens: int
    usd: float | None
    sees: Size | None
    legibility: str


@dataclass(frozen=True)
class ModelCost:
    """One model's line of the comparison.

    ``now`` and ``cheapest`` are None where the model refuses an image; ``note`` then says why. ``exact`` is False where
    a count is an estimate, and ``bounds`` holds the range that the sources give. ``turns_usd`` and
    ``turns_cached_usd`` are what the next ten turns of a chat with these images cost without and with the provider's
    cache.
    """

    model: str
    provider: str
    now: Setting | None
    cheapest: Setting | None
    exact: bool
    bounds: tuple[int, int] | None
    note: str
    turns_usd: float | None = None
    turns_cached_usd: float | None = None

    @property
    def tokens(self) -> int | None:
        """Tokens as the images are; None where the model refuses one."""
        return None if self.now is None else self.now.tokens


@dataclass(frozen=True)
class EstimateLine:
    """One image that was counted, or that could not be.

    Attributes
    ----------
    name
        Its file's name, or where it stands.
    model
        Whose bill it is.
    size, sees
        Pixels of the image, and of what the model sees; None where that is not known.
    tokens, usd
        None where it could not be counted, and where there is no price.
    exact
        Whether the tokens are.
    note
        What a reader should know; why it could not be counted, for one.
    """

    name: str
    model: str
    size: Size | None
    sees: Size | None
    tokens: int | None
    usd: float | None
    exact: bool
    note: str


@dataclass(frozen=True)
class Estimate(Priced, Tabular, ModelCost):
    """What images cost before they are sent: in sum, and a line for each.

    ``model`` names several where the requests name several. ``why`` says why this model, ``price`` its price in words,
    ``warnings`` what was not counted. ``documents`` is how many of the lines are documents, ``calls`` how often they
    are sent a month, where a use was given.
    """

    lines: tuple[EstimateLine, ...] = ()
    documents: int = 0
    why: str = ""
    price: str = ""
    warnings: tuple[str, ...] = ()
    calls: float | None = None

    @property
    def counted(self) -> str:
        """What was counted, in words, such as ``"4 images and 1 document"``."""
        return in_words(len(self.lines) - self.documents, self.documents)

    def to_rows(self) -> list[dict[str, Any]]:
        """Return one flat record per image."""
        return [
            {
                "image": line.name,
                "model": line.model,
                "width": line.size[0] if line.size else None,
                "height": line.size[1] if line.size else None,
                "sees_width": line.sees[0] if line.sees else None,
                "sees_height": line.sees[1] if line.sees else None,
                "tokens": line.tokens,
                "usd": line.usd,
                "exact": line.exact,
                "note": line.note,
            }
            for line in self.lines
        ]

    def __repr__(self) -> str:
        tokens = "not known" if self.tokens is None else f"{'' if self.exact else '≈'}{self.tokens:,} tokens"
        return f"<Estimate: {self.counted}, {tokens} on {self.model}>"


@dataclass(frozen=True)
class Comparison(Tabular):
    """The lines in order of money, then of tokens; models that refuse come last.

    ``left_out`` holds images that could not be counted, with the reason; ``calls`` is how often they are sent a month,
    where a use was given; ``documents`` is how many of ``images`` are documents.
    """

    images: int
    sizes: tuple[Size, ...]
    lines: tuple[ModelCost, ...]
    left_out: tuple[str, ...] = ()
    calls: float | None = None
    documents: int = 0

    @property
    def counted(self) -> str:
        """What was compared, in words, such as ``"4 images and 1 document"``."""
        return in_words(self.images - self.documents, self.documents)

    def to_dict(self) -> dict[str, Any]:
        """Return plain types, for JSON."""
        return asdict(self)

    def to_rows(self) -> list[dict[str, Any]]:
        """Return one flat record per model."""
        return [_flat(line) for line in self.lines]


def in_words(images: int, documents: int) -> str:
    """Return a number of images and documents in words; ``0 images`` for none."""
    kinds = ((images, "image"), (documents, "document"))
    said = " and ".join(f"{count:,} {kind}{'' if count == 1 else 's'}" for count, kind in kinds if count)
    return said or "0 images"


def _flat(line: ModelCost) -> dict[str, Any]:
    now, cheapest = line.now, line.cheapest
    return {
        "model": line.model,
        "provider": line.provider,
        "tokens": now.tokens if now else None,
        "exact": line.exact,
        "usd": now.usd if now else None,
        "turns_usd": line.turns_usd,
        "turns_cached_usd": line.turns_cached_usd,
        "sees_width": now.sees[0] if now and now.sees else None,
        "sees_height": now.sees[1] if now and now.sees else None,
        "legibility": now.legibility if now else None,
        "cheapest": cheapest.how if cheapest else None,
        "cheapest_tokens": cheapest.tokens if cheapest else None,
        "cheapest_usd": cheapest.usd if cheapest else None,
        "cheapest_legibility": cheapest.legibility if cheapest else None,
        "note": line.note,
    }
