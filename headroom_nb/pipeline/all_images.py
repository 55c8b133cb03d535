"""The images of one conversation: known ones at once, the others several at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from headroom_nb.errors import HeadroomError
from headroom_nb.pipeline.one_image import OpenedImage, decide, untouched
from headroom_nb.records import ImageResult
from headroom_nb.runtime.threads import usable_threads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.errors import OcrError
    from headroom_nb.formats.slots import ImageSlot
    from headroom_nb.pictures import RequestBudget
    from headroom_nb.pipeline.context import Setting, Tools
    from headroom_nb.pipeline.remember import Question, Remembered

MAX_THREADS = 4
"""Images worked on at the same time; each may hold a decoded picture."""

_Account = tuple["Question | None", ImageResult]
"""An image's account, and what it is remembered under; None where it is not."""


@dataclass(frozen=True)
class _Task:
    """An image that has to be decided, and what its account is remembered under."""

    question: Question
    image: OpenedImage


def accounts_of(
    slots: Sequence[ImageSlot], settings: Sequence[Setting], tools: Tools, remembered: Remembered
) -> list[ImageResult]:
    """Return the account of each image, in order; what went wrong with one stands in its own.

    Parameters
    ----------
    slots, settings
        The images, and what decides each besides its pixels.
    tools
        The router, the OCR engine and the limits.
    remembered
        Where accounts are looked for first, and kept.
    """
    if not slots:
        return []
    # here, so that a conversation without images never loads the libraries of pictures
    from headroom_nb.pictures import RequestBudget

    budget = RequestBudget(tools.limits)
    seen = [_look_up(slot, setting, tools, remembered, budget) for slot, setting in zip(slots, settings, strict=True)]
    done = iter(_work_off([found for found in seen if isinstance(found, _Task)], tools, remembered))
    found = [next(done) if isinstance(each, _Task) else each for each in seen]
    remembered.keep_last((question, result) for question, result in found if question is not None)
    return [result for _, result in found]


def _look_up(
    slot: ImageSlot, setting: Setting, tools: Tools, remembered: Remembered, budget: RequestBudget
) -> _Account | _Task:
    """Return an image's account if it is known or cannot be had, else what there is to do."""
    if slot.reference is not None:
        return None, untouched(slot)
    from headroom_nb.pictures import check_encoded, read_header

    try:
        budget.count()
        check_encoded(slot.raw, tools.limits)
        question = remembered.ask(slot, setting)
        known = remembered.find(question)
        if known is not None and known.original_size is not None:
            budget.take(known.original_size[0] * known.original_size[1])
            return question, known
        data = slot.load()
        header = read_header(data)
        budget.take(header.pixels)
        return _Task(question, OpenedImage(slot, data, header))
    except HeadroomError as error:
        error.path = error.path or slot.path
        return None, untouched(slot, error)


def _work_off(tasks: list[_Task], tools: Tools, remembered: Remembered) -> list[_Account]:
    """Decide images, several at a time."""
    threads = usable_threads(MAX_THREADS)
    if len(tasks) < 2 or threads < 2:
        return [_work(task, tools, remembered) for task in tasks]
    pool = ThreadPoolExecutor(threads)
    try:
        return list(pool.map(lambda task: _work(task, tools, remembered), tasks))
    finally:
        pool.shutdown(cancel_futures=True)


def _work(task: _Task, tools: Tools, remembered: Remembered) -> _Account:
    """Decide an image and remember its account, unless something failed that may go well another time."""
    question, image = task.question, task.image
    failures: list[OcrError] = []
    measured = remembered.recall_measurements(image.data)
    try:
        result = decide(image, question.setting, replace(tools, failed=failures.append))
    except HeadroomError as error:
        error.path = error.path or image.slot.path
        return None, untouched(image.slot, error)
    if result.error is not None or failures:
        return None, result
    remembered.keep_measurements(image.data, but=measured)
    remembered.keep(question, result)
    return question, result
