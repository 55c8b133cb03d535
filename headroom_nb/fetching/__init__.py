"""Pictures behind ``https`` addresses, fetched only where the user asked for it, and only from the public internet."""

from headroom_nb.fetching.fetcher import Fetched, ImageFetcher
from headroom_nb.fetching.slots import Fetches, fetch_slots

__all__ = ["Fetched", "Fetches", "ImageFetcher", "fetch_slots"]
