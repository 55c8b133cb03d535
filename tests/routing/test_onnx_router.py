import json
import shutil

import numpy as np
import pytest

from headroom_nb.errors import ModelFilesError, PictureError
from headroom_nb.records import Technique
from headroom_nb.routing.onnx_router import OnnxTechniqueRouter
from headroom_nb.runtime import hub
from headroom_nb.runtime.hub import HUB_MODELS
from tests.routing import hub_models
from tests.routing.router_pictures import page, photo

WHITE, BLACK = hub_models.plain("white"), hub_models.plain("black")
ENCODER = HUB_MODELS["siglip-image-encoder-onnx"].repo
CLASSIFIER = HUB_MODELS["technique-router-onnx"].repo


@pytest.fixture
def models(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADROOM_NB_HUB_FILES", str(hub_models.write_all(tmp_path / "models")))
    monkeypatch.setenv("HEADROOM_NB_CACHE_FOLDER", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    hub.forget_failures()
    yield tmp_path / "models"
    hub.forget_failures()


@pytest.mark.parametrize(
    ("question", "technique"),
    [("read this", "transcode"), ("the corner", "crop"), ("describe it", "full_low"), ("count them", "preserve")],
)
def test_the_question_is_read_by_the_classifier(models, question, technique):
    chosen, probability = OnnxTechniqueRouter(use_siglip=False).classify_query(question)
    assert chosen == Technique(technique)
    assert probability == pytest.approx(np.exp(3) / (np.exp(3) + 3))


def test_siglip_changes_the_choice_and_not_only_the_confidence(models):
    router = OnnxTechniqueRouter()
    bright, dark = router.classify(WHITE, "read"), router.classify(BLACK, "read")
    assert bright.technique is Technique.TRANSCODE
    assert dark.technique is not Technique.TRANSCODE
    assert "no text was found" in dark.reason
    assert dark.signals is not None
    assert dark.signals.has_text == pytest.approx(0.0, abs=1e-6)


def test_a_transcript_is_ruled_out_only_where_no_line_of_text_was_found_either(models, monkeypatch):
    nothing = dict.fromkeys(("has_text", "is_document", "is_complex", "has_small_details"), 0.0)
    monkeypatch.setattr("headroom_nb.routing.hub_router.signal_scores", lambda *_: nothing)
    router = OnnxTechniqueRouter()
    assert router.classify(photo(), "read").probabilities[Technique.TRANSCODE] == 0
    assert router.classify(page(), "read").probabilities[Technique.TRANSCODE] > 0


def test_an_image_full_of_detail_vetoes_the_low_detail_setting(models):
    router = OnnxTechniqueRouter()
    assert router.classify(BLACK, "describe").technique is Technique.FULL_LOW
    assert router.classify(WHITE, "describe").technique is not Technique.FULL_LOW


def test_without_siglip_the_measured_signals_decide(models):
    router = OnnxTechniqueRouter(use_siglip=False)
    assert router.siglip_note == ""
    assert router.analyze_image(WHITE).has_text < 0.5
    assert router.classify(WHITE, "read").technique is not Technique.TRANSCODE


def test_a_missing_encoder_keeps_the_classifier_and_says_so(models):
    shutil.rmtree(models / ENCODER)
    decision = OnnxTechniqueRouter().classify(BLACK, "describe")
    assert decision.technique is Technique.FULL_LOW
    assert "measured signals stand in for SigLIP" in decision.reason


@pytest.mark.parametrize("damage", ["missing signal", "odd rows", "not an archive"])
def test_damaged_embeddings_are_reported_and_survived(models, damage):
    path = models / ENCODER / "text_embeddings.npz"
    if damage == "missing signal":
        np.savez(path, has_text=np.eye(2, 3))
    elif damage == "odd rows":
        np.savez(path, **dict.fromkeys(("has_text", "is_document", "is_complex", "has_small_details"), np.eye(3)))
    else:
        path.write_bytes(b"not an archive")
    assert str(path) in OnnxTechniqueRouter().siglip_note


def test_a_missing_classifier_is_an_error_that_says_how_to_get_it(models):
    shutil.rmtree(models / CLASSIFIER)
    with pytest.raises(ModelFilesError, match=r"hf download chopratejas/technique-router-onnx model_quantized\.onnx"):
        OnnxTechniqueRouter()


def test_a_damaged_classifier_is_an_error_that_names_the_file(models):
    (models / CLASSIFIER / "model_quantized.onnx").write_bytes(b"no model")
    with pytest.raises(ModelFilesError, match=r"model_quantized\.onnx is damaged"):
        OnnxTechniqueRouter()


@pytest.mark.parametrize("config", [{}, {"id2label": {"0": "shred"}}, [], {"id2label": 3}])
def test_labels_that_name_no_technique_are_refused(models, config):
    (models / CLASSIFIER / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelFilesError, match=r"config\.json"):
        OnnxTechniqueRouter()


@pytest.mark.parametrize("question", ["", "   ", "🎉🎉", "read " * 20_000, "прочитай это", "\x00"])
def test_odd_questions_get_a_decision(models, question):
    decision = OnnxTechniqueRouter().classify(WHITE, question)
    assert sum(decision.probabilities.values()) == pytest.approx(1)
    assert decision.reason


def test_no_question_gives_low_confidence_and_says_why(models):
    decision = OnnxTechniqueRouter(use_siglip=False).classify(WHITE, "")
    assert decision.technique is Technique.PRESERVE
    assert "no question was asked" in decision.reason


@pytest.mark.parametrize("data", [b"", b"no picture", WHITE[:60]])
def test_an_image_that_cannot_be_read_gets_a_decision_with_the_reason(models, data):
    router = OnnxTechniqueRouter()
    decision = router.classify(data, "describe")
    assert decision.signals is None
    assert "could not be looked at" in decision.reason
    assert decision.confidence < router.classify(BLACK, "describe").confidence
    with pytest.raises(PictureError):
        router.analyze_image(data)


def test_an_image_is_encoded_once(models, monkeypatch):
    router = OnnxTechniqueRouter()
    router.classify(WHITE, "read")
    monkeypatch.setattr(router, "embed", lambda pixels: pytest.fail("encoded again"))
    router.classify(WHITE, "count")


def test_an_offline_machine_is_told_each_time_how_to_get_the_files(models):
    shutil.rmtree(models)
    for _ in range(2):
        with pytest.raises(ModelFilesError, match="HEADROOM_NB_HUB_FILES"):
            OnnxTechniqueRouter()
