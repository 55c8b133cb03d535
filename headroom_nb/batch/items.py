"""One item: from its JSON text to the JSON text of the smaller one, and its result."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headroom_nb.batch.records import MOST_IMAGE_ERRORS, ItemResult
from headroom_nb.errors import BatchError, MessageError
from headroom_nb.formats.walk import BARE_IMAGES, CONTENT, request_body
from headroom_nb.records import format_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from headroom_nb.records import CompressionResult, DocumentResult, ImageResult

    Compress = Callable[[Any], CompressionResult]

_MESSAGE_KEYS = ("role", "type", BARE_IMAGES, *CONTENT)
_ID_KEYS = ("custom_id", "key", "id")
LONGEST_ID = 64
LONGEST_SENTENCE = 500


@dataclass(frozen=True)
class Outcome:
    """What an item became: ``data`` is its JSON text, None where nothing in it changed."""

    data: bytes | None
    result: ItemResult


def shrink(data: bytes, column: str, compress: Compress) -> Outcome:
    """Compress the conversation in an item.

    Parameters
    ----------
    data
        JSON: a message list, a request body, a batch line, or an object with a conversation under ``column``.
    column
        Where an object keeps it that is none of these.
    compress
        Compresses a document.

    Raises
    ------
    MessageError
        It is not JSON, or holds no messages.
    """
    document = parse(data)
    name = _column(document, column)
    if name is None:
        result = compress(document)
        after = result.messages
        changed = after is not document
    else:
        value, result = shrink_value(document[name], compress)
        changed = value is not document[name]
        after = {**document, name: value}
    return Outcome(encode(after) if changed else None, item_result(result, document))


def shrink_value(value: Any, compress: Compress) -> tuple[Any, CompressionResult]:
    """Return a column's value with smaller images, and the result; a conversation kept as JSON text stays text.

    The value itself is returned where nothing in it changed.
    """
    if isinstance(value, str):
        document = parse(value.encode("utf-8", "surrogatepass"))
        check(document)
        result = compress(document)
        return (value if result.messages is document else encode(result.messages).decode()), result
    check(value)
    result = compress(value)
    return result.messages, result


def check_wanted(refused: str) -> None:
    """Raise BatchError when an item is not to be tried."""
    if refused:
        raise BatchError(refused)


def parse(data: bytes) -> Any:
    """Return the value of a JSON text; MessageError when it is none."""
    try:
        return json.loads(data, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise MessageError("this is nested too deeply to be a conversation") from error
    except json.JSONDecodeError as error:
        raise MessageError(f"this is not JSON: {error.msg} (character {error.pos + 1:,})") from error
    except ValueError as error:
        raise MessageError(f"this is not JSON: {error}") from error


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def encode(value: Any) -> bytes:
    """Return a value as JSON on one line; text that UTF-8 cannot hold makes it ASCII throughout."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(value, allow_nan=False, separators=(",", ":")).encode()
    except ValueError as error:
        raise MessageError(f"this cannot be written as JSON: {error}") from error


def _column(document: Any, column: str) -> str | None:
    """Return the key under which an object keeps its conversation; None where it is a document by itself."""
    if isinstance(document, Mapping) and column in document:
        value = document[column]
        as_text = isinstance(value, str) and value.lstrip()[:1] in {"[", "{"}
        if as_text or request_body(document)[1] is None:
            return column
    check(document, column)
    return None


def check(document: Any, column: str | None = None) -> None:
    """Raise MessageError for what holds no messages, and could only come out as it came in."""
    if isinstance(document, Mapping):
        if request_body(document)[1] is not None or any(key in document for key in _MESSAGE_KEYS):
            return
        keys = ", ".join(cut(str(key), 24) for key in sorted(map(str, document))[:8])
        advice = "" if column is None else f"; column=… names the key that holds them (tried {column!r})"
        raise MessageError(f"there are no messages in this object with the keys {keys or '(none)'}{advice}")
    if not isinstance(document, list) or any(not isinstance(entry, (Mapping, str)) for entry in document):
        raise MessageError("this is neither a list of messages nor a request body")


def item_result(result: CompressionResult, record: Any) -> ItemResult:
    """Return the result of an item that was compressed."""
    each: list[ImageResult | DocumentResult] = [*result.images, *result.documents]
    failed = [cut(f"{format_path(one.path)}: {one.error}") for one in each if one.error is not None]
    return ItemResult(
        images=len(result.images),
        documents=len(result.documents),
        original_tokens=result.original_tokens,
        compressed_tokens=result.compressed_tokens,
        original_bytes=result.original_bytes,
        compressed_bytes=result.compressed_bytes,
        savings_usd=result.savings_usd,
        exact=result.exact,
        model=result.model,
        techniques=dict(sorted(Counter(image.done for image in result.images).items())),
        failed_images=len(failed),
        image_errors=failed[:MOST_IMAGE_ERRORS],
        warnings=[cut(warning) for warning in result.warnings[:MOST_IMAGE_ERRORS]],
        id=id_of(record),
    )


def cut(text: str, most: int = LONGEST_SENTENCE) -> str:
    """Return a text that may hold data of any length, cut to so many characters."""
    return text if len(text) <= most else text[: most - 1] + "…"


def id_of(record: Any) -> str:
    """Return what a record calls itself, cut to 64 characters; empty where it does not say."""
    if isinstance(record, Mapping):
        for key in _ID_KEYS:
            if isinstance(record.get(key), (str, int)):
                return str(record[key])[:LONGEST_ID]
    return ""
