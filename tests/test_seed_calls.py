"""The calls of the published description that this project set out from, as they are written there."""

import copy

import pytest

import headroom_nb
from headroom_nb.costs import find_model, provider_name
from headroom_nb.errors import ModelFilesError, OptionError
from headroom_nb.formats import find_images
from headroom_nb.routing import CHAINS, load_router
from headroom_nb.routing.loading import forget_routers
from headroom_nb.routing.onnx_router import OnnxTechniqueRouter
from headroom_nb.routing.trained_router import ImageSignals, RouteDecision, Technique, TrainedRouter
from headroom_nb.runtime import hub
from tests.pictures.samples import gradient, saved
from tests.routing import hub_models
from tests.support import openai_message

PHOTO = saved(gradient((1600, 1200)), "JPEG")


def conversation():
    return [openai_message("Is the sky bright?", PHOTO)]


@pytest.fixture
def only_onnx(tmp_path, monkeypatch):
    """A machine without network that has the ONNX models and not those of PyTorch."""
    monkeypatch.setenv("HEADROOM_NB_HUB_FILES", str(hub_models.write_all(tmp_path / "models")))
    for name in ("HEADROOM_NB_CACHE_FOLDER", "HF_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    hub.forget_failures()
    forget_routers()
    yield tmp_path / "models"
    hub.forget_failures()
    forget_routers()


def test_a_compressor_gives_the_messages_back_and_keeps_the_savings():
    messages = conversation()
    before = copy.deepcopy(messages)
    compressor = headroom_nb.ImageCompressor()
    compressed = compressor.compress(messages, provider="openai")
    assert messages == before
    assert isinstance(compressed, list)
    assert compressed[0]["role"] == "user"
    assert 0 < compressor.last_savings <= 100
    record = compressor.last_result.images[0]
    assert record.technique in tuple(Technique)
    assert record.original_tokens > record.compressed_tokens
    assert compressor.last_result.savings_percent == compressor.last_savings


def test_one_function_compresses_for_another_provider():
    compressed = headroom_nb.compress_images(conversation(), provider="anthropic")
    assert len(find_images(compressed)) == 1


def test_a_trained_router_reads_question_and_image(only_onnx):
    router = TrainedRouter(use_siglip=True)
    image = hub_models.plain("white")
    decision = router.classify(image, "read")
    assert isinstance(decision, RouteDecision)
    assert isinstance(decision.signals, ImageSignals)
    assert 0 < decision.confidence <= 1
    technique, confidence = router.classify_query("read the text")
    assert technique is Technique.TRANSCODE
    assert 0 < confidence <= 1
    signals = router.analyze_image(image)
    for score in (signals.has_text, signals.is_document, signals.is_complex, signals.has_small_details):
        assert 0 <= score <= 1


def test_a_trained_router_on_onnx_says_so(only_onnx):
    router = TrainedRouter(use_siglip=True)
    assert router.name == "onnx"
    assert "onnx stands in for torch" in router.classify(hub_models.plain("white"), "read").reason
    assert router.classify_query("read") == OnnxTechniqueRouter().classify_query("read")


def test_without_any_model_a_trained_router_says_how_to_get_both(only_onnx, monkeypatch, tmp_path):
    monkeypatch.setenv("HEADROOM_NB_HUB_FILES", str(tmp_path))
    with pytest.raises(ModelFilesError, match="ONNX could not stand in"):
        TrainedRouter()


def test_what_stands_in_for_a_router_is_seen_in_the_result(only_onnx):
    assert CHAINS["onnx"][:2] == ("onnx", "torch")
    assert load_router("torch").name == "onnx"
    result = headroom_nb.compress(conversation(), model="gpt-4o", router="torch", cache="off")
    assert result.images[0].decision.router == "onnx"
    assert "stands in for torch" in result.images[0].decision.reason


@pytest.mark.parametrize("router", [TrainedRouter, OnnxTechniqueRouter])
def test_the_constructors_take_the_models_name_and_a_device(router, only_onnx):
    own = {TrainedRouter: "technique-router", OnnxTechniqueRouter: "technique-router-onnx"}[router]
    assert router(model_id=f"chopratejas/{own}", device="cpu").name == "onnx"
    with pytest.raises(OptionError, match="somebody/else"):
        router(model_id="somebody/else")


def test_tokens_are_numbers_that_add_up():
    numbers = [
        headroom_nb.estimate_openai_tokens(1024, 768),
        headroom_nb.estimate_openai_tokens(1024, 768, detail="low"),
        headroom_nb.estimate_anthropic_tokens(1024, 768),
        headroom_nb.estimate_google_tokens(1024, 768),
    ]
    assert all(type(number) is int for number in numbers)
    assert sum(numbers[:2]) == 765 + 85
    assert headroom_nb.estimate_tokens(1024, 768, "gpt-4o").tokens == numbers[0]


def test_sizes_alone_save_tokens():
    messages, results = headroom_nb.optimize_images_in_messages(conversation(), "openai", "gpt-4o")
    assert len(find_images(messages)) == len(results) == 1
    assert results[0].tokens_saved == results[0].original_tokens - results[0].tokens >= 0


NAMES = {
    "azure": "openai",
    "Azure_OpenAI": "openai",
    "gemini": "google",
    "claude": "anthropic",
    "bedrock": "bedrock",
    "vertex_ai": "vertex",
    "ollama": "ollama",
}


@pytest.mark.parametrize("name", NAMES)
def test_providers_are_known_by_the_names_that_people_use(name):
    assert provider_name(name) == NAMES[name]
    assert find_model(None, name) == find_model(None, NAMES[name])
    result = headroom_nb.compress(conversation(), provider=name)
    assert result.model == find_model(None, NAMES[name]).name
    assert "not used" not in headroom_nb.compress(conversation(), provider=name, model=result.model).model_note
    assert len(find_images([headroom_nb.user_message("?", PHOTO, provider=name)])) == 1
