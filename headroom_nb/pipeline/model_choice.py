"""Whose bill is meant where a setting names a model, and the request may have one of its own."""

from __future__ import annotations

from typing import Any


def fitting_model(setting: str | None, document: Any, provider: str | None = None) -> str | None:
    """Return the setting's model; None where a request names its own, or goes to another provider.

    Parameters
    ----------
    setting
        A model's name, or None.
    document
        A message list or request body.
    provider
        Whose it is, where that is known; else it is read off the messages.

    Raises
    ------
    UnknownModelError
        The setting is no model that is known.
    """
    from headroom_nb.costs import find_model, provider_name
    from headroom_nb.formats import detect_provider, request_model

    if setting is None or request_model(document) is not None:
        return None
    wanted = provider_name(provider) if provider else detect_provider(document)
    return setting if wanted is None or find_model(setting).provider == wanted else None
