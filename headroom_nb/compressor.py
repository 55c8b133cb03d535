"""The whole job on one page: find the images, decide each from its own turn, apply, guard, write back.

Every image goes through the same stages. What goes wrong with one image stays with that image: its block is left as it
was, its account says why, and the others go on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from headroom_nb.cache import ByteBoundedCache
from headroom_nb.costs import SentImage, check_images, estimate, find_model
from headroom_nb.errors import (
    HeadroomError,
    ImageRejectedError,
    MessageError,
    OcrError,
    OptionError,
    TechniqueRefusedError,
    UnsupportedPictureError,
)
from headroom_nb.formats import detect_provider, find_images, refusal, replace_images, request_model
from headroom_nb.guard import Offer, Price, cheapest, price_parts
from headroom_nb.results import (
    QUALITIES,
    CompressionResult,
    ImagePart,
    ImageResult,
    RouteDecision,
    Technique,
    format_path,
)

if TYPE_CHECKING:
    from headroom_nb.costs import ModelSpec
    from headroom_nb.formats.slots import ImageSlot
    from headroom_nb.pictures import Picture, PictureHeader
    from headroom_nb.results import BlockPath, ImageSignals
    from headroom_nb.routing.base import Router
    from headroom_nb.techniques.base import Job
    from headroom_nb.techniques.ocr import Ocr

CACHE_BYTES = 128 * 2**20
"""Bound on remembered results per process, counting the pictures they hold."""

LOWERED = {"low", "medium"}
"""Detail levels that someone chose to save tokens; such an image is left as it was."""


@dataclass(frozen=True)
class _Setting:
    """What decides an image besides its pixels and its question."""

    model: ModelSpec
    detail: str
    forced: Technique | None


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
    ) -> None:
        if quality not in QUALITIES:
            raise OptionError(f"quality={quality!r} is not known; use one of {', '.join(QUALITIES)}")
        _check_model(model)
        if model is not None:
            find_model(model)
        _check_names(router, ocr)
        self.model = model
        self.quality = quality
        self.use_siglip = use_siglip
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
        enforce_limits: bool = False,
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

        Raises
        ------
        UnknownModelError
            When the model is not in the table.
        MessageError
            When the document cannot be read at all.
        """
        _check_document(messages)
        _check_model(model)
        spec, why = self._choose_model(messages, provider, model)
        chosen = dict(techniques or {})
        slots = find_images(messages)
        unknown = chosen.keys() - {slot.path for slot in slots}
        if unknown:
            raise OptionError(f"there is no image at {', '.join(sorted(map(format_path, unknown)))}")
        images = tuple(self._one(slot, _Setting(spec, slot.detail, chosen.get(slot.path))) for slot in slots)
        result = CompressionResult(
            messages=replace_images(messages, {image.path: image.parts for image in images if image.parts}),
            images=images,
            model=spec.name,
            provider=spec.provider,
            model_note=why,
            quality=self.quality,
            usd_per_million_tokens=spec.usd_per_million_tokens,
            warnings=_limit_warnings(images, spec),
            original=messages,
            recompress=lambda overrides: self.compress(
                messages, provider, model, techniques={**chosen, **overrides}, enforce_limits=enforce_limits
            ),
        )
        if enforce_limits:
            from headroom_nb.enforce import enforce_limits as enforce

            result = enforce(result, spec)
        self.last_result = result
        return result

    def _signals(self, decision: RouteDecision, picture: Picture) -> ImageSignals | None:
        """Return what the decision measured; measured here for a choice that came without."""
        if decision.signals is None and decision.technique is not Technique.PRESERVE:
            return self.router.analyze_image(picture)
        return decision.signals

    def _choose_model(self, messages: Any, provider: str | None, model: str | None) -> tuple[ModelSpec, str]:
        """Return whose bill is cut, and why that model."""
        for name, why in (
            (model, "given"),
            (self.model, "the compressor's model"),
            (request_model(messages), 'the request\'s own "model"'),
        ):
            if name is not None:
                return find_model(name, provider), why
        provider = provider or detect_provider(messages)
        spec = find_model(None, provider or "openai")
        return spec, f"assumed: the default for {spec.provider}" + (
            "" if provider else ", as no image names a provider"
        )

    def _one(self, slot: ImageSlot, setting: _Setting) -> ImageResult:
        """Decide one image, or explain why it stays."""
        if slot.reference is not None:
            return _untouched(slot, note="sent by reference: not fetched, its size and cost are not known", exact=False)
        try:
            # the path belongs to the key because a transcript names the place it stands in
            key = (self._digest(slot), slot.path, slot.question, setting.model, setting.detail, setting.forced)
            known = self._results.get(key)
            if known is None:
                known = self._decide(slot, setting)
                self._results.put(key, known)
            return known
        except HeadroomError as error:
            error.path = error.path or slot.path
            return _untouched(slot, error=str(error), note=f"left as it was: {error}")

    def _digest(self, slot: ImageSlot) -> str:
        """Return the sha256 of a block's image; hashing the same object again is free."""
        digest = self._digests.get(slot.raw)
        if digest is None:
            data = slot.raw if isinstance(slot.raw, bytes) else str(slot.raw).encode("utf-8", "surrogatepass")
            digest = (len(data), hashlib.sha256(data).hexdigest())
            self._digests.put(slot.raw, digest)
        return digest[1]

    def _decide(self, slot: ImageSlot, setting: _Setting) -> ImageResult:
        """Route, apply and price one inline image."""
        # here, so that a conversation without images never loads the libraries of pictures
        from headroom_nb.pictures import open_picture, read_header

        data = slot.load()
        header = read_header(data)
        before, note = _price_original(header, setting)
        result = _untouched(slot, original=data, header=header, price=before, note=note)
        if header.mark is not None:
            return replace(result, note=f"already compressed ({header.mark}); not done twice")
        if setting.forced is None and setting.detail in LOWERED:
            return replace(result, note=f"you asked for {setting.detail} detail; left as it was")
        try:
            picture = open_picture(data)
        except UnsupportedPictureError as error:
            return replace(result, note=str(error))
        if setting.forced is None:
            decision = self.router.classify(picture, slot.question, quality=self.quality)
        else:
            decision = RouteDecision(setting.forced, 1.0, "chosen by hand", "user", {setting.forced: 1.0})
        return self._apply(replace(result, decision=decision), picture, slot, setting, before)

    def _apply(
        self, result: ImageResult, picture: Picture, slot: ImageSlot, setting: _Setting, before: Price
    ) -> ImageResult:
        """Carry the decision out: its technique first, then PRESERVE, and the guard between them."""
        from headroom_nb.techniques.base import Job

        decision = result.decision
        if decision is None:
            return result
        job = Job(
            picture=picture,
            question=slot.question,
            model=setting.model,
            detail=setting.detail,
            quality=self.quality,
            signals=self._signals(decision, picture),
            label=format_path(slot.path),
            ocr=lambda: self.ocr,
        )
        offers, notes = [], [result.note]
        for technique in dict.fromkeys((decision.technique, Technique.PRESERVE)):
            try:
                offers.append(_offer(technique, job, slot))
            except (TechniqueRefusedError, OcrError, ImageRejectedError) as reason:
                notes.append(f"{technique} not done: {reason}")
        best = cheapest(before, offers)
        if any(offer is not best and offer.technique is decision.technique and offer.parts for offer in offers):
            notes.append(f"{decision.technique} would not cost less")
        if best is None:
            return replace(result, note=_join(notes))
        pictures = [part for part in best.parts if isinstance(part, ImagePart)]
        return replace(
            result,
            technique=best.technique,
            compressed_tokens=best.price.tokens,
            exact=before.exact and best.price.exact,
            sizes=tuple(part.size for part in pictures),
            compressed_bytes=sum(len(part.data) for part in pictures),
            free_tokens=before.tokens - best.price.tokens if best.proposal.free else 0,
            kept_pixels=best.proposal.kept_pixels,
            parts=best.parts,
            note=_join([*notes, best.proposal.note]),
        )


def _check_document(messages: Any) -> None:
    """Raise MessageError for what can be no conversation."""
    if not isinstance(messages, (Mapping, list, tuple)):
        raise MessageError(
            f"{type(messages).__name__} is no conversation; pass a message list, one message or a request body "
            "(headroom_nb.user_message(question, image) makes a message of an image)"
        )


def _check_model(model: object) -> None:
    if model is not None and not isinstance(model, str):
        raise OptionError(f"a model is given by its name, not as {type(model).__name__}")


def _check_names(router: object, ocr: object) -> None:
    """Raise OptionError for a router or OCR engine that nobody knows, before an image needs it."""
    if isinstance(router, str) and router != "auto":
        from headroom_nb.routing import CHAINS

        if router not in CHAINS:
            raise OptionError(f"there is no router {router!r}; choose one of {', '.join(CHAINS)}")
    if isinstance(ocr, str) and ocr != "auto":
        from headroom_nb.techniques.ocr.weights import SOURCES

        if ocr not in {source.name for source in SOURCES}:
            known = ", ".join(["auto", *(source.name for source in SOURCES)])
            raise OptionError(f"there is no OCR engine {ocr!r}; choose one of {known}")


def _offer(technique: Technique, job: Job, slot: ImageSlot) -> Offer:
    """Return what a technique proposes and what it costs, if it can be written where the image stands."""
    from headroom_nb.techniques import technique_function

    proposal = technique_function(technique)(job)
    why_not = refusal(slot, proposal.parts)
    if why_not is not None:
        raise TechniqueRefusedError(why_not)
    return Offer(technique, proposal, price_parts(proposal.parts, job.model, job.detail))


def _price_original(header: PictureHeader, setting: _Setting) -> tuple[Price, str]:
    """Return what an image costs as it is; one the provider would refuse counts as the largest it accepts."""
    from headroom_nb.tile_optimizer import plan

    try:
        cost = estimate(header.size, setting.model, setting.detail)
    except ImageRejectedError as error:
        largest = plan(header.size, setting.model, setting.detail, min_scale=1.0).free
        return Price(largest.tokens, exact=False, accepted=False), f"refused as it is ({error})"
    return Price(cost.tokens, cost.exact), cost.note


def _untouched(
    slot: ImageSlot,
    *,
    original: bytes = b"",
    header: PictureHeader | None = None,
    price: Price | None = None,
    exact: bool = True,
    note: str = "",
    error: str | None = None,
) -> ImageResult:
    """Return the account of an image that stays as it is."""
    price = price or Price(0, exact=exact)
    return ImageResult(
        path=slot.path,
        question=slot.question,
        decision=None,
        technique=Technique.PRESERVE,
        original_tokens=price.tokens,
        compressed_tokens=price.tokens,
        original_size=header.size if header else None,
        sizes=(header.size,) if header else (),
        original_bytes=len(original),
        compressed_bytes=len(original),
        media_type=header.media_type if header else slot.declared_media_type,
        exact=price.exact and exact,
        original_exact=price.exact and exact,
        note=note,
        error=error,
        original=original,
    )


def _limit_warnings(images: tuple[ImageResult, ...], model: ModelSpec) -> tuple[str, ...]:
    """Return which of the provider's limits the result still breaks, each with the block's path."""
    sent: list[SentImage] = []
    for image in images:
        if image.parts:
            sent.extend(
                SentImage(image.path, part.size, len(part.data), part.media_type)
                for part in image.parts
                if isinstance(part, ImagePart)
            )
        elif image.original_size is not None:
            sent.append(SentImage(image.path, image.original_size, image.original_bytes, image.media_type or ""))
    return tuple(f"{format_path(found.path)}: {found.message}" for found in check_images(sent, model))


def _size_of_result(result: ImageResult) -> int:
    return result.original_bytes + result.compressed_bytes + 4096


def _join(notes: list[str]) -> str:
    return "; ".join(note for note in notes if note)


@lru_cache(maxsize=16)
def _shared(quality: str, router: str, ocr: str, *, use_siglip: bool) -> ImageCompressor:
    return ImageCompressor(None, router, quality, ocr, use_siglip=use_siglip)


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
) -> CompressionResult:
    """Return the same conversation with cheaper images, and the account of each.

    Models and results are kept for the process, so that a second call is quick. Parameters and errors are those of
    :class:`ImageCompressor` and its :meth:`~ImageCompressor.compress`.
    """
    if isinstance(router, str) and isinstance(ocr, str):
        compressor = _shared(quality, router, ocr, use_siglip=use_siglip)
    else:
        compressor = ImageCompressor(None, router, quality, ocr, use_siglip=use_siglip)
    return compressor.compress(messages, provider, model, enforce_limits=enforce_limits)


def compress_images(messages: Any, provider: str | None = None, model: str | None = None, **options: Any) -> Any:
    """Return just the smaller messages; parameters as for :func:`compress`."""
    return compress(messages, provider, model, **options).messages
