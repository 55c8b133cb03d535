"""The rounds in which a model looks closer at images, between a wrapped client's request and its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headroom_nb.formats import find_images
from headroom_nb.formats.replies import input_tokens, parsed, usage_of
from headroom_nb.formats.streams import gathered
from headroom_nb.formats.tool_formats import TOOL_FORMATS
from headroom_nb.pipeline.zooming import LOOK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence


@dataclass
class Looking:
    """One request whose images can be looked at closer.

    Attributes
    ----------
    document
        The body that was sent last.
    rounds, tokens
        Turns in which the model looked, and the input tokens billed for the requests that followed.
    gave_up, failure
        Whether the model could not be answered so: the original request is to be sent instead; and why, where something
        failed.
    """

    document: Mapping[str, Any]
    rounds: int = 0
    tokens: int = 0
    gave_up: bool = False
    failure: str = ""

    def next(self, response: Any, events: Sequence[Any] | None = None) -> Any | None:
        """Return the body of the next request; None where the response is the answer, or nothing helps any more.

        Never raises: what cannot be understood gives up, and ``failure`` says why.

        Parameters
        ----------
        response
            What the SDK returned.
        events
            Its events, where it is a stream.
        """
        try:
            return self._next(response, events)
        except Exception as error:  # noqa: BLE001 - the user's request is answered whatever happens here
            self.gave_up, self.failure = True, f"looking closer failed: {type(error).__name__}: {error}"
            return None

    def _next(self, response: Any, events: Sequence[Any] | None) -> Any | None:
        from headroom_nb.proof.zoom import handle_zoom, looked  # needs NumPy, which most clients never do

        wire = find_images(self.document)[0].format
        said = response if events is None else gathered(events, wire)
        if self.rounds:
            self.tokens += input_tokens(usage_of(parsed(said))) or 0
        form = TOOL_FORMATS[wire]
        names = {call.name for call in form.calls(parsed(said))}
        mixed = len(names) > 1
        following = None if mixed and events is not None else handle_zoom(self.document, said)
        if following is None:
            # a stream cannot be taken apart, and a model that only looks has no answer yet
            self.gave_up = LOOK.name in names and (events is not None or not mixed)
            return None
        self.document = following
        self.rounds = looked(following[form.messages])
        return following


def replayed(stream: Any, events: Sequence[Any]) -> Any:
    """Return a stream of the SDK that gives events which were already read."""
    stream._iterator = again(events) if hasattr(stream, "__aiter__") else iter(events)  # noqa: SLF001 - there is no public way
    return stream


async def again(events: Sequence[Any]) -> AsyncIterator[Any]:
    """Yield events that were already read."""
    for event in events:
        yield event


def is_stream(response: Any) -> bool:
    """Return whether an SDK's response is a stream of events."""
    return hasattr(response, "_iterator") and (hasattr(response, "__iter__") or hasattr(response, "__aiter__"))
