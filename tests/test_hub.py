import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from headroom_nb import hub as hub_module
from headroom_nb.errors import ModelFilesError
from headroom_nb.hub import HUB_MODELS, HubModel, hub_files

NAME = "technique-router-onnx"
MODEL = HUB_MODELS[NAME]


@pytest.fixture(autouse=True)
def clean_machine(tmp_path, monkeypatch):
    for variable in ("HF_HUB_OFFLINE", "HEADROOM_NB_OFFLINE", "HEADROOM_NB_HUB_FILES", "HF_HUB_CACHE"):
        monkeypatch.delenv(variable, raising=False)
    for variable in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HEADROOM_NB_CACHE_FOLDER", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    hub_module.forget_failures()
    yield
    hub_module.forget_failures()


@pytest.fixture
def hub(monkeypatch):
    """A hub on this machine; ``asked`` lists the paths, ``answer`` maps a path's end to (length said, body)."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.asked.append(self.path)
            name = self.path.rsplit("/", 1)[-1]
            length, body = self.server.answer.get(name, (len(name), name.encode()))
            if body is None:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.answer = [], {}
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def fill(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for file in MODEL.files:
        (folder / file).write_text("here")
    return folder


def test_every_hub_model_is_pinned_to_a_commit():
    assert all(len(model.revision) == 40 for model in HUB_MODELS.values())


@pytest.mark.parametrize("revision", ["main", "", "27b0b4b", "G" * 40])
def test_a_revision_that_can_move_is_refused(revision):
    with pytest.raises(ValueError, match="40 hex digits"):
        HubModel("a/b", ("f.onnx",), revision, 1, "MIT")


def test_files_are_fetched_at_the_pinned_commit_and_then_found_here(hub):
    files = hub_files(NAME)
    assert [path.read_text() for path in files.values()] == list(MODEL.files)
    assert hub.asked == [f"/{MODEL.repo}/resolve/{MODEL.revision}/{file}" for file in MODEL.files]
    assert hub_files(NAME) == files
    assert len(hub.asked) == len(MODEL.files)


def test_the_hub_clients_own_cache_is_used_first(hub, tmp_path):
    snapshot = tmp_path / "hf" / "hub" / "models--chopratejas--technique-router-onnx" / "snapshots" / MODEL.revision
    fill(snapshot)
    assert hub_files(NAME)["config.json"].parent == snapshot
    assert hub.asked == []


def test_a_folder_of_ones_own_comes_before_everything(hub, tmp_path, monkeypatch):
    fill(tmp_path / "hf" / "hub" / "models--chopratejas--technique-router-onnx" / "snapshots" / MODEL.revision)
    own = fill(tmp_path / "usb" / MODEL.repo)
    monkeypatch.setenv("HEADROOM_NB_HUB_FILES", str(tmp_path / "usb"))
    assert hub_files(NAME)["config.json"].parent == own


def test_an_incomplete_folder_is_not_used(hub, tmp_path, monkeypatch):
    own = fill(tmp_path / "usb" / MODEL.repo)
    (own / "config.json").unlink()
    monkeypatch.setenv("HEADROOM_NB_HUB_FILES", str(tmp_path / "usb"))
    assert hub_files(NAME)["config.json"].parent != own


@pytest.mark.parametrize("variable", ["HF_HUB_OFFLINE", "HEADROOM_NB_OFFLINE"])
def test_an_offline_switch_keeps_the_hub_from_being_asked(hub, monkeypatch, variable):
    monkeypatch.setenv(variable, "1")
    with pytest.raises(ModelFilesError, match="offline use is asked for"):
        hub_files(NAME)
    assert hub.asked == []


def test_the_network_is_not_used_when_it_is_not_allowed(hub):
    with pytest.raises(ModelFilesError, match="not in the local cache"):
        hub_files(NAME, network=False)
    assert hub.asked == []
    assert hub_files(NAME)


def test_a_hub_that_fails_is_asked_once_and_costs_nothing_afterwards(hub):
    hub.answer["model_quantized.onnx"] = (0, None)
    with pytest.raises(ModelFilesError, match="could not be reached"):
        hub_files(NAME)
    asked = len(hub.asked)
    start = time.perf_counter()
    for _ in range(20):
        with pytest.raises(ModelFilesError, match="could not be reached"):
            hub_files(NAME)
    assert time.perf_counter() - start < 0.1
    assert len(hub.asked) == asked


def test_a_hub_that_came_back_is_asked_again_when_told_so(hub):
    hub.answer["config.json"] = (0, None)
    with pytest.raises(ModelFilesError):
        hub_files(NAME)
    hub.answer.clear()
    hub_module.forget_failures()
    assert hub_files(NAME)


def test_a_file_that_breaks_off_is_not_kept(hub, tmp_path):
    hub.answer["tokenizer.json"] = (1000, b"half")
    with pytest.raises(ModelFilesError, match="could not be reached"):
        hub_files(NAME)
    left = [path.name for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert sorted(left) == ["model_quantized.onnx", "sha256.json"]


def test_files_put_in_place_after_a_failure_are_used(tmp_path):
    with pytest.raises(ModelFilesError):
        hub_files(NAME)
    fill(tmp_path / "cache" / "hub" / MODEL.repo / MODEL.revision)
    assert hub_files(NAME)


def test_the_error_tells_how_to_serve_a_machine_without_network():
    with pytest.raises(ModelFilesError) as caught:
        hub_files(NAME)
    text = str(caught.value)
    assert f"hf download {MODEL.repo}" in text
    assert f"--revision {MODEL.revision}" in text
    assert "HEADROOM_NB_HUB_FILES" in text


def test_an_endpoint_that_is_no_web_address_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_ENDPOINT", f"file://{tmp_path}")
    with pytest.raises(ModelFilesError, match="HF_ENDPOINT"):
        hub_files(NAME)
