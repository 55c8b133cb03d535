"""The objects of Google's SDK, read as the dicts they stand for.

OpenAI's and Anthropic's SDKs take requests as dicts; Google's also as ``types.Content`` and ``types.Part``. An object
that has to change goes back as a dict, which that SDK takes as well; the others stay the objects they are.
"""

from __future__ import annotations

from typing import Any


def as_plain(value: Any) -> Any:
    """Return an object of google-genai as a dict; any other value as it is."""
    if type(value).__module__.startswith("google.genai.") and hasattr(value, "model_dump"):
        return value.model_dump(exclude_none=True)
    return value
