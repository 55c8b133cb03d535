"""The conversations of one request on their way out: as the call holds them, and as they would be sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from headroom_nb.compressor import ImageCompressor
    from headroom_nb.costs import ModelSpec
    from headroom_nb.records import CompressionResult


@dataclass(frozen=True)
class Outgoing:
    """One conversation of a request.

    Attributes
    ----------
    name
        The call as one would write it, such as ``"chat.completions.create"``.
    document
        A request body in a format of :mod:`headroom_nb.formats`; the model stands in it.
    host
        Whom it goes to, by the SDK's package; refusals are remembered by it.
    provider
        A provider or cloud of the model table: whose limits hold, and whose default prices a model nobody knows. None
        reads it off the document.
    counted
        False where nothing is billed: tokens are counted.
    reach
        Returns the model as this client reaches it.
    general
        Rewrites the whole request to a lower detail level where that alone is taken; see
        :func:`headroom_nb.integrations.google.general_level`.
    zooms
        Whether a tool of ours may stand in the request, and its calls be answered before the caller sees them.
    """

    name: str
    document: Mapping[str, Any]
    host: str
    provider: str | None = None
    counted: bool = True
    reach: Callable[[ModelSpec], ModelSpec] = lambda spec: spec
    general: Callable[[Mapping[str, Any], ModelSpec, ImageCompressor], CompressionResult | None] | None = None
    zooms: bool = False


@dataclass(frozen=True)
class Prepared:
    """A conversation as it would go out; ``result`` is None where nothing in it can be rewritten, or that failed.

    ``unread`` then says what of it no format reads.
    """

    outgoing: Outgoing
    result: CompressionResult | None = None
    model: ModelSpec | None = None
    failure: str = ""
    general: bool = False
    unread: tuple[str, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the messages were warned of."""
        return self.unread if self.result is None else self.result.warnings

    @property
    def document(self) -> Any:
        """What is sent: the very same object where nothing was rewritten."""
        return self.outgoing.document if self.result is None else self.result.messages

    @property
    def changed(self) -> bool:
        """Whether anything was rewritten."""
        return self.document is not self.outgoing.document


@dataclass(frozen=True)
class Route:
    """How a client's call holds its conversations.

    Attributes
    ----------
    read
        Returns the conversations in a call; empty where it holds none.
    write
        Returns the call with other documents in place of those that changed.
    """

    read: Callable[[Any], Sequence[Outgoing]]
    write: Callable[[Any, Sequence[Any]], Any]
