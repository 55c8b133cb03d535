"""Model files of the public hub: local first, pinned, checked, and never waited for twice.

A hub file is looked for in this order: the folder named by ``HEADROOM_NB_HUB_FILES``, our own cache, the hub client's
cache, the hub itself. The hub is asked once: after a failure every later call in the process fails in microseconds,
with a sentence that says how to bring the files to a machine without network. It is not asked at all when
``HF_HUB_OFFLINE`` is set. The download is a plain HTTPS request in one attempt: the hub's own client retries for more
than twenty seconds before it gives up. Only formats that cannot carry code are fetched, and what was fetched is held to
its checksum each time it is loaded (:mod:`headroom_nb.runtime.checksums`).
"""

from __future__ import annotations

import errno
import os
import threading
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import HTTPRedirectHandler, Request, build_opener

from headroom_nb.errors import ModelFilesError
from headroom_nb.runtime.checksums import RECORD, Checksums
from headroom_nb.runtime.forks import fork_safe

if TYPE_CHECKING:
    from collections.abc import Mapping

MODELS_FOLDER = "HEADROOM_NB_HUB_FILES"
"""Environment variable: a folder that holds ``<owner>/<model>/<file>`` for machines without network."""

CACHE_FOLDER = "HEADROOM_NB_CACHE_FOLDER"
"""Environment variable: where downloaded models, and results remembered on disk, are kept."""

OFFLINE = ("HF_HUB_OFFLINE", "HEADROOM_NB_OFFLINE")
"""Environment variables that forbid asking the hub."""

_TRUE = {"1", "on", "true", "yes"}
TIMEOUT = 5.0
"""Seconds the hub may stay silent, while connecting or between bytes."""

SAFE_FORMATS = (".json", ".npz", ".onnx", ".safetensors")
"""Files that are data and nothing else, read without unpickling; ``.bin``, ``.pt`` and ``.pkl`` can run code."""

CANNOT_WRITE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EFBIG}
CHUNK = 1 << 20

LONGEST_REASON = 300
"""Characters of what is said to be wrong: some errors are a line that the other side sent, of up to 64 KB."""


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
    sha256
        Checksums by file, where known; the others are those of the first download.
    """

    repo: str
    files: tuple[str, ...]
    revision: str
    megabytes: int
    licence: str
    sha256: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unsafe = [file for file in self.files if not file.endswith(SAFE_FORMATS)]
        if unsafe:
            raise ValueError(f"{', '.join(unsafe)} of {self.repo} may carry code; use {', '.join(SAFE_FORMATS)}")
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
        The files are not here and cannot be had, or they are damaged; says how to get them.
    """
    model = HUB_MODELS[name]
    with _lock:
        found = _local(model)
        if found:
            return found
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
    """Return the files from the first folder that has them all, once they are what they were.

    A folder of the user's own is taken at their word where the table knows no checksum.
    """
    folders = [(_own_folder(model), True), (_hub_snapshot(model), True)]
    if own := os.environ.get(MODELS_FOLDER):
        folders.insert(0, (Path(own) / model.repo, False))
    for folder, pinned in folders:
        paths = {file: folder / file for file in model.files}
        if all(path.is_file() for path in paths.values()):
            Checksums(_own_folder(model) / RECORD if pinned else None, model.sha256).check(paths)
            return paths
    return None


def _own_folder(model: HubModel) -> Path:
    return cache_folder() / "hub" / model.repo / model.revision


def _hub_snapshot(model: HubModel) -> Path:
    """Return the folder in the hub client's own cache, laid out ``models--owner--name/snapshots/<commit>``."""
    home = os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")) / "huggingface"
    cache = os.environ.get("HF_HUB_CACHE") or Path(home) / "hub"
    return Path(cache).expanduser() / f"models--{model.repo.replace('/', '--')}" / "snapshots" / model.revision


def _download(model: HubModel) -> dict[str, Path]:
    """Fetch the files, each in one attempt; a part of a file is never left under its name."""
    if offline():
        raise ModelFilesError(how_to_get(model, "offline use is asked for and they are not in the local cache"))
    folder = _own_folder(model)
    endpoint = os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
    if not endpoint.startswith(("https://", "http://")):
        raise ModelFilesError(f"HF_ENDPOINT must be an http(s) address; {endpoint} is none")
    checksums = Checksums(folder / RECORD, model.sha256)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in model.files:
            _fetch(f"{endpoint}/{model.repo}/resolve/{model.revision}/{file}", folder / file, model, checksums)
    except (OSError, HTTPException) as error:
        reason = str(getattr(error, "reason", None) or error)[:LONGEST_REASON]
        problem = f"the hub could not be reached ({''.join(char for char in reason if char.isprintable())})"
        if isinstance(error, OSError) and error.errno in CANNOT_WRITE:
            problem = f"{folder} cannot be written to ({error.strerror})"
        raise ModelFilesError(how_to_get(model, problem)) from error
    return {file: folder / file for file in model.files}


class _Hops(HTTPRedirectHandler):
    """Follows the hub to where it stores its files, and remembers the checksum it gives on the way."""

    sha256: str | None = None

    def redirect_request(self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Request | None:
        if req.type == "https" and not newurl.startswith("https://"):
            raise OSError(f"{req.host} leads on to an address without https")
        self.note(headers)
        return super().redirect_request(req, fp, code, msg, headers, newurl)

    def note(self, headers: Any) -> None:
        """Take the checksum from an answer; the hub gives one for each file in its large-file store."""
        tag = (headers.get("X-Linked-Etag") or "").strip('"').lower()
        if len(tag) == 64:
            self.sha256 = tag


def _fetch(url: str, target: Path, model: HubModel, checksums: Checksums) -> None:
    """Fetch a file under another name, and give it its own once it is whole and as the hub says."""
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    most = 2_000_000 * model.megabytes
    hops = _Hops()
    try:
        with build_opener(hops).open(url, timeout=TIMEOUT) as answer, part.open("wb") as file:
            hops.note(answer.headers)
            while chunk := answer.read(CHUNK):
                file.write(chunk)
                if file.tell() > most:
                    raise OSError(f"{url} is longer than {most:,} bytes, twice what {model.repo} has")
            size, expected = file.tell(), answer.headers.get("Content-Length")
        if expected is not None and expected.strip() != str(size):
            raise OSError(f"{url} broke off after {size} of {expected[:20]} bytes")
        checksums.record_new(target.name, part, hops.sha256)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
