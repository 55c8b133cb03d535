"""What one compressor remembers of the images it has seen: in memory, and on disk where asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headroom_nb.caching import find_store
from headroom_nb.formats.google import SIGNATURE
from headroom_nb.records import ImagePart
from headroom_nb.runtime.lru import ByteBoundedCache

if TYPE_CHECKING:
    import os
    from collections.abc import Hashable, Iterable

    from headroom_nb.formats.slots import ImageSlot
    from headroom_nb.ocr.base import Ocr
    from headroom_nb.pipeline.context import Setting
    from headroom_nb.records import ImageResult

CACHE_BYTES = 128 * 2**20
"""Bound on the results that all compressors of a process remember, counting the pictures they hold; and again on the
encoded images whose digests they remember."""


@dataclass(frozen=True)
class Question:
    """One image to be decided: where it stands, what decides it, and the digest of its encoded bytes."""

    slot: ImageSlot
    setting: Setting
    digest: str

    @property
    def key(self) -> Hashable:
        """What an account hangs on; the path belongs to it because a transcript names the place it stands in."""
        slot, setting = self.slot, self.setting
        signed = isinstance(slot.block, Mapping) and any(slot.block.get(key) is not None for key in SIGNATURE)
        place = slot.path, slot.format, signed
        return self.digest, place, slot.question, slot.detail, setting.model, setting.forced, setting.keep_low_view


def _size_of_result(result: ImageResult) -> int:
    # what is sent instead is kept as bytes and in base64
    sent = sum(len(part.data) * 7 // 3 for part in result.parts if isinstance(part, ImagePart))
    return len(result.original) + sent + 4096


_results: ByteBoundedCache[ImageResult] = ByteBoundedCache(CACHE_BYTES, _size_of_result)
_digests: ByteBoundedCache[tuple[int, str]] = ByteBoundedCache(CACHE_BYTES, lambda entry: entry[0])


def forget_results() -> None:
    """Forget what the compressors of this process remember, but for the last conversation of each that is alive."""
    _results.clear()
    _digests.clear()


class Remembered:
    """Accounts of images by all that they hang on; compressors share the room, not the accounts.

    Parameters
    ----------
    cache
        ``"memory"``, ``"disk"``, ``"off"`` or a folder.
    quality, router, ocr
        The compressor's options; names, or objects of the caller's own.
    """

    def __init__(self, cache: str | os.PathLike[str], *, quality: str, router: object, ocr: object) -> None:
        self._owner = object()
        self._last_results: dict[Hashable, ImageResult] = {}
        self._last_digests: dict[str | bytes | None, str] = {}
        self._on = cache != "off"
        store = find_store(cache)
        self._disk = None
        if store is not None:
            from headroom_nb.pipeline.remember_on_disk import DiskResults

            self._disk = DiskResults(store, quality=quality, router=router, ocr=ocr)

    def ask(self, slot: ImageSlot, setting: Setting) -> Question:
        """Return what the account of an image hangs on."""
        return Question(slot, setting, self._digest(slot.raw))

    def find(self, question: Question) -> ImageResult | None:
        """Return an account given before.

        Raises
        ------
        ImageSourceError
            It is known on disk, and the image's bytes cannot be had.
        """
        key = question.key
        known = self._last_results.get(key) or _results.get((self._owner, key))
        if known is None and self._disk is not None:
            known = self._disk.result(question.slot, question.setting, question.digest)
            if known is not None:
                _results.put((self._owner, key), known)
        return known

    def keep(self, question: Question, result: ImageResult) -> None:
        """Remember an account."""
        if self._on:
            _results.put((self._owner, question.key), result)
        if self._disk is not None:
            self._disk.keep_result(question.slot, question.setting, question.digest, result)

    def keep_last(self, accounts: Iterable[tuple[Question, ImageResult]]) -> None:
        """Remember the accounts of one conversation until the next, whatever the bound.

        The result of the call holds them all the same; and a conversation that outgrew the bound would otherwise push
        out its own first images with its last ones, turn by turn.
        """
        if self._on:
            accounts = tuple(accounts)
            self._last_results = {question.key: result for question, result in accounts}
            self._last_digests = {question.slot.raw: question.digest for question, _ in accounts}

    def clear(self) -> None:
        """Forget everything; what is on disk stays there."""
        for cache in (_results, _digests):
            cache.discard(self._is_own)
        self._last_results, self._last_digests = {}, {}

    def recall_measurements(self, picture: bytes) -> set[str]:
        """Let the process know what was measured in a picture; returns what need not be kept again."""
        return set() if self._disk is None else self._disk.recall_measurements(picture)

    def keep_measurements(self, picture: bytes, but: set[str]) -> None:
        """Remember on disk what has been measured in a picture since :meth:`recall_measurements` gave ``but``."""
        if self._disk is not None:
            self._disk.keep_measurements(picture, but)

    def reader(self, engine: Ocr) -> Ocr:
        """Return an engine that also finds what was read before on disk."""
        return engine if self._disk is None else self._disk.reader(engine)

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
        digest = self._last_digests.get(raw)
        if digest is None:
            known = _digests.get((self._owner, raw))
            if known is None:
                data = raw if isinstance(raw, bytes) else str(raw).encode("utf-8", "surrogatepass")
                known = (len(data), hashlib.sha256(data).hexdigest())
                if self._on:
                    _digests.put((self._owner, raw), known)
            digest = known[1]
        return digest

    def _is_own(self, key: Hashable) -> bool:
        return isinstance(key, tuple) and key[0] is self._owner
