"""From probabilities to a choice: expected cost, with the dear mistake priced by quality."""

from __future__ import annotations

from headroom_nb.results import Technique

TECHNIQUE_ORDER = (Technique.TRANSCODE, Technique.CROP, Technique.FULL_LOW, Technique.PRESERVE)
"""Order of the model's outputs."""

GROUPS = ("page", "window", "chart", "graphic", "scene", "photo", "fine")
"""What the fusion tells pictures apart into; the model answers once for each."""
