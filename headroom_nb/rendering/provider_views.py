"""Images as a model receives them, shown with the facts beside each."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headroom_nb.rendering import figures, markup, tables
from headroom_nb.rendering.tables import Cell, Column, Table

if TYPE_CHECKING:
    from PIL.Image import Image

    from headroom_nb.records import Size, TokenEstimate

OUTPUT_BYTES = 180_000
"""Most characters of all images of one output."""

JPEG_QUALITIES = (88, 75, 60, 45)


@dataclass(frozen=True)
class View:
    """One image: its size, the image the model receives (None where there is none), its cost and a note."""

    label: str
    size: Size | None
    image: Image | None
    cost: TokenEstimate | None
    note: str


@dataclass(frozen=True)
class ProviderViews:
    """What a model receives of each image; ``images`` holds them as PIL images."""

    views: tuple[View, ...]
    model: str
    model_note: str

    @property
    def images(self) -> list[Image]:
        """The images, in order; those that cannot be shown are left out."""
        return [view.image for view in self.views if view.image is not None]

    def __str__(self) -> str:
        return tables.to_text(self._table(picture=False))

    def __repr__(self) -> str:
        return f"<ProviderViews: {len(self.images)} images as {self.model} receives them>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:  # noqa: ARG002
        plain = self._table(picture=False)
        return {
            "text/plain": tables.to_text(plain),
            "text/markdown": tables.to_markdown(plain),
            "text/html": tables.to_html(self._table(picture=True)),
        }

    def _table(self, *, picture: bool) -> Table:
        room = OUTPUT_BYTES // max(1, len(self.images))
        shown = [_cell(view, room) if picture else view.label for view in self.views]
        return Table(
            headline=f"What {self.model} receives",
            columns=(
                Column("#", figure=True),
                Column("Image", most=60),
                Column("Size", figure=True),
                Column("Model sees", figure=True),
                Column("Tokens", figure=True),
                Column("Note", below=True),
            ),
            rows=tuple(
                (str(number), cell, *_facts(view))
                for number, (cell, view) in enumerate(zip(shown, self.views, strict=True))
            ),
            numbered=False,
            caption="Each image after the provider's own resize",
            lines=(f"Model: {self.model} ({self.model_note}).",),
        )


def _facts(view: View) -> tuple[str, str, str, str]:
    if view.cost is None:
        return figures.pixels(view.size), "–", "–", view.note
    tokens = figures.tokens(view.cost.tokens, exact=view.cost.exact)
    return figures.pixels(view.size), figures.pixels(view.cost.sent_size), tokens, view.note


def _cell(view: View, room: int) -> Cell:
    label = f"<code>{markup.escape(view.label)}</code>"
    uri = "" if view.image is None else _data_uri(view.image, room)
    if not uri or view.image is None or view.cost is None:
        return Cell(view.label, label)
    facts = f"{view.label} as the model sees it, {figures.pixels(view.cost.sent_size)}, {view.cost.tokens:,} tokens"
    # one image pixel is one CSS pixel where the page has the room
    return Cell(view.label, markup.picture(uri, facts, view.image.size) + label)


def _data_uri(image: Image, room: int) -> str:
    """Return the image as JPEG or PNG within ``room`` characters, halved until it fits; empty when it never does."""
    while min(image.size) > 0:
        for quality in JPEG_QUALITIES:
            buffer = io.BytesIO()
            image.save(buffer, "JPEG", quality=quality, optimize=True)
            uri = f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"
            if len(uri) <= room:
                return uri
        if max(image.size) == 1:
            return ""
        image = image.resize((max(1, image.width // 2), max(1, image.height // 2)))
    return ""
