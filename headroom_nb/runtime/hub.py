"""Model files of the public hub: local first, pinned, checked, and never waited for twice.

A hub file is looked for in this order: the folder named by ``HEADROOM_NB_HUB_FILES``, our own cache, the hub client's
cache, the hub itself. Local files are found by their path alone, so that the client library is imported only for a
download. Before that the hub is asked once with a short time-out, because the client retries for more than twenty
seconds; after a failure every later call in the process fails in microseconds, with a sentence that says how to bring
the files to a machine without network. The hub is not asked at all when ``HF_HUB_OFFLINE`` is set.

Only formats that cannot carry code are fetched. The client stores each file under its checksum, and a file is compared
with that each time it is loaded.
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from headroom_nb.errors import ModelFilesError
from headroom_nb.runtime.files import cache_folder, is_file, sha256_of
from headroom_nb.runtime.forks import fork_safe

if TYPE_CHECKING:
    from collections.abc import Mapping

MODELS_FOLDER = "HEADROOM_NB_HUB_FILES"
"""Environment variable: a folder that holds ``<owner>/<model>/<file>`` for machines without network."""

OFFLINE = ("HF_HUB_OFFLINE", "HEADROOM_NB_OFFLINE")
"""Environment variables that forbid asking the hub."""

_TRUE = {"1", "on", "true", "yes"}
TIMEOUT = 5.0
"""Seconds the hub may take to answer."""

SAFE_FORMATS = (".json", ".npz", ".onnx", ".safetensors")
"""Files that are data and nothing else, read without unpickling; ``.bin``, ``.pt`` and ``.pkl`` can run code."""

LONGEST_REASON = 300
"""Characters of an error that are repeated: some errors are a line that the other side sent, of up to 64 KB."""

_CHECKSUM = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
"""How the hub names a file's content: the SHA-1 of a Git blob, or the SHA-256 of a file in its large-file store."""


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
        SHA-256 by file, where known; the others are compared with the checksum that the hub gave.
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
"""Why a model could not be fetched, by its name; under ``""`` why the hub could not be reached at all."""

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
        The files are not here and cannot be fetched, or they are damaged; says how to get them.
    """
    model = HUB_MODELS[name]
    with _lock:
        found = _local(model)
        if found:
            return found
        if not network:
            raise ModelFilesError(how_to_get(model, "they are not in the local cache"))
        if offline():
            raise ModelFilesError(how_to_get(model, "offline use is asked for and they are not in the local cache"))
        reason = _failures.get("") or _failures.get(name)
        if reason is None:
            try:
                return {file: _download(model, file) for file in model.files}
            except ModelFilesError as error:
                _failures[name] = reason = str(error)
        raise ModelFilesError(how_to_get(model, reason))


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


def _local(model: HubModel) -> dict[str, Path] | None:
    """Return the files from the first folder that has them all, compared with their checksums.

    A folder of the user's own is trusted where the table knows no checksum.
    """
    folders = [folder / _snapshot(model) for folder in (_own_cache(), _client_cache())]
    if own := os.environ.get(MODELS_FOLDER):
        folders.insert(0, Path(own).expanduser() / model.repo)
    for folder in folders:
        paths = {file: folder / file for file in model.files}
        if all(map(is_file, paths.values())):
            for path in paths.values():
                _check(model, path)
            return paths
    return None


def _snapshot(model: HubModel) -> str:
    return f"models--{model.repo.replace('/', '--')}/snapshots/{model.revision}"


def _own_cache() -> Path:
    return cache_folder() / "hub"


def _client_cache() -> Path:
    """Return the hub client's own cache."""
    home = os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")) / "huggingface"
    return Path(os.environ.get("HF_HUB_CACHE") or Path(home) / "hub").expanduser()


def _check(model: HubModel, path: Path) -> None:
    """Compare a file with the checksum this package knows, and with the one the hub client stored it under.

    Raises
    ------
    ModelFilesError
        It is not the same, belongs to somebody else, or cannot be read.
    """
    stored = path.resolve()
    again = f"delete the folder {path.parent}, and the files are fetched again"
    try:
        owner = stored.stat().st_uid
        expected = model.sha256.get(path.name)
        damaged = expected is not None and expected != sha256_of(stored)
        # a folder without links, or of the user's own, gives the file its plain name: then there is nothing to compare
        if _CHECKSUM.fullmatch(stored.name):
            damaged = damaged or stored.name != (sha256_of(stored) if len(stored.name) == 64 else _git_sha1(stored))
    except OSError as error:
        raise ModelFilesError(f"{path} cannot be read ({error.strerror})") from error
    if damaged:
        whose = "the one this package knows" if expected is not None else "the one the hub gave"
        raise ModelFilesError(f"{path} is damaged or was changed: its checksum is not {whose}; {again}")
    if hasattr(os, "getuid") and owner not in {0, os.getuid()} and os.getuid() != 0:
        raise ModelFilesError(
            f"{path} belongs to another user ({owner}), who can change it; copy it to a cache of yours"
        )


def _git_sha1(path: Path) -> str:
    data = path.read_bytes()
    return hashlib.sha1(b"blob %d\0%b" % (len(data), data), usedforsecurity=False).hexdigest()


def _download(model: HubModel, file: str) -> Path:
    """Fetch a file into our own cache, at the pinned commit; a part of a file is never left under its name.

    Raises
    ------
    ModelFilesError
        The hub cannot be reached, has no such file, or sent another one; or the cache cannot be written.
    """
    endpoint = os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")
    if not endpoint.startswith(("https://", "http://")):
        raise ModelFilesError(f"HF_ENDPOINT must be an http(s) address; {endpoint} is none")
    _ask_once(f"{endpoint}/{model.repo}/resolve/{model.revision}/{file}", 2_000_000 * model.megabytes)
    from huggingface_hub import hf_hub_download

    try:
        found = hf_hub_download(
            model.repo,
            file,
            revision=model.revision,
            cache_dir=_own_cache(),
            endpoint=endpoint,
            etag_timeout=TIMEOUT,
            token=False,  # public models: nobody's key is sent
        )
    except Exception as error:
        if isinstance(error, OSError) and error.strerror:
            raise ModelFilesError(f"{_own_cache()} cannot be written to ({error.strerror})") from error
        raise ModelFilesError(f"the download of {file} failed ({_short(error)})") from error
    path = Path(found)
    try:
        _check(model, path)
    except ModelFilesError as error:
        for each in (path.resolve(), path):
            each.unlink(missing_ok=True)
        raise ModelFilesError(f"{file} was changed on its way here: {error}") from error
    return path


class _NoHops(HTTPRedirectHandler):
    """Takes a redirect as the answer: the hub sends large files on to where they are stored."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _ask_once(url: str, most: int) -> None:
    """Ask for a file's facts in one attempt; raises ModelFilesError where it cannot be fetched, or should not be."""
    request = Request(url, headers={"Accept-Encoding": "identity"}, method="HEAD")  # noqa: S310 - http(s), see above
    try:
        headers = build_opener(_NoHops).open(request, timeout=TIMEOUT).headers
    except HTTPError as error:
        if not 300 <= error.code < 400:
            raise ModelFilesError(f"the hub answered {error.code} for {url}") from error
        headers = error.headers
    except (OSError, HTTPException, ValueError) as error:
        _failures[""] = f"the hub could not be reached ({_short(getattr(error, 'reason', None) or error)})"
        raise ModelFilesError(_failures[""]) from error
    if not _CHECKSUM.fullmatch((headers.get("X-Linked-Etag") or headers.get("ETag") or "").strip('"')):
        raise ModelFilesError(f"{url} comes without a checksum")
    length = headers.get("X-Linked-Size") or headers.get("Content-Length") or ""
    if not length.isdecimal() or not length.isascii() or len(length) > 15 or int(length) > most:
        raise ModelFilesError(f"{url} says it has {length[:20]!r} bytes; at most {most:,} are expected")


def _short(error: object) -> str:
    return "".join(char for char in str(error)[:LONGEST_REASON] if char.isprintable())
