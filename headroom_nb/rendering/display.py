"""How a compression result looks: text, Markdown, HTML and JSON from one table. Imports nothing of IPython.

What the JSON form holds is described in :mod:`headroom_nb.rendering.report`. All forms of one output stay within
:data:`OUTPUT_BYTES`: previews get the room that the words leave.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import OptionError
from headroom_nb.records.comparison import in_words
from headroom_nb.rendering import figures, markup, plain, report, tables, wording
from headroom_nb.rendering.money import result_lines
from headroom_nb.rendering.paged import paged_files
from headroom_nb.rendering.report import JSON_MIME, Previews, alternative_text, sent_picture
from headroom_nb.rendering.tables import Cell, Column, Table
from headroom_nb.rendering.thumbnails import thumbnails
from headroom_nb.survival import load_profiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from headroom_nb.records import CompressionResult, DocumentResult, ImageResult
    from headroom_nb.rendering.paged import PagedFile

ROWS = (100, 70, 40)
"""Most rows shown, and how many where the words of so many would not fit; the rest is summed up in one line."""

OUTPUT_BYTES = 195_000
"""Most characters of all forms of one output together, as JSON."""

FILE_ROWS = 1_000
"""Images that a report in a file holds."""

FILE_BYTES = 4_000_000
"""Most characters of the previews in it."""

PICTURE_MARKUP = 340
"""Characters around a preview in the HTML form; its address comes on top."""

SHOWN_WIDE, SHOWN_HIGH = 40, 22
"""Most width and height of a preview in a row, in CSS pixels: a row is hardly higher than its text."""

QUESTION_SHOWN = 48
"""Columns of a question in a row of the HTML form."""

MOST_TEXT = 280
"""Columns of a question or note that are shown."""

LEAST_TEXT = 64
"""The same where there are many images."""

ALL_TEXTS = 8_000
"""Columns of the questions of all images; a note and a reason may take as much."""

COLUMNS = (
    Column("Image", most=40),
    Column("Question", most=44),
    Column("What was done", most=40),
    Column("Tokens", figure=True),
    Column("Saved", figure=True),
    Column("Risk", figure=True),
    Column("Error", below=True),
)

PLANNED = {"What was done": "Would be sent"}
"""Titles of columns where nothing was done yet."""

HOW_TO_CHANGE = "result[0] is the first image"

ORDERS: dict[str, Callable[[ImageResult | DocumentResult], float]] = {
    "tokens": lambda one: -one.original_tokens,
    "saved": lambda one: -one.saved_tokens,
    "risk": lambda one: -(one.risk or 0.0),
}
"""What the rows may be sorted by."""


def image_text(image: ImageResult) -> str:
    """Return what was done with one image and why, line by line."""
    head = f"{wording.done(image)[:1].upper()}{wording.done(image)[1:]}: {wording.tokens(image)} tokens"
    lines = [f"{title}: {plain.one_line(text)}" for title, text in wording.details(image)]
    return "\n".join([f"{head} ({wording.saved(image)})", *lines])


def to_text(result: CompressionResult) -> str:
    """Return the aligned text form."""
    return tables.to_text(_table(result, _without_previews(result)))


def to_markdown(result: CompressionResult) -> str:
    """Return the Markdown form; no images."""
    return tables.to_markdown(_table(result, _without_previews(result)))


def to_html(result: CompressionResult) -> str:
    """Return the static HTML form, previews included."""
    return tables.to_html(_table(result, _previews(result)))


def to_json(result: CompressionResult, *, pictures: bool = True) -> dict[str, Any]:
    """Return the JSON form; without ``pictures``, previews are left empty."""
    return report_of(result, _previews(result) if pictures else _without_previews(result), _most_text(result))


def to_file(result: CompressionResult) -> str:
    """Return the JSON form as the text of a file: more images and larger previews than an output has room for."""
    previews = _drawn(result.images[:FILE_ROWS], FILE_BYTES, twice=False)
    return json.dumps(report_of(result, previews, MOST_TEXT), ensure_ascii=False, indent=1) + "\n"


def mimebundle(result: CompressionResult) -> dict[str, Any]:
    """Return every form; a front end shows the richest it knows."""
    return _forms(result, _previews(result))


def plan(result: CompressionResult) -> Table:
    """Return the table of what would be sent, for messages that stay as they are."""
    table = _table(result, _without_previews(result))
    would = tuple(replace(each, title=PLANNED.get(each.title, each.title)) for each in table.columns)
    return replace(
        table,
        headline=f"{summary(result)}, if it is compressed",
        lines=("Nothing was changed; compress sends it so.", *table.lines),
        columns=would,
        caption="",
        footnotes=tuple(each for each in table.footnotes if not each.startswith(HOW_TO_CHANGE)),
    )


def summary(result: CompressionResult) -> str:
    """Return the one line that matters most."""
    if not result.images and not result.documents:
        return f"No images found: nothing to compress for {result.model}"
    unknown = sum(map(wording.is_unknown, result.images))
    papers = sum(map(wording.is_unknown_document, result.documents))
    images = "images and documents" if result.images else "documents"
    what = f"Tokens of {images}" if result.documents else "Image tokens"
    none_known = unknown == len(result.images) and papers == len(result.documents)
    line = f"{what}: not known" if none_known else f"{what}: {total(result)}"
    saved = result.original_tokens > result.compressed_tokens
    if saved:
        line += f" (−{figures.percent(result.savings_percent / 100)})"
    line += f" on {result.model}"
    if saved and result.savings_usd is not None:
        line += f", saves {figures.usd(result.savings_usd)} each time it is sent"
    if (unknown or papers) and not none_known:
        line += f"; {in_words(unknown, papers)} not known"
    return line


def total(result: CompressionResult) -> str:
    """Return the tokens of all images, before and after."""
    return figures.change(
        result.original_tokens, result.compressed_tokens, exact=result.exact, before_exact=result.original_exact
    )


def report_of(result: CompressionResult, previews: Sequence[Previews], most_text: int) -> dict[str, Any]:
    """Return the JSON form with these previews, one for each image that gets a row."""
    lines = [*_done(result), *_history(result), *result_lines(result)]
    return report.build(result, previews, most_text, summary(result), lines)


def _forms(result: CompressionResult, previews: list[Previews]) -> dict[str, Any]:
    table = _table(result, previews)
    return {
        "text/plain": tables.to_text(table),
        "text/markdown": tables.to_markdown(table),
        "text/html": tables.to_html(table),
        JSON_MIME: report_of(result, previews, _most_text(result)),
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


def table(result: CompressionResult, sort: str | None = None, *, given_up: bool = False) -> Table:
    """Return the table of a result, sorted by one of :data:`ORDERS`; ``given_up`` leaves the other images out."""
    if sort is not None and sort not in ORDERS:
        raise OptionError(f"sort={sort!r} is not known; use one of {', '.join(ORDERS)}")
    return _table(result, _previews(result), sort, given_up=given_up)


def _table(
    result: CompressionResult, previews: list[Previews], sort: str | None = None, *, given_up: bool = False
) -> Table:
    shown = result.images[: len(previews)]
    files = [file for file in paged_files(result) if file.images.start < len(shown)]
    paged = {index for file in files for index in file.images}
    hidden = [image for index, image in enumerate(result.images) if index >= len(shown) and index not in paged]
    footnotes = []
    if hidden:
        change = figures.change(
            sum(image.original_tokens for image in hidden), sum(image.compressed_tokens for image in hidden)
        )
        footnotes.append(f"… and {len(hidden):,} more images, {change} tokens: see .images")
    if not result.exact:
        footnotes.append("≈ marks an estimate: there is no exact rule, the sources conflict, or text was counted.")
    if any(image.risk for image in shown) or any(document.risk for document in result.documents):
        footnotes.append("Risk: the chance that what is sent loses an answer which the image still gives.")
    if any(not image.question and not image.parts and image.error is None for image in shown):
        footnotes.append("An image without a question is kept whole: write one into its message, or use --question.")
    if any(wording.is_unknown(image) and image.error is None for image in shown):
        footnotes.append("An image given by its address stays as it is; fetch_urls=True (--fetch-urls) fetches it.")
    if result.images:
        footnotes.append(f'{HOW_TO_CHANGE}; result.override(0, "preserve") keeps it as it was.')
    if result.documents:
        footnotes.append("D1 is result.documents[0]; its .pages say how each page is sent, and why.")
    entries: list[tuple[int, ImageResult | DocumentResult, tuple[str | Cell, ...]]] = [
        (number, image, (str(number), *_row(result, image, preview.original, _most_text(result))))
        for number, (image, preview) in enumerate(zip(shown, previews, strict=True))
        if number not in paged and (image.traded_tokens or not given_up)
    ]
    entries += [
        (file.images.start, file.record, _file_row(result, file, previews))
        for file in files
        if not given_up or any(result.images[index].traded_tokens for index in file.images)
    ]
    entries.sort(key=lambda entry: (0.0 if sort is None else ORDERS[sort](entry[1]), entry[0]))
    kinds = ["image"] * bool(set(range(len(shown))) - paged or not (result.documents or files))
    kinds += ["document"] * bool(result.documents or files)
    what = f"Each {' and '.join(kinds)}"
    return Table(
        headline=summary(result),
        columns=(Column("#", figure=True), *_columns(result)),
        rows=(*(row for _, _, row in entries), *_document_rows(result)),
        caption=f"{what}: what was asked, what was done, what it cost and costs now",
        lines=tuple(_lines(result)),
        warnings=result.warnings,
        footnotes=tuple(footnotes),
        numbered=False,
    )


def _columns(result: CompressionResult) -> tuple[Column, ...]:
    first, *others = COLUMNS
    return replace(first, title=tables.kind_of(len(result.images), len(result.documents))), *others


def _file_row(result: CompressionResult, file: PagedFile, previews: list[Previews]) -> tuple[str | Cell, ...]:
    """Return the row of a file whose pages are images."""
    from headroom_nb.rendering.documents import document_row

    numbers = f"{file.images.start}–{file.images.stop - 1}"
    drawn = [each.original for each in previews[file.images.start : file.images.stop]]
    return numbers, *document_row(file.record, _most_text(result), drawn)


def _document_rows(result: CompressionResult) -> Iterator[tuple[str | Cell, ...]]:
    if result.documents:
        from headroom_nb.rendering.documents import document_row

        for number, document in enumerate(result.documents[: ROWS[-1]], 1):
            yield f"D{number}", *document_row(document, _most_text(result))


def _lines(result: CompressionResult) -> list[str]:
    price = result.usd_per_million_tokens
    priced = "No price known" if price is None else f"{figures.usd(price)} per million input tokens"
    basis = f"Model: {result.model} ({result.provider}; {result.model_note}). {priced}. Quality: {result.quality}."
    if result.profile and result.profile not in load_profiles():
        basis += f" What it reads: {result.profile} by you."
    if result.original_bytes:
        basis += f" Bytes: {figures.data_change(result.original_bytes, result.compressed_bytes)}."
    budget = [] if result.budget is None else [str(result.budget)]
    return [*_done(result), *budget, *_history(result), *result_lines(result), basis]


def _done(result: CompressionResult) -> list[str]:
    """Return what was done with the images and the documents, in a line each."""
    images = [wording.summary_of(result.images)] if result.images else []
    return [*images, *([wording.summary_of_documents(result)] if result.documents else [])]


def _history(result: CompressionResult) -> list[str]:
    return [] if result.history is None else [str(result.history)]


def _row(result: CompressionResult, image: ImageResult, preview: str, most_text: int) -> tuple[str | Cell, ...]:
    question = plain.shorten(image.question, most_text) or "–"
    return (
        _image_cell(result.name_of(image), image, preview),
        Cell(question, _one_line(question)),
        Cell(wording.done(image), markup.fold(wording.done(image), _details(image, most_text))),
        wording.tokens(image),
        wording.saved(image),
        figures.risk(image.risk) if image.traded_tokens else "–",
        "" if image.error is None else plain.shorten(image.error, most_text),
    )


def _details(image: ImageResult, most_text: int) -> list[tuple[str, str]]:
    return [(title, plain.shorten(text, most_text)) for title, text in wording.details(image)]


def _one_line(question: str) -> str:
    """Return a question that takes one line of a page; all of it stands in the details."""
    short = plain.shorten(question, QUESTION_SHOWN)
    return markup.escape(short)


def _image_cell(name: str, image: ImageResult, preview: str) -> Cell:
    inner = markup.escape(name)
    if preview and image.original_size is not None:
        from headroom_nb.pictures import fit

        width, height = fit(image.original_size, SHOWN_WIDE)
        if height > SHOWN_HIGH:
            width, height = max(1, round(width * SHOWN_HIGH / height)), SHOWN_HIGH
        inner = markup.thumb(preview, alternative_text(image), (width, height)) + inner
    return Cell(name, inner)


def _most_text(result: CompressionResult) -> int:
    """Return how many columns of each text are shown."""
    return max(LEAST_TEXT, min(MOST_TEXT, ALL_TEXTS // max(1, len(result.images) + len(result.documents))))
