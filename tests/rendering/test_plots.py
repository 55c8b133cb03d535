from __future__ import annotations

import matplotlib as mpl
import pytest

from headroom_nb.errors import OptionError
from headroom_nb.records import CompressionResult, ImageResult, Technique
from headroom_nb.rendering.plots import MOST_BARS


@pytest.fixture(autouse=True)
def _no_window():
    from matplotlib import pyplot as plt

    mpl.use("agg")
    yield
    plt.close("all")


def result(count, place="content"):
    images = tuple(
        ImageResult((index, place, 0), "", None, list(Technique)[index % 4], 1000 + index, 100)
        for index in range(count)
    )
    return CompressionResult([], images, "gpt-4o", "openai", "given", "balanced", 2.5)


@pytest.mark.parametrize("count", [1, 5, MOST_BARS, MOST_BARS + 100])
def test_the_bars_sum_to_the_totals(count):
    made = result(count)
    ax = made.plot()
    before, after = 0, 0
    for bar in ax.patches:
        if bar.get_facecolor()[3] == 0:
            before += bar.get_width()
        else:
            after += bar.get_width()
    assert (before, after) == (made.original_tokens, made.compressed_tokens)
    assert len(ax.get_yticks()) <= MOST_BARS + len(Technique)


def test_names_are_drawn_as_they_are_and_never_as_formulas():
    result(2, place="$x_{").plot().figure.canvas.draw()


def test_nothing_to_draw_is_said():
    with pytest.raises(OptionError, match="no images"):
        result(0).plot()


def test_the_title_marks_an_estimate_where_it_is_one():
    image = ImageResult((0, "content", 0), "", None, Technique.TRANSCODE, 1000, 100, exact=False)
    made = CompressionResult([], (image,), "gpt-4o", "openai", "given", "balanced", 2.5)
    assert "1,000 → ≈100" in made.plot().get_title(loc="left")
