"""The chance that an answer survives a form, as curves in data: a profile for each family of models, or your own."""

from headroom_nb.survival.own import find_profile
from headroom_nb.survival.profiles import Profile, load_profiles, shipped_profile, survival

__all__ = ["Profile", "find_profile", "load_profiles", "shipped_profile", "survival"]
