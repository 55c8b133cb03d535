"""A smaller copy of one file: an image, a PDF, a notebook, a JSON conversation or JSON lines. Bytes in, bytes out."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from headroom_nb.compressor import compress
from headroom_nb.errors import MessageError
from headroom_nb.records.comparison import in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from headroom_nb.options import Options
    from headroom_nb.records import CompressionResult, DocumentResult, ImageResult

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp")
INSERT = ".smaller"
"""What a copy's name has before its suffix."""

SUFFIX_OF = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/gif": ".gif"}


NO_LEVELS = "ollama"
"""A format without detail levels: a file cannot ask for one, so it is smaller or it is not."""


@dataclass(frozen=True)
class Copy:
    """A copy that is worth writing, or why there is none.

    Attributes
    ----------
    data
        The file's bytes; None where nothing would be gained.
    suffix
        What its name ends with; an image may change its kind.
    before, after
        Image tokens.
    note
        One sentence for the person who asked.
    """

    data: bytes | None
    suffix: str
    before: int
    after: int
    note: str


NOTHING = "nothing to gain: no image in it can be sent for less"

MOST_WARNING = 300
"""Characters of a warning that a note repeats."""


def smaller_copy(name: str, data: bytes, options: Options, question: str = "") -> Copy:
    """Return a copy of a file in which images cost less.

    Parameters
    ----------
    name
        The file's name; its suffix says what it is.
    data
        Its bytes.
    options
        Every choice. An image that stands alone is billed by the default model, whatever its provider.
    question
        What is asked of an image that stands alone.

    Raises
    ------
    HeadroomError
        It is not what its name says, or holds no messages.
    """
    suffix = PurePosixPath(name).suffix.lower()
    make = _MAKERS.get(suffix)
    if make is None:
        raise MessageError(f"{name} is not an image, PDF, notebook or message file; known are {', '.join(_MAKERS)}")
    return _picture(data, suffix, options, question) if make is _picture else make(data, suffix, options)


def _picture(data: bytes, suffix: str, options: Options, question: str = "") -> Copy:
    from headroom_nb.formats import user_message
    from headroom_nb.records import ImagePart

    (image,) = compress(
        [user_message(question, data, provider=NO_LEVELS)], model=_alone(options), options=options
    ).images
    parts = [part for part in image.parts if isinstance(part, ImagePart)]
    if len(parts) != 1 or image.compressed_tokens >= image.original_tokens:
        return _nothing(image.original_tokens, image.error or image.note)
    suffix = suffix if SUFFIX_OF.get(parts[0].media_type) in _SAME.get(suffix, ()) else SUFFIX_OF[parts[0].media_type]
    return Copy(parts[0].data, suffix, image.original_tokens, image.compressed_tokens, image.note)


_SAME = {".jpeg": (".jpg",), **{suffix: (suffix,) for suffix in SUFFIX_OF.values()}}
"""Suffixes that an image may keep, by what it became."""


def _pages(data: bytes, _: str, options: Options) -> Copy:
    """Return a message that holds the pages, as text, images and a smaller PDF: what a request would send."""
    from headroom_nb.costs import find_model
    from headroom_nb.formats import user_message
    from headroom_nb.rendering.json_data import to_json

    model = _alone(options)
    provider = find_model(model).provider if model else "openai"
    result = compress([user_message("", data, provider=provider)], model=model, options=options)
    found: list[ImageResult | DocumentResult] = [*result.documents, *result.images]
    if not any(each.parts for each in found):
        return _nothing(result.original_tokens, found[0].error or found[0].note)
    text = to_json(result.messages, indent=1) + "\n"
    done = result.documents[0].note if result.documents else in_words(len(result.images), 0)
    note = f"a message with {done}{_warned(result.warnings)}"
    return Copy(text.encode(), ".json", result.original_tokens, result.compressed_tokens, note)


def _notebook(data: bytes, suffix: str, options: Options) -> Copy:
    from headroom_nb.analysis.notebook_images import pictures
    from headroom_nb.formats import user_message
    from headroom_nb.records import ImagePart

    content = _parse(data)
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
        raise MessageError("this is not a notebook of nbformat 4: it has no list of cells")
    found = [(path, picture) for path, picture in pictures(content, "the notebook") if picture]
    messages = [user_message("", each, provider=NO_LEVELS) for _, each in found]
    result = compress(messages, model=_alone(options), options=options)
    smaller = 0
    for image in result.images:
        path, _ = found[int(image.path[0])]
        parts = [part for part in image.parts if isinstance(part, ImagePart)]
        if len(parts) == 1 and image.compressed_tokens < image.original_tokens:
            _put(content, path, parts[0])
            smaller += 1
    if not smaller:
        return _nothing(result.original_tokens)
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    note = f"{smaller} of {len(found)} images are smaller"
    return Copy(text.encode("utf-8", "surrogatepass"), suffix, result.original_tokens, result.compressed_tokens, note)


def _put(content: Any, path: tuple[str | int, ...], part: Any) -> None:
    """Put an image where another was; its key in the bundle says what kind it is."""
    bundle = content
    for key in path[:-1]:
        bundle = bundle[key]
    items = [
        (part.media_type, base64.b64encode(part.data).decode("ascii")) if key == path[-1] else (key, value)
        for key, value in bundle.items()
    ]
    bundle.clear()
    bundle.update(items)


def _document(data: bytes, suffix: str, options: Options) -> Copy:
    from headroom_nb.rendering.json_data import to_json

    document = _parse(data)
    result = compress(document, options=options)
    if result.compressed_tokens >= result.original_tokens:
        return _nothing(result.original_tokens, f"{NOTHING}{_warned(result.warnings)}")
    text = to_json(result.messages, indent=1) + "\n"
    what = in_words(len(result.images), len(result.documents))
    note = f"{what} on {result.model}{_warned(result.warnings)}"
    return Copy(text.encode(), suffix, result.original_tokens, result.compressed_tokens, note)


def _lines(data: bytes, suffix: str, options: Options) -> Copy:
    from headroom_nb.batch.items import shrink

    def smaller(document: Any) -> CompressionResult:
        return compress(document, options=options)

    before = after = changed = 0
    warnings: list[str] = []
    lines = data.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        try:
            outcome = shrink(line, "messages", smaller)
        except MessageError as error:
            raise MessageError(f"line {number + 1}: {error}") from error
        before += outcome.result.original_tokens
        after += outcome.result.compressed_tokens
        warnings += [f"line {number + 1}: {warning}" for warning in outcome.result.warnings]
        if outcome.data is not None:
            lines[number] = outcome.data + b"\n"
            changed += 1
    if after >= before:
        return _nothing(before, f"{NOTHING}{_warned(warnings)}")
    note = f"{changed} of {len(lines)} lines are smaller{_warned(warnings)}"
    return Copy(b"".join(lines), suffix, before, after, note)


def _warned(warnings: Sequence[str]) -> str:
    """Return the first warning as the rest of a note, and how many there are; empty without one."""
    if not warnings:
        return ""
    first = warnings[0] if len(warnings[0]) <= MOST_WARNING else f"{warnings[0][:MOST_WARNING]}…"
    return f"; 1 warning: {first}" if len(warnings) == 1 else f"; {len(warnings):,} warnings, the first: {first}"


def _alone(options: Options) -> str | None:
    """Return whose bill is meant for images that stand in no conversation."""
    return options.model or options.default_model


def _nothing(before: int, why: str = "") -> Copy:
    return Copy(None, "", before, before, why or NOTHING)


def _parse(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise MessageError(f"this is not JSON: {error}") from error


_MAKERS: dict[str, Callable[[bytes, str, Options], Copy]] = {
    **dict.fromkeys(PICTURES, _picture),
    **dict.fromkeys((".pdf", ".tif", ".tiff"), _pages),
    ".ipynb": _notebook,
    ".json": _document,
    ".jsonl": _lines,
}
