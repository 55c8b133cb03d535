from importlib.util import find_spec

import numpy as np
import pytest

from headroom_nb.errors import ModelFilesError, OcrError
from headroom_nb.ocr.engine import RapidOcr
from headroom_nb.ocr.weights import find_weights
from tests.techniques.ocr_pages import engine, text_page

needs_openvino = pytest.mark.skipif(find_spec("openvino") is None, reason="OpenVINO is not installed")


def test_who_asks_for_openvino_without_having_it_is_told_how_to_get_it(monkeypatch):
    there = find_spec
    monkeypatch.setattr(
        "headroom_nb.ocr.weights.util.find_spec", lambda name: None if name == "openvino" else there(name)
    )
    with pytest.raises(OcrError, match=r"pip install 'headroom-nb\[openvino\]'"):
        find_weights("rapidocr-openvino")


def test_the_best_that_is_installed_is_never_openvino():
    assert find_weights().runtime == "onnxruntime"


@needs_openvino
def test_openvino_reads_the_same_lines_and_has_a_name_of_its_own():
    weights = find_weights("rapidocr-openvino")
    assert weights.name != find_weights().name
    image = text_page(["Total 9.00", "The harbour was built of wood"])
    there = RapidOcr(weights, threads=2)
    assert [line.text for line in there.read(image).lines] == [line.text for line in engine().read(image).lines]
    assert there.read(image) == there.read(image)


@needs_openvino
def test_memory_is_given_back_and_the_session_goes_on():
    from headroom_nb.runtime.openvino_session import OpenVinoSession

    session = OpenVinoSession(find_weights().recogniser, runs=1)
    data = {session.get_inputs()[0].name: np.zeros((1, 3, 48, 64), dtype=np.float32)}
    first = session.run(None, data)[0]
    assert session.settle()
    session.reset_after_fork()
    assert np.array_equal(session.run(None, data)[0], first)
    assert len(session.get_modelmeta().custom_metadata_map["character"]) > 1000


@needs_openvino
def test_a_file_that_is_no_model_is_an_error_that_names_it(tmp_path):
    from headroom_nb.runtime.openvino_session import OpenVinoSession

    (tmp_path / "broken.onnx").write_bytes(b"no model")
    with pytest.raises(ModelFilesError, match=r"broken\.onnx"):
        OpenVinoSession(tmp_path / "broken.onnx", runs=1)
