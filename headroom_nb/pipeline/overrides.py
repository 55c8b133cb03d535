"""What a person chose for single images, by their paths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headroom_nb.errors import OptionError
from headroom_nb.records import Technique


def check_choices(techniques: Any, questions: Any, boxes: Any) -> None:
    """Raise OptionError for what is no path, technique, question or region."""
    for name, choices in (("techniques", techniques), ("questions", questions), ("boxes", boxes)):
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
    for box in (boxes or {}).values():
        if not isinstance(box, tuple) or len(box) != 4 or not all(isinstance(edge, int) for edge in box):
            raise OptionError(f"a box is left, top, right and bottom in whole pixels, not {str(box)[:60]!r}")
