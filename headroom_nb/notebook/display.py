"""How a compression result looks: text, Markdown, HTML and JSON from one table. Imports nothing of IPython.

The JSON form (``application/vnd.headroom.report+json``) is what a richer front end draws from::

    {"version": 1, "kind": "compression", "model": …, "provider": …, "model_note": …, "quality": …,
     "totals": {"images", "original_tokens", "compressed_tokens", "free_tokens", "traded_tokens", "savings_percent",
                "savings_usd", "exact"},
     "images": [{"path", "question", "routed", "technique", "confidence", "reason", "original_tokens",
                 "compressed_tokens", "free_tokens", "traded_tokens", "exact", "original_exact", "original_size",
                 "sizes", "original_bytes", "compressed_bytes", "kept_pixels", "note", "error", "thumbnail", "alt"}],
     "hidden_images": …, "warnings": […]}

``thumbnail`` is a data URI or empty; texts are cut to what a table shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headroom_nb.notebook import figures, markup, plain, tables
from headroom_nb.notebook.tables import Cell, Column, Table
from headroom_nb.notebook.thumbnails import thumbnails
from headroom_nb.results import format_path

if TYPE_CHECKING:
    from headroom_nb.results import CompressionResult, ImageResult

JSON_MIME = "application/vnd.headroom.report+json"
MOST_ROWS = 100
"""Rows shown; the rest is summed up in one line."""

SHOWN_SIDE = 96
"""Longest side of a preview on the page, in CSS pixels."""

MOST_TEXT = 280
"""Characters of a question or note that are shown."""

COLUMNS = (
    Column("Image", most=60),
    Column("Size, px", figure=True),
    Column("Question"),
    Column("Technique"),
    Column("Confidence", figure=True),
    Column("Tokens", figure=True),
    Column("Saved", figure=True),
    Column("Pixels kept", figure=True),
    Column("Why", below=True),
    Column("Note", below=True),
)


def to_text(result: CompressionResult) -> str:
    """Return the aligned text form."""
    return tables.to_text(_table(result, [""] * len(result.images)))


def to_markdown(result: CompressionResult) -> str:
    """Return the Markdown form; no pictures."""
    return tables.to_markdown(_table(result, [""] * len(result.images)))


def to_html(result: CompressionResult) -> str:
    """Return the static HTML form, previews included."""
    return tables.to_html(_table(result, _previews(result)))


def to_json(result: CompressionResult) -> dict[str, Any]:
    """Return the JSON form, previews included."""
    return _report(result, _previews(result))


def mimebundle(result: CompressionResult) -> dict[str, Any]:
    """Return every form; a front end shows the richest it knows."""
    previews = _previews(result)
    table = _table(result, previews)
    return {
        "text/plain": tables.to_text(table),
        "text/markdown": tables.to_markdown(table),
        "text/html": tables.to_html(table),
        JSON_MIME: _report(result, previews),
    }


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


def alternative_text(image: ImageResult) -> str:
    """Return what a preview shows in words, from facts alone."""
    return f"{format_path(image.path)}, {figures.pixels(image.original_size)}, {_tokens(image)} tokens"


def _previews(result: CompressionResult) -> list[str]:
    return thumbnails([image.original for image in result.images[:MOST_ROWS]])


def _table(result: CompressionResult, previews: list[str]) -> Table:
    shown = result.images[:MOST_ROWS]
    hidden = result.images[MOST_ROWS:]
    warnings = list(result.warnings)
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
        rows=tuple(_row(image, preview) for image, preview in zip(shown, previews, strict=False)),
        caption="Each image: what was decided, what it cost and costs now",
        lines=tuple(_lines(result)),
        warnings=tuple(warnings),
        footnotes=tuple(footnotes),
    )


def _lines(result: CompressionResult) -> list[str]:
    price = result.usd_per_million_tokens
    priced = "no price known" if price is None else f"{figures.usd(price)} per million input tokens"
    return [f"Model: {result.model} ({result.provider}; {result.model_note}). {priced}. Quality: {result.quality}."]


def _row(image: ImageResult, preview: str) -> tuple[str | Cell, ...]:
    return (
        _image_cell(image, preview),
        figures.pixels(image.original_size).removesuffix(" px"),
        _cut(image.question) or "–",
        _technique(image),
        figures.percent(image.confidence),
        _tokens(image),
        figures.saving(image.free_tokens, image.traded_tokens),
        "–" if image.original_size is None else figures.percent(image.kept_pixels),
        "" if image.decision is None else _cut(image.decision.reason),
        _cut(image.note or image.error or ""),
    )


def _image_cell(image: ImageResult, preview: str) -> Cell:
    path = format_path(image.path)
    breakable = markup.escape(path).replace("].", "].<wbr>")
    inner = f"<code>{breakable}</code>"
    if preview and image.original_size is not None:
        from headroom_nb.pictures import fit

        inner = markup.picture(preview, alternative_text(image), fit(image.original_size, SHOWN_SIDE)) + inner
    return Cell(path, inner)


def _tokens(image: ImageResult) -> str:
    if image.original_size is None and not image.original_tokens:
        return "not known"
    return figures.change(
        image.original_tokens, image.compressed_tokens, exact=image.exact, before_exact=image.original_exact
    )


def _technique(image: ImageResult) -> str:
    if image.decision is None or image.decision.technique == image.technique:
        return str(image.technique)
    return f"{image.technique} (routed: {image.decision.technique})"


def _cut(text: str) -> str:
    return plain.shorten(text, MOST_TEXT)


def _report(result: CompressionResult, previews: list[str]) -> dict[str, Any]:
    return {
        "version": 1,
        "kind": "compression",
        "model": result.model,
        "provider": result.provider,
        "model_note": plain.one_line(result.model_note),
        "quality": result.quality,
        "totals": {
            "images": len(result.images),
            "original_tokens": result.original_tokens,
            "compressed_tokens": result.compressed_tokens,
            "free_tokens": sum(image.free_tokens for image in result.images),
            "traded_tokens": sum(image.traded_tokens for image in result.images),
            "savings_percent": round(result.savings_percent, 2),
            "savings_usd": result.savings_usd,
            "exact": result.exact,
        },
        "images": [
            _report_image(image, preview) for image, preview in zip(result.images[:MOST_ROWS], previews, strict=False)
        ],
        "hidden_images": max(0, len(result.images) - MOST_ROWS),
        "warnings": [plain.one_line(warning) for warning in result.warnings],
    }


def _report_image(image: ImageResult, preview: str) -> dict[str, Any]:
    decision = image.decision
    return {
        "path": format_path(image.path),
        "question": _cut(image.question),
        "routed": None if decision is None else str(decision.technique),
        "technique": str(image.technique),
        "confidence": None if decision is None else round(decision.confidence, 4),
        "reason": None if decision is None else _cut(decision.reason),
        "original_tokens": image.original_tokens,
        "compressed_tokens": image.compressed_tokens,
        "free_tokens": image.free_tokens,
        "traded_tokens": image.traded_tokens,
        "exact": image.exact,
        "original_exact": image.original_exact,
        "original_size": None if image.original_size is None else list(image.original_size),
        "sizes": [list(size) for size in image.sizes],
        "original_bytes": image.original_bytes,
        "compressed_bytes": image.compressed_bytes,
        "kept_pixels": round(image.kept_pixels, 4),
        "note": _cut(image.note),
        "error": None if image.error is None else _cut(image.error),
        "thumbnail": preview,
        "alt": plain.one_line(alternative_text(image)),
    }
