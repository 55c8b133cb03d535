"""A table with a headline, shown as text, Markdown or HTML; what every verb that reports something returns."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from headroom_nb.records.frames import data_frame
from headroom_nb.rendering import markup, plain

MOST_ROWS = 300
"""Rows that are shown; ``rows`` holds them all."""

MOST_MARKS = 6
"""Rows that a remark names in text; of further ones only their number."""

MOST_WARNINGS = 20
"""Warnings that are shown."""


def kind_of(images: int, documents: int) -> str:
    """Return the title of a column that names images, documents or both."""
    return "Image or document" if images and documents else "Document" if documents else "Image"


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes
    ----------
    title
        What stands in the header.
    figure
        True for figures: right-aligned, never broken.
    below
        True for remarks: text puts them under the table, numbered by row; HTML under their row, over its whole width.
    most
        Columns of text a cell may take in the text form.
    """

    title: str
    figure: bool = False
    below: bool = False
    most: int = 34


@dataclass(frozen=True)
class Cell:
    """A cell that is more in HTML than its text; ``html`` is trusted markup."""

    text: str
    html: str


@dataclass(frozen=True)
class Table:
    """Rows with a headline above and remarks around them.

    Attributes
    ----------
    headline
        The one line that matters most.
    lines
        More lines under the headline.
    columns, rows
        The table; each row has one text or Cell per column.
    caption
        What the rows are, for the HTML table's caption.
    warnings
        Lines after the table that a reader must not miss.
    footnotes
        Lines after the table that explain signs.
    numbered
        Whether the text form numbers the rows, where remarks follow that name them.
    """

    headline: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str | Cell, ...], ...]
    caption: str = ""
    lines: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = field(default=())
    numbered: bool = True

    def __str__(self) -> str:
        return to_text(self)

    def shown(self) -> Table:
        """Return the table as far as it is shown: a notebook stores every form of a row. Empty remarks are left out."""
        rows, warnings = self.rows[:MOST_ROWS], self.warnings[:MOST_WARNINGS]
        said = [not column.below or any(cell_text(row[n]) for row in rows) for n, column in enumerate(self.columns)]
        columns = tuple(column for column, keep in zip(self.columns, said, strict=True) if keep)
        rows = tuple(tuple(cell for cell, keep in zip(row, said, strict=True) if keep) for row in rows)
        hidden = [
            f"… and {len(everything) - len(part):,} more {what}"
            for everything, part, what in ((self.warnings, warnings, "warnings"), (self.rows, rows, "rows: see .rows"))
            if len(everything) > len(part)
        ]
        return replace(self, columns=columns, rows=rows, warnings=warnings, footnotes=(*hidden, *self.footnotes))

    def __repr__(self) -> str:
        return f"<Table: {plain.one_line(self.headline)}; {len(self.rows)} rows>"

    def to_rows(self) -> list[dict[str, str]]:
        """Return one record of texts per row, by the columns' titles."""
        titles = [column.title for column in self.columns]
        return [dict(zip(titles, map(cell_text, row), strict=True)) for row in self.rows]

    def to_dataframe(self, library: str | None = None) -> Any:
        """Return the rows as a data frame of pandas or polars; raises OptionError where neither is installed."""
        return data_frame(self.to_rows(), library)

    def to_markdown(self) -> str:
        """Return the table as GitHub-flavoured Markdown."""
        return to_markdown(self)

    def to_mimebundle(self) -> dict[str, Any]:
        """Return the table in every form a front end may show."""
        return {"text/plain": to_text(self), "text/markdown": to_markdown(self), "text/html": to_html(self)}

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:  # noqa: ARG002
        return self.to_mimebundle()


def cell_text(cell: str | Cell) -> str:
    """Return what the cell says."""
    return cell.text if isinstance(cell, Cell) else cell


def to_text(table: Table) -> str:
    """Return the aligned text form; remarks follow the table, numbered by row."""
    table = table.shown()
    table = replace(table, numbered=table.numbered and any(column.below for column in table.columns))
    shown = [index for index, column in enumerate(table.columns) if not column.below]
    titles = [*(["#"] if table.numbered else []), *(table.columns[index].title for index in shown)]
    figures = [*([True] if table.numbered else []), *(table.columns[index].figure for index in shown)]
    body = [
        [
            *([str(number)] if table.numbered else []),
            *(plain.shorten(cell_text(row[index]), table.columns[index].most) for index in shown),
        ]
        for number, row in enumerate(table.rows, 1)
    ]
    widths = [max(map(plain.width, column)) for column in zip(titles, *body, strict=True)]
    grid = [titles, ["─" * count for count in widths], *body] if body else []
    lines = [plain.one_line(line) for line in (table.headline, *table.lines)]
    lines += [_aligned(row, widths, figures) for row in grid]
    lines += [f"{_marks(rows):>{widths[0]}}  {remark}" for remark, rows in _remarks(table).items()]
    lines += [f"Warning: {plain.one_line(line)}" for line in table.warnings]
    lines += [plain.one_line(line) for line in table.footnotes]
    return "\n".join(lines)


def _remarks(table: Table) -> dict[str, list[str]]:
    """Return each remark once, with the rows that it is about."""
    found: dict[str, list[str]] = {}
    for number, row in enumerate(table.rows, 1):
        for cell, column in zip(row, table.columns, strict=True):
            if column.below and cell_text(cell):
                mark = str(number) if table.numbered else cell_text(row[0])
                found.setdefault(f"{column.title}: {plain.one_line(cell_text(cell))}", []).append(mark)
    return found


def _marks(rows: list[str]) -> str:
    more = len(rows) - MOST_MARKS
    return ", ".join(rows) if more <= 0 else f"{', '.join(rows[:MOST_MARKS])} and {more:,} more"


def _aligned(row: list[str], widths: list[int], figures: list[bool]) -> str:
    cells = (plain.pad(text, columns, right=right) for text, columns, right in zip(row, widths, figures, strict=True))
    return "  ".join(cells).rstrip()


def to_markdown(table: Table) -> str:
    """Return the table as GitHub-flavoured Markdown."""
    table = table.shown()
    blocks = [f"**{plain.markdown(table.headline)}**", *map(plain.markdown, table.lines)]
    if table.rows:
        titles = [plain.markdown(column.title) for column in table.columns]
        rules = ["---:" if column.figure else "---" for column in table.columns]
        body = [[plain.markdown(cell_text(cell)) for cell in row] for row in table.rows]
        blocks.append("\n".join("| " + " | ".join(row) + " |" for row in (titles, rules, *body)))
    blocks += [f"**Warning:** {plain.markdown(line)}" for line in table.warnings]
    blocks += map(plain.markdown, table.footnotes)
    return "\n\n".join(blocks) + "\n"


def to_html(table: Table) -> str:
    """Return static HTML: no script, style scoped by class, readable when the style is stripped."""
    table = table.shown()
    blocks = [f'<p class="hr-headline"><strong>{markup.escape(table.headline)}</strong></p>']
    blocks += [f'<p class="hr-soft">{markup.escape(line)}</p>' for line in table.lines]
    if table.rows:
        blocks.append(_html_table(table))
    blocks += [f'<p class="hr-warn"><strong>Warning:</strong> {markup.escape(line)}</p>' for line in table.warnings]
    blocks += [f'<p class="hr-soft">{markup.escape(line)}</p>' for line in table.footnotes]
    return markup.root("\n".join(blocks))


def _html_table(table: Table) -> str:
    caption = f"<caption>{markup.escape(table.caption)}</caption>\n" if table.caption else ""
    beside = [column for column in table.columns if not column.below]
    titles = "".join(f'<th scope="col"{_align(column)}>{markup.escape(column.title)}</th>' for column in beside)
    rows = "\n".join(line for row in table.rows for line in _html_rows(row, table.columns, len(beside)))
    return f"<table>\n{caption}<thead><tr>{titles}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>"


def _html_rows(row: tuple[str | Cell, ...], columns: tuple[Column, ...], width: int) -> list[str]:
    """Return a row's markup, and a row over the whole width for each remark."""
    cells = list(zip(row, columns, strict=True))
    beside = [_html_cell(cell, column) for cell, column in cells if not column.below]
    first = f'<th scope="row"{beside[0].removeprefix("<td").removesuffix("</td>")}</th>'
    lines = ['<tr valign="top">' + "".join([first, *beside[1:]]) + "</tr>"]
    for cell, column in cells:
        if column.below and cell_text(cell):
            remark = f"{markup.escape(column.title)}: {markup.escape(cell_text(cell))}"
            lines.append(f'<tr><td colspan="{width}" class="hr-below" dir="auto">{remark}</td></tr>')
    return lines


def _html_cell(cell: str | Cell, column: Column) -> str:
    write = markup.figure if column.figure else markup.escape
    inner = cell.html if isinstance(cell, Cell) else write(cell)
    return f"<td{_align(column)}>{inner}</td>" if column.figure else f'<td dir="auto"{_align(column)}>{inner}</td>'


def _align(column: Column) -> str:
    """Return attributes that align a cell where the style is taken away, as in notebooks that are not trusted."""
    if column.figure:
        return ' class="hr-figure" align="right" style="text-align:right;white-space:nowrap"'
    return ' align="left" style="text-align:left"'
