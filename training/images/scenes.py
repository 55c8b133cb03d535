"""Scenes: photographs with and without text, many small things, textures, pages before a phone's camera."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from training.images import fonts, pages, texts
from training.images.base import Sample, Sheet, bright, jpeg, sensor_noise, shade
from training.images.photographs import (
    TEXTURES,
    add_object,
    blend,
    cloud,
    made_scene,
    photograph,
    real_photograph,
    sources,
    with_grain,
)
from training.images.texts import LISTS, choose

if TYPE_CHECKING:
    from training.images.base import Quad

PHOTO_SIZES = ((640, 480), (480, 640), (1024, 768), (500, 375), (1280, 720), (1600, 1200), (900, 900), (1200, 1600))


def photo(rng: np.random.Generator) -> Sample:
    """Render a photograph without text."""
    image = photograph(rng, choose(rng, PHOTO_SIZES), real=0.7)
    return Sample("photo", image, {"lines": [], "dark": False})


def photo_small_objects(rng: np.random.Generator) -> Sample:
    """Render a large photograph in which things of a few percent of its side matter: a crowd, birds, goods, stars."""
    size = choose(rng, ((1280, 960), (1280, 720), (1280, 853), (1000, 1000)))
    style = choose(rng, ("crowd", "crowd", "shelf", "stars", "field"))
    image = made_scene(rng, size) if style != "field" or not sources() else real_photograph(rng, size)
    if style == "stars":
        image = blend(cloud(rng, size, 0.5) ** 3, (2, 2, 8), (40, 36, 60))
        draw = ImageDraw.Draw(image)
        for _ in range(int(rng.integers(200, 1500))):
            x, y, r = rng.uniform(0, size[0]), rng.uniform(0, size[1]), float(rng.exponential(1.2)) + 0.4
            draw.ellipse((x - r, y - r, x + r, y + r), fill=shade(rng, 120, 255))
    elif style == "shelf":
        step = int(rng.integers(24, 70))
        for y in range(step, size[1] - step, step):
            for x in range(step, size[0] - step, step):
                tint = blend(cloud(rng, (step - 4, step - 4), 0.5), bright(rng), bright(rng))
                image.paste(tint, (x, y))
    else:
        for _ in range(int(rng.integers(12, 80))):
            add_object(rng, image, float(rng.uniform(0.008, 0.05)) * max(size))
    image = with_grain(rng, image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.2, 0.9)))))
    return Sample("photo_small_objects", image, {"lines": [], "dark": style == "stars"})


def texture(rng: np.random.Generator) -> Sample:
    """Render a surface: brick, grass, gravel, marble, wood, cloth, gradients; nothing to read or to find."""
    size, style = choose(rng, PHOTO_SIZES), choose(rng, ("real", "noise", "wood", "weave", "gradient", "flat"))
    if style == "real" and sources(TEXTURES):
        image = real_photograph(rng, size, TEXTURES)
    elif style == "wood":
        waves = np.sin(cloud(rng, size, 0.5) * rng.uniform(20, 90)) * 0.5 + 0.5
        image = with_grain(rng, blend(waves.astype(np.float32), bright(rng), bright(rng)))
    elif style == "weave":
        period = float(rng.uniform(3, 24))
        x, y = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
        waves = (np.sin(x * 2 * np.pi / period) * np.sin(y * 2 * np.pi / period) * 0.5 + 0.5).astype(np.float32)
        image = with_grain(rng, blend(waves, bright(rng), bright(rng)))
    elif style == "gradient":
        ramp = np.linspace(0, 1, size[0], dtype=np.float32)[None, :] * np.ones((size[1], 1), dtype=np.float32)
        image = blend(ramp, bright(rng), bright(rng))
    elif style == "flat":
        image = Image.new("RGB", size, bright(rng))
    else:
        image = blend(cloud(rng, size, float(rng.uniform(0.4, 0.95))), bright(rng), bright(rng))
    return Sample("texture", image, {"lines": [], "dark": False})


def sign_scene(rng: np.random.Generator) -> Sample:
    """Render a street or a room with one to six signs or labels, seen at an angle."""
    size = choose(rng, PHOTO_SIZES)
    image = photograph(rng, size, real=0.6)
    lines: list[tuple[float, float, float, float]] = []
    close = rng.random() < 0.12
    for _ in range(1 if close else int(rng.integers(1, 7))):
        share = rng.uniform(0.3, 0.6) if close else np.exp(rng.uniform(np.log(0.02), np.log(0.32)))
        high = int(max(14, min(size) * float(share)))
        sign = _sign(rng, high)
        quad = _quad(rng, sign.image.size, size, tilt=0.18)
        lines += _paste(image, sign, quad)
    image = image.filter(ImageFilter.GaussianBlur(float(rng.choice([0.3, 0.5, 0.9, 1.6]))))
    image = sensor_noise(image, rng, float(rng.uniform(1, 6)))
    return Sample("sign_scene", jpeg(image, int(rng.integers(50, 95))), {"lines": lines, "dark": False})


def _sign(rng: np.random.Generator, high: int) -> Sheet:
    text, face = choose(rng, LISTS["signs"]), fonts.pick(rng, "sans", "sans", "serif", "hand")
    rows = [text] if rng.random() < 0.6 else [text, texts.words(rng, 2)]
    size = high / (len(rows) * 1.35 + 0.4)
    width = max(face.at(size).getlength(row) for row in rows) + size
    ground = bright(rng) if rng.random() < 0.7 else shade(rng, 225, 255)
    sheet = Sheet((max(8, round(width)), high), ground)
    ink = (250, 250, 250) if sum(ground) < 380 else (15, 15, 20)
    for index, row in enumerate(rows):
        sheet.write((size / 2, size * (0.3 + index * 1.35)), row, face, size, ink)
    if rng.random() < 0.4:
        sheet.draw.rectangle((0, 0, sheet.width - 1, high - 1), outline=ink, width=max(1, high // 24))
    return sheet


def phone_photo_text(rng: np.random.Generator) -> Sample:
    """Render a page, receipt or package held before a phone: at an angle, unevenly lit, blurred, often cut off."""
    size = choose(rng, ((810, 1080), (1080, 810), (960, 1280), (900, 1200), (768, 1024)))
    image = photograph(rng, size, real=0.3)
    if rng.random() < 0.55:
        inner = choose(rng, (pages.document, pages.receipt, pages.form, pages.table, pages.book_cover))(rng)
        sheet = Sheet(inner.image.size, (255, 255, 255))
        sheet.image, sheet.lines = inner.image, list(inner.facts["lines"])
    else:
        sheet = _package(rng)
    fill = float(rng.uniform(0.55, 1.35))
    factor = min(size[0] / sheet.width, size[1] / sheet.height) * fill
    quad = _quad(rng, (sheet.width * factor, sheet.height * factor), size, tilt=0.10, centred=True)
    lines = _paste(image, sheet, quad)
    light = cloud(rng, size, 0.25)[..., None] * float(rng.uniform(0.2, 0.7)) + 0.55
    image = Image.fromarray((np.asarray(image) * light).clip(0, 255).astype(np.uint8))
    image = image.filter(ImageFilter.GaussianBlur(float(rng.choice([0.4, 0.8, 1.2, 2.0, 3.0]))))
    image = sensor_noise(image, rng, float(rng.uniform(1, 7)))
    return Sample("phone_photo_text", jpeg(image, int(rng.integers(45, 92))), {"lines": lines, "dark": False})


def _package(rng: np.random.Generator) -> Sheet:
    """Render a label of a product: a brand, a name, a few small lines."""
    width, height = int(rng.integers(400, 800)), int(rng.integers(400, 1000))
    ground = bright(rng)
    sheet, ink = Sheet((width, height), ground), (250, 250, 250) if sum(ground) < 380 else (20, 20, 20)
    face = fonts.pick(rng, "sans", "serif")
    sheet.write((width / 2, height * 0.2), texts.words(rng, 1).upper(), face, width / 6, ink, "mm")
    sheet.write((width / 2, height * 0.35), choose(rng, LISTS["products"]), face, width / 11, ink, "mm")
    if rng.random() < 0.6:
        text = "Ingredients: " + texts.words(rng, int(rng.integers(10, 60))).replace(" ", ", ")
        sheet.wrapped(
            (width * 0.08, height * 0.55), text, face, width / 28, ink, width=width * 0.84, bottom=height * 0.95
        )
    return sheet


def _quad(
    rng: np.random.Generator, extent: tuple[float, float], size: tuple[int, int], *, tilt: float, centred: bool = False
) -> Quad:
    """Return where the corners of a rectangle come to stand: somewhere in the picture, turned and tilted a little."""
    width, height = extent
    if centred:
        cx, cy = size[0] * rng.uniform(0.42, 0.58), size[1] * rng.uniform(0.42, 0.58)
    else:
        cx, cy = size[0] * rng.uniform(0.1, 0.9), size[1] * rng.uniform(0.1, 0.9)
    angle = float(rng.normal(0, tilt))
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (width / 2, height / 2)
    corners *= 1 + rng.normal(0, tilt / 3, size=(4, 2))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return tuple((float(x), float(y)) for x, y in corners @ turn.T + (cx, cy))


def _paste(image: Image.Image, sheet: Sheet, quad: Quad) -> list[tuple[float, float, float, float]]:
    """Draw a sheet into a quadrilateral of the picture; return where its lines of text came to stand."""
    w, h = sheet.image.size
    corners = ((0.0, 0.0), (w, 0.0), (w, h), (0.0, h))
    back = _homography(quad, corners)
    coefficients = tuple(float(value) for value in back.ravel()[:8])
    warped = sheet.image.transform(image.size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC)
    mask = Image.new("L", (w, h), 255).transform(image.size, Image.Transform.PERSPECTIVE, coefficients)
    image.paste(warped, (0, 0), mask)
    forth = _homography(corners, quad)
    lines = []
    for left, top, right, bottom in sheet.lines:
        points = np.array([(left, top, 1), (right, top, 1), (right, bottom, 1), (left, bottom, 1)]) @ forth.T
        points = points[:, :2] / points[:, 2:]
        x, y = points[:, 0].clip(0, image.width), points[:, 1].clip(0, image.height)
        if x.max() - x.min() > 3 and y.max() - y.min() > 3:
            lines.append((float(x.min()), float(y.min()), float(x.max()), float(y.max())))
    return lines


def _homography(source: Quad, target: Quad) -> np.ndarray:
    """Return the 3×3 projective map that takes four points to four others."""
    rows, values = [], []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    solved = np.linalg.solve(np.array(rows, dtype=float), np.array(values, dtype=float))
    return np.append(solved, 1.0).reshape(3, 3)
