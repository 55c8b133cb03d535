"""The explorer as a table: what one image costs at each detail level, for where nothing runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.costs import estimate, find_model
from headroom_nb.errors import ImageRejectedError
from headroom_nb.rendering import figures, markup
from headroom_nb.rendering.tables import Cell, Column, Table
from headroom_nb.rendering.thumbnails import MOST_BYTES, thumbnail

if TYPE_CHECKING:
    from headroom_nb.costs import ModelSpec
    from headroom_nb.pictures import Picture
    from headroom_nb.records import Box, Size


def explorer_table(picture: Picture, label: str, model: str, detail: str, size: Size, crop_box: Box | None) -> Table:
    """Return a row for each detail level; the level asked for comes first.

    Parameters
    ----------
    image, label
        The image, and how it is named.
    model, detail
        Whose bill it is, and the level asked for.
    size, crop_box
        What would be sent, pixels; and the part of the image it is, or None for all.
    """
    spec = find_model(model)
    levels = [detail, *(level for level in spec.details if level != detail)]
    rows = [_row(size, spec, level) for level in levels]
    preview = _preview(picture, label)
    sent = figures.pixels(size) if crop_box is None else f"{figures.pixels(size)} of the part at {crop_box}"
    return Table(
        headline=f"{label}: {rows[0][2]} tokens on {spec.name}",
        lines=(f"Image: {figures.pixels(picture.size)}; sent: {sent}.",),
        columns=(
            Column("Detail"),
            Column("Model sees", figure=True),
            Column("Tokens", figure=True),
            Column("Costs", figure=True),
            Column("Note", below=True),
        ),
        rows=((Cell(rows[0][0], preview + markup.escape(rows[0][0])), *rows[0][1:]), *rows[1:]),
        caption=f"What it costs on {spec.name} at each detail level",
        footnotes=("Run the cell again for the tiles, sizes and crops.",),
    )


def _row(size: Size, spec: ModelSpec, level: str) -> tuple[str, str, str, str, str]:
    try:
        cost = estimate(size, spec, level)
    except ImageRejectedError as refusal:
        return level, "–", "–", "–", str(refusal)
    price = spec.usd_per_million_tokens
    money = figures.usd(None if price is None else cost.tokens * price / 1e6)
    return level, figures.pixels(cost.sent_size), figures.tokens(cost.tokens, exact=cost.exact), money, cost.note


def _preview(picture: Picture, label: str) -> str:
    uri = thumbnail(picture.data, MOST_BYTES)
    if not uri:
        return ""
    small = picture.small(96).size
    return markup.picture(uri, f"{label}, {figures.pixels(picture.size)}", small)
