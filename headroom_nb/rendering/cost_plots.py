"""The bill as charts: tokens by model, and tokens against size. Needs Matplotlib, which is loaded only here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.costs.plan import tokens_by_size
from headroom_nb.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.axes import Axes

    from headroom_nb.records import Comparison, Size

NOW, CHEAPEST = "#0072b2", "#e69f00"
"""Colours that people with any colour vision can tell apart."""


def plot_models(comparison: Comparison, ax: Axes | None = None) -> Axes:
    """Draw a bar per model: tokens as it is, and at the cheapest setting; estimates are hatched.

    Raises
    ------
    OptionError
        Matplotlib is not installed, or every model refuses.
    """
    lines = [line for line in comparison.lines if line.now is not None]
    if not lines:
        raise OptionError("no model accepts this, so there is nothing to draw")
    ax = ax or _axes(1.4 + 0.34 * len(lines))
    for row, line in enumerate(lines):
        hatch = None if line.exact else "//"
        if line.now is not None:
            ax.barh(row - 0.18, line.now.tokens, 0.34, color=NOW, hatch=hatch, edgecolor="white", linewidth=0)
        if line.cheapest is not None:
            ax.barh(row + 0.18, line.cheapest.tokens, 0.34, color=CHEAPEST, hatch=hatch, edgecolor="white", linewidth=0)
    ax.set_yticks(range(len(lines)), [line.model for line in lines])
    ax.invert_yaxis()
    ax.set_xlabel(f"{'tokens' if comparison.documents else 'image tokens'} (hatched: an estimate)")
    handles = [ax.barh(0, 0, color=NOW, label="as it is"), ax.barh(0, 0, color=CHEAPEST, label="cheapest setting")]
    ax.legend(handles=handles, frameon=False)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def plot_sizes(size: Size, models: Iterable[str] | str, detail: str = "auto", ax: Axes | None = None) -> Axes:
    """Draw tokens against the long side of an image of one shape: the steps are the boundaries of the billing rule.

    Raises
    ------
    OptionError
        Matplotlib is not installed.
    UnknownModelError
        A model is not in the table.
    """
    ax = ax or _axes(4)
    for model in (models,) if isinstance(models, str) else models:
        steps = tokens_by_size(size, model, detail)
        sides, tokens = [side for side, _ in steps], [count for _, count in steps]
        ax.step([*sides, max(size)], [*tokens, tokens[-1]], where="post", label=model)
    ax.set_xlabel(f"long side in pixels, at {size[0]}:{size[1]}")
    ax.set_ylabel("image tokens")
    ax.set_xlim(0, max(size))
    ax.set_ylim(bottom=0)
    ax.legend(frameon=False)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _axes(height: float) -> Axes:
    try:
        from matplotlib import pyplot as plt  # so that the notebook shows the figure by itself
    except ImportError as error:
        raise OptionError("a plot needs Matplotlib: pip install matplotlib") from error
    return plt.subplots(figsize=(9, height), layout="constrained")[1]
