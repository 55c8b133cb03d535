"""When the size of its smallest text decides how far an image may shrink."""

from __future__ import annotations

from dataclasses import replace

import pytest

from headroom_nb.records import QUALITIES
from headroom_nb.signals.legibility import SMALLEST_FONT, text_decides
from tests.techniques.technique_jobs import signals


def test_a_safer_quality_asks_for_larger_text():
    assert list(SMALLEST_FONT) == list(QUALITIES)
    assert list(SMALLEST_FONT.values()) == sorted(SMALLEST_FONT.values(), reverse=True)


@pytest.mark.parametrize(("lines", "has_text", "decides"), [(2, 0.1, True), (1, 0.9, True), (1, 0.1, False)])
def test_a_line_that_may_be_noise_does_not_decide(lines, has_text, decides):
    assert text_decides(replace(signals((900, 700), height=12), text_lines=lines, has_text=has_text)) == decides


def test_without_text_there_is_nothing_to_decide():
    assert not text_decides(replace(signals((900, 700), height=12), min_text_height=None))
