from __future__ import annotations

import sys

import matplotlib as mpl
import pytest

from headroom_nb.analysis.compare import compare
from headroom_nb.costs import estimate
from headroom_nb.costs.plan import tokens_by_size
from headroom_nb.errors import OptionError
from headroom_nb.rendering.cost_plots import plot_models, plot_sizes


@pytest.fixture(autouse=True)
def _without_a_screen():
    mpl.use("agg")
    yield
    from matplotlib import pyplot as plt

    plt.close("all")


def test_the_steps_are_the_boundaries_of_the_rule() -> None:
    steps = tokens_by_size((1000, 1000), "gpt-5.6-sol")

    assert steps[:3] == [(1, 2), (33, 5), (65, 11)]
    for longest, tokens in steps:
        assert estimate((longest, longest), "gpt-5.6-sol").tokens == tokens
        assert longest == 1 or estimate((longest - 1, longest - 1), "gpt-5.6-sol").tokens != tokens


def test_the_steps_end_where_the_provider_refuses() -> None:
    assert max(side for side, _ in tokens_by_size((9000, 9000), "gpt-5.6-sol")) <= 5536


def test_a_bar_per_model_and_setting_is_drawn() -> None:
    ax = plot_models(compare((2000, 1500), ["gpt-5.6-sol", "claude-opus-5-5", "gpt-6-sol"]))

    assert {label.get_text() for label in ax.get_yticklabels()} == {"gpt-5.6-sol", "claude-opus-5-5", "gpt-6-sol"}
    widths = {bar.get_width() for bar in ax.patches}
    assert {estimate((2000, 1500), name).tokens for name in ("gpt-5.6-sol", "claude-opus-5-5")} <= widths
    ax.figure.draw_without_rendering()


def test_a_line_per_model_is_drawn() -> None:
    ax = plot_sizes((1600, 900), ["gpt-4o", "gemini-3"])

    assert [line.get_label() for line in ax.lines] == ["gpt-4o", "gemini-3"]
    assert ax.lines[0].get_ydata()[-1] == estimate((1600, 900), "gpt-4o").tokens
    assert len(plot_sizes((1600, 900), "gpt-4o").lines) == 1
    ax.figure.draw_without_rendering()


def test_nothing_to_draw_and_a_missing_library_are_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OptionError, match="nothing to draw"):
        plot_models(compare((9000, 9000), ["claude-opus-5-5"]))
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(OptionError, match="pip install matplotlib"):
        plot_sizes((10, 10), ["gpt-4o"])
