"""One more tool in a request, in its provider's format: offered where there is room, its calls kept and answered.

Everything works on request bodies, which are copied and never changed.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from headroom_nb.formats.replies import parsed
from headroom_nb.formats.tool_formats import TOOL_FORMATS
from headroom_nb.runtime.json_text import written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from headroom_nb.formats.tool_formats import Body, Tool, ToolAnswer


def with_tool(body: Mapping[str, Any], tool: Tool, wire: str) -> Body:
    """Return a request body that offers one more tool, after the caller's own; see :func:`no_room`."""
    form = TOOL_FORMATS[wire]
    own = body.get("tools") or ()
    if not isinstance(own, (list, tuple)):
        raise TypeError("tools are a list")
    return {**form.opened(body, tool.name), "tools": [*own, form.offer(tool)]}


def no_room(body: Mapping[str, Any], tool: Tool, wire: str) -> str:
    """Return why a request leaves the model no room for one more tool, as a phrase; empty where it may be offered."""
    try:
        why = TOOL_FORMATS[wire].closed(body)
        if not why:
            with_tool(body, tool, wire)
    except (AttributeError, TypeError, ValueError):  # of other types than the provider takes
        return "its tools are not written as the provider takes them"
    return why


def offers(body: Mapping[str, Any], name: str) -> bool:
    """Return whether a request body offers a tool of this name."""
    tools = body.get("tools")
    return f'"{name}"' in written(tools) if tools else False


def answered(body: Mapping[str, Any], response: Any, answers: Sequence[ToolAnswer], wire: str) -> Body:
    """Return the body of the request that follows a response with tool calls."""
    form = TOOL_FORMATS[wire]
    held = body[form.messages]
    before = [{"role": "user", "content": held}] if isinstance(held, str) else list(held)
    return {**body, form.messages: [*before, *form.turn(parsed(response), answers)]}


def keep_calls(response: Any, wanted: Callable[[str], bool], wire: str) -> None:
    """Keep, in an answer itself, only the calls of tools whose names a function says yes to."""
    said = parsed(response)
    TOOL_FORMATS[wire].keep(said, wanted)
    if said is not response:  # of Google's transport, which holds JSON
        response.body = json.dumps(said)
