"""Fonts for the rendered pictures: whatever free fonts the machine and its Python packages carry.

The pictures depend on what is found, so :func:`found` belongs in a run's log. Debian's ``fonts-dejavu``,
``fonts-liberation`` and ``fonts-noto-core`` and the packages ``font-roboto``, ``font-source-serif-pro``,
``font-caladea``, ``font-manrope`` and ``font-amatic-sc`` add variety; matplotlib's own DejaVu is enough to run.
"""

from __future__ import annotations

import functools
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import ImageFont

if TYPE_CHECKING:
    import numpy as np

FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")
PACKAGES = ("matplotlib/mpl-data/fonts/ttf", "font_*", "roboto*")
FAMILIES: dict[str, tuple[str, ...]] = {
    "mono": ("mono", "courier", "code"),
    "serif": ("serif", "caladea", "times", "stixgeneral", "roman"),
    "hand": ("amatic", "hand", "script", "comic"),
    "sans": ("sans", "roboto", "manrope", "lato", "arial", "noto"),
}
"""Words in a file name that put it in a family; the first family that matches wins."""
LEFT_OUT = (
    "math",
    "cmex",
    "cmsy",
    "cmmi",
    "cmtt",
    "cmss",
    "cmb1",
    "cmr1",
    "stixsiz",
    "stixnon",
    "emoji",
    "symbol",
    "extralight",
)


@functools.cache
def found() -> dict[str, tuple[str, ...]]:
    """Return the font files of each family, sorted by file name."""
    folders = [Path(folder) for folder in FOLDERS]
    for pattern in PACKAGES:
        folders += sorted(Path(sysconfig.get_paths()["purelib"]).glob(pattern))
    files = {file.name.lower(): file for folder in folders if folder.is_dir() for file in sorted(folder.rglob("*.?tf"))}
    families: dict[str, list[str]] = {family: [] for family in FAMILIES}
    for name, file in sorted(files.items()):
        if any(word in name for word in LEFT_OUT):
            continue
        family = next((family for family, words in FAMILIES.items() if any(word in name for word in words)), None)
        if name.startswith(("dejavusans", "liberationsans")) and family == "serif":
            family = "sans"
        if family is not None:
            families[family].append(str(file))
    return {family: tuple(files) for family, files in families.items()}


@functools.lru_cache(maxsize=512)
def load(path: str, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return a font at a size in pixels; Pillow's own font for an empty path."""
    return ImageFont.truetype(path, size) if path else ImageFont.load_default(size)


class Typeface:
    """One font file at any size."""

    def __init__(self, path: str) -> None:
        self.path = path

    def at(self, size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
        """Return it at a size in pixels."""
        return load(self.path, max(5, round(size)))


def pick(rng: np.random.Generator, *families: str) -> Typeface:
    """Return a random typeface of the given families (any when none is named)."""
    paths = [path for family in families or tuple(FAMILIES) for path in found()[family]]
    return Typeface(paths[int(rng.integers(len(paths)))] if paths else "")
