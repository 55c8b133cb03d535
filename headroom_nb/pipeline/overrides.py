"""What a person chose for single images, by their paths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headroom_nb.errors import OptionError
from headroom_nb.records import Technique


def check_choices(techniques: Any, questions: Any, boxes: Any, forms: Any) -> None:
    """Raise OptionError for what is no path, technique, question, region or label of a form."""
    for name, choices in (("techniques", techniques), ("questions", questions), ("boxes", boxes), ("forms", forms)):
        if choices is not None and not isinstance(choices, Mapping):
            raise OptionError(f"{name} are given by block path, as a dict, not as {type(choices).__name__}")
        for path in choices or {}:
            if not isinstance(path, tuple) or not all(isinstance(step, (str, int)) for step in path):
                raise OptionError(f"{name} are given by block path, as in .images[0].path, not by {str(path)[:60]!r}")
    for technique in (techniques or {}).values():
        if technique not in tuple(Technique):
            raise OptionError(f"technique {str(technique)[:60]!r} is not known; use one of {', '.join(Technique)}")
    for what, texts in (("a question", questions), ("the label of a form", forms)):
        for text in (texts or {}).values():
            if not isinstance(text, str):
                raise OptionError(f"{what} is text, not {type(text).__name__}")
    for box in (boxes or {}).values():
        _check_box(box)


def _check_box(box: Any) -> None:
    if not isinstance(box, tuple) or len(box) != 4 or not all(isinstance(edge, int) for edge in box):
        raise OptionError(f"a box is left, top, right and bottom in whole pixels, not {str(box)[:60]!r}")
