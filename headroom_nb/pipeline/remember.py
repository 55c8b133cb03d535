"""What one compressor remembers of the images it has seen: in memory, and on disk where asked for."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from headroom_nb.caching import find_store
from headroom_nb.pipeline.context import CacheKey
from headroom_nb.records import ImagePart
from headroom_nb.runtime.base64_text import PIECE
from headroom_nb.runtime.lru import ByteBoundedCache, forget_content, on_clear
from headroom_nb.runtime.stopping import checkpoint

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from headroom_nb.formats.slots import ImageSlot
    from headroom_nb.ocr.base import Ocr
    from headroom_nb.options import Options
    from headroom_nb.pipeline.context import DecisionContext
    from headroom_nb.records import ImageResult

CACHE_BYTES = 128 * 2**20
"""Bound on the results that all compressors of a process remember, counting the images they hold; and again on the
encoded images whose digests they remember."""


def _size_of_result(result: ImageResult) -> int:
    # what is sent instead is kept as bytes and in base64, the image as bytes or in base64
    sent = sum(len(part.data) * 7 // 3 for part in result.parts if isinstance(part, ImagePart))
    return result.original_bytes * 4 // 3 + sent + 4096


_results: ByteBoundedCache[ImageResult] = ByteBoundedCache(CACHE_BYTES, _size_of_result)
_digests: ByteBoundedCache[tuple[int, str]] = ByteBoundedCache(CACHE_BYTES, lambda entry: entry[0])


on_clear(_results.clear)
on_clear(_digests.clear)


class ResultCache:
    """Results of images by everything they depend on; compressors share the room, not the results.

    Parameters
    ----------
    options
        The compressor's; ``cache`` says where results are kept.
    """

    def __init__(self, options: Options) -> None:
        self._owner = object()
        self._last_results: dict[Hashable, ImageResult] = {}
        self._last_digests: dict[str | bytes | None, str] = {}
        self._on = options.cache != "off"
        store = find_store(options.cache)
        self._disk = None
        if store is not None:
            from headroom_nb.pipeline.remember_on_disk import DiskResults

            self._disk = DiskResults(store, options)

    def key(self, slot: ImageSlot, context: DecisionContext) -> CacheKey:
        """Return everything that the result of an image depends on."""
        return CacheKey(slot, context, self._digest(slot.raw))

    def find(self, key: CacheKey) -> ImageResult | None:
        """Return a result from before.

        Raises
        ------
        ImageSourceError
            It is known on disk, and the image's bytes cannot be had.
        """
        known = self._last_results.get(key.facts) or _results.get((self._owner, key.facts))
        if known is None and self._disk is not None:
            known = self._disk.result(key)
            if known is not None:
                _results.put((self._owner, key.facts), known)
        return known

    def keep(self, key: CacheKey, result: ImageResult) -> None:
        """Remember a result."""
        if self._on:
            _results.put((self._owner, key.facts), result)
        if self._disk is not None:
            self._disk.keep_result(key, result)

    def keep_last(self, results: Iterable[tuple[CacheKey, ImageResult]], *, more: bool = False) -> None:
        """Remember the results of one conversation until the next, whatever the bound; ``more`` are added to the last.

        The result of the call holds them all the same; and a conversation that outgrew the bound would otherwise push
        out its own first images with its last ones, turn by turn.
        """
        if self._on:
            results = tuple(results)
            last_results, last_digests = (self._last_results, self._last_digests) if more else ({}, {})
            self._last_results = {**last_results, **{key.facts: result for key, result in results}}
            self._last_digests = {**last_digests, **{key.slot.raw: key.digest for key, _ in results}}

    def clear(self) -> None:
        """Forget everything; what is on disk stays there."""
        for cache in (_results, _digests):
            cache.discard(self._is_own)
        self._last_results, self._last_digests = {}, {}

    def recall_measurements(self, image: bytes) -> set[str]:
        """Let the process know what was measured in an image; returns what need not be kept again."""
        return set() if self._disk is None else self._disk.recall_measurements(image)

    def keep_measurements(self, image: bytes, but: set[str]) -> None:
        """Remember on disk what has been measured in an image since :meth:`recall_measurements` gave ``but``."""
        if self._disk is not None:
            self._disk.keep_measurements(image, but)

    def reader(self, engine: Ocr) -> Ocr:
        """Return an engine that also finds pages on disk; where nothing is kept, one that keeps no page."""
        if not self._on:
            from headroom_nb.ocr.ocr_reader import OcrReader

            return OcrReader(engine, keep=False) if isinstance(engine, OcrReader) else engine
        return engine if self._disk is None else self._disk.reader(engine)

    def forget_measurements(self, image: bytes) -> None:
        """Forget what was measured in an image, where nothing is kept."""
        if not self._on:
            forget_content(hashlib.sha256(image).hexdigest())

    @property
    def notes(self) -> list[str]:
        """What went wrong with the disk in this process, in order."""
        return [] if self._disk is None else self._disk.store.notes

    @property
    def off(self) -> str:
        """Why the disk is no longer used; empty while it is, or was not asked for."""
        return "" if self._disk is None else self._disk.store.off

    def _digest(self, raw: str | bytes | None) -> str:
        """Return the sha256 of an encoded image; hashing the same object again is free."""
        checkpoint()
        digest = self._last_digests.get(raw)
        if digest is None:
            known = _digests.get((self._owner, raw))
            if known is None:
                known = length_and_digest(raw if isinstance(raw, bytes) else str(raw))
                if self._on:
                    _digests.put((self._owner, raw), known)
            digest = known[1]
        return digest

    def _is_own(self, key: Hashable) -> bool:
        return isinstance(key, tuple) and key[0] is self._owner


def length_and_digest(raw: str | bytes) -> tuple[int, str]:
    """Return the bytes of an encoded image and their SHA-256; in pieces, as other threads wait while one is encoded."""
    length, digest = 0, hashlib.sha256()
    for place in range(0, len(raw), PIECE):
        piece = raw[place : place + PIECE]
        data = piece if isinstance(piece, bytes) else piece.encode("utf-8", "surrogatepass")
        length += len(data)
        digest.update(data)
    return length, digest.hexdigest()
