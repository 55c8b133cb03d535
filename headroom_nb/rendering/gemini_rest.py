"""A Gemini request as its REST interface takes it, from that or from what Google's SDK takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from headroom_nb.formats import user_message
from headroom_nb.formats.base import is_image
from headroom_nb.rendering.json_data import plain

GENERATION_EXCEPTIONS = frozenset(
    {
        "cachedContent",
        "cached_content",
        "safetySettings",
        "safety_settings",
        "systemInstruction",
        "system_instruction",
        "toolConfig",
        "tool_config",
        "tools",
    }
)
"""What a Gemini SDK's ``config`` holds and a REST request keeps beside ``generationConfig``."""


def rest_body(body: dict[str, Any]) -> dict[str, Any]:
    """Return a Gemini body as its REST interface takes it, from either that or the SDK's arguments."""
    body["contents"] = _contents(body["contents"])
    config = plain(body.pop("config", None))
    if not isinstance(config, Mapping):
        return body
    kept = {key: value for key, value in config.items() if key not in _SDK_ONLY}
    beside = {key: value for key, value in kept.items() if key in GENERATION_EXCEPTIONS}
    for key in ("systemInstruction", "system_instruction"):
        if isinstance(beside.get(key), str):
            beside[key] = {"parts": [{"text": beside[key]}]}
    generation = {key: value for key, value in kept.items() if key not in GENERATION_EXCEPTIONS}
    return {**body, **beside, **({"generationConfig": generation} if generation else {})}


_SDK_ONLY = frozenset(
    {"http_options", "httpOptions", "automatic_function_calling", "automaticFunctionCalling"}
    | {"should_return_http_response", "shouldReturnHttpResponse"}
)
"""What the SDK's ``config`` holds for itself."""


def _contents(given: Any) -> list[Any]:
    """Return what the SDK takes as contents (a text, a part, an image, a list of any) as REST's list of ``Content``."""
    contents: list[Any] = []
    loose: list[Any] = []
    for item in given if isinstance(given, (list, tuple)) else [given]:
        each = _content_or_part(item)
        if "parts" not in each:
            loose.append(each)
            continue
        if loose:
            contents.append({"role": "user", "parts": loose})
            loose = []
        contents.append(each)
    return [*contents, {"role": "user", "parts": loose}] if loose else contents


def _content_or_part(item: Any) -> dict[str, Any]:
    if isinstance(item, str):
        return {"text": item}
    if is_image(item):
        part: dict[str, Any] = user_message("", item, provider="google")["parts"][0]
        return part
    if isinstance(item, (list, tuple)):
        return {"role": "user", "parts": [_content_or_part(each) for each in item]}
    found = plain(item)
    return dict(found) if isinstance(found, Mapping) else {"text": str(found)}
