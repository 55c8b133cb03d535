"""Give the images that messages name by URL their bytes, before anything is decided about them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from headroom_nb.errors import ImageFetchError

if TYPE_CHECKING:
    from headroom_nb.fetching.fetcher import Fetched, ImageFetcher
    from headroom_nb.formats.slots import ImageSlot
    from headroom_nb.records import BlockPath, ImageResult

MAX_THREADS = 8

LOOK_UP_SECONDS = 0.2
"""How long is waited for the hosts in one go. An interrupt that comes in the instant before a thread begins to wait
does not wake it: it is seen when the wait ends."""

HANDLES = ("https://generativelanguage.googleapis.com/",)
"""Addresses that name a file in a provider's own store: no image is to be had there without the user's key."""


@dataclass(frozen=True)
class Fetches:
    """What became of the images behind URLs, by path: fetched, or why not."""

    fetched: dict[BlockPath, Fetched] = field(default_factory=dict)
    failed: dict[BlockPath, str] = field(default_factory=dict)

    def describe(self, image: ImageResult) -> ImageResult:
        """Return an image's result with a note on what was fetched, or why nothing was."""
        got = self.fetched.get(image.path)
        if got is not None:
            note = f"fetched from {got.host}, {len(got.data):,} bytes"
            return replace(image, note=f"{note}; {image.note}" if image.note else note)
        why = self.failed.get(image.path)
        if why is None:
            return image
        return replace(image, error=f"not fetched: {why}", note=f"left as it was, not fetched: {why}")


def fetch_slots(slots: list[ImageSlot], how: bool | ImageFetcher) -> tuple[list[ImageSlot], Fetches]:  # noqa: FBT001
    """Return the images with those behind URLs inline, and what was fetched.

    Each URL is asked for once, several at a time; an image that could not be had stays a reference.

    Parameters
    ----------
    slots
        The images of a document.
    how
        False asks for nothing; True fetches within the usual limits.
    """
    wanted = {slot.path: slot.reference.strip() for slot in slots if slot.reference and _is_web(slot.reference)}
    fetches = Fetches()
    if how is False or not wanted:
        return slots, fetches
    # here, as most calls never speak to the network
    from headroom_nb.fetching.fetcher import ImageFetcher

    answers = _fetch_all(list(dict.fromkeys(wanted.values())), ImageFetcher() if how is True else how)
    for path, url in wanted.items():
        answer = answers[url]
        if isinstance(answer, str):
            fetches.failed[path] = answer
        else:
            fetches.fetched[path] = answer
    return [_inline(slot, fetches.fetched.get(slot.path)) for slot in slots], fetches


def _is_web(reference: str) -> bool:
    """Return whether a reference is a web address, rather than a file's id or a place in a cloud's store."""
    start = reference[:100].strip().lower()
    return start.startswith(("https:", "http:")) and not start.startswith(HANDLES)


def _inline(slot: ImageSlot, fetched: Fetched | None) -> ImageSlot:
    if fetched is None:
        return slot
    return replace(slot, reference=None, raw=fetched.data, load=lambda: fetched.data)


def _fetch_all(urls: list[str], fetcher: ImageFetcher) -> dict[str, Fetched | str]:
    """Return by URL what was fetched, or why nothing was."""
    from concurrent.futures import ThreadPoolExecutor, wait

    from headroom_nb.fetching.connection import Deadline

    deadline = Deadline(fetcher.total_seconds)
    spent = 0

    def fetch(url: str) -> Fetched | str:
        nonlocal spent
        too_much = f"the images of this call come to more than {fetcher.total_bytes:,} bytes"
        if spent > fetcher.total_bytes:
            return too_much
        try:
            fetched = fetcher.fetch(url, deadline=deadline)
        except (ImageFetchError, TimeoutError) as error:
            return str(error)
        spent += len(fetched.data)
        return fetched if spent <= fetcher.total_bytes else too_much

    first = urls[: fetcher.max_images]
    rest = f"one call fetches {fetcher.max_images:,} images; send the others in another"
    answers: dict[str, Fetched | str] = dict.fromkeys(urls, rest)
    if len(first) == 1:
        return {**answers, first[0]: fetch(first[0])}
    pool = ThreadPoolExecutor(min(MAX_THREADS, len(first)), thread_name_prefix="headroom-nb-fetch")
    try:
        asked = {url: pool.submit(fetch, url) for url in first}
        while wait(asked.values(), LOOK_UP_SECONDS).not_done:
            pass
        return {**answers, **{url: answer.result() for url, answer in asked.items()}}
    finally:
        # an interrupt does not wait for the hosts: each thread ends at its own deadline
        pool.shutdown(wait=False, cancel_futures=True)
