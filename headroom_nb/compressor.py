"""The whole job on one page: find the images, decide each from its own turn, write back.

What happens to a single image is in :mod:`headroom_nb.pipeline.one_image`; every choice is in
:mod:`headroom_nb.options`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from headroom_nb.costs import find_model
from headroom_nb.costs.caching import cache_rule
from headroom_nb.costs.provider_limits import limit_warnings
from headroom_nb.errors import OptionError
from headroom_nb.fetching import fetch_slots
from headroom_nb.formats import find_documents, find_images, replace_images
from headroom_nb.formats.find import names_of
from headroom_nb.formats.model_choice import choose_model
from headroom_nb.formats.replace import mended_labels
from headroom_nb.formats.text_images import extracted
from headroom_nb.formats.unread import unread
from headroom_nb.formats.walk import check_document, read_messages
from headroom_nb.history.requests import is_cached
from headroom_nb.options import Options, takes_options
from headroom_nb.pipeline.again import Again, snapshot
from headroom_nb.pipeline.all_images import all_images
from headroom_nb.pipeline.context import DecisionContext, Manual, Tools
from headroom_nb.pipeline.guard import light_enough
from headroom_nb.pipeline.remember import ResultCache
from headroom_nb.pipeline.repeats import Deduplicator
from headroom_nb.pipeline.watch import watch_of
from headroom_nb.records import CompressionResult
from headroom_nb.records.origins import origins
from headroom_nb.runtime.lru import on_clear
from headroom_nb.runtime.memory_limiter import MemoryLimiter
from headroom_nb.survival import find_profile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from headroom_nb.budget.apply import Spent
    from headroom_nb.costs import ModelSpec
    from headroom_nb.formats.slots import ImageSlot
    from headroom_nb.formats.walk import Message
    from headroom_nb.history.stage import History
    from headroom_nb.ocr import Ocr
    from headroom_nb.pipeline.documents import Routed
    from headroom_nb.pipeline.watch import Progress
    from headroom_nb.pipeline.zooming import Zoom
    from headroom_nb.records import BlockPath, Box, ImageResult, PageChoices, Part, Technique
    from headroom_nb.records.history import HistoryReport
    from headroom_nb.routing.base import Router

SEED = ("model", "router", "quality", "ocr")
"""Options that :class:`ImageCompressor` also takes by position."""


class ImageCompressor:
    """Cuts what the images of a conversation cost, and says for each what was done and why.

    Parameters
    ----------
    model, router, quality, ocr
        Options that may also be given by position.
    options
        Every choice as one object; the others change some of it.
    **choices
        Single options by name; :class:`headroom_nb.Options` lists them.

    Attributes
    ----------
    options
        Every choice.
    last_result
        What the last call gave; None before the first.

    Raises
    ------
    OptionError
        When an option is not one we know.
    UnknownModelError
        When the model is not in the table, and ``strict`` is set; else a warning says how it is counted.
    """

    @takes_options
    def __init__(self, *positional: Any, options: Options | None = None, **choices: Any) -> None:
        if len(positional) > len(SEED) or not choices.keys().isdisjoint(SEED[: len(positional)]):
            raise OptionError(f"only {', '.join(SEED)} may be given by position, and each option once")
        self.options = Options.of(options, **dict(zip(SEED, positional, strict=False)), **choices)
        for name in filter(None, (self.options.model, self.options.default_model)):
            if self.options.strict:
                find_model(name)
        self.last_result: CompressionResult | None = None
        self._router = self.options.router
        self._ocr = self.options.ocr
        self._memory = MemoryLimiter(self.options.limits.max_memory_bytes)
        self._cache = ResultCache(self.options)
        self._repeats: Deduplicator | None = None
        self._history: History | None = None

    def __reduce__(self) -> tuple[Callable[[Options], ImageCompressor], tuple[Options]]:
        """Pickle the options; caches stay behind."""
        return _with, (self.options,)

    @property
    def last_savings(self) -> float:
        """Percent of image tokens the last call saved; 0 before the first call."""
        return 0.0 if self.last_result is None else self.last_result.savings_percent

    @property
    def router(self) -> Router:
        """The router in use; built on first need, once per process."""
        if isinstance(self._router, str):
            from headroom_nb.routing import load_router

            self._router = load_router(self._router, use_siglip=self.options.use_siglip)
        router: Router = self._router
        return router

    @property
    def ocr(self) -> Ocr:
        """The OCR engine in use; built on first need, once per process."""
        if isinstance(self._ocr, str):
            from headroom_nb.ocr import get_ocr

            self._ocr = get_ocr(self._ocr)
        engine: Ocr = self._ocr
        return engine

    def has_images(self, messages: Any) -> bool:
        """Return whether any message holds an image, inline or by reference."""
        return bool(find_images(messages))

    def close(self) -> None:
        """Clear the caches in memory; models stay loaded for the process."""
        self._cache.clear()
        self._repeats = self._history = None

    def _old_images(
        self,
        document: Any,
        messages: Sequence[Message],
        slots: Sequence[ImageSlot],
        images: Sequence[ImageResult],
        spec: ModelSpec,
        tools: Tools,
        until: int | None = None,
    ) -> tuple[Sequence[ImageResult], HistoryReport | None]:
        """Return the results of the images as one conversation: repeats as references, old ones by the policy."""
        options = self.options
        try:
            if options.history != "keep":
                from headroom_nb.history.stage import History  # needs NumPy

                history = self._history = self._history or History(options, self._memory)
                return history.replace(document, messages, slots, images, spec, tools, until)
            if options.duplicates != "keep":
                repeats = self._repeats or Deduplicator(options.duplicates, options.limits, self._memory)
                self._repeats = repeats
                return repeats.replace(slots, images, spec), None
            return images, None
        finally:
            if options.cache == "off":  # nothing of an image stays
                self._repeats = self._history = None

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
        boxes: Mapping[BlockPath, Box] | None = None,
        forms: Mapping[BlockPath, str] | None = None,
        documents: Mapping[BlockPath, PageChoices] | None = None,
        enforce_limits: bool | None = None,
        progress: bool | Progress | None = None,
        zoom: bool | None = None,
        budget_before: int | None = None,
    ) -> CompressionResult:
        """Return the same conversation with cheaper images, and what was done with each.

        Parameters
        ----------
        messages
            A message list, one message or a whole request body, in any format of :mod:`headroom_nb.formats`. Never
            mutated; what is not an image comes back equal.
        provider, model
            Whose bill it is; None takes the compressor's, or reads them off the document. A row of the table of models
            is taken as it is.
        techniques
            Techniques chosen manually, by block path; the router is not asked for these.
        questions
            Questions to decide by instead of those in the conversation, by block path; what is sent keeps its own.
        boxes
            Regions to cut out, in pixels of the original, by block path.
        forms
            Labels of the forms to send, as in ``.images[0].forms``, by block path; they go with a technique.
        documents
            Pages of documents to send, and how, by block path.
        enforce_limits
            Also resize what the provider would still refuse. This looks at the whole request, so it may change
            earlier turns once there are more images. None takes the compressor's choice.
        progress
            True shows a line in a notebook or terminal once the call takes longer than a second. A function is called
            while text is read, which takes seconds on a full page: with the image's path as text, the lines read so far
            and the lines in all; from several threads at once.
        zoom
            Whether the model may ask for parts of images that go out small. None takes the compressor's choice; with a
            technique or region chosen manually there is none.
        budget_before
            Tokens of the budget of the request before this one, where it was another: the result says what changed.

        Raises
        ------
        UnknownModelError
            When the model is not in the table, and ``strict`` is set; else a warning says how it is counted.
        MessageError
            When the document cannot be read at all.
        """
        options = self.options
        manual = Manual.checked(techniques, questions, boxes, forms, documents)

        # formats: find every image, and the question of the turn it was sent in
        check_document(messages)
        read = read_messages(messages)
        spec, why = choose_model(
            messages,
            model=options.model if model is None else model,
            provider=options.provider if provider is None else provider,
            default_model=options.default_model,
            read=read,
            strict=options.strict,
        )
        given = messages
        messages, taken_out = extracted(given, read, spec) if options.text_images == "extract" else (given, ())
        read = read_messages(messages) if taken_out else read
        slots, papers = find_images(messages, read), find_documents(messages, read)
        manual.check_places(slots, papers)
        slots, fetches = fetch_slots(list(map(manual.asked, slots)), options.fetch_urls)

        # signals, routing, techniques, costs and choice: each image on its own, see pipeline/one_image.py
        usual = DecisionContext(spec, options)
        contexts = [manual.context(usual, slot.path) for slot in slots]
        watch = watch_of(progress, kept=options.cache != "off")
        tools = Tools(
            lambda: watch.load("the router", lambda: self.router),
            lambda: watch.load("the OCR engine", lambda: self._cache.reader(self.ocr)),
            options.limits,
            self._memory,
            watch,
        )
        known_notes = len(self._cache.notes)

        def decided(contexts: Sequence[DecisionContext]) -> list[ImageResult]:
            return [fetches.describe(image) for image in all_images(slots, contexts, tools, self._cache)]

        with watch.shown():
            images = decided(contexts)
            plan: Zoom | None = None
            if (options.zoom if zoom is None else zoom) and not manual.techniques and not manual.boxes:
                from headroom_nb.pipeline.zooming import plan_zoom

                plan = plan_zoom(messages, slots, images, spec)
                if plan.labels:
                    small = decided([plan.context(usual, slot) for slot in slots])
                    images = [plan.named(image, spec) for image in small]

            # documents: read, priced and routed page by page, see pipeline/documents.py
            documents_read: Sequence[Routed] = ()
            if papers:
                from headroom_nb.pipeline.documents import all_documents  # loads the libraries of documents

                documents_read = all_documents(papers, usual, tools, manual.documents)
            sent_documents = [each.result for each in documents_read]

            # the cache: where a prompt would become too short for it and cost more, see history/minimum.py
            if slots and not papers and _may_be_too_short(options, messages, read, spec):
                from headroom_nb.history.minimum import long_enough

                images = long_enough(messages, read, slots, images, spec)

            # budget: where one bounds them, the forms of images and documents are chosen together, see budget/apply.py
            spent: Spent | None = None
            old_images: Sequence[ImageResult] = ()
            if options.has_budget:
                from headroom_nb.budget.apply import spend

                fixed = () if plan is None else plan.labels
                spent = spend(
                    images, slots, documents_read, usual, tools, self._cache, fetches.describe, fixed, read,
                    budget_before,
                )  # fmt: skip
                images, sent_documents = spent.images, spent.documents
                if spent.old_images:
                    before = messages, read, spent.old_slots, spent.old_images, spec, tools, spent.until
                    old_images, _ = self._old_images(*before)

            # long conversations: screens as what changed, old images by the policy, see history/stage.py
            whole, history = self._old_images(messages, read, slots, images, spec, tools)
            budget = None if spent is None else spent.compared(old_images, [*whole, *sent_documents])
            if budget is not None and history is not None:
                history = replace(history, breaks=budget.breaks)
            made = tuple(light_enough(whole, spec, messages))

        # formats: write back, sharing everything that did not change
        enforce = options.enforce_limits if enforce_limits is None else enforce_limits
        parts: dict[BlockPath, Sequence[Part]] = {image.path: image.parts for image in made if image.parts}
        sent_inline = [slot for slot in slots if slot.path not in fetches.fetched]  # an address has no label to mend
        parts |= {each.path: each.parts for each in sent_documents if each.parts}  # type: ignore[misc]
        parts |= mended_labels(sent_inline, parts, everywhere=enforce)
        names = names_of(slots, made)
        came = snapshot(given)  # the caller may go on with the list
        result = CompressionResult(
            messages=replace_images(messages, parts, [*slots, *papers]),
            images=_named(made, names),
            model=spec.name,
            provider=spec.provider,
            model_note=why,
            quality=options.quality,
            profile=find_profile(spec.name).name,
            usd_per_million_tokens=spec.usd_per_million_tokens,
            warnings=limit_warnings(made, spec),
            original=came,
            names=names,
            recompress=Again(self.run, came, provider, model, manual, enforce),
            documents=tuple(sent_documents),
            budget=budget,
            history=history,
        )
        if plan is not None:
            result = plan.offered(result)
        if enforce:
            from headroom_nb.checks.enforce import enforce_limits as within_limits

            result = within_limits(result, spec, options.limits)
        if spent is not None:
            from headroom_nb.budget.apply import as_sent

            result = as_sent(result)
        notes = [
            spec.guessed,
            "" if result.budget is None else result.budget.warning,
            *taken_out,
            *unread(read, messages),
            *self._cache.notes[known_notes:],
            self._cache.off,
            "" if plan is None else plan.note,
        ]
        result = replace(result, warnings=(*result.warnings, *filter(None, dict.fromkeys(notes))))
        self.last_result = result  # another thread's call may write it, too
        return result


@takes_options
def compress(
    messages: Any,
    provider: str | None = None,
    model: str | None = None,
    *,
    options: Options | None = None,
    progress: bool | Progress | None = None,
    **choices: Any,
) -> CompressionResult:
    """Return the same conversation with cheaper images, and what was done with each.

    Models and results are kept for the process, so that a second call is quick.

    Parameters
    ----------
    messages
        A message list, one message or a whole request body, in any format of :mod:`headroom_nb.formats`; never mutated.
    provider, model
        Whose bill it is, such as ``"anthropic"`` or ``"gpt-4o"``; None reads them off the document.
    options
        Every choice as one object.
    progress
        None shows a line in a notebook or terminal once the call takes longer than a second, False none. A function is
        called as for :meth:`ImageCompressor.run`.
    **choices
        Single options by name, such as ``quality="safe"``; :class:`headroom_nb.Options` lists them.

    Raises
    ------
    UnknownModelError
        When the model is not in the table, and ``strict`` is set; else a warning says how it is counted.
    MessageError
        When the document cannot be read at all. What is wrong with one image stands in its own result instead.
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
    chosen = Options.of(options, **choices)
    compressor = _shared(chosen) if chosen.shareable else _with(chosen)
    try:
        return compressor.run(messages, provider, model, progress=True if progress is None else progress)
    finally:
        compressor.last_result = None  # nobody can ask for it


def compress_images(messages: Any, provider: str | None = None, model: str | None = None, **choices: Any) -> Any:
    """Return just the smaller messages; parameters and errors as for :func:`compress`."""
    return compress(messages, provider, model, **choices).messages


def _may_be_too_short(options: Options, document: Any, messages: Sequence[Message], spec: ModelSpec) -> bool:
    """Return whether a conversation is known to go on with a cache: its request asks for one, or it has a history.

    A budget says what may be spent, whatever the cache makes of it.
    """
    if options.has_budget or (options.history == "keep" and cache_rule(spec).how != "marked"):
        return False
    return is_cached(document, messages, spec)


def _named(images: Sequence[ImageResult], names: Mapping[BlockPath, str]) -> tuple[ImageResult, ...]:
    """Return the images with the names that people see."""
    places = origins([one.path for one in images if one.path not in names])
    return tuple(replace(one, name=names.get(one.path) or places[one.path]) for one in images)


def _with(options: Options) -> ImageCompressor:
    return ImageCompressor(options=options)


_shared = lru_cache(maxsize=16)(_with)
on_clear(_shared.cache_clear)
