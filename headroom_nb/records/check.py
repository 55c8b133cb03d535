"""What a provider would refuse in a conversation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import ImageRejectedError, format_path
from headroom_nb.records.frames import data_frame
from headroom_nb.rendering_hook import Rendered

if TYPE_CHECKING:
    from headroom_nb.errors import BlockPath


@dataclass(frozen=True)
class LimitViolation:
    """One limit that one image (or, with an empty path, the request) breaks.

    ``fixable`` is true where sending the image smaller would help.
    """

    path: BlockPath
    message: str
    fixable: bool = False


@dataclass(frozen=True)
class LimitUse:
    """One limit of the provider, and how near the request is to it.

    Attributes
    ----------
    limit
        What is limited, in words.
    used, allowed
        In ``unit``; ``used`` is that of the image nearest to the limit, None where no image's is known.
    unit
        ``"images"``, ``"px"`` or ``"bytes"``.
    path
        The image that is nearest to it; empty where the request as a whole is.
    """

    limit: str
    used: int | None
    allowed: int
    unit: str
    path: BlockPath = ()

    @property
    def share(self) -> float | None:
        """How much of it is used, 1 for all; None where that is not known."""
        return None if self.used is None else self.used / self.allowed


@dataclass(frozen=True)
class CheckResult(Rendered):
    """The provider's limits, checked for every image of a conversation.

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
    documents
        Number of documents.
    limits
        Every limit that the provider states for images, and for documents where there are any, and how near the request
        is to it.
    unread
        A sentence for each place whose content no format reads, so that nothing is known of its limits.
    requests
        How many requests were checked; of several, ``limits`` says how near the nearest one is.
    """

    model: str
    provider: str
    images: int
    violations: tuple[LimitViolation, ...]
    not_judged: tuple[BlockPath, ...] = ()
    unread: tuple[str, ...] = ()
    documents: int = 0
    limits: tuple[LimitUse, ...] = ()
    requests: int = 1

    @property
    def ok(self) -> bool:
        """Whether nothing is known that the provider would refuse."""
        return not self.violations

    def require(self) -> None:
        """Raise ImageRejectedError for the first violation, with its path; do nothing when all is well."""
        for violation in self.violations:
            raise ImageRejectedError(f"{_where(violation.path)}: {violation.message}", path=violation.path)

    def to_rows(self) -> list[dict[str, Any]]:
        """Return one flat record per limit."""
        return [
            {
                "limit": use.limit,
                "used": use.used,
                "allowed": use.allowed,
                "unit": use.unit,
                "share": use.share,
                "where": _where(use.path),
            }
            for use in self.limits
        ]

    def to_dataframe(self, library: str | None = None) -> Any:
        """Return the limits as a data frame of pandas or polars; raises OptionError where neither is installed."""
        return data_frame(self.to_rows(), library)

    def to_dict(self) -> dict[str, Any]:
        """Return plain types, for JSON."""
        return {
            "model": self.model,
            "provider": self.provider,
            "ok": self.ok,
            "images": self.images,
            "documents": self.documents,
            "violations": [
                {"path": _where(found.path), "message": found.message, "fixable": found.fixable}
                for found in self.violations
            ],
            "limits": self.to_rows(),
            "not_judged": [_where(path) for path in self.not_judged],
            "unread": list(self.unread),
        }


def _where(path: BlockPath) -> str:
    return format_path(path) if path else "the request"
