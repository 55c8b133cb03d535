"""What a provider would refuse in a conversation, found before it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headroom_nb.costs import LimitViolation, ModelSpec, SentImage, check_images, find_model
from headroom_nb.errors import HeadroomError, ImageRejectedError
from headroom_nb.formats import detect_provider, find_images, request_model
from headroom_nb.pictures import read_header
from headroom_nb.results import format_path

if TYPE_CHECKING:
    from headroom_nb.formats.slots import ImageSlot
    from headroom_nb.results import BlockPath


@dataclass(frozen=True)
class CheckResult:
    """The provider's limits, held against every image of a conversation.

    Attributes
    ----------
    model, provider
        Whose limits they are.
    images
        Number of images, tool results and earlier turns included.
    violations
        Each limit that is broken, with the block's path; empty when all is well.
    not_judged
        Paths of images behind a URL or file id, whose size is not known.
    """

    model: str
    provider: str
    images: int
    violations: tuple[LimitViolation, ...]
    not_judged: tuple[BlockPath, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is known that the provider would refuse."""
        return not self.violations

    def require(self) -> None:
        """Raise ImageRejectedError for the first violation, with its path; do nothing when all is well."""
        for violation in self.violations:
            raise ImageRejectedError(f"{_where(violation.path)}: {violation.message}", path=violation.path)

    def to_dict(self) -> dict[str, Any]:
        """Return plain types, for JSON."""
        return {
            "model": self.model,
            "provider": self.provider,
            "ok": self.ok,
            "images": self.images,
            "violations": [
                {"path": _where(found.path), "message": found.message, "fixable": found.fixable}
                for found in self.violations
            ],
            "not_judged": [_where(path) for path in self.not_judged],
        }

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:  # noqa: ARG002
        from headroom_nb.rendering.cost_tables import check_table

        return check_table(self).to_mimebundle()

    def __str__(self) -> str:
        from headroom_nb.rendering.cost_tables import check_table

        return str(check_table(self))


def check(messages: Any, model: str | ModelSpec | None = None, *, provider: str | None = None) -> CheckResult:
    """Return what a provider would refuse: pixels, sides, counts, bytes and formats over the whole conversation.

    Nothing is decoded and nothing fetched. An image that cannot be read is a violation of its own.

    Parameters
    ----------
    messages
        A message list, one message or a request body, in any known format.
    model, provider
        Whose limits apply; read off the document where they are not given.

    Raises
    ------
    UnknownModelError, OptionError
        The model or provider is not in the table.
    """
    spec = model_for(messages, model, provider)
    slots = find_images(messages)
    sent, unreadable = [], []
    for slot in slots:
        try:
            sent.append(sent_image(slot))
        except HeadroomError as error:
            sent.append(SentImage(slot.path, None, None, None))
            unreadable.append(LimitViolation(slot.path, f"cannot be read: {error}"))
    return CheckResult(
        model=spec.name,
        provider=spec.provider,
        images=len(slots),
        violations=(*unreadable, *check_images(sent, spec)),
        not_judged=tuple(slot.path for slot in slots if slot.reference is not None),
    )


def model_for(document: Any, model: str | ModelSpec | None, provider: str | None) -> ModelSpec:
    """Return the model that is meant: the one given, the request's own, or the provider's default."""
    if isinstance(model, ModelSpec):
        return model
    name = request_model(document) if model is None else model
    return find_model(name, provider if name or provider else detect_provider(document) or "openai")


def sent_image(slot: ImageSlot) -> SentImage:
    """Return what is known of an image before it is sent; raises where inline bytes are no picture."""
    if slot.reference is not None:
        return SentImage(slot.path, None, None, slot.declared_media_type, slot.detail, reference=True)
    header = read_header(slot.load())
    return SentImage(slot.path, header.size, header.bytes, header.media_type, slot.detail, animated=header.frames > 1)


def _where(path: BlockPath) -> str:
    return format_path(path) if path else "the request"
