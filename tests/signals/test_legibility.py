"""How far a picture may shrink."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from headroom_nb.pictures import open_picture
from headroom_nb.records import QUALITIES
from headroom_nb.signals.legibility import SMALLEST_FONT, share_for_font, smallest_scale
from tests.techniques.technique_jobs import page_of_text, png, signals

NO_TEXT = open_picture(png(Image.new("RGB", (64, 48))))


def opened(px, size=(1600, 1200)):
    return open_picture(png(page_of_text(size, px)[0]))


def test_retina_text_shrinks_a_lot_and_tiny_text_not_at_all():
    for px, least, most in ((28, 0.3, 0.5), (11, 0.75, 1.0)):
        picture = opened(px)
        known = signals(picture.size, height=px)
        assert least <= smallest_scale(picture, known, picture.size, "balanced") <= most


@pytest.mark.parametrize("quality", QUALITIES)
def test_text_keeps_exactly_the_size_that_the_quality_sets(quality):
    assert 60.0 * share_for_font(60.0, (2000, 1500), (2000, 1500), quality) == pytest.approx(SMALLEST_FONT[quality])


def test_the_font_size_that_counts_is_that_of_the_view_and_not_of_the_file():
    whole, half = (share_for_font(60.0, (2000, 1500), view, "safe") for view in ((2000, 1500), (1000, 750)))
    assert half == pytest.approx(2 * whole)


def test_nothing_known_means_nothing_shrinks():
    assert smallest_scale(NO_TEXT, None, (2000, 1500), "max") == 1.0


def test_a_photograph_keeps_a_floor_of_pixels_and_a_busy_one_more():
    size = (4000, 3000)
    calm, busy = (smallest_scale(NO_TEXT, signals(size, detail_loss=loss), size, "balanced") for loss in (0.02, 0.6))
    assert 0 < calm < busy <= 1.0


@given(
    height=st.none() | st.floats(1, 300),
    width=st.integers(1, 8000),
    tall=st.integers(1, 8000),
    loss=st.floats(0, 1),
)
def test_the_share_is_always_usable_and_a_safer_quality_never_shrinks_further(height, width, tall, loss):
    known = signals((width, tall), height=height, detail_loss=loss)
    shares = [smallest_scale(NO_TEXT, known, (width, tall), quality) for quality in QUALITIES]
    assert all(0 < share <= 1 for share in shares)
    assert shares == sorted(shares, reverse=True)
