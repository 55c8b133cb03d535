"""The frameworks whose objects are read, as data. Adding one is a row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Framework:
    """How one framework's objects differ from the dicts they stand for.

    Attributes
    ----------
    text
        Class names of its text block, the first that is found near an image's class; empty where plain text stands
        among its blocks.
    fields
        Its names of fields, to ours (``"_content"`` to ``"content"``).
    provider
        Whose models it speaks to, by the model table's name; None where it speaks to several.
    """

    text: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    provider: str | None = None


FRAMEWORKS: dict[str, Framework] = {
    "openai": Framework(provider="openai", text=("ResponseInputText",)),
    "anthropic": Framework(provider="anthropic", text=("TextBlock",)),
    "google": Framework(provider="google", text=("Part",)),
    "langchain_core": Framework(),
    "langchain": Framework(),
    "llama_index": Framework(("TextBlock",)),
    "pydantic_ai": Framework(),
    "haystack": Framework(("TextContent",), {"_content": "content", "_role": "role"}),
    "smolagents": Framework(),
    "mistralai": Framework(provider="mistral", text=("TextChunk",)),
    "cohere": Framework(provider="cohere", text=("TextContent",)),
    "ollama": Framework(provider="ollama"),
    "groq": Framework(),
    "together": Framework(provider="together"),
    "mcp": Framework(("TextContent",)),
    "mcp_types": Framework(("TextContent",)),
    "instructor": Framework(),
    "dspy": Framework(),
}
"""Frameworks by the package that defines their classes."""

ELSEWHERE = ("google.genai",)
"""Where only a part of a package named above is meant."""


def framework_of(value: object) -> Framework | None:
    """Return the framework that defines a value's class; None for any other value."""
    module = type(value).__module__
    root = module.partition(".")[0]
    if root == "google" and not module.startswith(ELSEWHERE):
        return None
    return FRAMEWORKS.get(root)
