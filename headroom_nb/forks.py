"""After ``os.fork``: what a child process must not inherit as it is.

Only the thread that forks comes along. A lock that another thread held would stay held for ever, and a model's own
threads are gone: it may hang when it is used, and it does hang when it is taken down.
"""

from __future__ import annotations

import ctypes
import os
import threading
import weakref
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    Lock = threading.Lock


class Forked(Protocol):
    """Something that has to be made anew in a child process."""

    def reset_after_fork(self) -> None:
        """Be as if just made; called in the child, where there is one thread."""
        ...


_locks: weakref.WeakSet[Any] = weakref.WeakSet()
_owners: weakref.WeakSet[Any] = weakref.WeakSet()
_models: weakref.WeakSet[Any] = weakref.WeakSet()


def fork_safe_lock() -> Lock:
    """Return a lock that is free in a forked child, whoever held it."""
    lock = threading.Lock()
    _locks.add(lock)
    return lock


def after_fork(owner: Forked) -> None:
    """Reset an object in every child that is forked while it lives."""
    _owners.add(owner)


def never_take_down(model: object) -> None:
    """Keep an object that has threads of its own from being destroyed in a forked child, where that would hang."""
    _models.add(model)


def _in_child() -> None:
    for lock in list(_locks):
        lock._at_fork_reinit()  # noqa: SLF001 - as the standard library does for its own locks
    for model in list(_models):
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(model))
    for owner in list(_owners):
        owner.reset_after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
