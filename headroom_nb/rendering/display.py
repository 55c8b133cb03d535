"""How a compression result looks: text, Markdown, HTML and JSON from one table. Imports nothing of IPython.

What the JSON form holds is described in :mod:`headroom_nb.rendering.report`. All forms of one output stay within
:data:`OUTPUT_BYTES`: previews get the room that the words leave.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from headroom_nb.records import format_path
from headroom_nb.rendering import figures, markup, plain, report, tables
from headroom_nb.rendering.report import JSON_MIME, Previews, alternative_text, change_of, sent_picture
from headroom_nb.rendering.tables import Cell, Column, Table
from headroom_nb.rendering.thumbnails import thumbnails

if TYPE_CHECKING:
    from headroom_nb.records import CompressionResult, ImageResult

ROWS = (100, 70, 40)
"""Most rows shown, and how many where the words of so many would not fit; the rest is summed up in one line."""

OUTPUT_BYTES = 195_000
"""Most characters of all forms of one output together, as JSON."""

FILE_ROWS = 1_000
"""Images that a report in a file holds."""

FILE_BYTES = 4_000_000
"""Most characters of the previews in it."""

PICTURE_MARKUP = 320
"""Characters around a preview in the HTML form; its address comes on top."""

SHOWN_SIDE = 96
"""Longest side of a preview on the page, in CSS pixels."""

MOST_TEXT = 280
"""Columns of a question or note that are shown."""

LEAST_TEXT = 64
"""The same where there are many images."""

ALL_TEXTS = 8_000
"""Columns of the questions of all images; a note and a reason may take as much."""

COLUMNS = (
    Column("Image", most=60),
    Column("Size, px", figure=True),
    Column("Question"),
    Column("Technique"),
    Column("Confidence", figure=True),
    Column("Tokens", figure=True),
    Column("Saved", figure=True),
    Column("Bytes", figure=True),
    Column("Pixels kept", figure=True),
    Column("Why", below=True),
    Column("Note", below=True),
)


def to_text(result: CompressionResult) -> str:
    """Return the aligned text form."""
    return tables.to_text(_table(result, _without_previews(result)))


def to_markdown(result: CompressionResult) -> str:
    """Return the Markdown form; no pictures."""
    return tables.to_markdown(_table(result, _without_previews(result)))


def to_html(result: CompressionResult) -> str:
    """Return the static HTML form, previews included."""
    return tables.to_html(_table(result, _previews(result)))


def to_json(result: CompressionResult, *, pictures: bool = True) -> dict[str, Any]:
    """Return the JSON form; without ``pictures``, previews are left empty."""
    return report.build(result, _previews(result) if pictures else _without_previews(result), _most_text(result))


def to_file(result: CompressionResult) -> str:
    """Return the JSON form as the text of a file: more images and larger previews than an output has room for."""
    previews = _drawn(result.images[:FILE_ROWS], FILE_BYTES, twice=False)
    return json.dumps(report.build(result, previews, MOST_TEXT), ensure_ascii=False, indent=1) + "\n"


def mimebundle(result: CompressionResult) -> dict[str, Any]:
    """Return every form; a front end shows the richest it knows."""
    return _forms(result, _previews(result))


def plan(result: CompressionResult) -> Table:
    """Return the table of what would be sent, for messages that stay as they are."""
    table = _table(result, _without_previews(result))
    return replace(table, headline=f"Would be sent: {summary(result)}", lines=("Nothing was changed.", *table.lines))


def summary(result: CompressionResult) -> str:
    """Return the one line that matters most."""
    if not result.images:
        return f"No images found: nothing to compress for {result.model}"
    line = f"Image tokens: {total(result)}"
    saved = result.original_tokens > result.compressed_tokens
    if saved:
        line += f" (−{figures.percent(result.savings_percent / 100)})"
    line += f" on {result.model}"
    if saved and result.savings_usd is not None:
        line += f", saves {figures.usd(result.savings_usd)} each time it is sent"
    return line


def total(result: CompressionResult) -> str:
    """Return the tokens of all images, before and after."""
    return figures.change(
        result.original_tokens, result.compressed_tokens, exact=result.exact, before_exact=result.original_exact
    )


def _forms(result: CompressionResult, previews: list[Previews]) -> dict[str, Any]:
    table = _table(result, previews)
    return {
        "text/plain": tables.to_text(table),
        "text/markdown": tables.to_markdown(table),
        "text/html": tables.to_html(table),
        JSON_MIME: report.build(result, previews, _most_text(result)),
    }


def _without_previews(result: CompressionResult) -> list[Previews]:
    return _room(result)[0]


def _previews(result: CompressionResult) -> list[Previews]:
    """Return previews that fit beside the words of an output."""
    empty, left = _room(result)
    return _drawn(result.images[: len(empty)], left - PICTURE_MARKUP * len(empty), twice=True)


def _room(result: CompressionResult) -> tuple[list[Previews], int]:
    """Return an empty preview for each row there is room for, and how many characters all words leave."""
    empty: list[Previews] = []
    left = OUTPUT_BYTES
    for rows in ROWS:
        empty = [Previews()] * min(len(result.images), rows)
        left = OUTPUT_BYTES - len(json.dumps(_forms(result, empty)))
        if left >= 0:
            break
    return empty, left


def _drawn(images: tuple[ImageResult, ...], total: int, *, twice: bool) -> list[Previews]:
    """Return previews of a total length; ``twice`` where those of the originals stand in two forms."""
    sent = [sent_picture(image) for image in images]
    originals = [image.original for image in images]
    weight = (2 if twice else 1) * sum(map(bool, originals)) + sum(part is not None for part in sent)
    room = max(0, total) // max(1, weight)
    before = thumbnails(originals, room)
    after = thumbnails([b"" if part is None else part.data for part in sent], room)
    return [Previews(*pair) for pair in zip(before, after, strict=True)]


def _table(result: CompressionResult, previews: list[Previews]) -> Table:
    shown, hidden = result.images[: len(previews)], result.images[len(previews) :]
    footnotes = []
    if hidden:
        change = figures.change(
            sum(image.original_tokens for image in hidden), sum(image.compressed_tokens for image in hidden)
        )
        footnotes.append(f"… and {len(hidden):,} more images, {change} tokens: see .images")
    if not result.exact:
        footnotes.append("≈ marks an estimate: there is no exact rule, the sources conflict, or text was counted.")
    if any(image.traded_tokens for image in result.images):
        footnotes.append("Free: the model sees the same. Traded: detail was given up.")
    return Table(
        headline=summary(result),
        columns=COLUMNS,
        rows=tuple(
            _row(image, preview.original, _most_text(result)) for image, preview in zip(shown, previews, strict=True)
        ),
        caption="Each image: what was decided, what it cost and costs now",
        lines=tuple(_lines(result)),
        warnings=result.warnings,
        footnotes=tuple(footnotes),
    )


def _lines(result: CompressionResult) -> list[str]:
    price = result.usd_per_million_tokens
    priced = "no price known" if price is None else f"{figures.usd(price)} per million input tokens"
    lines = [f"Model: {result.model} ({result.provider}; {result.model_note}). {priced}. Quality: {result.quality}."]
    if result.original_bytes:
        lines.append(f"Bytes of the images: {_bytes(result.original_bytes, result.compressed_bytes)}.")
    return lines


def _bytes(before: int, after: int) -> str:
    if not before and not after:
        return "–"
    return figures.data(before) if before == after else f"{figures.data(before)} → {figures.data(after)}"


def _row(image: ImageResult, preview: str, most_text: int) -> tuple[str | Cell, ...]:
    return (
        _image_cell(image, preview),
        figures.pixels(image.original_size).removesuffix(" px"),
        plain.shorten(image.question, most_text) or "–",
        _technique(image),
        figures.percent(image.confidence),
        change_of(image),
        figures.saving(image.free_tokens, image.traded_tokens),
        _bytes(image.original_bytes, image.compressed_bytes),
        "–" if image.original_size is None else figures.percent(image.kept_pixels),
        "" if image.decision is None else plain.shorten(image.decision.reason, most_text),
        plain.shorten(image.note or image.error or "", most_text),
    )


def _image_cell(image: ImageResult, preview: str) -> Cell:
    path = format_path(image.path)
    breakable = markup.escape(path).replace("].", "].<wbr>")
    inner = f"<code>{breakable}</code>"
    if preview and image.original_size is not None:
        from headroom_nb.pictures import fit

        inner = markup.picture(preview, alternative_text(image), fit(image.original_size, SHOWN_SIDE)) + inner
    return Cell(path, inner)


def _technique(image: ImageResult) -> str:
    if image.decision is None or image.decision.technique == image.technique:
        return str(image.technique)
    return f"{image.technique} (routed: {image.decision.technique})"


def _most_text(result: CompressionResult) -> int:
    """Return how many columns of each text are shown."""
    return max(LEAST_TEXT, min(MOST_TEXT, ALL_TEXTS // max(1, len(result.images))))
