"""Images behind ``https`` addresses, fetched only where the user asked for it, and only from the public internet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.fetching.slots import fetch_slots
from headroom_nb.lazy import lazy_names

if TYPE_CHECKING:
    from headroom_nb.fetching.fetcher import Fetched as Fetched
    from headroom_nb.fetching.fetcher import ImageFetcher as ImageFetcher

__all__ = ["Fetched", "ImageFetcher", "fetch_slots"]

if not TYPE_CHECKING:  # or a type checker would take any name for one of these
    __getattr__ = lazy_names(__name__, {"Fetched": "fetcher", "ImageFetcher": "fetcher"})  # most calls fetch nothing
