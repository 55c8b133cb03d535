"""What can be done with one image: each technique is a function of a :class:`~headroom_nb.techniques.base.Job`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from headroom_nb.records import Technique

if TYPE_CHECKING:
    from headroom_nb.techniques.base import TechniqueFunction

TECHNIQUES: dict[Technique, tuple[str, str]] = {
    Technique.TRANSCODE: ("headroom_nb.techniques.transcode", "transcode"),
    Technique.CROP: ("headroom_nb.techniques.crop", "crop"),
    Technique.FULL_LOW: ("headroom_nb.techniques.low_detail", "low_detail"),
    Technique.PRESERVE: ("headroom_nb.techniques.preserve", "preserve"),
}
"""Module and function of each technique; loaded when first used, as some of them need NumPy. Yours may be put in."""

__all__ = ["TECHNIQUES", "technique_function"]


def technique_function(technique: Technique) -> TechniqueFunction:
    """Return the function that carries a technique out."""
    module, name = TECHNIQUES[technique]
    function: TechniqueFunction = getattr(import_module(module), name)
    return function
