"""The whole job on one page: find the images, decide each from its own turn, write back.

What happens to a single image is in :mod:`headroom_nb.image_pipeline`.
"""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from headroom_nb.cache import ByteBoundedCache
from headroom_nb.costs import find_model
from headroom_nb.errors import HeadroomError, OptionError
from headroom_nb.fetching import fetch_slots
from headroom_nb.formats import detect_provider, find_images, replace_images, request_model
from headroom_nb.guard import limit_warnings
from headroom_nb.image_pipeline import OpenedImage, Setting, Tools, decide, untouched
from headroom_nb.memory_gate import MemoryGate
from headroom_nb.options import check_document, check_fetching, check_model, check_names, check_quality, choose_limits
from headroom_nb.results import CompressionResult, ImageResult, Technique, format_path

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from headroom_nb.costs import ModelSpec
    from headroom_nb.fetching import ImageFetcher
    from headroom_nb.formats.slots import ImageSlot
    from headroom_nb.image_pipeline import Progress
    from headroom_nb.limits import Limits
    from headroom_nb.pictures import RequestBudget
    from headroom_nb.results import BlockPath
    from headroom_nb.routing.base import Router
    from headroom_nb.techniques.ocr import Ocr

CACHE_BYTES = 128 * 2**20
"""Bound on remembered results per process, counting the pictures they hold."""

MAX_THREADS = 4
"""Images worked on at the same time; each may hold a decoded picture."""


@dataclass(frozen=True)
class _Task:
    """An image that has to be decided, and the key its account is remembered under."""

    key: Hashable
    image: OpenedImage
    setting: Setting


class ImageCompressor:
    """Cuts what the images of a conversation cost, and accounts for each.

    Parameters
    ----------
    model
        The model whose bill is cut; None reads it off the request or takes the provider's default.
    router
        ``"auto"``, ``"embedded"``, ``"onnx"``, ``"torch"``, ``"rules"`` or an object with the
        :class:`~headroom_nb.routing.base.Router` methods.
    quality
        How much detail may be given up: ``"safe"``, ``"balanced"`` or ``"max"``.
    ocr
        ``"auto"``, the name of an engine, or an object with the :class:`~headroom_nb.techniques.ocr.Ocr` methods.
    use_siglip
        Whether the hub and PyTorch routers also look at the image with SigLIP.
    limits
        What a call may use up; None takes the defaults, with what the environment sets.
    fetch_urls
        Whether pictures that messages name by an ``https`` address are fetched, from the public internet alone; an
        :class:`~headroom_nb.fetching.ImageFetcher` does so within limits of your own. Nothing is fetched otherwise.

    Raises
    ------
    OptionError
        When an option is not one we know.
    UnknownModelError
        When the model is not in the table.
    """

    def __init__(
        self,
        model: str | None = None,
        router: str | Router = "auto",
        quality: str = "balanced",
        ocr: str | Ocr = "auto",
        *,
        use_siglip: bool = True,
        limits: Limits | None = None,
        fetch_urls: bool | ImageFetcher = False,
    ) -> None:
        check_quality(quality)
        check_model(model)
        check_names(router, ocr)
        check_fetching(fetch_urls)
        if model is not None:
            find_model(model)
        self.model = model
        self.quality = quality
        self.use_siglip = use_siglip
        self.limits = choose_limits(limits)
        self.fetch_urls = fetch_urls
        self._memory = MemoryGate(self.limits.max_memory_bytes)
        self._router = router
        self._ocr = ocr
        self._results: ByteBoundedCache[ImageResult] = ByteBoundedCache(CACHE_BYTES, _size_of_result)
        self._digests: ByteBoundedCache[tuple[int, str]] = ByteBoundedCache(CACHE_BYTES, lambda entry: entry[0])
        self.last_result: CompressionResult | None = None

    @property
    def last_savings(self) -> float:
        """Percent of image tokens the last call saved; 0 before the first call."""
        return 0.0 if self.last_result is None else self.last_result.savings_percent

    @property
    def router(self) -> Router:
        """The router in use; built on first need, once per process."""
        if isinstance(self._router, str):
            from headroom_nb.routing import load_router

            self._router = load_router(self._router, use_siglip=self.use_siglip)
        return self._router

    @property
    def ocr(self) -> Ocr:
        """The OCR engine in use; built on first need, once per process."""
        if isinstance(self._ocr, str):
            from headroom_nb.techniques.ocr import get_ocr

            self._ocr = get_ocr(self._ocr)
        return self._ocr

    def has_images(self, messages: Any) -> bool:
        """Return whether any message holds an image, inline or by reference."""
        return bool(find_images(messages))

    def close(self) -> None:
        """Forget cached results; models stay loaded for the process."""
        self._results.clear()
        self._digests.clear()

    def compress(
        self,
        messages: Any,
        provider: str | None = None,
        model: str | None = None,
        *,
        techniques: Mapping[BlockPath, Technique] | None = None,
        questions: Mapping[BlockPath, str] | None = None,
        enforce_limits: bool = False,
        progress: Progress | None = None,
    ) -> CompressionResult:
        """Return the same conversation with cheaper images, and the account of each.

        Parameters
        ----------
        messages
            A message list, one message or a whole request body, in any format of :mod:`headroom_nb.formats`. Never
            mutated; what is not an image comes back equal.
        provider, model
            Whose bill it is; None reads them off the document.
        enforce_limits
            Also resize what the provider would still refuse; this looks at the whole request, so it may change
            earlier turns once there are more images.
        techniques
            Techniques chosen by hand, by block path; the router is not asked for these.
        questions
            Questions to decide by instead of those in the conversation, by block path; what is sent keeps its own.
        progress
            Called while text is read, which takes seconds on a full page: with the image's path as text, the lines
            read so far and the lines in all; from several threads at once.

        Raises
        ------
        UnknownModelError
            When the model is not in the table.
        MessageError
            When the document cannot be read at all.
        """
        check_document(messages)
        check_model(model)
        spec, why = self._choose_model(messages, provider, model)
        chosen, asked = dict(techniques or {}), dict(questions or {})
        slots = [replace(slot, question=asked.get(slot.path, slot.question)) for slot in find_images(messages)]
        unknown = (chosen.keys() | asked.keys()) - {slot.path for slot in slots}
        if unknown:
            raise OptionError(f"there is no image at {', '.join(sorted(map(format_path, unknown)))}")
        slots, fetches = fetch_slots(slots, self.fetch_urls)
        settings = [Setting(spec, self.quality, chosen.get(slot.path)) for slot in slots]
        tools = Tools(lambda: self.router, lambda: self.ocr, self.limits, self._memory, progress)
        images = tuple(map(fetches.describe, self._accounts(slots, settings, tools)))
        result = CompressionResult(
            messages=replace_images(messages, {image.path: image.parts for image in images if image.parts}),
            images=images,
            model=spec.name,
            provider=spec.provider,
            model_note=why,
            quality=self.quality,
            usd_per_million_tokens=spec.usd_per_million_tokens,
            warnings=limit_warnings(images, spec),
            original=messages,
            recompress=lambda overrides, others=None: self.compress(
                messages,
                provider,
                model,
                techniques={**chosen, **overrides},
                questions={**asked, **(others or {})},
                enforce_limits=enforce_limits,
            ),
        )
        if enforce_limits:
            from headroom_nb.enforce import enforce_limits as enforce

            result = enforce(result, spec)
        self.last_result = result
        return result

    def _choose_model(self, messages: Any, provider: str | None, model: str | None) -> tuple[ModelSpec, str]:
        """Return whose bill is cut, and why that model."""
        for name, why in (
            (model, "given"),
            (self.model, "the compressor's model"),
            (request_model(messages), 'the request\'s own "model"'),
        ):
            if name is not None:
                spec = find_model(name, provider)
                other = provider is not None and provider != spec.provider
                return spec, f"{why}; provider={provider!r} does not sell it and is not used" if other else why
        provider = provider or detect_provider(messages)
        spec = find_model(None, provider or "openai")
        return spec, f"assumed: the default for {spec.provider}" + (
            "" if provider else ", as no image names a provider"
        )

    def _accounts(self, slots: list[ImageSlot], settings: list[Setting], tools: Tools) -> Iterable[ImageResult]:
        """Return the account of each image: known ones at once, the others several at a time."""
        if not slots:
            return []
        # here, so that a conversation without images never loads the libraries of pictures
        from headroom_nb.pictures import RequestBudget

        budget = RequestBudget(self.limits)
        seen = [self._look_up(slot, setting, budget) for slot, setting in zip(slots, settings, strict=True)]
        if sum(isinstance(found, _Task) for found in seen) < 2:
            return [found if isinstance(found, ImageResult) else self._work(found, tools) for found in seen]
        pool = ThreadPoolExecutor(min(MAX_THREADS, os.cpu_count() or 1))
        try:
            return list(
                pool.map(lambda found: found if isinstance(found, ImageResult) else self._work(found, tools), seen)
            )
        finally:
            pool.shutdown(cancel_futures=True)

    def _look_up(self, slot: ImageSlot, setting: Setting, budget: RequestBudget) -> ImageResult | _Task:
        """Return an image's account if it is known or cannot be had, else what there is to do."""
        if slot.reference is not None:
            return untouched(slot)
        from headroom_nb.pictures import check_encoded, read_header

        try:
            budget.count()
            check_encoded(slot.raw, self.limits)
            # the path belongs to the key because a transcript names the place it stands in
            key = (self._digest(slot), slot.path, slot.question, slot.detail, setting.model, setting.forced)
            known = self._results.get(key)
            if known is not None and known.original_size is not None:
                budget.take(known.original_size[0] * known.original_size[1])
                return known
            data = slot.load()
            header = read_header(data)
            budget.take(header.pixels)
            return _Task(key, OpenedImage(slot, data, header), setting)
        except HeadroomError as error:
            error.path = error.path or slot.path
            return untouched(slot, error)

    def _work(self, task: _Task, tools: Tools) -> ImageResult:
        """Decide an image and remember its account."""
        try:
            result = decide(task.image, task.setting, tools)
        except HeadroomError as error:
            error.path = error.path or task.image.slot.path
            return untouched(task.image.slot, error)
        if result.error is None:
            self._results.put(task.key, result)
        return result

    def _digest(self, slot: ImageSlot) -> str:
        """Return the sha256 of a block's image; hashing the same object again is free."""
        digest = self._digests.get(slot.raw)
        if digest is None:
            data = slot.raw if isinstance(slot.raw, bytes) else str(slot.raw).encode("utf-8", "surrogatepass")
            digest = (len(data), hashlib.sha256(data).hexdigest())
            self._digests.put(slot.raw, digest)
        return digest[1]


def _size_of_result(result: ImageResult) -> int:
    return result.original_bytes + result.compressed_bytes + 4096


@lru_cache(maxsize=16)
def _shared(
    quality: str, router: str, ocr: str, limits: Limits, *, use_siglip: bool, fetch_urls: bool | ImageFetcher
) -> ImageCompressor:
    return ImageCompressor(None, router, quality, ocr, use_siglip=use_siglip, limits=limits, fetch_urls=fetch_urls)


def compress(
    messages: Any,
    provider: str | None = None,
    model: str | None = None,
    *,
    quality: str = "balanced",
    router: str | Router = "auto",
    ocr: str | Ocr = "auto",
    use_siglip: bool = True,
    enforce_limits: bool = False,
    progress: Progress | None = None,
    limits: Limits | None = None,
    fetch_urls: bool | ImageFetcher = False,
) -> CompressionResult:
    """Return the same conversation with cheaper images, and the account of each.

    Models and results are kept for the process, so that a second call is quick. Parameters and errors are those of
    :class:`ImageCompressor` and its :meth:`~ImageCompressor.compress`.
    """
    check_fetching(fetch_urls)
    if isinstance(router, str) and isinstance(ocr, str):
        compressor = _shared(quality, router, ocr, choose_limits(limits), use_siglip=use_siglip, fetch_urls=fetch_urls)
    else:
        compressor = ImageCompressor(
            None, router, quality, ocr, use_siglip=use_siglip, limits=limits, fetch_urls=fetch_urls
        )
    return compressor.compress(messages, provider, model, enforce_limits=enforce_limits, progress=progress)


def compress_images(messages: Any, provider: str | None = None, model: str | None = None, **options: Any) -> Any:
    """Return just the smaller messages; parameters as for :func:`compress`."""
    return compress(messages, provider, model, **options).messages
