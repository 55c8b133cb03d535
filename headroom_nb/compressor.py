"""The whole job on one page: find the images, decide each from its own turn, write back.

What happens to a single image is in :mod:`headroom_nb.pipeline.one_image`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from headroom_nb.caching import check_cache
from headroom_nb.checks.labels import mended_labels
from headroom_nb.checks.warnings import limit_warnings
from headroom_nb.costs import ModelSpec, find_model, provider_name
from headroom_nb.errors import OptionError
from headroom_nb.fetching import fetch_slots
from headroom_nb.formats import detect_provider, find_images, replace_images, request_model
from headroom_nb.formats.frameworks import fields_of
from headroom_nb.formats.unread import unread
from headroom_nb.formats.walk import read_messages
from headroom_nb.options import (
    check_choices,
    check_document,
    check_fetching,
    check_model,
    check_names,
    check_quality,
)
from headroom_nb.pipeline.all_images import accounts_of
from headroom_nb.pipeline.context import Setting, Tools
from headroom_nb.pipeline.remember import Remembered
from headroom_nb.pipeline.repeats import Repeats, check_duplicates
from headroom_nb.pipeline.revert import revert
from headroom_nb.pipeline.weight import light_enough
from headroom_nb.records import CompressionResult, Technique, format_path
from headroom_nb.resource_limits import Limits
from headroom_nb.runtime.memory_gate import MemoryGate

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence

    from headroom_nb.fetching import ImageFetcher
    from headroom_nb.formats.walk import Message
    from headroom_nb.ocr import Ocr
    from headroom_nb.pipeline.context import Progress
    from headroom_nb.records import BlockPath, Part
    from headroom_nb.routing.base import Router


@dataclass(frozen=True)
class _Again:
    """Compresses a document again with other choices made by hand; can be pickled where its compressor can."""

    compressor: ImageCompressor
    messages: Any
    provider: str | None
    model: str | ModelSpec | None
    techniques: dict[BlockPath, Technique]
    questions: dict[BlockPath, str]
    enforce_limits: bool

    def __call__(
        self, techniques: Mapping[BlockPath, Technique], questions: Mapping[BlockPath, str] | None = None, /
    ) -> CompressionResult:
        return self.compressor.run(
            self.messages,
            self.provider,
            self.model,
            techniques={**self.techniques, **techniques},
            questions={**self.questions, **(questions or {})},
            enforce_limits=self.enforce_limits,
        )

    def revert(self, result: CompressionResult, path: BlockPath | str, /) -> CompressionResult:
        return revert(result, path)


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
        ``"auto"``, the name of an engine, or an object with the :class:`~headroom_nb.ocr.Ocr` methods.
    use_siglip
        Whether the hub and PyTorch routers also look at the image with SigLIP.
    limits
        What a call may use up; None takes the defaults, with what the environment sets.
    fetch_urls
        Whether pictures that messages name by an ``https`` address are fetched, from the public internet alone; an
        :class:`~headroom_nb.fetching.ImageFetcher` does so within limits of your own. Nothing is fetched otherwise.
    keep_low_view
        Whether a transcript keeps a small view of the picture beside it, where both still cost less than the picture.
    cache
        Where results are remembered: ``"memory"``, ``"disk"`` (in the user's cache, for other processes too), the path
        of a folder to use instead of that, or ``"off"``.
    duplicates
        What becomes of a picture that a conversation has shown before: ``"keep"`` sends it again; ``"exact"`` puts a
        line of text in its place that points at the first, where that shows as much and costs less; ``"near"`` does so
        for the same view in another file too. See :mod:`headroom_nb.pipeline.repeats`.

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
        keep_low_view: bool = False,
        cache: str | os.PathLike[str] = "memory",
        duplicates: str = "keep",
    ) -> None:
        check_quality(quality)
        check_model(model)
        check_names(router, ocr)
        check_fetching(fetch_urls)
        check_cache(cache)
        check_duplicates(duplicates)
        if model is not None:
            find_model(model)
        self.model = model
        self.quality = quality
        self.use_siglip = use_siglip
        self.limits = Limits.given_or_default(limits)
        self.fetch_urls = fetch_urls
        self.keep_low_view = keep_low_view
        self.cache = cache
        self.duplicates = duplicates
        self._memory = MemoryGate(self.limits.max_memory_bytes)
        self._router = router
        self._ocr = ocr
        self._repeats = Repeats(duplicates, self.limits, self._memory)
        self._remembered = Remembered(cache, quality=quality, router=router, ocr=ocr)
        self._rebuild: Callable[[], ImageCompressor] = partial(
            ImageCompressor,
            model,
            router,
            quality,
            ocr,
            use_siglip=use_siglip,
            limits=self.limits,
            fetch_urls=fetch_urls,
            keep_low_view=keep_low_view,
            cache=cache,
            duplicates=duplicates,
        )
        self.last_result: CompressionResult | None = None

    def __reduce__(self) -> tuple[Callable[[], ImageCompressor], tuple[()]]:
        """Pickle the options; what is remembered stays behind."""
        return self._rebuild, ()

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
            from headroom_nb.ocr import get_ocr

            self._ocr = get_ocr(self._ocr)
        return self._ocr

    def has_images(self, messages: Any) -> bool:
        """Return whether any message holds an image, inline or by reference."""
        return bool(find_images(messages))

    def close(self) -> None:
        """Forget what is remembered in memory; models stay loaded for the process."""
        self._remembered.clear()
        self._repeats.clear()

    def compress(self, messages: Any, provider: str | None = None, model: str | None = None, **choices: Any) -> Any:
        """Return just the smaller messages, in the shape that came in.

        The record of each image is then in :attr:`last_result`. Parameters and errors as for :meth:`run`.

        Examples
        --------
        >>> from headroom_nb import demo
        >>> compressor = ImageCompressor(router="rules")
        >>> messages = compressor.compress(demo.messages("openai")[:2], provider="openai")
        >>> len(messages), compressor.last_savings == compressor.last_result.savings_percent
        (2, True)
        """
        return self.run(messages, provider, model, **choices).messages

    def run(
        self,
        messages: Any,
        provider: str | None = None,
        model: str | ModelSpec | None = None,
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
            Whose bill it is; None reads them off the document. A row of the table holds as it is given.
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
        check_document(fields_of(messages))
        if not isinstance(model, ModelSpec):
            check_model(model)
        read = read_messages(messages)
        spec, why = self._choose_model(messages, read, provider, model)
        chosen, asked = check_choices(techniques, questions)
        slots = [
            replace(slot, question=asked[slot.path]) if slot.path in asked else slot
            for slot in find_images(messages, read)
        ]
        unknown = (chosen.keys() | asked.keys()) - {slot.path for slot in slots}
        if unknown:
            raise OptionError(f"there is no image at {', '.join(sorted(map(format_path, unknown)))}")
        slots, fetches = fetch_slots(slots, self.fetch_urls)
        noted = len(self._remembered.notes)
        settings = [Setting(spec, self.quality, chosen.get(slot.path), self.keep_low_view) for slot in slots]
        tools = Tools(
            lambda: self.router, lambda: self._remembered.reader(self.ocr), self.limits, self._memory, progress
        )
        accounts = [fetches.describe(account) for account in accounts_of(slots, settings, tools, self._remembered)]
        images = tuple(light_enough(self._repeats.replace(slots, accounts, spec), spec, messages))
        parts: dict[BlockPath, Sequence[Part]] = {image.path: image.parts for image in images if image.parts}
        parts |= mended_labels(slots, parts, everywhere=enforce_limits)
        result = CompressionResult(
            messages=replace_images(messages, parts, slots),
            images=images,
            model=spec.name,
            provider=spec.provider,
            model_note=why,
            quality=self.quality,
            usd_per_million_tokens=spec.usd_per_million_tokens,
            warnings=(*limit_warnings(images, spec), *unread(read)),
            original=messages,
            recompress=_Again(self, messages, provider, model, chosen, asked, enforce_limits),
        )
        if enforce_limits:
            from headroom_nb.checks.enforce import enforce_limits as enforce

            result = enforce(result, spec, self.limits)
        troubles = dict.fromkeys([*self._remembered.notes[noted:], self._remembered.off])
        result = replace(result, warnings=(*result.warnings, *filter(None, troubles)))
        self.last_result = result
        return result

    def _choose_model(
        self, messages: Any, read: list[Message], provider: str | None, model: str | ModelSpec | None
    ) -> tuple[ModelSpec, str]:
        """Return whose bill is cut, and why that model."""
        if isinstance(model, ModelSpec):
            return model, "given"
        for name, why in (
            (model, "given"),
            (self.model, "the compressor's model"),
            (request_model(messages), 'the request\'s own "model"'),
        ):
            if name is not None:
                spec = find_model(name, provider)
                other = provider is not None and provider_name(provider) != spec.provider
                return spec, f"{why}; provider={provider!r} does not sell it and is not used" if other else why
        provider = provider or detect_provider(messages, read)
        spec = find_model(None, provider or "openai")
        return spec, f"assumed: the default for {spec.provider}" + (
            "" if provider else ", as no image names a provider"
        )


@lru_cache(maxsize=16)
def _shared(**options: Any) -> ImageCompressor:
    return ImageCompressor(**options)


def forget_shared() -> None:
    """Forget what the compressors behind :func:`compress` remember in memory."""
    _shared.cache_clear()


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
    keep_low_view: bool = False,
    cache: str | os.PathLike[str] = "memory",
    duplicates: str = "keep",
) -> CompressionResult:
    """Return the same conversation with cheaper images, and the account of each.

    Models and results are kept for the process, so that a second call is quick.

    Parameters
    ----------
    messages
        A message list, one message or a whole request body, in any format of :mod:`headroom_nb.formats`; never mutated.
    provider, model
        Whose bill it is, such as ``"anthropic"`` or ``"gpt-4o"``; None reads them off the document.
    quality
        How much detail may be given up: ``"safe"``, ``"balanced"`` or ``"max"``.
    enforce_limits, progress
        As for :meth:`ImageCompressor.run`.
    router, ocr, use_siglip, limits, fetch_urls, keep_low_view, cache, duplicates
        As for :class:`ImageCompressor`.

    Raises
    ------
    UnknownModelError
        When the model is not in the table.
    MessageError
        When the document cannot be read at all. What is wrong with one image stands in its account instead.
    OptionError
        When an option is not one we know.

    Examples
    --------
    >>> from headroom_nb import demo
    >>> result = compress(demo.messages("openai")[:2], model="gpt-4o", quality="safe", router="rules")
    >>> result.images[0].question, result.images[0].original_tokens
    ('Transcribe this receipt, line by line.', 765)
    >>> len(result.messages)
    2
    """
    check_fetching(fetch_urls)
    build: Callable[..., ImageCompressor] = ImageCompressor
    if isinstance(router, str) and isinstance(ocr, str):
        build = _shared
    compressor = build(
        quality=quality,
        router=router,
        ocr=ocr,
        use_siglip=use_siglip,
        limits=Limits.given_or_default(limits),
        fetch_urls=fetch_urls,
        keep_low_view=keep_low_view,
        cache=cache,
        duplicates=duplicates,
    )
    return compressor.run(messages, provider, model, enforce_limits=enforce_limits, progress=progress)


def compress_images(messages: Any, provider: str | None = None, model: str | None = None, **options: Any) -> Any:
    """Return just the smaller messages; parameters and errors as for :func:`compress`."""
    return compress(messages, provider, model, **options).messages
