import numpy as np
import pytest
from PIL import Image, ImageFilter

from headroom_nb.signals.statistics import busy_blocks, detail_loss, measure_statistics


def test_one_colour_has_no_entropy_and_no_edges():
    seen = measure_statistics(Image.new("RGB", (64, 64), (200, 30, 30)))
    assert (seen.entropy, seen.common_colours, seen.colours) == (0, 1, 1)
    assert (seen.flat, seen.exact, seen.edges, seen.busy, seen.noise) == (1, 1, 0, 0, 0)
    assert seen.saturation == pytest.approx(170 / 255)


def test_two_equal_halves_have_one_bit():
    image = Image.new("RGB", (64, 64), "white")
    image.paste("black", (0, 0, 32, 64))
    seen = measure_statistics(image)
    assert seen.entropy == pytest.approx(1)
    assert (seen.dark, seen.light, seen.brightness) == (0.5, 0.5, 0.5)
    assert seen.even_rows == 0
    assert seen.even_columns == pytest.approx(62 / 63)


def test_noise_is_the_median_step_between_neighbours():
    levels = np.tile(np.array([100, 103], dtype=np.uint8), (40, 20))
    seen = measure_statistics(Image.fromarray(levels).convert("RGB"))
    assert seen.noise == 3


def test_a_slanted_edge_is_not_on_the_axes_and_an_upright_one_is():
    slanted = Image.fromarray(np.tri(64, dtype=np.uint8) * 255).filter(ImageFilter.GaussianBlur(1.5)).convert("RGB")
    upright = Image.new("RGB", (64, 64))
    upright.paste("white", (0, 0, 20, 64))
    assert measure_statistics(slanted).axis_edges < 0.1
    assert measure_statistics(upright).axis_edges == 1


def test_busy_blocks_are_counted_by_eights():
    marked = np.zeros((16, 24), dtype=bool)
    marked[0, 0] = marked[15, 23] = marked[14, 22] = True
    assert busy_blocks(marked) == pytest.approx(2 / 6)


def test_blocks_cut_off_at_the_edge_do_not_count():
    marked = np.zeros((9, 9), dtype=bool)
    marked[8, 8] = True
    assert busy_blocks(marked) == 0
    assert busy_blocks(marked[8:]) == 1


def test_an_image_that_fits_the_view_loses_nothing():
    noise = np.random.default_rng(1).integers(0, 255, (512, 400, 3), dtype=np.uint8)
    assert detail_loss(Image.fromarray(noise)) == 0


def test_fine_stripes_are_lost_and_flat_ground_is_not():
    image = Image.new("RGB", (1024, 1024), "white")
    stripes = np.tile(np.array([[0], [255]], dtype=np.uint8), (256, 1024))
    image.paste(Image.fromarray(stripes).convert("RGB"), (0, 0))
    assert detail_loss(image) == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("size", [(1, 1), (1, 700), (700, 1), (3, 2)])
def test_any_size_can_be_measured(size):
    seen = measure_statistics(Image.new("RGB", size, "grey"))
    assert 0 <= seen.entropy <= 8
    assert 0 <= detail_loss(Image.new("RGB", size, "grey")) <= 1
