import itertools

import numpy as np
import pytest

from headroom_nb.ocr.tiles import MOST_PIXELS, OVERLAP, grid, in_pieces


def brightness(piece):
    return piece[..., 0].astype(np.float32)


@pytest.mark.parametrize(("height", "width"), [(640, 640), (1216, 1632), (2016, 992), (32, 62_496), (4000, 480)])
def test_every_pixel_of_a_view_comes_from_one_piece_and_no_piece_is_too_large(height, width):
    view = np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8)
    sizes = []

    def detect(piece):
        sizes.append(piece.shape[0] * piece.shape[1])
        assert piece.shape[0] % 32 == piece.shape[1] % 32 == 0
        return brightness(piece)

    assert np.array_equal(in_pieces(view, detect), brightness(view))
    assert max(sizes) <= MOST_PIXELS
    assert sum(sizes) <= 1.3 * height * width


def test_a_small_view_is_looked_at_whole():
    seen = []
    view = np.zeros((640, 960, 3), dtype=np.uint8)
    in_pieces(view, lambda piece: seen.append(piece.shape) or brightness(piece))
    assert seen == [view.shape]


def test_neighbours_overlap_where_they_meet():
    rows, columns = grid(1216, 1632)
    for spans in (rows, columns):
        for before, after in itertools.pairwise(spans):
            assert before.last - after.first >= OVERLAP
            assert before.end == after.start
