"""Images behind ``https`` addresses, fetched only where the user asked for it, and only from the public internet."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from headroom_nb.fetching.slots import fetch_slots

if TYPE_CHECKING:
    from headroom_nb.fetching.fetcher import Fetched as Fetched
    from headroom_nb.fetching.fetcher import ImageFetcher as ImageFetcher

__all__ = ["Fetched", "ImageFetcher", "fetch_slots"]


def __getattr__(name: str) -> Any:
    """Load what speaks to the network on first use: most calls never do."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.fetcher"), name)
