"""What a picture costs and shows at the provider's detail levels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.costs import estimate
from headroom_nb.costs.plan import plan
from headroom_nb.errors import ImageRejectedError

if TYPE_CHECKING:
    from headroom_nb.records import Size
    from headroom_nb.techniques.base import Job

LEVELS = ("low", "medium", "high")
"""Detail levels tried where the caller left the choice open."""


def current_view(job: Job) -> tuple[int, Size]:
    """Return the picture's tokens now and how much of it is seen, in pixels.

    A picture that the provider refuses counts as the largest size it would take.
    """
    size = job.picture.size
    try:
        now = estimate(size, job.model, job.detail)
    except ImageRejectedError:
        largest = plan(size, job.model, job.detail, min_scale=1.0).free
        return largest.tokens + 1, seen(largest.size, largest.sent_size)
    return now.tokens, seen(size, now.sent_size)


def seen(size: Size, sent_size: Size) -> Size:
    """Return the pixels of a picture of `size` that reach the model: being enlarged adds none."""
    return min(size[0], sent_size[0]), min(size[1], sent_size[1])


def linear_share(size: Size, whole: Size) -> float:
    """Return pixels of `size` per pixel of `whole` along the worse axis; over 1 where `size` is larger."""
    return min(size[0] / whole[0], size[1] / whole[1])
