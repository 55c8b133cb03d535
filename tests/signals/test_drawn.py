"""A screen is told from a photograph by its commonest colour."""

from __future__ import annotations

from headroom_nb.pictures import open_picture
from headroom_nb.signals.drawn import is_drawn
from tests.support import gradient, png, text_image


def test_a_page_is_drawn():
    assert is_drawn(open_picture(png(text_image(["Total 12.40", "Paid"], size=20))))


def test_an_image_of_many_shades_is_not():
    assert not is_drawn(open_picture(png(gradient(640, 480))))
