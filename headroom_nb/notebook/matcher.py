"""What the completer of IPython asks; the words themselves are loaded when they are needed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from IPython.core.completer import CompletionContext

IDENTIFIER = "headroom_nb"
"""Name of our matcher in the completer."""

_WORD_START = re.compile(r"[^\s=]*$")


def matcher(namespace: Callable[[], Mapping[str, Any]]) -> Callable[[CompletionContext], dict[str, Any]]:
    """Return a completer's matcher (second version of IPython's interface)."""
    from IPython.core.completer import SimpleCompletion

    def headroom_matcher(context: CompletionContext) -> dict[str, Any]:
        line = context.text_until_cursor
        if "%headroom" not in line:
            return {"completions": []}
        from headroom_nb.notebook.completion import suggest

        found = suggest(line, namespace())
        if found is None:
            return {"completions": []}
        fragment = _WORD_START.search(line)
        return {
            "completions": [SimpleCompletion(text=word, type=kind) for word, kind in found],
            "matched_fragment": fragment[0] if fragment else "",
            # where a variable may stand, an expression may too: leave that to the others
            "ordered": True,
            "suppress": any(kind not in {"instance", "path"} for _, kind in found),
        }

    headroom_matcher.matcher_api_version = 2  # type: ignore[attr-defined]
    headroom_matcher.matcher_identifier = IDENTIFIER  # type: ignore[attr-defined]
    return headroom_matcher
