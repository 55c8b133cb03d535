"""Cheap figures of a picture that need no model: colours, flatness, contrast, detail that a small view would lose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

Bytes = npt.NDArray[np.uint8]

SMALL_VIEW = 512
"""Pixels of the longer side of the view whose loss is measured."""

LOSS_LEVELS = 8.0
"""Grey levels (of 255) an 8×8 block may differ by at its worst pixel before it counts as changed."""


@dataclass(frozen=True)
class Statistics:
    """Figures of one picture. Shares are between 0 and 1.

    Attributes
    ----------
    entropy
        Entropy of the grey levels in bits (0 to 8): 1–3 for pages, 5–7 for photographs.
    common_colours
        Share of the pixels that have one of the two commonest colours of 4,096 (4 bits a channel).
    colours
        Number of colours of 4,096 that at least 0.05 % of the pixels have.
    flat
        Share of the pixels whose right and lower neighbour differ by at most 2 grey levels.
    edges
        Share of the pixels whose right or lower neighbour differs by more than 32 grey levels.
    saturation
        Mean of (max − min) / 255 over the channels.
    brightness
        Mean grey level / 255.
    dark
        Share of the pixels darker than 64 of 255.
    light
        Share of the pixels lighter than 224 of 255.
    noise
        Median absolute difference of horizontal neighbours that differ at all, in grey levels: sensors give 1–6,
        drawn pictures more, as only edges differ.
    axis_edges
        Share of the strong edges that are exactly horizontal or vertical.
    aspect
        Width divided by height.
    """

    entropy: float
    common_colours: float
    colours: int
    flat: float
    edges: float
    saturation: float
    brightness: float
    dark: float
    light: float
    noise: float
    axis_edges: float
    aspect: float


def grey(image: Image.Image) -> Bytes:
    """Return the luma of an RGB picture, (height, width), 0 to 255."""
    return np.asarray(image.convert("L"))


def measure_statistics(image: Image.Image) -> Statistics:
    """Return the figures of an RGB thumbnail (nearest or box resampled, so that flat areas stay flat)."""
    pixels = np.asarray(image)
    luma = grey(image)
    counts = np.bincount(luma.ravel(), minlength=256) / luma.size
    present = counts[counts > 0]
    packed = (pixels >> 4).astype(np.int32)
    colours = np.bincount(((packed[..., 0] << 8) | (packed[..., 1] << 4) | packed[..., 2]).ravel(), minlength=4096)
    two_commonest = np.partition(colours, -2)[-2:].sum()
    signed = luma.astype(np.int16)
    if min(luma.shape) > 1:
        across, down = np.diff(signed, axis=1)[:-1], np.diff(signed, axis=0)[:, :-1]
    else:
        across = down = np.zeros((1, 1), dtype=np.int16)
    abs_across, abs_down = np.abs(across), np.abs(down)
    strongest, weakest = np.maximum(abs_across, abs_down), np.minimum(abs_across, abs_down)
    strong = strongest > 32
    differing = abs_across[abs_across > 0]
    return Statistics(
        entropy=float(-(present * np.log2(present)).sum()),
        common_colours=float(two_commonest / luma.size),
        colours=int((colours >= max(1, 0.0005 * luma.size)).sum()),
        flat=float((strongest <= 2).mean()),
        edges=float(strong.mean()),
        saturation=float((pixels.max(axis=2) - pixels.min(axis=2)).mean() / 255),
        brightness=float(luma.mean() / 255),
        dark=float((luma < 64).mean()),
        light=float((luma > 224).mean()),
        noise=float(np.median(differing)) if differing.size else 0.0,
        axis_edges=float((weakest[strong] <= 4).mean()) if strong.any() else 0.0,
        aspect=image.width / image.height,
    )


def detail_loss(image: Image.Image) -> float:
    """Return the share of 8×8 blocks that a view of 512 pixels changes visibly.

    The picture is shrunk to :data:`SMALL_VIEW` on its longer side and enlarged again; a block has changed when any of
    its pixels differs by more than :data:`LOSS_LEVELS` grey levels from before. A picture that is no larger loses
    nothing.
    """
    longest = max(image.size)
    if longest <= SMALL_VIEW:
        return 0.0
    whole = image.convert("L")
    small = tuple(max(1, round(side * SMALL_VIEW / longest)) for side in image.size)
    back = whole.resize((small[0], small[1]), Image.Resampling.BOX).resize(image.size, Image.Resampling.BILINEAR)
    before, after = np.asarray(whole), np.asarray(back)
    changed = np.maximum(before, after) - np.minimum(before, after) > LOSS_LEVELS
    height, width = (side - side % 8 for side in changed.shape)
    if not height or not width:
        return float(changed.any())
    blocks = changed[:height, :width].reshape(height // 8, 8, width // 8, 8)
    return float(blocks.any(axis=(1, 3)).mean())
