"""Signals from SigLIP: how much nearer an image stands to one description than to its opposite.

For each signal there are descriptions of images that have it and of images that do not. SigLIP's loss is a logistic
one on ``scale · cosine + bias`` (Zhai et al., "Sigmoid loss for language image pre-training", 2023); the bias falls out
of the difference of two descriptions, so the score is ``1 / (1 + exp(−scale · (cosine with − cosine without)))``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from headroom_nb.errors import ModelFilesError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from headroom_nb.records import ImageSignals

    Floats = npt.NDArray[np.floating[Any]]

SIDE = 224
"""Pixels of the square SigLIP looks at; the image is squeezed into it."""

SCALE = 117.33
"""exp of the learned temperature of google/siglip-base-patch16-224."""

DESCRIPTIONS: dict[str, tuple[str, str]] = {
    "has_text": ("a picture with readable text", "a picture without any text"),
    "is_document": ("a scanned document or a page of text", "a photo of a scene or an object"),
    "is_complex": ("a crowded picture with many different things", "a simple picture of one thing"),
    "has_small_details": ("a picture full of tiny details", "a picture of large plain shapes"),
}
"""What has each signal, and what does not; for encoders that come without embedded descriptions."""


def pixel_values(image: Image.Image) -> npt.NDArray[np.float32]:
    """Return an RGB image as SigLIP takes it: (1, 3, 224, 224), −1 to 1."""
    small = image.resize((SIDE, SIDE), Image.Resampling.BICUBIC, reducing_gap=3.0)
    data = np.asarray(small, dtype=np.float32) * np.float32(2 / 255) - np.float32(1)
    return np.ascontiguousarray(data.transpose(2, 0, 1)[None])


def check_embeddings(stored: Mapping[str, Floats], where: str) -> dict[str, Floats]:
    """Return one matrix per signal: the first half of its rows describes images that have it, the second the others.

    Raises
    ------
    ModelFilesError
        A signal is missing, or its matrix cannot be halved.
    """
    checked: dict[str, Floats] = {}
    for signal in DESCRIPTIONS:
        if signal not in stored:
            raise ModelFilesError(f"{where} has no embeddings for {signal}; it has {', '.join(sorted(stored))}")
        matrix = np.asarray(stored[signal], dtype=np.float64)
        if matrix.ndim != 2 or matrix.shape[0] < 2 or matrix.shape[0] % 2:
            raise ModelFilesError(f"{where}: {signal} must hold rows with and without it, not shape {matrix.shape}")
        checked[signal] = matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-9)
    return checked


def signal_scores(embedding: Floats, descriptions: Mapping[str, Floats]) -> dict[str, float]:
    """Return each signal's score, 0 to 1, from the image's embedding of any length."""
    vector = np.asarray(embedding, dtype=np.float64).ravel()
    vector = vector / max(float(np.linalg.norm(vector)), 1e-9)
    scores = {}
    for signal, matrix in descriptions.items():
        cosines = matrix @ vector
        half = len(cosines) // 2
        difference = SCALE * (cosines[:half].mean() - cosines[half:].mean())
        scores[signal] = float(1 / (1 + np.exp(-np.clip(difference, -50, 50))))
    return scores


def with_siglip(measured: ImageSignals, scores: Mapping[str, float]) -> ImageSignals:
    """Return the measured signals with the scores SigLIP gives; counts and heights stay as measured."""
    return replace(
        measured,
        has_text=scores["has_text"],
        is_document=scores["is_document"],
        is_complex=scores["is_complex"],
        has_small_details=scores["has_small_details"],
    )
