import sys

import pytest
from PIL import Image

from headroom_nb.errors import OcrError, OptionError
from headroom_nb.ocr import FakeOcr, Ocr, OcrPage, get_ocr
from headroom_nb.ocr.weights import SOURCES, find_weights


def test_there_is_one_engine_in_a_process():
    assert get_ocr() is get_ocr("rapidocr")


def test_an_unknown_engine_is_refused_with_the_known_ones():
    with pytest.raises(OptionError, match="auto, isolated, rapidocr, rapidocr-onnxruntime"):
        get_ocr("tesseract")


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_a_missing_engine_says_what_to_install(source, monkeypatch):
    monkeypatch.setattr("headroom_nb.ocr.weights.util.find_spec", lambda name: None)
    with pytest.raises(OcrError) as caught:
        find_weights(source.name)
    assert source.install in str(caught.value)


def test_the_older_generation_is_used_where_only_it_is_installed(tmp_path, monkeypatch):
    models = tmp_path / "rapidocr_onnxruntime" / "models"
    models.mkdir(parents=True)
    (models.parent / "__init__.py").touch()
    for name in ("ch_PP-OCRv4_det_infer.onnx", "ch_PP-OCRv4_rec_infer.onnx", "ch_ppocr_mobile_v2.0_cls_infer.onnx"):
        (models / name).touch()
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.delitem(sys.modules, "rapidocr", raising=False)
    found = find_weights()
    assert found.detector.name == "ch_PP-OCRv4_det_infer.onnx"
    assert found.recogniser.name == "ch_PP-OCRv4_rec_infer.onnx"


def test_the_fake_reports_what_it_was_given():
    page = FakeOcr(["Total 9.00"], unread=2).read(Image.new("RGB", (300, 200)))
    assert isinstance(page, OcrPage)
    assert (page.lines[0].text, page.detected, len(page.unread), page.size) == ("Total 9.00", 3, 2, (300, 200))
    assert isinstance(FakeOcr(), Ocr)
