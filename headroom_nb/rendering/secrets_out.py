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
from urllib.parse import parse_qsl, urlsplit, urlunsplit

if TYPE_CHECKING:
    from headroom_nb.records import BlockPath

MASK = "***"
"""What stands in the place of a secret."""

CONVERSATION = frozenset({"messages", "input", "contents"})
"""Keys of a body under which addresses stay as they are."""

_NAMES = re.compile(
    r"(x|ocpapim|anthropic|openai|gemini|azure|goog|google|aws|hf|mcp)*(api|access|secret|private|subscription|function)*(key|keyid)"
    r"|(proxy)?authorization(token)?|(set)?cookie|pass(word|wd|phrase)|credentials?|bearer"
    r"|(x|aws|amz|id|auth|access|api|refresh|session|security|bearer|oauth|client|personal)+token|(client|shared)?secret"
)
"""Names of secrets, in small letters and without anything between them."""

_QUERY = re.compile(_NAMES.pattern + r"|token|sig|signature|(xamz|xgoog)(signature|credential|securitytoken)|code")
_PLAIN_KEY = frozenset({"key"})
"""Too ordinary a name outside of an address."""

LONGEST_NAME = 64
"""Characters of a name that are looked at."""

_AUTHORIZATION = re.compile(r"(Bearer|Basic|Token|ApiKey)\s+\S+", re.IGNORECASE)
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,20}://\S+")


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
            if _is_secret(name) and _has_value(entry):
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


def _is_secret(name: object) -> bool:
    plain = re.sub(r"[^a-z0-9]", "", str(name)[:LONGEST_NAME].lower())
    return plain not in _PLAIN_KEY and _NAMES.fullmatch(plain) is not None


def _has_value(entry: Any) -> bool:
    """Return whether a secret stands here; a mapping describes one, as the schema of a tool does."""
    return (isinstance(entry, (str, bytes)) and len(entry) > 0) or (
        isinstance(entry, (list, tuple)) and bool(entry) and all(isinstance(each, str) for each in entry)
    )


def _text(text: str) -> str:
    """Return a text without an authorization, and without passwords and tokens in addresses."""
    if _AUTHORIZATION.fullmatch(text):
        return f"{text.split(maxsplit=1)[0]} {MASK}"
    return _ADDRESS.sub(lambda match: _address(match[0]), text)


def _address(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    place = parts.netloc
    if "@" in place:
        user, _, host = place.rpartition("@")
        place = f"{user.partition(':')[0]}:{MASK}@{host}" if ":" in user else f"{MASK}@{host}"
    query = parts.query
    for name, secret in parse_qsl(query):
        if secret and _QUERY.fullmatch(re.sub(r"[^a-z0-9]", "", name.lower())):
            query = re.sub(rf"(^|&)({re.escape(name)}=)[^&]*", rf"\1\2{MASK}", query)
    if (place, query) == (parts.netloc, parts.query):
        return address
    return urlunsplit(parts._replace(netloc=place, query=query))
