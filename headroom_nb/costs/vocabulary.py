"""Text vocabularies that are already on this machine. Nothing here reaches the network.

tiktoken downloads a vocabulary it does not find, or finds damaged; so its cache is looked into, and the file's hash
compared, before tiktoken is asked. bpe-openai carries its vocabularies in the package.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_URL = "https://openaipublic.blob.core.windows.net/encodings/{}.tiktoken"
_SHA256 = {"o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"}


@dataclass(frozen=True)
class Vocabulary:
    """A vocabulary that can count; ``source`` is the package it came from."""

    name: str
    source: str
    encode: Callable[[str], Any]

    def count(self, text: str) -> int:
        """Return the tokens of a text; lone surrogates count as the replacement character."""
        return len(self.encode(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")))


@lru_cache(maxsize=4)
def find_vocabulary(name: str) -> Vocabulary | None:
    """Return the vocabulary of this name, or None where none is at hand without a download."""
    source = vocabulary_source(name)
    if source == "tiktoken":
        import tiktoken

        return Vocabulary(name, source, tiktoken.get_encoding(name).encode_ordinary)
    if source == "bpe-openai":
        import bpe_openai

        return Vocabulary(name, source, bpe_openai.get_encoding(name).encode_ordinary)
    return None


def vocabulary_source(name: str) -> str | None:
    """Return the package that has the vocabulary of this name at hand, or None; loads nothing."""
    if find_spec("tiktoken") is not None and _cached_by_tiktoken(name):
        return "tiktoken"
    return None if find_spec("bpe_openai") is None else "bpe-openai"


def _cached_by_tiktoken(name: str) -> bool:
    """Return whether tiktoken would find the vocabulary, undamaged, in its cache folder."""
    import hashlib
    import tempfile

    folder = os.environ.get("TIKTOKEN_CACHE_DIR", os.environ.get("DATA_GYM_CACHE_DIR"))
    if folder == "" or name not in _SHA256:
        return False  # an empty folder name switches tiktoken's cache off
    place = Path(folder) if folder is not None else Path(tempfile.gettempdir()) / "data-gym-cache"
    file = place / hashlib.sha1(_URL.format(name).encode(), usedforsecurity=False).hexdigest()
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest() == _SHA256[name]
    except OSError:
        return False
