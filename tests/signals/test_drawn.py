"""A screen is told from a photograph by its commonest colour."""

from __future__ import annotations

import pytest

from headroom_nb.pictures import open_picture
from headroom_nb.signals.drawn import is_drawn
from tests.support import gradient, png, text_image


@pytest.mark.parametrize("measured", [False, True])
def test_a_page_is_drawn(measured):
    assert is_drawn(open_picture(png(text_image(["Total 12.40", "Paid"], size=20, width=1400))), measured=measured)


@pytest.mark.parametrize("measured", [False, True])
def test_an_image_of_many_shades_is_not(measured):
    assert not is_drawn(open_picture(png(gradient(1640, 480))), measured=measured)
