"""How far a picture may shrink."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_nb.results import QUALITIES, ImageSignals
from headroom_nb.techniques.legibility import SMALLEST_TEXT, smallest_scale, text_height


def signals(*, height=None, size=(2000, 1500), lines=20, detail_loss=0.05, has_text=0.9):
    return ImageSignals(
        has_text=has_text if height else 0.0,
        is_document=0.9 if height else 0.0,
        is_complex=0.2,
        has_small_details=0.2,
        text_coverage=0.3 if height else 0.0,
        text_lines=lines if height else 0,
        min_text_height=height,
        median_text_height=height,
        detail_loss=detail_loss,
        size=size,
    )


def test_retina_text_shrinks_a_lot_and_tiny_text_not_at_all():
    assert smallest_scale(signals(height=34.0), (2000, 1500), "balanced") < 0.6
    assert smallest_scale(signals(height=10.0), (2000, 1500), "balanced") == 1.0


@pytest.mark.parametrize("quality", QUALITIES)
def test_text_keeps_exactly_the_height_that_the_quality_sets(quality):
    scale = smallest_scale(signals(height=60.0), (2000, 1500), quality)
    assert 60.0 * scale == pytest.approx(SMALLEST_TEXT[quality])


def test_text_height_is_that_of_the_view_and_not_of_the_file():
    known = signals(height=40.0)
    assert text_height(known, (1000, 750)) == pytest.approx(20.0)
    assert smallest_scale(known, (1000, 750), "balanced") == pytest.approx(
        2 * smallest_scale(known, (2000, 1500), "balanced")
    )


def test_nothing_known_means_nothing_shrinks():
    assert smallest_scale(None, (2000, 1500), "max") == 1.0


def test_a_photograph_keeps_a_floor_of_pixels_and_a_busy_one_more():
    calm = smallest_scale(signals(detail_loss=0.02), (4000, 3000), "balanced")
    busy = smallest_scale(signals(detail_loss=0.6), (4000, 3000), "balanced")
    assert 0 < calm < busy <= 1.0


@given(
    height=st.none() | st.floats(1, 300),
    width=st.integers(1, 8000),
    tall=st.integers(1, 8000),
    loss=st.floats(0, 1),
    quality=st.sampled_from(QUALITIES),
)
def test_the_share_is_always_usable(height, width, tall, loss, quality):
    known = signals(height=height, size=(width, tall), detail_loss=loss)
    assert 0 < smallest_scale(known, (width, tall), quality) <= 1


@given(height=st.none() | st.floats(1, 300), loss=st.floats(0, 1))
def test_a_safer_quality_never_shrinks_further(height, loss):
    known = signals(height=height, detail_loss=loss)
    safe, balanced, most = (smallest_scale(known, known.size, quality) for quality in QUALITIES)
    assert safe >= balanced >= most
