import warnings

import numpy as np
import pytest

from training.images import RENDERERS, samples
from training.images.fit import auroc
from training.images.measure import truth
from training.images.scenes import _homography
from training.kinds import KINDS


def drawn(kind, number, seed=3):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # matplotlib says when a small chart is crowded
        return list(samples(kind, number, seed))


def test_every_kind_has_a_renderer():
    assert tuple(RENDERERS) == KINDS


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_sample_is_the_same_each_time_and_unlike_the_next(kind):
    first, second = drawn(kind, 2)
    again = drawn(kind, 1)[0]
    assert first.kind == kind
    assert first.image.mode == "RGB"
    assert first.image.tobytes() == again.image.tobytes()
    assert first.facts["lines"] == again.facts["lines"]
    assert first.image.tobytes() != second.image.tobytes()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["document", "receipt", "table", "code", "sign_scene", "chart"])
def test_lines_stand_in_the_picture_where_something_is_drawn(kind):
    for sample in drawn(kind, 3):
        width, height = sample.image.size
        pixels = np.asarray(sample.image.convert("L"))
        assert sample.facts["lines"]
        for left, top, right, bottom in sample.facts["lines"]:
            assert left < right <= width + 1
            assert top < bottom <= height + 1
        spread = [
            np.ptp(pixels[int(max(0, top)) : int(bottom) + 1, int(max(0, left)) : int(right) + 1])
            for left, top, right, bottom in sample.facts["lines"]
            if right - left > 8 and bottom - top > 6 and left >= 0 and top >= 0
        ]
        assert np.median(spread) > 25


def test_a_photo_has_no_text_and_a_page_has():
    from headroom_nb.signals.detector import NO_LINES

    photo, page = drawn("photo", 1)[0], drawn("document", 1)[0]
    assert truth(photo, NO_LINES)["has_text"] == 0
    assert truth(photo, NO_LINES)["is_document"] == 0
    assert truth(page, NO_LINES)["has_text"] == 1
    assert truth(page, NO_LINES)["is_document"] == 1


def test_the_projective_map_takes_each_corner_to_its_own():
    source = ((0.0, 0.0), (10.0, 0.0), (10.0, 5.0), (0.0, 5.0))
    target = ((3.0, 2.0), (20.0, 4.0), (18.0, 15.0), (1.0, 11.0))
    mapped = np.array([(*point, 1) for point in source]) @ _homography(source, target).T
    assert mapped[:, :2] / mapped[:, 2:] == pytest.approx(np.array(target))


def test_auroc_counts_pairs_and_halves_ties():
    assert auroc(np.array([0.0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8])) == pytest.approx(0.75)
    assert auroc(np.array([0.0, 1]), np.array([0.5, 0.5])) == pytest.approx(0.5)
