"""Screens compared two by two: each is decoded once while a conversation is gone through, each pair compared once.

A budget chooses the forms of the whole conversation anew, and with them which screens are sent whole: the same pairs
are then asked for again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.runtime.lru import ByteBoundedCache, by_content

if TYPE_CHECKING:
    from PIL import Image

    from headroom_nb.history.difference import Difference
    from headroom_nb.records import ImageResult
    from headroom_nb.resource_limits import Limits
    from headroom_nb.runtime.memory_limiter import MemoryLimiter

DIFFERENCES, DECODED = 2 * 2**20, 32 * 2**20
"""Bytes of all differences that are remembered, and of the screens that stay decoded."""


class Comparer:
    """Compares screens.

    Parameters
    ----------
    limits, memory
        What one image, and all together, may take while they are compared.
    """

    def __init__(self, limits: Limits, memory: MemoryLimiter) -> None:
        self._limits = limits
        self._memory = memory
        self._differences: ByteBoundedCache[Difference] = by_content(
            ByteBoundedCache(DIFFERENCES, lambda found: 400 + 100 * len(found.boxes))
        )
        self._decoded: ByteBoundedCache[Image.Image] = ByteBoundedCache(
            DECODED, lambda image: 3 * image.width * image.height
        )

    def difference(self, earlier: ImageResult, later: ImageResult, digests: tuple[str, str]) -> Difference:
        """Return how two screens of one size differ, with the SHA-256 of their files; raises PictureError."""
        import numpy as np

        from headroom_nb.history.difference import find_difference

        found = self._differences.get(digests)
        if found is None:
            width, height = later.original_size or (0, 0)
            with self._memory.hold(2 * width * height):
                before, after = (self.pixels(*each) for each in zip((earlier, later), digests, strict=True))
                found = find_difference(np.asarray(before), np.asarray(after))
            self._differences.put(digests, found)
        return found

    def pixels(self, screen: ImageResult, digest: str) -> Image.Image:
        """Return the pixels of a screen, with the SHA-256 of its file; raises PictureError where it is broken."""
        from headroom_nb.pictures import open_picture

        found = self._decoded.get(digest)
        if found is None:
            found = open_picture(screen.original, self._limits).rgb()
            self._decoded.put(digest, found)
        return found

    def forget_pixels(self) -> None:
        """Let the decoded screens go, at the end of a conversation."""
        self._decoded.clear()
