import logging

import pytest

from headroom_nb.errors import ModelFilesError, OptionError
from headroom_nb.routing import CHAINS, PickedRouter, Router, load_router, loading
from headroom_nb.routing.loading import RouterEntry, forget_routers
from headroom_nb.routing.rules import RulesRouter
from headroom_nb.runtime import hub
from headroom_nb.signals import scores
from tests.support import png, text_image

PAGE = png(text_image(["Total 12.50", "Thank you"]))


@pytest.fixture(autouse=True)
def fresh(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HEADROOM_NB_CACHE_FOLDER", str(tmp_path))
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.delenv("HEADROOM_NB_HUB_FILES", raising=False)
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    hub.forget_failures()
    forget_routers()
    yield
    hub.forget_failures()
    forget_routers()
    scores.models.cache_clear()


class Broken(RulesRouter):
    def __init__(self, **_):
        raise ModelFilesError("its weights are missing")


class Fine(RulesRouter):
    built = 0

    def __init__(self, **options):
        type(self).built += 1
        self.options = options


@pytest.fixture
def routers(monkeypatch):
    """Put stand-ins in the place of the named routers."""
    Fine.built = 0

    def put(**classes):
        table = {
            name: RouterEntry(__name__, classes[name].__name__, f"{name} for the test", hub=entry.hub)
            if name in classes
            else entry
            for name, entry in loading.ROUTERS.items()
        }
        monkeypatch.setattr(loading, "ROUTERS", table)
        real = loading.import_module
        here = type("Module", (), {cls.__name__: cls for cls in classes.values()})
        monkeypatch.setattr(loading, "import_module", lambda name: here if name == __name__ else real(name))

    return put


def test_what_is_loaded_is_a_router_that_says_what_it_is():
    picked = load_router("rules")
    assert isinstance(picked, Router)
    assert picked.name == "rules"
    assert "baseline" in picked.note
    assert picked.stands_in_for == ""


def test_a_router_is_built_once_per_process(routers):
    routers(embedded=Fine)
    assert load_router("embedded") is load_router("embedded")
    assert Fine.built == 1


def test_automatic_takes_the_trained_router_when_it_is_there(routers):
    routers(embedded=Fine)
    picked = load_router()
    assert picked.name == "embedded"
    assert picked.stands_in_for == ""
    assert "embedded for the test" in picked.note


def test_automatic_falls_back_without_fetching_anything(routers):
    routers(embedded=Broken, onnx=Fine)
    picked = load_router("auto")
    assert picked.name == "onnx"
    assert picked.router.options == {"use_siglip": True, "network": False}


def test_a_fallback_is_told_in_the_note_the_log_and_every_reason(routers, caplog):
    routers(embedded=Broken)
    with caplog.at_level(logging.WARNING):
        picked = load_router("embedded")
    assert picked.name == "rules"
    assert "embedded could not be used: its weights are missing" in picked.note
    assert "its weights are missing" in caplog.text
    assert picked.classify(PAGE, "read it").reason.endswith("[rules stands in for embedded]")


def test_damaged_signals_leave_a_router_that_reads_the_words_and_says_so(monkeypatch):
    def damaged(*_):
        raise ModelFilesError("signals.json is damaged")

    monkeypatch.setattr(scores, "read_weights", damaged)
    scores.models.cache_clear()
    picked = load_router("auto")
    decision = picked.classify(png(text_image(["Another page"])), "Please transcribe this page.")
    assert picked.name == "rules"
    assert "signals.json is damaged" in picked.note
    assert "signals.json is damaged" in decision.reason
    assert decision.signals is None


def test_each_hub_router_falls_back_to_the_next(routers):
    routers(embedded=Fine)
    picked = load_router("torch")
    assert picked.name == "embedded"
    assert picked.note.index("torch could not") < picked.note.index("onnx could not")


def test_siglip_is_an_option_of_the_hub_routers(routers):
    routers(onnx=Fine)
    with_it, without = load_router("onnx"), load_router("onnx", use_siglip=False)
    assert with_it.router.options["use_siglip"] is True
    assert without.router.options["use_siglip"] is False


def test_every_chain_ends_with_the_router_that_needs_nothing():
    assert all(chain[-1] == "rules" for chain in CHAINS.values())


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(OptionError, match="auto, embedded, onnx, torch, rules"):
        load_router("magic")


def test_asking_the_picked_router_is_asking_the_router():
    picked, router = load_router("rules"), RulesRouter()
    assert isinstance(picked, PickedRouter)
    assert picked.classify(PAGE, "read it") == router.classify(PAGE, "read it")
    assert picked.classify_query("read it") == router.classify_query("read it")
    assert picked.analyze_image(PAGE) == router.analyze_image(PAGE)
