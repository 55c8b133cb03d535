"""After ``os.fork``: what a child process must not inherit as it is.

Only the thread that forks comes along. A lock that another thread held would stay held for ever, and a model's own
threads are gone: it may hang when it is used, and it does hang when it is taken down.
"""

from __future__ import annotations

import contextlib
import os
import sys
import weakref
from typing import Any, Protocol, TypeVar

Lock = TypeVar("Lock")


class Forked(Protocol):
    """Something that has to be made anew in a child process."""

    def reset_after_fork(self) -> None:
        """Be as if just made; called in the child, where there is one thread."""
        ...


_locks: weakref.WeakSet[Any] = weakref.WeakSet()
_owners: weakref.WeakSet[Any] = weakref.WeakSet()
_models: weakref.WeakSet[Any] = weakref.WeakSet()


def fork_safe(lock: Lock) -> Lock:
    """Return a lock of :mod:`threading` that will be free in a forked child, whoever held it."""
    _locks.add(lock)
    return lock


def after_fork(owner: Forked) -> None:
    """Reset an object in every child that is forked while it lives."""
    _owners.add(owner)


def never_take_down(model: object) -> None:
    """Keep an object that has threads of its own from being destroyed in a forked child, where that would hang."""
    import ctypes  # noqa: F401 - now, as a forked child should import nothing

    _models.add(model)


def _in_child() -> None:
    for lock in list(_locks):
        lock._at_fork_reinit()  # noqa: SLF001 - as the standard library does for its own locks
    models = list(_models)
    if models:
        import ctypes
    for model in models:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(model))
    for owner in list(_owners):
        owner.reset_after_fork()
    if "onnxruntime" in sys.modules:
        _skip_c_exit_handlers()


def _skip_c_exit_handlers() -> None:
    """Let the C library end this process without its exit handlers, with the status it has; glibc only.

    onnxruntime's wait for ever for a thread of the parent's. What Python does at exit is done by then.
    """
    import ctypes

    libc = ctypes.CDLL(None)
    with contextlib.suppress(AttributeError):
        libc.on_exit(ctypes.cast(libc._exit, ctypes.c_void_p), None)  # noqa: SLF001 - it is called so


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
