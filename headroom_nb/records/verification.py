"""What ``verify`` gives: our bill beside the provider's own count, and a rule that was learned from counts."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from headroom_nb.records.frames import Tabular
from headroom_nb.rendering_hook import Rendered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headroom_nb.records.images import Size


@dataclass(frozen=True)
class CountedImage:
    """One image, as we and as the provider count it.

    Attributes
    ----------
    sent
        ``"original"`` or ``"compressed"``.
    path
        Where it stands.
    size
        Pixels.
    detail
        The level asked for.
    estimated, counted
        Tokens; ``counted`` is the difference of two counts of the provider, None where it did not count.
    """

    sent: str
    path: str
    size: Size
    detail: str
    estimated: int
    counted: int | None

    @property
    def difference(self) -> int | None:
        """Counted minus estimated, tokens; None where it was not counted."""
        return None if self.counted is None else self.counted - self.estimated


@dataclass(frozen=True)
class Verification(Tabular):
    """Our bill beside the provider's, image by image.

    Attributes
    ----------
    model
        Whose bill.
    images
        Each image, of the original conversation and of the compressed one.
    how
        What counted, in words.
    notes
        What was not counted, and why.
    """

    model: str
    images: tuple[CountedImage, ...]
    how: str
    notes: tuple[str, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether every image was counted, and as we do."""
        return bool(self.images) and all(image.difference == 0 for image in self.images)

    def total(self, sent: str) -> tuple[int, int]:
        """Return the tokens of the images of ``"original"`` or ``"compressed"``: estimated, and counted."""
        known = [image for image in self.images if image.sent == sent and image.counted is not None]
        return sum(image.estimated for image in known), sum(image.counted or 0 for image in known)

    def to_rows(self) -> list[dict[str, Any]]:
        """Return one flat record per image."""
        return [{**asdict(image), "difference": image.difference} for image in self.images]

    def to_dict(self) -> dict[str, Any]:
        """Return plain types, for JSON."""
        return {
            "model": self.model,
            "how": self.how,
            "exact": self.exact,
            "images": self.to_rows(),
            "notes": self.notes,
        }


@dataclass(frozen=True)
class LearnedRule(Rendered):
    """A billing rule that was learned from the counts of a few sizes.

    Attributes
    ----------
    row
        What :func:`headroom_nb.register_model` takes: ``register_model(**learned.row)``.
    probes
        Every size that was counted, and its tokens.
    checked, agreed
        Sizes that the rule was not learned from, and how many of them it counts rightly.
    rivals
        How many other rules of the same kind fit every count as well.
    """

    row: Mapping[str, Any]
    probes: Mapping[Size, int] = field(repr=False)
    checked: int
    agreed: int
    rivals: int

    @property
    def sure(self) -> bool:
        """Whether the rule counts every size rightly that it was not learned from."""
        return self.checked > 0 and self.agreed == self.checked
