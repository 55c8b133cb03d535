"""The images of one conversation: known results at once, the others decided several at a time."""

from __future__ import annotations

import contextvars
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from headroom_nb.errors import HeadroomError, ImageTimeoutError, WorkStoppedError
from headroom_nb.pipeline.one_image import OpenedImage, decide, untouched
from headroom_nb.records import format_path
from headroom_nb.resource_limits import how_to_raise
from headroom_nb.runtime.models import finish
from headroom_nb.runtime.stopping import Stop, checkpoint, stopping
from headroom_nb.runtime.threads import usable_threads

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from headroom_nb.errors import OcrError
    from headroom_nb.formats.slots import ImageSlot
    from headroom_nb.pictures import PictureHeader, RequestBudget
    from headroom_nb.pipeline.context import CacheKey, DecisionContext, Tools
    from headroom_nb.pipeline.remember import ResultCache
    from headroom_nb.records import ImageResult

    Found = tuple[CacheKey | None, ImageResult]
    """The result of an image, and what it is remembered under; None where it is not."""

MAX_THREADS = 4
"""Images worked on at the same time; each may hold a decoded image."""

WAITING_BYTES = 16 * 2**20
"""Of the files that were decoded from base64 and wait for their turn; those beyond are decoded again then."""


def all_images(
    slots: Sequence[ImageSlot],
    contexts: Sequence[DecisionContext],
    tools: Tools,
    cache: ResultCache,
    *,
    again: bool = False,
) -> list[ImageResult]:
    """Return the result of each image, in order; what went wrong with one stands in its own.

    Parameters
    ----------
    slots, contexts
        The images, and what decides each besides its pixels.
    tools
        The router, the OCR engine and the limits.
    cache
        Where results are looked for first, and kept.
    again
        Whether these are some of the images of the last call, whose results stay remembered.
    """
    if not slots:
        return []
    # here, so that a conversation without images never loads the libraries of images
    from headroom_nb.pictures import RequestBudget

    budget = RequestBudget(tools.limits)
    waiting = _Waiting()
    seconds = tools.limits.max_request_seconds
    stop = Stop(seconds, partial(_took_longer, seconds))
    # in order of appearance, so that what the budget leaves out never depends on a later image
    found = [_open(slot, context, tools, cache, budget, waiting) for slot, context in zip(slots, contexts, strict=True)]
    tasks = [task for task in found if callable(task)]
    tools.watch.images(len(slots), len(slots) - len(tasks))
    with stopping(stop):
        decided = iter(_several_at_a_time(tasks, stop))
    results = [next(decided) if callable(each) else each for each in found]
    if tasks:
        finish()
    cache.keep_last(((key, result) for key, result in results if key is not None), more=again)
    return [result for _, result in results]


def _took_longer(seconds: float) -> ImageTimeoutError:
    return ImageTimeoutError(
        f"the images of this request took more than {seconds:g} seconds; {how_to_raise('max_request_seconds')}"
    )


class _Waiting:
    """Counts the bytes of files that wait decoded for their turn."""

    def __init__(self) -> None:
        self._bytes = 0

    def keep(self, data: bytes) -> bytes | None:
        """Return a file where there is room for it, else None."""
        if self._bytes + len(data) > WAITING_BYTES:
            return None
        self._bytes += len(data)
        return data


def _open(
    slot: ImageSlot,
    context: DecisionContext,
    tools: Tools,
    cache: ResultCache,
    budget: RequestBudget,
    waiting: _Waiting,
) -> Found | Callable[[], Found]:
    """Return an image's result if it is known or cannot be had, else what decides the image."""
    if slot.reference is not None:
        return None, untouched(slot)
    from headroom_nb.pictures import check_encoded, read_header

    try:
        checkpoint()
        budget.count()
        check_encoded(slot.raw, tools.limits)
        key = cache.key(slot, context)
        known = cache.find(key)
        if known is not None and known.original_size is not None:
            budget.take(known.original_size[0] * known.original_size[1])
            return key, known
        data = slot.load()
        header = read_header(data)
        budget.take(header.pixels)
    except WorkStoppedError:
        raise  # of the whole call, and not of this image
    except HeadroomError as error:
        return None, untouched(slot, error)
    return partial(_decide_opened, slot, header, waiting.keep(data), key, tools, cache)


def _decide_opened(
    slot: ImageSlot, header: PictureHeader, data: bytes | None, key: CacheKey, tools: Tools, cache: ResultCache
) -> Found:
    return _decide_and_keep(OpenedImage(slot, slot.load() if data is None else data, header), key, tools, cache)


def _several_at_a_time(tasks: Sequence[Callable[[], Found]], stop: Stop) -> list[Found]:
    if len(tasks) < 2 or usable_threads(MAX_THREADS) < 2:
        return [task() for task in tasks]
    pool = ThreadPoolExecutor(usable_threads(MAX_THREADS))
    try:
        # each in the context of the call, which says when work must end
        contexts = [contextvars.copy_context() for _ in tasks]
        return list(pool.map(lambda context, task: context.run(task), contexts, tasks))
    except KeyboardInterrupt:
        stop.set()  # what is under way ends at its next step; what is done is kept
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _decide_and_keep(image: OpenedImage, key: CacheKey, tools: Tools, cache: ResultCache) -> Found:
    """Decide an image and remember its result, unless something failed that may succeed another time."""
    failures: list[OcrError] = []
    try:
        return _decided_and_kept(image, key, tools, cache, failures)
    finally:
        cache.forget_measurements(image.data)
        tools.watch.done(format_path(image.slot.path))


def _decided_and_kept(
    image: OpenedImage, key: CacheKey, tools: Tools, cache: ResultCache, failures: list[OcrError]
) -> Found:
    measured = cache.recall_measurements(image.data)
    try:
        result = decide(image, key.context, replace(tools, failed=failures.append))
    except WorkStoppedError:
        raise
    except HeadroomError as error:
        return None, untouched(image.slot, error)
    if result.error is not None or failures:
        return None, result
    cache.keep_measurements(image.data, but=measured)
    cache.keep(key, result)
    return key, result
