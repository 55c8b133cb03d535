"""Turn the lines an engine read into text that keeps the page's layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from headroom_nb.techniques.ocr import OcrLine, OcrPage


def to_text(page: OcrPage) -> str:
    """Return the page's text, top to bottom; boxes that stand side by side share a line."""
    rows: list[list[OcrLine]] = []
    for line in sorted(page.lines, key=lambda line: line.bounds[1] + line.bounds[3]):
        _, top, _, bottom = line.bounds
        if rows:
            _, row_top, _, row_bottom = rows[-1][-1].bounds
            if min(bottom, row_bottom) - max(top, row_top) > 0.5 * min(bottom - top, row_bottom - row_top):
                rows[-1].append(line)
                continue
        rows.append([line])
    return "\n".join("  ".join(part.text for part in sorted(row, key=lambda part: part.bounds[0])) for row in rows)
