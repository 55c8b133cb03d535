"""The same view in another file is recognised; one changed character, dot or icon keeps two pictures apart."""

import io
from itertools import combinations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from headroom_nb.pictures import open_picture
from headroom_nb.pictures.likeness import look_alike, may_be_alike, sketch

CHARACTERS = "0123456789.,:;'il1|!IOQceoBEFRP-+=_"
COLOURS = (("#000", "#fff"), ("#263238", "#eceff1"), ("#888", "#fff"), ("#aaa", "#fff"), ("#999", "#222"))


def opened(image, kind="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return open_picture(buffer.getvalue())


def line(text, size, colours=COLOURS[0]):
    image = Image.new("RGB", (90, 40), colours[1])
    ImageDraw.Draw(image).text((9, 13), text, fill=colours[0], font=ImageFont.load_default(size))
    return image


def screen(*, status="#2e7d32", total="Total 1,284.50 EUR"):
    image = Image.new("RGB", (700, 400), "#fafafa")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 700, 40), fill="#1565c0")
    draw.ellipse((20, 60, 30, 70), fill=status)
    for row in range(12):
        draw.text((60, 60 + 24 * row), f"Order {row}: 3 pieces shipped", fill="#333", font=ImageFont.load_default(12))
    draw.text((450, 360), total, fill="#333", font=ImageFont.load_default(12))
    return image


@pytest.mark.parametrize("size", [8, 9, 10, 12, 14])
@pytest.mark.parametrize("colours", COLOURS)
def test_one_changed_character_keeps_images_apart(size, colours):
    pictures = {}
    for character in CHARACTERS:
        drawn = line(f"Sum 1{character}4", size, colours)
        pictures.setdefault(drawn.tobytes(), opened(drawn))
    assert len(pictures) > 25
    for first, second in combinations(pictures.values(), 2):
        assert not look_alike(first, second)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {"compress_level": 1}),
        ("PNG", {"dpi": (300, 300)}),
        ("WEBP", {"lossless": True}),
        ("TIFF", {}),
        ("JPEG", {"quality": 98, "subsampling": 0}),
    ],
)
def test_the_same_view_in_another_file_is_recognised(kind, options):
    first, second = opened(screen()), opened(screen(), kind, **options)
    assert may_be_alike(sketch(first), sketch(second))
    assert look_alike(first, second)


def test_slight_noise_is_no_change():
    noise = np.random.default_rng(1).integers(-2, 3, (400, 700, 3))
    noisy = Image.fromarray(np.clip(np.asarray(screen(), np.int16) + noise, 0, 255).astype(np.uint8))
    assert look_alike(opened(screen()), opened(noisy))


@pytest.mark.parametrize(
    "other",
    [
        screen(total="Total 1,234.50 EUR"),
        screen(status="#c62828"),
        screen(status="#43a047"),
        screen().crop((0, 0, 699, 400)),
        screen().transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    ],
    ids=["a digit", "a red light", "another green", "a column less", "mirrored"],
)
def test_what_a_person_would_see_keeps_images_apart(other):
    assert not look_alike(opened(screen()), opened(other))


def test_a_sketch_rules_out_what_differs_much():
    assert not may_be_alike(sketch(opened(screen())), sketch(opened(screen(total="Nothing yet"))))
    assert not may_be_alike(sketch(opened(screen())), sketch(opened(screen().resize((350, 200)))))


@pytest.mark.parametrize("size", [(1, 1), (7, 9), (8, 8), (65, 257)])
def test_images_of_any_size_can_be_compared(size):
    black, grey = opened(Image.new("RGB", size)), opened(Image.new("RGB", size, "#222"))
    assert look_alike(black, opened(Image.new("L", size)))
    assert not look_alike(black, grey)
    assert may_be_alike(sketch(black), sketch(black))
