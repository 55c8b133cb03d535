"""ONNX sessions, and model files of the public hub: local first, pinned, and never waited for twice.

A hub file is looked for in this order: the folder named by ``HEADROOM_NB_HUB_FILES``, our own cache, the hub client's
cache, the hub itself. The hub is asked once: after a failure every later call in the process fails in microseconds,
with a sentence that says how to bring the files to a machine without network. It is not asked at all when
``HF_HUB_OFFLINE`` is set. The download is a plain HTTPS request in one attempt: the hub's own client retries for more
than twenty seconds before it gives up.
"""

from __future__ import annotations

import os
import shutil
import threading
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any, Protocol
from urllib.request import urlopen

from headroom_nb.errors import ModelFilesError
from headroom_nb.forks import after_fork, fork_safe, never_take_down

MODELS_FOLDER = "HEADROOM_NB_HUB_FILES"
"""Environment variable: a folder that holds ``<owner>/<model>/<file>`` for machines without network."""

CACHE_FOLDER = "HEADROOM_NB_CACHE_FOLDER"
"""Environment variable: where downloaded models, and results remembered on disk, are kept."""

OFFLINE = ("HF_HUB_OFFLINE", "HEADROOM_NB_OFFLINE")
"""Environment variables that forbid asking the hub."""

_TRUE = {"1", "on", "true", "yes"}
TIMEOUT = 5.0
"""Seconds the hub may stay silent, while connecting or between bytes."""


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


@dataclass(frozen=True)
class HubModel:
    """A model of the public hub.

    Attributes
    ----------
    repo
        ``owner/name`` on the hub.
    files
        The files that are needed.
    revision
        The commit that is used, 40 hex digits: what the hub serves under a branch may change, this does not.
    megabytes
        Size of the files together.
    licence
        As the model's page states it.
    """

    repo: str
    files: tuple[str, ...]
    revision: str
    megabytes: int
    licence: str

    def __post_init__(self) -> None:
        if len(self.revision) != 40 or set(self.revision) - set("0123456789abcdef"):
            raise ValueError(
                f"the revision of {self.repo} must be a full commit of 40 hex digits, not {self.revision!r}"
            )


HUB_MODELS: dict[str, HubModel] = {
    "technique-router-onnx": HubModel(
        "chopratejas/technique-router-onnx",
        ("model_quantized.onnx", "tokenizer.json", "config.json"),
        "27b0b4bfa510a1cff66d888072c0b807082721a8",
        32,
        "Apache-2.0",
    ),
    "siglip-image-encoder-onnx": HubModel(
        "chopratejas/siglip-image-encoder-onnx",
        ("image_encoder_int8.onnx", "text_embeddings.npz"),
        "d0a9fbd66d4bd8c761bff592d44831f7c2ae184e",
        95,
        "Apache-2.0",
    ),
    "technique-router": HubModel(
        "chopratejas/technique-router",
        ("model.safetensors", "tokenizer.json", "tokenizer_config.json", "config.json"),
        "639f08ab1fac0a0eb888bbeb80e752dbf8a780c1",
        128,
        "Apache-2.0",
    ),
    "siglip": HubModel(
        "google/siglip-base-patch16-224",
        ("model.safetensors", "tokenizer.json", "tokenizer_config.json", "config.json", "preprocessor_config.json"),
        "7fd15f0689c79d79e38b1c2e2e2370a7bf2761ed",
        813,
        "Apache-2.0",
    ),
}
"""Every hub model that can be used, by the name used here."""

_failures: dict[str, str] = {}
_lock = fork_safe(threading.Lock())


class _ForkSafeSession:
    """A session that a forked child opens anew: the parent's threads, and locks they may hold, are of no use there."""

    def __init__(self, path: Path, threads: int) -> None:
        self._path = path
        self._threads = threads
        self._lock = fork_safe(threading.Lock())
        self._session: Session | None = _open(path, threads)
        after_fork(self)

    def reset_after_fork(self) -> None:
        self._session = None

    def _opened(self) -> Session:
        session = self._session
        if session is None:
            with self._lock:
                session = self._session = self._session or _open(self._path, self._threads)
        return session

    def run(self, output_names: list[str] | None, input_feed: dict[str, Any]) -> list[Any]:
        return self._opened().run(output_names, input_feed)

    def get_inputs(self) -> list[Any]:
        return self._opened().get_inputs()

    def get_outputs(self) -> list[Any]:
        return self._opened().get_outputs()

    def get_modelmeta(self) -> Any:
        return self._opened().get_modelmeta()


def open_session(path: Path, *, threads: int = 1) -> Session:
    """Return a session on the CPU; a child process may use it after a fork.

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
    return _ForkSafeSession(path, threads)


def _open(path: Path, threads: int) -> Session:
    try:
        import onnxruntime
        from onnxruntime.capi import onnxruntime_pybind11_state as state
    except ImportError as error:
        raise ModelFilesError("onnxruntime is not installed; run: pip install onnxruntime") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session: Session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
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
    return session


def hub_files(name: str, *, network: bool = True) -> dict[str, Path]:
    """Return the local path of each file of a hub model.

    Parameters
    ----------
    name
        A key of :data:`HUB_MODELS`.
    network
        Whether the hub may be asked for files that are not here.

    Raises
    ------
    ModelFilesError
        The files are not here and cannot be had; says how to get them.
    """
    model = HUB_MODELS[name]
    found = _local(model)
    if found:
        return found
    with _lock:
        if name not in _failures:
            if not network:
                raise ModelFilesError(how_to_get(model, "they are not in the local cache"))
            try:
                return _download(model)
            except ModelFilesError as error:
                _failures[name] = str(error)
                raise
        raise ModelFilesError(_failures[name])


def forget_failures() -> None:
    """Let the hub be asked again, after the network came back."""
    with _lock:
        _failures.clear()


def offline() -> bool:
    """Whether the environment forbids asking the hub."""
    return any(os.environ.get(word, "").strip().lower() in _TRUE for word in OFFLINE)


def how_to_get(model: HubModel, problem: str) -> str:
    """Return a sentence on what is missing, and how to bring it to a machine without network."""
    return (
        f"the files of {model.repo} (about {model.megabytes} MB) cannot be had: {problem}. On a machine with network "
        f"run: hf download {model.repo} {' '.join(model.files)} --revision {model.revision} "
        f"--local-dir models/{model.repo}; then copy the folder models here and set {MODELS_FOLDER} to it"
    )


def cache_folder() -> Path:
    """Return where files that can be had again are kept: :data:`CACHE_FOLDER`, or a folder in the user's cache."""
    if folder := os.environ.get(CACHE_FOLDER):
        return Path(folder).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "headroom_nb"


def _local(model: HubModel) -> dict[str, Path] | None:
    folders = [cache_folder() / "hub" / model.repo / model.revision, _hub_snapshot(model)]
    if own := os.environ.get(MODELS_FOLDER):
        folders.insert(0, Path(own) / model.repo)
    for folder in folders:
        paths = {file: folder / file for file in model.files}
        if all(path.is_file() for path in paths.values()):
            return paths
    return None


def _hub_snapshot(model: HubModel) -> Path:
    """Return the folder in the hub client's own cache, laid out ``models--owner--name/snapshots/<commit>``."""
    home = os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")) / "huggingface"
    cache = os.environ.get("HF_HUB_CACHE") or Path(home) / "hub"
    return Path(cache).expanduser() / f"models--{model.repo.replace('/', '--')}" / "snapshots" / model.revision


def _download(model: HubModel) -> dict[str, Path]:
    """Fetch the files, each in one attempt; a part of a file is never left under its name."""
    if offline():
        raise ModelFilesError(how_to_get(model, "offline use is asked for and they are not in the local cache"))
    folder = cache_folder() / "hub" / model.repo / model.revision
    endpoint = os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in model.files:
            _fetch(f"{endpoint}/{model.repo}/resolve/{model.revision}/{file}", folder / file)
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise ModelFilesError(how_to_get(model, f"the hub could not be reached ({reason})")) from error
    return {file: folder / file for file in model.files}


def _fetch(url: str, target: Path) -> None:
    if not url.startswith(("https://", "http://")):
        raise ModelFilesError(f"HF_ENDPOINT must be an http(s) address; {url} is none")
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        with urlopen(url, timeout=TIMEOUT) as answer, part.open("wb") as file:  # noqa: S310 (checked above)
            shutil.copyfileobj(answer, file)
            expected = answer.headers.get("Content-Length")
        if expected is not None and part.stat().st_size != int(expected):
            raise OSError(f"{url} broke off after {part.stat().st_size} of {expected} bytes")
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
