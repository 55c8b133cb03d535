"""The chance that an answer survives a form, as curves in data: one profile per family of models."""

from headroom_nb.survival.profiles import Profile, find_profile, load_profiles, survival

__all__ = ["Profile", "find_profile", "load_profiles", "survival"]
