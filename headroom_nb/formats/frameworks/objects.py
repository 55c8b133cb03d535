"""Reads and rebuilds objects of frameworks, without importing any of them; adding a framework is a row of the table.

Two kinds exist: pydantic models and dataclasses. A message is read field by field, so that what is not changed stays
the very object it was; an image block is read whole, as the dict that its framework would write.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

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


def fields_of(value: Any) -> Any:
    """Return an object's own fields as a dict, with its values as they are; any other value as it is.

    Fields that are None are left out. Enums of text become text.
    """
    framework = framework_of(value)
    names = None if framework is None else _names(value)
    if framework is None or names is None:
        return value
    found = {name: getattr(value, name, None) for name in names}
    return {
        framework.fields.get(name, name): _word(entry)
        for name, entry in found.items()
        if entry is not None and (not name.startswith("_") or name in framework.fields)
    }


def as_plain(value: Any) -> Any:
    """Return an object as the dict it stands for, nested objects too; any other value as it is."""
    plain = fields_of(value)
    if plain is value:
        return value
    return {name: _deep(entry) for name, entry in plain.items()}


def rebuilt(original: Any, changed: Mapping[str, Any]) -> Any:
    """Return an object of the same class with some fields changed; ``changed`` itself for what is no such object."""
    framework = framework_of(original)
    if framework is None or _names(original) is None:
        return changed
    own = {ours: theirs for theirs, ours in framework.fields.items()}
    before = fields_of(original)
    update = {own.get(name, name): entry for name, entry in changed.items() if before.get(name) is not entry}
    update.update({own.get(name, name): None for name in before.keys() - changed.keys()})
    if is_dataclass(original) and not isinstance(original, type):
        return _replaced(original, update)
    return original.model_copy(update=update)


def revived(original: Any, block: Any) -> Any:
    """Return a block that was written as a dict as an object of the framework of the one it replaces.

    Parameters
    ----------
    original
        The object that stood in the block's place; for anything else the block is returned as it is.
    block
        What a wire format wrote.
    """
    framework = framework_of(original)
    if framework is None or _names(original) is None:
        return block
    if not isinstance(block, dict):  # a bare image in a list, as Ollama's
        return rebuilt(original, {"value": block}) if "value" in fields_of(original) else block
    if not _is_text(block):
        return _same_class(original, block)
    for name in framework.text:
        kind = _class_near(type(original), name)
        if kind is not None:
            return _made(kind, block)
    return block["text"]


def _names(value: Any) -> tuple[str, ...] | None:
    """Return the names of an object's fields; None where it is neither a pydantic model nor a dataclass."""
    kind = type(value)
    declared = getattr(kind, "model_fields", None)
    if isinstance(declared, dict) and hasattr(value, "model_copy"):
        return (*declared, *(getattr(value, "model_extra", None) or ()))
    if is_dataclass(kind) and not issubclass(kind, type):
        return tuple(each.name for each in fields(value))
    return None


def _word(value: Any) -> Any:
    return value.value if isinstance(value, Enum) and isinstance(value.value, str) else value


def _deep(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_deep(entry) for entry in value]
    return as_plain(value)


def _is_text(block: Mapping[str, Any]) -> bool:
    return isinstance(block.get("text"), str) and not any(
        key in block for key in ("image", "image_url", "inline_data", "data", "base64_image", "url")
    )


def _same_class(original: Any, block: dict[str, Any]) -> Any:
    """Return an object of the original's class with the written fields; nested objects keep their classes too."""
    before, fields_before = fields_of(original), as_plain(original)
    written = {
        name: before[name] if entry == fields_before.get(name) and name in before else _inner(original, name, entry)
        for name, entry in block.items()
    }
    return rebuilt(original, written)


def _inner(original: Any, name: str, entry: Any) -> Any:
    """Return a field's new value: a dict becomes the nested object that belongs there."""
    if not isinstance(entry, dict):
        return entry
    inner = getattr(original, name, None)
    if framework_of(inner) is not None:
        return rebuilt(inner, {**fields_of(inner), **entry})
    declared = getattr(type(original), "model_fields", {}).get(name)
    if declared is None:
        return entry
    from pydantic import TypeAdapter  # the object is one of its models, so it is there

    return TypeAdapter(declared.annotation).validate_python(entry)


def _made(kind: type, block: dict[str, Any]) -> Any:
    """Return a text block of a framework; keys that its class does not take are dropped."""
    taken = getattr(kind, "model_fields", None) or {each.name: None for each in fields(kind)}
    return kind(**{name: entry for name, entry in block.items() if name in taken})


def _class_near(kind: type, name: str) -> type | None:
    """Return a class of this name from the module of another class, or the packages around it."""
    path = kind.__module__
    while path:
        found = getattr(sys.modules.get(path), name, None)
        if isinstance(found, type):
            return found
        path = path.rpartition(".")[0]
    return None


def _replaced(original: Any, update: Mapping[str, Any]) -> Any:
    settable = {each.name for each in fields(original) if each.init}
    copied = replace(original, **{name: entry for name, entry in update.items() if name in settable})
    for name, entry in update.items():
        if name not in settable:
            object.__setattr__(copied, name, entry)
    return copied
