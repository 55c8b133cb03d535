"""Read the strips of a page: equal ones once, like widths together, several batches at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from hashlib import blake2b
from typing import TYPE_CHECKING

from headroom_nb.ocr.ocr_reader import remembers
from headroom_nb.ocr.recognise import padded_width
from headroom_nb.runtime.lru import ByteBoundedCache, on_clear
from headroom_nb.runtime.stopping import checkpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from headroom_nb.ocr.crops import Strip
    from headroom_nb.ocr.recognise import Reading, Recogniser

    Key = tuple[tuple[int, ...], bytes]

BATCH_PIXELS = 1024
"""Strips of one padded width are read together up to this width in all: short words take a fifth less time, long lines
nothing more."""


CACHE_BYTES = 8 * 2**20

_readings: ByteBoundedCache[Reading] = ByteBoundedCache(CACHE_BYTES, lambda reading: 400 + 80 * len(reading.text))
"""What was read in the strips of earlier images: most lines of a screenshot stand in the one before it."""

on_clear(_readings.clear)


class StripReader:
    """Reads strips and remembers them by their pixels: 4 % of those of digital pages are equal to another one.

    Parameters
    ----------
    recogniser
        Reads batches.
    threads
        Batches read at the same time.
    """

    def __init__(self, recogniser: Recogniser, threads: int) -> None:
        self._recogniser = recogniser
        self._pool = ThreadPoolExecutor(threads)
        self._known: dict[Key, Reading] = {}

    def close(self) -> None:
        """Drop what has not been read yet."""
        self._pool.shutdown(cancel_futures=True)

    def read(self, strips: Sequence[Strip], *, progress: Callable[[int], None] | None = None) -> list[Reading]:
        """Return what stands in each strip; ``progress`` is called with how many are done, known ones first."""
        keys = [(strip.pixels.shape, blake2b(strip.pixels.tobytes()).digest()) for strip in strips]
        if remembers.get():
            found = {key: _readings.get((self._recogniser.identity, key)) for key in keys if key not in self._known}
            self._known.update((key, reading) for key, reading in found.items() if reading is not None)
        new = {key: strip for key, strip in zip(keys, strips, strict=True) if key not in self._known}
        batches = _batches(new)
        done = len(strips) - len(new)
        if progress is not None:
            progress(done)
        # each in the context of the call, which says when work must end
        tasks = [self._pool.submit(copy_context().run, self._read, [new[key] for key in batch]) for batch in batches]
        for batch, task in zip(batches, tasks, strict=True):
            readings = task.result()
            checkpoint()
            self._known.update(zip(batch, readings, strict=True))
            for key, reading in zip(batch, readings, strict=True) if remembers.get() else ():
                _readings.put((self._recogniser.identity, key), reading)
            done += len(batch)
            if progress is not None:
                progress(done)
        return [self._known[key] for key in keys]

    def _read(self, strips: Sequence[Strip]) -> list[Reading]:
        checkpoint()
        return self._recogniser.read(strips)


def _batches(strips: dict[Key, Strip]) -> list[list[Key]]:
    """Return the strips' keys in batches of one padded width, the widest first so that no thread ends late."""
    by_width: dict[int, list[Key]] = {}
    for key, strip in strips.items():
        by_width.setdefault(padded_width(strip.pixels), []).append(key)
    batches = []
    for width in sorted(by_width, reverse=True):
        keys, size = by_width[width], max(1, BATCH_PIXELS // width)
        batches += [keys[start : start + size] for start in range(0, len(keys), size)]
    return batches
