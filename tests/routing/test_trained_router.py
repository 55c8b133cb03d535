import os
import shutil
import signal

import pytest

torch = pytest.importorskip("torch", reason="needs PyTorch: pip install 'headroom-nb[torch]'")
transformers = pytest.importorskip("transformers", reason="needs transformers: pip install 'headroom-nb[torch]'")

from headroom_nb.errors import ModelFilesError  # noqa: E402
from headroom_nb.records import Technique  # noqa: E402
from headroom_nb.routing import Router  # noqa: E402
from headroom_nb.routing.siglip import DESCRIPTIONS  # noqa: E402
from headroom_nb.routing.trained_router import TrainedRouter  # noqa: E402
from headroom_nb.runtime import hub  # noqa: E402
from tests.routing import hub_models  # noqa: E402

WHITE, BLACK = hub_models.plain("white"), hub_models.plain("black")
# transformers warns about its own deprecations while it loads; they are not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A tiny BERT classifier and a tiny SigLIP, both random."""
    root = tmp_path_factory.mktemp("models")
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=8,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        id2label=dict(enumerate(hub_models.LABELS)),
        label2id={label: number for number, label in enumerate(hub_models.LABELS)},
    )
    transformers.BertForSequenceClassification(config).save_pretrained(root / "classifier")
    siglip = transformers.SiglipConfig(
        text_config={
            "vocab_size": 8,
            "hidden_size": 16,
            "intermediate_size": 16,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "pad_token_id": 1,
        },
        vision_config={
            "hidden_size": 16,
            "intermediate_size": 16,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "image_size": 224,
            "patch_size": 56,
        },
    )
    transformers.SiglipModel(siglip).save_pretrained(root / "siglip")
    for name in ("classifier", "siglip"):
        hub_models.write_tokenizer(root / name / "tokenizer.json")
    return root


@pytest.fixture
def router(folder):
    return TrainedRouter(folder / "classifier", device="cpu", siglip_path=folder / "siglip")


def test_it_is_a_router_with_siglip(router):
    assert isinstance(router, Router)
    assert (router.name, router.siglip_note, router.device) == ("torch", "", "cpu")


def test_the_probability_is_that_of_the_model(router, folder):
    model = transformers.AutoModelForSequenceClassification.from_pretrained(folder / "classifier").eval()
    with torch.inference_mode():
        expected = model(input_ids=torch.tensor([[1, 4]])).logits[0].softmax(0)
    technique, probability = router.classify_query("read count")
    assert technique == Technique(hub_models.LABELS[int(expected.argmax())])
    assert probability == pytest.approx(float(expected.max()), abs=1e-5)


def test_siglip_gives_the_scores_and_measuring_the_rest(router):
    seen, measured = router.analyze_image(WHITE), TrainedRouter.analyze_image(_without_siglip(router), WHITE)
    assert seen.size == (640, 480)
    assert seen.text_lines == measured.text_lines
    assert all(0 <= getattr(seen, name) <= 1 for name in DESCRIPTIONS)
    assert [getattr(seen, name) for name in DESCRIPTIONS] != [getattr(measured, name) for name in DESCRIPTIONS]


def _without_siglip(router):
    bare = object.__new__(TrainedRouter)
    bare.__dict__.update(router.__dict__, _embedded=None)
    return bare


def test_siglip_changes_the_choice(router, monkeypatch):
    monkeypatch.setattr(router, "logits", lambda _: torch.tensor([3.0, 0.0, 0.0, 0.0]).numpy())
    seen = {}
    for name, score in (("text", 1.0), ("none", 0.0)):
        monkeypatch.setattr(
            "headroom_nb.routing.hub_router.signal_scores", lambda *_, score=score: dict.fromkeys(DESCRIPTIONS, score)
        )
        router._seen.clear()
        seen[name] = router.classify(WHITE, "read").technique
    assert seen["text"] is Technique.TRANSCODE
    assert seen["none"] is not Technique.TRANSCODE


def test_a_missing_siglip_keeps_the_classifier_and_says_so(folder, tmp_path):
    router = TrainedRouter(folder / "classifier", device="cpu", siglip_path=tmp_path)
    decision = router.classify(BLACK, "read")
    assert f"{tmp_path} holds no model" in decision.reason
    assert sum(decision.probabilities.values()) == pytest.approx(1)


def test_a_folder_without_a_model_is_an_error(tmp_path):
    with pytest.raises(ModelFilesError, match=r"config\.json is missing"):
        TrainedRouter(tmp_path)


def test_damaged_weights_are_an_error_that_names_the_folder(folder, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(folder / "classifier", copy)
    (copy / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(ModelFilesError, match="copy cannot be loaded"):
        TrainedRouter(copy, device="cpu")


def test_without_the_hub_the_error_says_how_to_get_the_model(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.setenv("HEADROOM_NB_CACHE_FOLDER", str(tmp_path))
    hub.forget_failures()
    with pytest.raises(ModelFilesError, match="hf download chopratejas/technique-router"):
        TrainedRouter()
    hub.forget_failures()


@pytest.mark.parametrize("question", ["", "🎉", "read " * 20_000])
@pytest.mark.parametrize("data", [WHITE, b"no picture"])
def test_odd_input_gets_a_decision(router, question, data):
    assert router.classify(data, question).reason


def test_weights_that_are_a_pickle_are_never_opened(folder, tmp_path):
    """A pickle that would leave a trace when it is opened."""

    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "opened"), "w"))

    copy = tmp_path / "pickled"
    shutil.copytree(folder / "classifier", copy)
    (copy / "model.safetensors").unlink()
    torch.save({"trap": Trap()}, copy / "pytorch_model.bin")
    with pytest.raises(ModelFilesError, match="cannot be loaded"):
        TrainedRouter(copy, use_siglip=False)
    assert not (tmp_path / "opened").exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_routes_without_its_parents_threads(folder):
    router = TrainedRouter(folder / "classifier", siglip_path=folder / "siglip", device="cpu")
    expected = router.classify(WHITE, "read")
    torch.randn(1200, 1200) @ torch.randn(1200, 1200)
    child = os.fork()
    if child == 0:
        try:
            signal.alarm(240)
            same = router.classify(WHITE, "read") == expected
            torch.randn(1200, 1200) @ torch.randn(1200, 1200)
            os._exit(0 if same else 1)
        finally:
            os._exit(2)
    assert os.waitpid(child, 0)[1] == 0
