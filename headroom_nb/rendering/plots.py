"""A result as a chart; needs Matplotlib, which is loaded only here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headroom_nb.errors import OptionError
from headroom_nb.records import Technique, format_path
from headroom_nb.rendering import display, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from headroom_nb.records import CompressionResult

COLOURS = {
    Technique.TRANSCODE: "#0072b2",
    Technique.CROP: "#e69f00",
    Technique.FULL_LOW: "#009e73",
    Technique.PRESERVE: "#999999",
}
"""Colours that people with any colour vision can tell apart."""

MOST_BARS = 40
"""Images with a bar each; the rest share one per technique."""


def plot(result: CompressionResult, ax: Axes | None = None) -> Axes:
    """Draw tokens before and after by image, coloured by technique.

    Parameters
    ----------
    result
        What ``compress`` gave.
    ax
        Where to draw; a new figure if left out.

    Raises
    ------
    OptionError
        When Matplotlib is not installed, or the result has no images.
    """
    try:
        from matplotlib import pyplot as plt  # so that the notebook shows the figure by itself
    except ImportError as error:
        raise OptionError("a plot needs Matplotlib: pip install matplotlib") from error
    bars = _bars(result)
    if not bars:
        raise OptionError("there are no images in this result, so there is nothing to draw")
    if ax is None:
        _, ax = plt.subplots(figsize=(9, 1.6 + 0.45 * len(bars)), layout="constrained")
    for row, (_, technique, before, after) in enumerate(bars):
        ax.barh(row - 0.2, before, 0.36, color="none", edgecolor="0.5", linewidth=1)
        ax.barh(row + 0.2, after, 0.36, color=COLOURS[technique])
        ax.annotate(
            f"{before:,} → {after:,}", (max(before, after), row), (4, 0), textcoords="offset points", va="center"
        )
    ax.set_yticks(range(len(bars)), [label for label, *_ in bars], parse_math=False)
    ax.invert_yaxis()
    ax.margins(x=0.2)
    ax.set_xlabel(f"image tokens on {result.model}", parse_math=False)
    whose = "Tokens of images and documents" if result.documents else "Image tokens"
    ax.set_title(f"{whose}: {display.total(result)}", loc="left", fontsize="medium")
    used = [technique for technique in Technique if any(entry[1] is technique for entry in bars)]
    handles = [ax.barh(0, 0, color="none", edgecolor="0.5", label="before")]
    handles += [ax.barh(0, 0, color=COLOURS[technique], label=f"after: {technique}") for technique in used]
    ax.legend(
        handles=handles, loc="upper center", bbox_to_anchor=(0.4, -0.45 / len(bars) - 0.12), ncols=5, frameon=False
    )
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _bars(result: CompressionResult) -> list[tuple[str, Technique, int, int]]:
    """Return label, technique, tokens before and after; images past the limit summed up by technique."""
    bars = [
        (
            plain.shorten(format_path(image.path), 40),
            image.technique,
            image.original_tokens,
            image.compressed_tokens,
        )
        for image in result.images[:MOST_BARS]
    ]
    for technique in Technique:
        rest = [image for image in result.images[MOST_BARS:] if image.technique is technique]
        if rest:
            before, after = (
                sum(image.original_tokens for image in rest),
                sum(image.compressed_tokens for image in rest),
            )
            bars.append((f"{len(rest)} more", technique, before, after))
    return bars
