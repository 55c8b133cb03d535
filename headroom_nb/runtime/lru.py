"""Least-recently-used cache bounded by bytes, shared by the threads of one process; and the list of all caches."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from weakref import WeakSet

from headroom_nb.runtime.forks import fork_safe

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

V = TypeVar("V")

_clears: list[Callable[[], object]] = []
_by_content: WeakSet[ByteBoundedCache[Any]] = WeakSet()


def on_clear(forget: Callable[[], object]) -> None:
    """Register what empties a cache of this process; every cache of a module does so where it is made."""
    _clears.append(forget)


def clear_all() -> None:
    """Empty every cache that was registered."""
    for forget in _clears:
        forget()


def by_content(cache: ByteBoundedCache[V]) -> ByteBoundedCache[V]:
    """Register a cache whose keys are, or hold, the SHA-256 of an image's bytes; return it."""
    _by_content.add(cache)
    return cache


def forget_content(digest: str) -> None:
    """Forget what is known of one image in every cache that was registered for it."""
    for cache in list(_by_content):
        cache.discard(lambda key: digest in (key if isinstance(key, tuple) else (key,)))


class ByteBoundedCache(Generic[V]):
    """Keeps the values used last while their sizes sum to at most ``max_bytes``.

    Parameters
    ----------
    max_bytes
        Bound on the sum of the sizes; 0 keeps nothing.
    size_of
        Size of a value in bytes.
    """

    def __init__(self, max_bytes: int, size_of: Callable[[V], int]) -> None:
        self.max_bytes = max_bytes
        self._size_of = size_of
        self._values: OrderedDict[Hashable, V] = OrderedDict()
        self._bytes = 0
        self._lock = fork_safe(threading.Lock())

    def get(self, key: Hashable) -> V | None:
        """Return the value under a key, or None."""
        with self._lock:
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
            return value

    def put(self, key: Hashable, value: V) -> None:
        """Store a value and drop the ones used longest ago; a value over the whole bound is not kept."""
        size = self._size_of(value)
        if size > self.max_bytes:
            return
        with self._lock:
            previous = self._values.pop(key, None)
            if previous is not None:
                self._bytes -= self._size_of(previous)
            self._values[key] = value
            self._bytes += size
            while self._bytes > self.max_bytes:
                _, dropped = self._values.popitem(last=False)
                self._bytes -= self._size_of(dropped)

    def discard(self, chosen: Callable[[Hashable], bool]) -> None:
        """Forget what stands under the keys that ``chosen`` says yes to."""
        with self._lock:
            for key in [key for key in self._values if chosen(key)]:
                self._bytes -= self._size_of(self._values.pop(key))

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._values.clear()
            self._bytes = 0

    def __len__(self) -> int:
        return len(self._values)
