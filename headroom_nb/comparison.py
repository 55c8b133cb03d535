"""What ``compare`` gives: records, and the same as text, Markdown, HTML and a data frame."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from html import escape
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import OptionError

if TYPE_CHECKING:
    from headroom_nb.results import Size


@dataclass(frozen=True)
class Setting:
    """A way to send the images: a detail level or a smaller size.

    Attributes
    ----------
    how
        In words: ``"as it is"``, ``"detail low"``, ``"resized to 784×588"``.
    tokens, usd
        What it costs; ``usd`` is None without a price.
    sees
        What the model then sees of a single picture, pixels; None for several.
    legibility
        The effect on the smallest text, such as ``"smallest text 9 px: risky"``.
    """

    how: str
    tokens: int
    usd: float | None
    sees: Size | None
    legibility: str


@dataclass(frozen=True)
class ModelCost:
    """One model's line of the comparison.

    ``now`` and ``cheapest`` are None where the model refuses an image; ``note`` then says why. ``exact`` is False where
    a count is an estimate, and ``bounds`` holds the range that the sources give.
    """

    model: str
    provider: str
    now: Setting | None
    cheapest: Setting | None
    exact: bool
    bounds: tuple[int, int] | None
    note: str


@dataclass(frozen=True)
class Comparison:
    """The lines in order of money, then of tokens; models that refuse come last.

    ``left_out`` holds images that could not be counted, with the reason.
    """

    images: int
    sizes: tuple[Size, ...]
    lines: tuple[ModelCost, ...]
    left_out: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain types, for JSON."""
        return asdict(self)

    def to_rows(self) -> list[dict[str, Any]]:
        """Return one flat record per model."""
        return [_flat(line) for line in self.lines]

    def to_dataframe(self, library: str | None = None) -> Any:
        """Return the rows as a data frame.

        Parameters
        ----------
        library
            ``"pandas"`` or ``"polars"``; None takes the one that is loaded, else the one that is installed.

        Raises
        ------
        OptionError
            Neither is installed, or another name was given.
        """
        return import_module(_frame_library(library)).DataFrame(self.to_rows())

    def to_markdown(self) -> str:
        """Return the table in Markdown."""
        header, *rows = _cells(self)
        lines = [header, ["---"] * len(header), *rows]
        table = "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
        return "\n".join([table, *(f"\nLeft out: {reason}" for reason in self.left_out)])

    def __str__(self) -> str:
        rows = _cells(self)
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        return "\n".join([*lines, *(f"left out: {reason}" for reason in self.left_out)])

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:  # noqa: ARG002
        from headroom_nb.notebook.cost_tables import comparison_table

        return comparison_table(self).to_mimebundle()

    def _repr_html_(self) -> str:
        header, *rows = ([escape(cell) for cell in row] for row in _cells(self))
        head = "".join(f"<th scope='col'>{cell}</th>" for cell in header)
        body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
        left = "".join(f"<p>Left out: {escape(reason)}</p>" for reason in self.left_out)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{left}"


def _flat(line: ModelCost) -> dict[str, Any]:
    now, cheapest = line.now, line.cheapest
    return {
        "model": line.model,
        "provider": line.provider,
        "tokens": now.tokens if now else None,
        "exact": line.exact,
        "usd": now.usd if now else None,
        "sees_width": now.sees[0] if now and now.sees else None,
        "sees_height": now.sees[1] if now and now.sees else None,
        "legibility": now.legibility if now else None,
        "cheapest": cheapest.how if cheapest else None,
        "cheapest_tokens": cheapest.tokens if cheapest else None,
        "cheapest_usd": cheapest.usd if cheapest else None,
        "cheapest_legibility": cheapest.legibility if cheapest else None,
        "note": line.note,
    }


def _cells(comparison: Comparison) -> list[list[str]]:
    """Return the table as text, the header first; ≈ marks an estimate."""
    rows = [["Model", "Tokens", "Cost", "Sees", "Legibility", "Cheapest", "Tokens", "Cost", "Legibility", "Note"]]
    for line in comparison.lines:
        mark = "" if line.exact else "≈"
        now, cheapest = line.now, line.cheapest
        before = (
            [f"{mark}{now.tokens:,}", _money(now.usd), _pixels(now.sees), now.legibility]
            if now
            else ["refused", "–", "–", "–"]
        )
        after = (
            [cheapest.how, f"{mark}{cheapest.tokens:,}", _money(cheapest.usd), cheapest.legibility]
            if cheapest
            else ["–"] * 4
        )
        rows.append([line.model, *before, *after, line.note])
    return rows


def _money(usd: float | None) -> str:
    return "–" if usd is None else f"${usd:.4f}" if usd >= 0.001 else f"${usd:.2g}"


def _pixels(size: Size | None) -> str:
    return "–" if size is None else f"{size[0]}×{size[1]}"


def _frame_library(name: str | None) -> str:
    libraries = ("pandas", "polars")
    if name is not None and name not in libraries:
        raise OptionError(f"no data frame library {name!r}; use pandas or polars")
    wanted = (name,) if name else libraries
    for library in wanted:
        if library in sys.modules:
            return library
    for library in wanted:
        if find_spec(library) is not None:
            return library
    raise OptionError(f"{' or '.join(wanted)} is not installed; to_dict and to_markdown need neither")
