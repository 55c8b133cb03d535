"""Photograph-like pictures: cuts of free photographs that Python packages carry, and scenes made of noise and light.

The photographs are read where the packages lie and never copied into the project: public-domain and CC0 ones of
scikit-image, two under CC BY 2.0 of scikit-learn (its ``datasets/images/README.txt`` names the authors). None of them
shows text. A missing package only means less variety; :func:`sources` says what was found.
"""

from __future__ import annotations

import functools
import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

from training.images.base import bright

if TYPE_CHECKING:
    import numpy.typing as npt

    from training.images.base import Colour

FILES: tuple[tuple[str, str], ...] = (
    ("skimage", "data/astronaut.png"),
    ("skimage", "data/chelsea.png"),
    ("skimage", "data/rocket.jpg"),
    ("skimage", "data/camera.png"),
    ("skimage", "data/motorcycle_left.png"),
    ("skimage", "data/motorcycle_right.png"),
    ("skimage", "data/retina.jpg"),
    ("skimage", "data/ihc.png"),
    ("sklearn", "datasets/images/china.jpg"),
    ("sklearn", "datasets/images/flower.jpg"),
)
TEXTURES: tuple[tuple[str, str], ...] = (
    ("skimage", "data/brick.png"),
    ("skimage", "data/grass.png"),
    ("skimage", "data/gravel.png"),
    ("skimage", "data/cell.png"),
)


COARSE = 700
"""Pixels of the longer side above which noise is made at half the size."""


@functools.cache
def sources(files: tuple[tuple[str, str], ...] = FILES) -> tuple[Path, ...]:
    """Return the photographs that are there."""
    paths: list[Path] = []
    for package, file in files:
        spec = importlib.util.find_spec(package)
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            path = Path(folder) / file
            if path.is_file():
                paths.append(path)
    return tuple(paths)


@functools.lru_cache(maxsize=24)
def _open(path: Path) -> Image.Image:
    return Image.open(path).convert("RGB")


def photograph(rng: np.random.Generator, size: tuple[int, int], *, real: float = 0.55) -> Image.Image:
    """Return a photograph-like picture of a size: with probability ``real`` a cut of a real one, else a made scene."""
    size = (max(2, size[0]), max(2, size[1]))
    if sources() and rng.random() < real:
        return real_photograph(rng, size)
    return made_scene(rng, size)


def real_photograph(
    rng: np.random.Generator, size: tuple[int, int], files: tuple[tuple[str, str], ...] = FILES
) -> Image.Image:
    """Return a random cut of a real photograph, mirrored and recoloured now and then."""
    paths = sources(files)
    image = _open(paths[int(rng.integers(len(paths)))])
    share = float(rng.uniform(0.45, 1.0))
    scale = min(image.width / size[0], image.height / size[1]) * share
    width, height = max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
    left, top = int(rng.integers(image.width - width + 1)), int(rng.integers(image.height - height + 1))
    cut = image.crop((left, top, left + width, top + height)).resize(size, Image.Resampling.BICUBIC)
    if rng.random() < 0.5:
        cut = cut.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    for enhance in (ImageEnhance.Color, ImageEnhance.Brightness, ImageEnhance.Contrast):
        if rng.random() < 0.5:
            cut = enhance(cut).enhance(float(rng.uniform(0.55, 1.4)))
    if scale < 0.8:
        cut = with_grain(rng, cut)
    return cut


def with_grain(rng: np.random.Generator, image: Image.Image) -> Image.Image:
    """Add the fine grain that enlarging took away, 1 to 5 grey levels."""
    pixels = np.asarray(image).astype(np.float32)
    pixels += rng.normal(0, rng.uniform(1, 5), size=pixels.shape[:2])[..., None]
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def cloud(rng: np.random.Generator, size: tuple[int, int], roughness: float = 0.55) -> npt.NDArray[np.float32]:
    """Return fractal noise (height, width) between 0 and 1; higher roughness gives finer detail."""
    width, height = size
    if max(size) > COARSE:
        half = cloud(rng, (max(1, width // 2), max(1, height // 2)), roughness)
        return np.asarray(Image.fromarray(half).resize(size, Image.Resampling.BILINEAR))
    total = np.zeros((height, width), dtype=np.float32)
    weight, cells = 1.0, 2
    while cells < max(size):
        grid = rng.random((cells, cells)).astype(np.float32)
        layer = Image.fromarray(grid).resize(size, Image.Resampling.BICUBIC)
        total += weight * np.asarray(layer, dtype=np.float32)
        weight, cells = weight * roughness, cells * 2
    low, high = float(total.min()), float(total.max())
    return (total - low) / max(1e-6, high - low)


def blend(noise: npt.NDArray[np.float32], low: Colour, high: Colour) -> Image.Image:
    """Return a picture whose colours run from one to another with the noise."""
    a, b = np.array(low, dtype=np.float32), np.array(high, dtype=np.float32)
    return Image.fromarray((a + (b - a) * noise[..., None]).clip(0, 255).astype(np.uint8))


def made_scene(rng: np.random.Generator, size: tuple[int, int]) -> Image.Image:
    """Return a scene of a sky or wall, a ground and shaded objects, with blur and grain as a camera gives."""
    width, height = size
    image = blend(cloud(rng, size, float(rng.uniform(0.4, 0.62))), bright(rng), bright(rng))
    horizon = round(height * float(rng.uniform(0.35, 0.75)))
    if height - horizon > 2:
        ground = blend(cloud(rng, (width, height - horizon), float(rng.uniform(0.5, 0.8))), bright(rng), bright(rng))
        image.paste(ground, (0, horizon))
    for _ in range(int(rng.integers(1, 9))):
        add_object(rng, image, float(rng.uniform(0.06, 0.4)) * min(size))
    light = cloud(rng, size, 0.3)[..., None] * 0.6 + 0.6
    image = Image.fromarray((np.asarray(image) * light).clip(0, 255).astype(np.uint8))
    image = image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.2, 1.6))))
    return with_grain(rng, image)


def add_object(rng: np.random.Generator, image: Image.Image, extent: float) -> None:
    """Paste a shaded thing of about ``extent`` pixels and of no regular shape somewhere into the picture.

    Its outline is a level of fractal noise and its surface a cut of a photograph or noise: plain ellipses and polygons
    look like letters and labels to a text detector, things in photographs do not.
    """
    side = max(4, round(extent))
    size = (side, side)
    if side >= 12 and sources() and rng.random() < 0.6:
        body = real_photograph(rng, size)
    else:
        body = blend(cloud(rng, size, float(rng.uniform(0.5, 0.85))), bright(rng), bright(rng))
    ramp = np.linspace(1.2, 0.5, side, dtype=np.float32)[None, :, None]
    body = Image.fromarray((np.asarray(body) * ramp).clip(0, 255).astype(np.uint8))
    x, y = np.meshgrid(np.linspace(-1, 1, side), np.linspace(-1, 1, side))
    squeeze = float(rng.uniform(0.5, 2.0))
    round_ = 1 - np.sqrt((x * squeeze**0.5) ** 2 + (y / squeeze**0.5) ** 2)
    outline = round_ + 0.9 * (cloud(rng, size, 0.6) - 0.5)
    mask = Image.fromarray(((outline > 0.15) * 255).astype(np.uint8))
    mask = mask.filter(ImageFilter.GaussianBlur(max(0.6, side / 40)))
    image.paste(body, (int(rng.integers(-side // 3, image.width)), int(rng.integers(-side // 3, image.height))), mask)
