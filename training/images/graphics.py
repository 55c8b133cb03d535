"""Drawn pictures: charts, infographics, diagrams."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from training.images import fonts, texts
from training.images.base import Sample, Sheet, bright, shade
from training.images.texts import LISTS, choose

if TYPE_CHECKING:
    from collections.abc import Callable

STYLES = ("default", "default", "seaborn-v0_8-whitegrid", "seaborn-v0_8", "ggplot", "bmh", "dark_background", "classic")


def chart(rng: np.random.Generator) -> Sample:
    """Render a chart of one of ten types, alone or as subplots, in one of several styles."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    style = choose(rng, STYLES)
    with plt.style.context(style), mpl.rc_context({"font.size": float(rng.uniform(6, 13))}):
        rows, columns = choose(rng, ((1, 1), (1, 1), (1, 1), (1, 1), (1, 2), (2, 1), (2, 2), (2, 3)))
        inches = (float(rng.uniform(3, 9)), float(rng.uniform(2.2, 6.5)))
        figure, axes = plt.subplots(rows, columns, figsize=inches, squeeze=False)
        shown = DRAWINGS[int(rng.integers(len(DRAWINGS)))]
        for axis in axes.flat:
            (shown if rng.random() < 0.6 else DRAWINGS[int(rng.integers(len(DRAWINGS)))])(rng, axis)
            if rng.random() < 0.6:
                axis.set_title(texts.title(rng, 1, 4))
            if axis.axison and rng.random() < 0.7:
                axis.set_xlabel(texts.words(rng, 2))
                axis.set_ylabel(texts.words(rng, 2))
        figure.tight_layout()
        figure.set_dpi(float(rng.uniform(70, 160)))
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=figure.dpi)
        lines = _texts_of(figure)
        plt.close(figure)
    image = Image.open(io.BytesIO(buffer.getvalue())).convert("RGB")
    return Sample("chart", image, {"lines": lines, "dark": style == "dark_background"})


def _texts_of(figure: Any) -> list[tuple[float, float, float, float]]:
    """Return where a drawn figure's texts stand, in pixels from the top left."""
    from matplotlib.text import Text

    width, height = figure.bbox.width, figure.bbox.height
    lines = []
    for text in figure.findobj(Text):
        if text.get_visible() and text.get_text().strip():
            box = text.get_window_extent()
            left, right = max(0.0, box.x0), min(width, box.x1)
            top, bottom = max(0.0, height - box.y1), min(height, height - box.y0)
            if left < right and top < bottom:
                lines.append((left, top, right, bottom))
    return lines


def _lines(rng: np.random.Generator, axis: Any) -> None:
    for _ in range(int(rng.integers(1, 7))):
        steps = rng.normal(0, 1, size=int(rng.integers(5, 120))).cumsum()
        axis.plot(steps, label=choose(rng, LISTS["words"]), marker=choose(rng, ("", "", "o", "s")))
    if rng.random() < 0.7:
        axis.legend()


def _bars(rng: np.random.Generator, axis: Any) -> None:
    names = [choose(rng, LISTS["words"]) + str(index) for index in range(int(rng.integers(3, 12)))]
    values = rng.uniform(1, 100, size=len(names))
    if rng.random() < 0.4:
        axis.barh(names, values)
        return
    axis.bar(names, values)
    if rng.random() < 0.5:
        axis.bar(names, rng.uniform(1, 60, size=len(names)), bottom=values)
    axis.tick_params(axis="x", rotation=int(choose(rng, (0, 45, 90))))


def _scatter(rng: np.random.Generator, axis: Any) -> None:
    count = int(rng.integers(10, 400))
    shown = axis.scatter(
        rng.normal(size=count), rng.normal(size=count), c=rng.random(count), s=float(rng.uniform(4, 60))
    )
    if rng.random() < 0.5:
        axis.figure.colorbar(shown, ax=axis)


def _pie(rng: np.random.Generator, axis: Any) -> None:
    parts = rng.uniform(1, 10, size=int(rng.integers(2, 9)))
    axis.pie(
        parts, labels=[choose(rng, LISTS["words"]) for _ in parts], autopct="%1.0f%%" if rng.random() < 0.6 else None
    )


def _heat(rng: np.random.Generator, axis: Any) -> None:
    cells = rng.random((int(rng.integers(3, 14)), int(rng.integers(3, 20))))
    axis.imshow(cells, cmap=choose(rng, ("viridis", "magma", "Blues", "coolwarm")), aspect="auto")
    if cells.size < 60 and rng.random() < 0.6:
        for (row, column), value in np.ndenumerate(cells):
            axis.text(column, row, f"{value:.2f}", ha="center", va="center")


def _area(rng: np.random.Generator, axis: Any) -> None:
    series = rng.uniform(1, 5, size=(int(rng.integers(2, 6)), 40))
    axis.stackplot(range(40), series, labels=[choose(rng, LISTS["words"]) for _ in series])
    axis.legend(loc="upper left")


def _histogram(rng: np.random.Generator, axis: Any) -> None:
    axis.hist(rng.normal(size=500), bins=int(rng.integers(8, 50)))


def _boxes(rng: np.random.Generator, axis: Any) -> None:
    axis.boxplot([rng.normal(rng.uniform(-2, 2), 1, size=60) for _ in range(int(rng.integers(2, 9)))])


def _errors(rng: np.random.Generator, axis: Any) -> None:
    count = int(rng.integers(4, 20))
    axis.errorbar(range(count), rng.uniform(0, 10, size=count), yerr=rng.uniform(0.2, 2, size=count), fmt="o-")
    axis.grid(visible=True)


def _contour(rng: np.random.Generator, axis: Any) -> None:
    x, y = np.meshgrid(np.linspace(-3, 3, 60), np.linspace(-3, 3, 60))
    axis.contourf(
        x, y, np.sin(x * rng.uniform(0.5, 2)) * np.cos(y * rng.uniform(0.5, 2)), levels=int(rng.integers(4, 16))
    )


DRAWINGS: tuple[Callable[[np.random.Generator, Any], None], ...] = (
    _lines, _lines, _bars, _bars, _scatter, _pie, _heat, _area, _histogram, _boxes, _errors, _contour,
)  # fmt: skip


def infographic(rng: np.random.Generator) -> Sample:
    """Render a tall or wide poster: coloured bands, icons, large figures, short texts, small charts."""
    width = int(rng.integers(600, 1300))
    height = round(width * float(rng.uniform(0.8, 2.8)))
    sheet = Sheet((width, height), bright(rng) if rng.random() < 0.5 else shade(rng, 225, 255))
    face, size = fonts.pick(rng, "sans"), width / float(rng.uniform(42, 62))
    white, black = (255, 255, 255), (25, 25, 30)
    y = sheet.wrapped(
        (width * 0.06, size * 1.5), texts.title(rng, 3, 7).upper(), face, size * 2.6, black, width=width * 0.88
    )
    while y < height - size * 6:
        tall, columns, band = size * float(rng.uniform(9, 15)), int(rng.integers(1, 5)), bright(rng)
        ink = white if sum(band) < 380 else black
        sheet.draw.rectangle((0, y, width, y + tall), fill=band)
        for column in range(columns):
            x, part = width * (0.04 + column * 0.92 / columns), width * 0.92 / columns
            icon, top = choose(rng, ("circle", "bars", "pie", "figure")), y + size
            mark = bright(rng)
            if icon == "circle":
                sheet.draw.ellipse((x, top, x + size * 4, top + size * 4), fill=mark)
            elif icon == "bars":
                for bar in range(5):
                    high = size * float(rng.uniform(0.5, 4))
                    sheet.draw.rectangle(
                        (x + bar * size, top + size * 4 - high, x + bar * size + size * 0.7, top + size * 4), fill=mark
                    )
            elif icon == "pie":
                sheet.draw.ellipse((x, top, x + size * 4, top + size * 4), fill=white)
                sheet.draw.pieslice((x, top, x + size * 4, top + size * 4), 0, int(rng.integers(40, 320)), fill=mark)
            else:
                sheet.write(
                    (x, top), choose(rng, (f"{int(rng.integers(1, 100))}%", texts.number(rng))), face, size * 3, ink
                )
            text = texts.words(rng, int(rng.integers(4, 16)))
            sheet.wrapped((x, top + size * 4.6), text, face, size, ink, width=part * 0.9, bottom=y + tall)
        y += tall + size
    sheet.write(
        (width * 0.06, height - size * 2),
        f"Source: {texts.title(rng, 2, 4)}, {texts.date(rng)}",
        face,
        size * 0.8,
        black,
    )
    return sheet.sample("infographic")


def diagram(rng: np.random.Generator) -> Sample:
    """Render boxes and arrows: a flow, a tree or a web of parts, with short labels."""
    width, height = int(rng.integers(500, 1400)), int(rng.integers(400, 1200))
    sheet = Sheet((width, height), shade(rng, 240, 255) if rng.random() < 0.85 else shade(rng, 15, 45))
    ink = (225, 225, 225) if sheet.dark else (35, 35, 40)
    face, columns, rows = fonts.pick(rng, "sans", "serif"), int(rng.integers(2, 6)), int(rng.integers(2, 6))
    box_w, box_h = width / columns * 0.62, height / rows * 0.42
    size = max(8.0, min(box_h * 0.32, box_w / 9))
    fills, thick = [bright(rng) for _ in range(3)], int(rng.integers(1, 4))
    nodes: list[tuple[float, float]] = []
    for row in range(rows):
        for column in range(columns):
            nodes += [((column + 0.5) * width / columns, (row + 0.5) * height / rows)] * (rng.random() < 0.75)
    for index, (x, y) in enumerate(nodes[1:], start=1):
        px, py = nodes[max(0, index - int(rng.integers(1, 1 + min(index, columns))))]
        sheet.draw.line((px, py, x, y) if rng.random() < 0.5 else (px, py, px, y, x, y), fill=ink, width=thick)
        mx, my = (px + x) / 2, (py + y) / 2
        sheet.draw.polygon([(mx - 5, my - 5), (mx + 5, my), (mx - 5, my + 5)], fill=ink)
        if rng.random() < 0.25:
            sheet.write((mx + 6, my), texts.words(rng, 1), face, size * 0.85, ink)
    for x, y in nodes:
        corners = (x - box_w / 2, y - box_h / 2, x + box_w / 2, y + box_h / 2)
        fill = choose(rng, fills) if rng.random() < 0.6 else ((50, 50, 60) if sheet.dark else (255, 255, 255))
        shape = choose(rng, (sheet.draw.rectangle, sheet.draw.rectangle, sheet.draw.ellipse))
        shape(corners, fill=fill, outline=ink, width=thick)
        label = (15, 15, 15) if sum(fill) > 380 else (250, 250, 250)
        sheet.write((x, y), texts.words(rng, int(rng.integers(1, 3))), face, size, label, "mm")
    return sheet.sample("diagram", nodes=len(nodes))
