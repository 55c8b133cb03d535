import dataclasses
import hashlib
import os
import shutil
import stat
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from urllib.request import build_opener

import pytest

from headroom_nb.errors import ModelFilesError
from headroom_nb.runtime import files as files_module
from headroom_nb.runtime import hub as hub_module
from headroom_nb.runtime.hub import HUB_MODELS, HubModel, hub_files

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
    """A hub on this machine.

    ``asked`` lists the files that were fetched, ``answer`` maps one to (length said, body), ``tags`` to its checksum.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.respond()

        def do_GET(self):
            if "/resolve/" in self.path:
                self.server.asked.append(self.path)
            self.wfile.write(self.respond() or b"")

        def respond(self):
            name = self.path.rsplit("/", 1)[-1]
            length, body = self.server.answer.get(name, (len(name), name.encode()))
            if body is None:
                self.send_error(404)
                return None
            self.send_response(200)
            self.send_header("Content-Length", str(length))
            self.send_header("X-Repo-Commit", MODEL.revision)
            self.send_header("ETag", f'"{self.server.tags.get(name) or checksum(name, body)}"')
            self.end_headers()
            return body

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.answer, server.tags = [], {}, {}
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def checksum(name, body):
    """As the hub does: models by their SHA-256, small files as Git names them."""
    if name.endswith(".onnx"):
        return hashlib.sha256(body).hexdigest()
    return hashlib.sha1(b"blob %d\0%b" % (len(body), body)).hexdigest()


def cached(tmp_path):
    return tmp_path / "cache" / "hub" / "models--chopratejas--technique-router-onnx" / "snapshots" / MODEL.revision


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


@pytest.mark.parametrize("length", ["many", "-1", "\u00b2", "9" * 5_000])
def test_a_length_that_is_no_number_is_refused(hub, length):
    hub.answer["model_quantized.onnx"] = (length, b"abc")
    with pytest.raises(ModelFilesError, match="bytes; at most") as caught:
        hub_files(NAME)
    assert len(str(caught.value)) < 1200


def test_the_network_is_not_used_when_it_is_not_allowed(hub):
    with pytest.raises(ModelFilesError, match="not in the local cache"):
        hub_files(NAME, network=False)
    assert hub.asked == []
    assert hub_files(NAME)


def test_a_hub_that_fails_is_asked_once_and_costs_nothing_afterwards(hub):
    hub.answer["model_quantized.onnx"] = (0, None)
    with pytest.raises(ModelFilesError, match="answered 404"):
        hub_files(NAME)
    hub.answer.clear()
    for _ in range(20):
        with pytest.raises(ModelFilesError, match="answered 404"):
            hub_files(NAME)
    assert hub.asked == []


def test_a_hub_that_is_away_is_away_for_every_model(monkeypatch):
    tried = []
    monkeypatch.setattr(hub_module, "build_opener", lambda *_: tried.append(1) or build_opener(*_))
    for name in [*HUB_MODELS, *HUB_MODELS]:
        with pytest.raises(ModelFilesError, match=f"could not be reached.*hf download {HUB_MODELS[name].repo}"):
            hub_files(name)
    assert len(tried) == 1


def test_a_hub_that_came_back_is_asked_again_when_told_so(hub):
    hub.answer["config.json"] = (0, None)
    with pytest.raises(ModelFilesError):
        hub_files(NAME)
    hub.answer.clear()
    hub_module.forget_failures()
    assert hub_files(NAME)


def test_a_file_that_breaks_off_is_not_kept(hub, tmp_path, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)  # the client tries again
    hub.answer["tokenizer.json"] = (1000, b"half")
    with pytest.raises(ModelFilesError, match=r"download of tokenizer\.json failed"):
        hub_files(NAME)
    assert [path.name for path in cached(tmp_path).iterdir()] == ["model_quantized.onnx"]


def test_files_put_in_place_after_a_failure_are_used(tmp_path):
    with pytest.raises(ModelFilesError):
        hub_files(NAME)
    fill(cached(tmp_path))
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


@pytest.mark.parametrize("file", ["pytorch_model.bin", "model.pt", "weights.pkl", "model.safetensors.pkl", "code.py"])
def test_a_format_that_can_carry_code_is_refused(file):
    with pytest.raises(ValueError, match="may carry code"):
        HubModel("a/b", ("config.json", file), "0" * 40, 1, "MIT")


@pytest.mark.parametrize("change", [b"", b"tokenizer.jsoN", b"something else"])
def test_a_file_that_is_not_what_the_hub_gave_is_named_and_not_used(hub, tmp_path, change):
    hub_files(NAME)
    (cached(tmp_path) / "tokenizer.json").write_bytes(change)
    for _ in range(2):
        with pytest.raises(ModelFilesError, match=r"tokenizer\.json is damaged or was changed.*delete the folder"):
            hub_files(NAME)
    shutil.rmtree(tmp_path / "cache")
    assert hub_files(NAME)["tokenizer.json"].read_bytes() == b"tokenizer.json"


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="this system has no owners of files")
def test_a_file_that_belongs_to_somebody_else_is_not_used(hub, monkeypatch):
    hub_files(NAME)
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    facts = SimpleNamespace(st_uid=54321, st_mode=stat.S_IFREG, st_ino=1, st_size=1, st_mtime_ns=1)
    monkeypatch.setattr(Path, "stat", lambda *_, **__: facts)
    with pytest.raises(ModelFilesError, match="belongs to another user"):
        hub_files(NAME)


def test_finding_a_file_imports_no_client_library(hub):
    hub_files(NAME)
    program = (
        "import sys; from headroom_nb.runtime.hub import hub_files; "
        f"hub_files({NAME!r}); print('huggingface_hub' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_folder_of_ones_own_may_hold_other_files(hub, tmp_path, monkeypatch):
    hub_files(NAME)
    own = fill(tmp_path / "usb" / MODEL.repo)
    monkeypatch.setenv("HEADROOM_NB_HUB_FILES", str(tmp_path / "usb"))
    assert hub_files(NAME)["config.json"].parent == own
    (own / "config.json").write_text("changed")
    assert hub_files(NAME)["config.json"].parent == own


def test_a_checksum_that_is_known_beforehand_holds_everywhere(hub, tmp_path, monkeypatch):
    known = dataclasses.replace(MODEL, sha256={"config.json": hashlib.sha256(b"the true one").hexdigest()})
    monkeypatch.setitem(HUB_MODELS, NAME, known)
    with pytest.raises(ModelFilesError, match=r"config\.json was changed on its way here.*this package knows"):
        hub_files(NAME)
    assert not (cached(tmp_path) / "config.json").is_symlink()
    own = fill(tmp_path / "usb" / MODEL.repo)
    monkeypatch.setenv("HEADROOM_NB_HUB_FILES", str(tmp_path / "usb"))
    with pytest.raises(ModelFilesError, match="the one this package knows"):
        hub_files(NAME)
    (own / "config.json").write_text("the true one")
    assert hub_files(NAME)["config.json"].parent == own


def test_a_file_that_is_not_what_the_hub_says_is_not_kept(hub, tmp_path):
    hub.tags["config.json"] = hashlib.sha256(b"what was stored").hexdigest()
    with pytest.raises(ModelFilesError, match=r"config\.json was changed on its way here.*the hub gave"):
        hub_files(NAME)
    assert not (cached(tmp_path) / "config.json").is_symlink()
    hub_module.forget_failures()
    hub.tags["config.json"] = hashlib.sha256(b"config.json").hexdigest()
    assert hub_files(NAME)


def test_a_file_far_longer_than_its_model_is_not_taken(hub, tmp_path, monkeypatch):
    monkeypatch.setitem(HUB_MODELS, NAME, dataclasses.replace(MODEL, megabytes=1))
    hub.answer["model_quantized.onnx"] = (3_000_000, bytes(3_000_000))
    with pytest.raises(ModelFilesError, match="at most 2,000,000 are expected"):
        hub_files(NAME)
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("tag", ["", "main", "../../elsewhere", "G" * 40])
def test_a_file_without_a_checksum_is_not_taken(hub, tmp_path, tag):
    hub.tags["config.json"] = tag or "0"
    with pytest.raises(ModelFilesError, match="comes without a checksum"):
        hub_files(NAME)


def test_a_file_is_read_through_once(hub, monkeypatch):
    hub_files(NAME)
    hub_files(NAME)
    monkeypatch.setattr(files_module.hashlib, "sha256", lambda *_: pytest.fail("a file was read again"))
    hub_files(NAME)
