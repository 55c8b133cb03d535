"""What a person chose for single images, by their paths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import OptionError
from headroom_nb.records import Technique

if TYPE_CHECKING:
    from headroom_nb.records import BlockPath


def check_choices(techniques: Any, questions: Any) -> tuple[dict[BlockPath, Technique], dict[BlockPath, str]]:
    """Return what was chosen manually, by block path; raises OptionError for what is no path, technique or question."""
    for name, choices in (("techniques", techniques), ("questions", questions)):
        if choices is not None and not isinstance(choices, Mapping):
            raise OptionError(f"{name} are given by block path, as a dict, not as {type(choices).__name__}")
        for path in choices or {}:
            if not isinstance(path, tuple) or not all(isinstance(step, (str, int)) for step in path):
                raise OptionError(f"{name} are given by block path, as in .images[0].path, not by {str(path)[:60]!r}")
    for technique in (techniques or {}).values():
        if technique not in tuple(Technique):
            raise OptionError(f"technique {str(technique)[:60]!r} is not known; use one of {', '.join(Technique)}")
    for question in (questions or {}).values():
        if not isinstance(question, str):
            raise OptionError(f"a question is text, not {type(question).__name__}")
    return {path: Technique(each) for path, each in (techniques or {}).items()}, dict(questions or {})
