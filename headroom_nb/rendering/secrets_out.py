"""Secrets in a request body: taken out of what is written to files.

A body may carry keys and headers beside its messages (``extra_headers`` of an SDK, ``headers`` of an MCP tool). Values
under names that stand for a secret are masked anywhere; passwords and tokens in addresses, and authorizations by their
form, are masked outside of the messages. In the messages an address is part of the question: an image's signed address
stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from headroom_nb.runtime.masking import MASK, is_secret, with_masked_addresses

if TYPE_CHECKING:
    from headroom_nb.records import BlockPath

CONVERSATION = frozenset({"messages", "input", "contents"})
"""Keys of a body under which addresses stay as they are."""

_AUTHORIZATION = re.compile(r"(Bearer|Basic|Token|ApiKey)\s+\S+", re.IGNORECASE)


def without_secrets(document: Any) -> tuple[Any, list[BlockPath]]:
    """Return a copy of a document without its secrets, and where they stood; the document itself when it has none."""
    found: list[BlockPath] = []
    cleaned = _clean(document, (), found, addresses=isinstance(document, Mapping))
    return (cleaned, found) if found else (document, [])


def _clean(value: Any, path: BlockPath, found: list[BlockPath], *, addresses: bool) -> Any:
    if isinstance(value, str):
        masked = _text(value) if addresses else value
        if masked != value:
            found.append(path)
        return masked
    if isinstance(value, Mapping):
        cleaned = {}
        for name, entry in value.items():
            place = (*path, str(name))
            if is_secret(name) and _has_value(entry):
                found.append(place)
                cleaned[name] = MASK
            else:
                inside = addresses and name not in CONVERSATION
                cleaned[name] = _clean(entry, place, found, addresses=inside)
        return cleaned if any(cleaned[name] is not value[name] for name in value) else value
    if isinstance(value, (list, tuple)):
        entries = [_clean(entry, (*path, number), found, addresses=addresses) for number, entry in enumerate(value)]
        if all(new is old for new, old in zip(entries, value, strict=True)):
            return value
        return entries
    return value


def _has_value(entry: Any) -> bool:
    """Return whether a secret stands here; a mapping describes one, as the schema of a tool does."""
    return (isinstance(entry, (str, bytes)) and len(entry) > 0) or (
        isinstance(entry, (list, tuple)) and bool(entry) and all(isinstance(each, str) for each in entry)
    )


def _text(text: str) -> str:
    """Return a text without an authorization, and without passwords and tokens in addresses."""
    if _AUTHORIZATION.fullmatch(text):
        return f"{text.split(maxsplit=1)[0]} {MASK}"
    return with_masked_addresses(text)
