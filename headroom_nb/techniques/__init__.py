"""What can be done with one image: each technique is a function of a :class:`~headroom_nb.techniques.base.Job`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.results import Technique
from headroom_nb.techniques.crop import crop
from headroom_nb.techniques.low_detail import low_detail
from headroom_nb.techniques.preserve import preserve
from headroom_nb.techniques.transcode import transcode

if TYPE_CHECKING:
    from headroom_nb.techniques.base import TechniqueFunction

TECHNIQUES: dict[Technique, TechniqueFunction] = {
    Technique.TRANSCODE: transcode,
    Technique.CROP: crop,
    Technique.FULL_LOW: low_detail,
    Technique.PRESERVE: preserve,
}
"""The function that carries each technique out."""

__all__ = ["TECHNIQUES"]
