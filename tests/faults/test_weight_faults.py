"""Weights that are missing or damaged: the file is named, what stands in is said, the conversation survives."""

import copy
import shutil
from dataclasses import replace

import pytest

from headroom_nb import ImageCompressor, Technique
from headroom_nb.errors import OcrError
from headroom_nb.ocr.engine import RapidOcr
from headroom_nb.ocr.weights import check_weights, find_weights
from headroom_nb.signals import detector
from tests.faults.bad_engines import LINES
from tests.support import FixedRouter, openai_message, png, text_image


@pytest.fixture
def copied(tmp_path):
    """The OCR weights, laid out as their package has them, to be spoilt."""
    weights = find_weights()
    folder = tmp_path / weights.detector.parent.parent.name / "models"
    folder.mkdir(parents=True)
    for path in (weights.detector, weights.recogniser):
        shutil.copy(path, folder)
    return replace(weights, detector=folder / weights.detector.name, recogniser=folder / weights.recogniser.name)


def spoil(path, how):
    """Change one bit in the middle, cut the end off, or take the file away."""
    data = path.read_bytes()
    if how == "missing":
        path.unlink()
    elif how == "cut":
        path.write_bytes(data[:-1000])
    else:
        middle = len(data) // 2
        path.write_bytes(data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :])


def test_weights_as_they_were_installed_are_accepted(copied):
    check_weights(copied.detector)
    assert RapidOcr(copied).read(text_image(LINES[:2], size=24)).lines


@pytest.mark.parametrize("how", ["one bit", "cut", "missing"])
@pytest.mark.parametrize("which", ["detector", "recogniser"])
def test_damaged_ocr_weights_are_named_and_the_picture_is_kept(copied, which, how):
    path = getattr(copied, which)
    spoil(path, how)
    with pytest.raises(OcrError, match=path.name):
        RapidOcr(copied).read(text_image(LINES, size=24))
    document = [openai_message("Read the text", png(text_image(LINES, size=24)))]
    before = copy.deepcopy(document)
    result = ImageCompressor("gpt-4o", FixedRouter(Technique.TRANSCODE), ocr=RapidOcr(copied)).run(
        document, techniques={(0, "content", 1): Technique.TRANSCODE}
    )
    assert document == before
    assert "transcode not done" in result.images[0].note
    assert path.name in result.images[0].note


def test_a_file_of_ones_own_beside_the_weights_is_not_held_to_anything(copied):
    other = copied.detector.with_name("my_det.onnx")
    other.write_bytes(b"whatever")
    check_weights(other)


def test_a_router_looks_for_text_by_strokes_where_the_detector_is_damaged_and_says_so(copied, monkeypatch):
    spoil(copied.detector, "one bit")
    monkeypatch.setattr(detector, "_model", [])
    monkeypatch.setattr(detector, "find_weights", lambda: copied)
    found = detector.model_detector()
    assert "by strokes alone" in found
    assert copied.detector.name in found
