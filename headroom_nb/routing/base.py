"""The protocol every router keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from headroom_nb.pictures import Picture
    from headroom_nb.records import ImageSignals, RouteDecision, Technique


@runtime_checkable
class Router(Protocol):
    """Chooses a technique from an image and the question asked of it.

    A router never raises for bad input: an unreadable image or an empty question gives a decision with low
    confidence and a reason.

    A router may also have ``needs(image, query) -> Needs``: what the answer depends on. Those of the package have it;
    for one that does not, :func:`headroom_nb.routing.needs_of` derives the needs from its techniques.
    """

    name: str

    def classify(self, image: bytes | Picture, query: str, *, quality: str = "balanced") -> RouteDecision:
        """Return the decision for one image and one question."""
        ...

    def classify_query(self, query: str) -> tuple[Technique, float]:
        """Return the technique the question alone suggests, with its probability (0 to 1)."""
        ...

    def analyze_image(self, image: bytes | Picture) -> ImageSignals:
        """Return what is measured in the image."""
        ...
