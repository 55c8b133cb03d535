"""ONNX sessions on the CPU, usable after a fork."""

from __future__ import annotations

import os
import threading
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakValueDictionary

from headroom_nb.errors import ModelFilesError
from headroom_nb.runtime.forks import after_fork, fork_safe, never_take_down
from headroom_nb.runtime.models import Held, bytes_of, register, trim
from headroom_nb.runtime.stopping import checkpoint, when_stopped

if TYPE_CHECKING:
    from pathlib import Path


GIVE_BACK_EVERY = 16
"""Runs after which a session gives memory back that it does not use: images differ in size, and room made for the
largest would be kept for ever. After every run it would cost a tenth of the time, so it costs a hundredth."""


OPEN_BYTES = 12 * 2**20
"""What an open session takes beside its weights, about: 22 MB for the detector's 10, 34 for the question model's 23."""


class Session(Protocol):
    """The part of ``onnxruntime.InferenceSession`` that is used here."""

    def run(self, output_names: list[str] | None, input_feed: dict[str, Any]) -> list[Any]:
        """Run the model."""
        ...

    def get_inputs(self) -> list[Any]:
        """Return what the model takes."""
        ...

    def get_outputs(self) -> list[Any]:
        """Return what the model gives."""
        ...

    def get_modelmeta(self) -> Any:
        """Return the model's metadata."""
        ...


class _ForkSafeSession:
    """A session that a forked child opens anew: the parent's threads, and locks they may hold, are of no use there."""

    def __init__(self, path: Path, threads: int) -> None:
        self._path = path
        self._threads = threads
        self._lock = fork_safe(threading.Lock())
        self._session: Any = _open(path, threads)
        self._runs = count(1)
        self._ran = False
        self._sample: dict[str, Any] | None = None
        after_fork(self)
        register(self)

    def reset_after_fork(self) -> None:
        self._session = None

    def _opened(self) -> Any:
        session = self._session
        if session is None:
            with self._lock:
                session = self._session = self._session or _open(self._path, self._threads)
        return session

    def held(self) -> Held | None:
        return None if self._session is None else Held(self._path.name, bytes_of(self._path) + OPEN_BYTES)

    def let_go(self) -> None:
        self._session, self._ran = None, False

    def settle(self) -> bool:
        """Run on a tiny input once, after which the arena shrinks to what that took."""
        session, ran, self._ran = self._session, self._ran, False
        if session is None or not ran or self._sample is None:
            return False
        session.run(None, self._sample, _run_options(give_back=True))
        return True

    def run(self, output_names: list[str] | None, input_feed: dict[str, Any]) -> list[Any]:
        session = self._opened()
        if self._sample is None:
            self._sample = _tiny(session, input_feed)
        self._ran = True
        options = _run_options(give_back=next(self._runs) % GIVE_BACK_EVERY == 0)
        checkpoint()
        try:
            with when_stopped(partial(setattr, options, "terminate", True)):  # noqa: FBT003 - its value, and no switch
                outputs: list[Any] = session.run(output_names, input_feed, options)
        except Exception:
            checkpoint()  # it was told to end
            raise
        return outputs

    def get_inputs(self) -> list[Any]:
        inputs: list[Any] = self._opened().get_inputs()
        return inputs

    def get_outputs(self) -> list[Any]:
        outputs: list[Any] = self._opened().get_outputs()
        return outputs

    def get_modelmeta(self) -> Any:
        return self._opened().get_modelmeta()


_sessions: WeakValueDictionary[tuple[Path, int, int, int], _ForkSafeSession] = WeakValueDictionary()
_opening = fork_safe(threading.Lock())


def open_session(path: Path, *, threads: int = 1) -> Session:
    """Return a session on the CPU, the same one for the same file; a child process may use it after a fork.

    Parameters
    ----------
    path
        An ONNX file.
    threads
        Threads one run may use.

    Raises
    ------
    ModelFilesError
        onnxruntime is missing, or the file is none it can use.
    """
    try:
        about = path.stat()
    except OSError:
        return _ForkSafeSession(path, threads)  # says what is wrong
    key = (path, about.st_mtime_ns, about.st_size, threads)
    with _opening:
        session = _sessions.get(key)
    if session is None:
        opened = _ForkSafeSession(path, threads)  # outside the lock: others open theirs meanwhile
        with _opening:
            session = _sessions.setdefault(key, opened)
    return session


NO_TELEMETRY = "ORT_DISABLE_TELEMETRY"
"""Environment variable by which onnxruntime neither records nor sends what it is used for; read when it is loaded."""


def _tiny(session: Any, feed: dict[str, Any]) -> dict[str, Any]:
    """Return the first corner of an input: at most 64 along each side that the model leaves open.

    With 32, onnxruntime 1.19 divides by zero and takes the process along.
    """
    shapes = {given.name: given.shape for given in session.get_inputs()}
    return {
        name: values[tuple(slice(None) if isinstance(side, int) else slice(64) for side in shapes[name])].copy()
        for name, values in feed.items()
    }


def _run_options(*, give_back: bool) -> Any:
    """Return options for a run, after which the session may give back what it does not use."""
    import onnxruntime

    options = onnxruntime.RunOptions()
    if give_back:
        options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options


def _open(path: Path, threads: int) -> Any:
    os.environ.setdefault(NO_TELEMETRY, "1")
    try:
        import onnxruntime
        from onnxruntime.capi import onnxruntime_pybind11_state as state
    except ImportError as error:
        raise ModelFilesError("onnxruntime is not installed; run: pip install onnxruntime") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # a plan of the memory is kept for each size of input, and there is no end of sizes
    options.enable_mem_pattern = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except (
        state.Fail,
        state.InvalidArgument,
        state.InvalidProtobuf,
        state.InvalidGraph,
        state.NoSuchFile,
        state.NotImplemented,
    ) as error:
        raise ModelFilesError(f"{path} is damaged or no ONNX file that this onnxruntime can use: {error}") from error
    never_take_down(session)
    trim()  # reading the file took twice what the session keeps
    return session
