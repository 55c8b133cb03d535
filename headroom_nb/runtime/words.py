"""Words that users type, and the ones they may have meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_SHOWN = 100
"""Characters of a reference that messages repeat."""


def hint(word: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean X?"``, or nothing when no known word is close."""
    from difflib import get_close_matches  # loaded for mistakes only

    close = get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else ""


def unquote(word: str) -> str:
    """Return a word without its quotes and escapes, as a POSIX shell would read it."""
    import shlex

    try:
        return " ".join(shlex.split(word)) if word else ""
    except ValueError:  # an escape at the very end, which a shell would continue on the next line
        return word


def public_part(reference: str) -> str:
    """Return what of a URL or file id may be shown: no query or fragment, which may be a signature, and no password."""
    shown = reference.partition("?")[0].partition("#")[0]
    scheme, slashes, rest = shown.partition("://")
    if slashes:
        host, slash, path = rest.partition("/")
        shown = f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"
    return shown if len(shown) <= MOST_SHOWN else f"{shown[:MOST_SHOWN]}…"
