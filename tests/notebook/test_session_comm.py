"""The comm that tells a front end what the session saved; a kernel's comm manager is imitated."""

from types import SimpleNamespace

import pytest

from headroom_nb.integrations.session import SESSION
from headroom_nb.notebook.magics import unload_ipython_extension
from headroom_nb.notebook.session_comm import TARGET, register
from tests.batch.lines import asks, write_lines


class Comm:
    def __init__(self):
        self.sent, self.closed = [], False

    def send(self, data):
        self.sent.append(data)

    def on_msg(self, callback):
        self.receive = lambda data: callback({"content": {"data": data}})

    def on_close(self, callback):
        self.end = lambda: callback({})

    def close(self):
        self.closed = True


class Manager:
    def __init__(self):
        self.targets = {}

    def register_target(self, name, target):
        self.targets[name] = target

    def unregister_target(self, name, target):
        assert self.targets.pop(name) is target


@pytest.fixture
def manager(shell, monkeypatch):
    monkeypatch.setattr(SESSION, "_compressed", {})  # what other tests compressed is not counted anew
    shell.kernel = SimpleNamespace(comm_manager=Manager())
    register(shell)
    yield shell.kernel.comm_manager
    del shell.kernel


def opened(manager):
    comm = Comm()
    manager.targets[TARGET](comm, {})
    return comm


def test_a_comm_says_at_once_what_was_saved_and_again_after_each_compression(shell, manager, messages):
    comm = opened(manager)
    shell.user_ns["messages"] = messages
    shell.run_line_magic("headroom", "compress messages --model gpt-4o --router rules --quality max")
    first, second = comm.sent
    assert first["version"] == 1
    assert first["auto"] == "off"
    assert second["totals"]["images"] == first["totals"]["images"] + 1


def test_a_closed_comm_hears_nothing_more(shell, manager, messages):
    comm = opened(manager)
    comm.end()
    shell.user_ns["messages"] = messages
    shell.run_line_magic("headroom", "compress messages --model gpt-4o --router rules")
    assert len(comm.sent) == 1


def test_automatic_compression_is_switched_over_the_comm(shell, manager):
    openai = pytest.importorskip("openai")
    with openai.OpenAI(api_key="test", base_url="http://127.0.0.1:9/v1") as client:
        shell.user_ns["client"] = client
        comm = opened(manager)
        comm.receive({"do": "toggle-auto"})
        assert comm.sent[-1]["auto"] == "on"
        assert "Automatic compression is on" in comm.sent[-1]["said"]
        comm.receive({"do": "toggle-auto"})
        assert comm.sent[-1]["auto"] == "off"
        assert not comm.sent[-1]["failed"]


def test_switching_by_a_line_and_a_batch_are_told_too(shell, manager, tmp_path):
    openai = pytest.importorskip("openai")
    write_lines(tmp_path / "in.jsonl", [asks(0), asks(1), "{broken"])
    comm = opened(manager)
    before = comm.sent[0]["totals"]
    with openai.OpenAI(api_key="test", base_url="http://127.0.0.1:9/v1") as client:
        shell.user_ns["client"] = client
        shell.run_line_magic("headroom", "auto on")
        assert comm.sent[-1]["auto"] == "on"
        shell.run_line_magic("headroom", "auto off")
        assert comm.sent[-1]["auto"] == "off"
    for _ in range(2):  # the second run finds all done, and counts once
        summary = shell.run_line_magic("headroom", "batch in.jsonl out.jsonl --model gpt-4o --router rules")
        after = comm.sent[-1]["totals"]
        assert after["conversations"] == before["conversations"] + 2
        assert after["images"] == before["images"] + summary.images
        assert after["original_tokens"] == before["original_tokens"] + summary.original_tokens
        assert after["compressed_tokens"] == before["compressed_tokens"] + summary.compressed_tokens


def test_switching_without_a_client_says_what_is_missing(manager):
    comm = opened(manager)
    comm.receive({"do": "toggle-auto"})
    assert comm.sent[-1]["failed"]
    assert "no variable is a client" in comm.sent[-1]["said"]


@pytest.mark.parametrize("data", [None, [], "toggle-auto", {"do": ["toggle-auto"]}, {}])
def test_messages_that_mean_nothing_are_passed_over(manager, data):
    comm = opened(manager)
    comm.receive(data)
    assert len(comm.sent) == 1


def test_unloading_ends_what_is_open(shell, manager):
    comm = opened(manager)
    unload_ipython_extension(shell)
    assert comm.closed
    assert manager.targets == {}
