"""Paired answers over HTTP with the real SDKs, against a stand-in whose reading ability is planted."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

import headroom_nb
from headroom_nb import meter, prove, user_message, wrap
from headroom_nb.caching.disk_store import open_store
from headroom_nb.demo.stand_in import StandIn
from headroom_nb.errors import MessageError, OptionError
from headroom_nb.formats.replies import Reply, read_reply
from headroom_nb.proof.asking import AnswerStore
from headroom_nb.records.proof import Verdict
from headroom_nb.runtime.files import cache_folder
from tests.proof.conftest import CLIENTS, openai_client
from tests.proof.readers import GistRouter, eyes
from tests.support import gradient

QUESTION = "What is the order number?"
MODEL = "claude-opus-4-8"


def asked(count, provider="openai"):
    return [
        [user_message(f"{QUESTION} Page {place}.", gradient(600, 300 + 7 * place), provider=provider)]
        for place in range(count)
    ]


def run(client, messages=None, **more):
    given = {"model": "gpt-5.6-sol", "router": GistRouter(), "yes": True, "progress": False, **more}
    return prove(asked(8) if messages is None else messages, client, **given)


def test_a_harmful_setting_is_told_from_a_harmless_one():
    for reads_from, verdict, kept in ((15, "harmful", 0), (1, "harmless", 12)):
        with StandIn(reads_from=reads_from, eyes=eyes) as server, openai_client(server) as client:
            proof = run(client, asked(12), margin=0.25, resume=False)
        arm = proof["compressed balanced"]
        assert (arm.verdict, arm.kept, arm.cases) == (verdict, kept, 12)
        assert arm.low <= kept / 12 <= arm.high
        assert proof["original again"].kept == 12
        assert proof["no image"].kept == 0
        assert arm.billed < proof["original again"].billed
        assert arm.saved_usd > 0
        assert proof.complete
        assert verdict in str(proof)


def test_a_model_that_guesses_contradicts_and_one_that_does_not_abstains():
    for guesses, verdict in ((True, Verdict.CONTRADICTS), (False, Verdict.ABSTAINS)):
        with StandIn(reads_from=15, guesses=guesses, eyes=eyes) as server, openai_client(server) as client:
            proof = run(client, asked(2), resume=False)
        assert {case.verdicts["compressed balanced"] for case in proof.cases} == {verdict}
        assert len(proof.worst()) == 2


@pytest.mark.parametrize("provider", CLIENTS)
def test_every_provider_can_be_asked(provider):
    client_of, model = CLIENTS[provider]
    with StandIn(reads_from=1, eyes=eyes) as server, client_of(server) as client:
        proof = run(client, asked(2, provider), model=model)
    assert proof.complete
    assert proof["original again"].kept == 2
    assert proof["original again"].billed == pytest.approx(proof["original again"].estimated, rel=0.1)


def test_an_asynchronous_client_and_a_wrapped_one_are_asked():
    with StandIn(reads_from=1, eyes=eyes) as server, openai_client(server, asynchronous=True) as client:
        wrap(client, router=GistRouter())
        proof = run(client, asked(2))
        assert meter(client).requests == 0
    assert proof.complete


def test_what_was_answered_is_not_paid_for_twice():
    with StandIn(reads_from=1, eyes=eyes) as server, openai_client(server) as client:
        first = run(client, asked(3))
        requests = len(server.received)
        second = run(client, asked(3))
        assert len(server.received) == requests == first.asked
        assert (second.asked, second.reused) == (0, requests)
        assert second.arms == first.arms
        more = run(client, asked(4))
        assert (more.asked, more.reused) == (4, requests)


def test_a_killed_run_goes_on_where_it_was(tmp_path):
    with StandIn(reads_from=1, eyes=eyes) as server:
        code = (
            "import os, signal, openai\n"
            "from tests.proof.test_prove import run, asked\n"
            f"client = openai.OpenAI(base_url='{server.url}/v1', api_key='none', max_retries=0)\n"
            "import headroom_nb.proof.asking as asking\n"
            "put, count = asking.AnswerStore.put, [0]\n"
            "def dying(self, key, answer):\n"
            "    put(self, key, answer)\n"
            "    count[0] += 1\n"
            "    if count[0] == 4: os.kill(os.getpid(), signal.SIGKILL)\n"
            "asking.AnswerStore.put = dying\n"
            "run(client, asked(3), concurrency=1)\n"
        )
        root = Path(headroom_nb.__file__).parents[1]
        done = subprocess.run([sys.executable, "-c", code], cwd=root, env={**os.environ}, check=False)
        assert done.returncode == -signal.SIGKILL
        assert len(server.received) == 4
        with openai_client(server) as client:
            proof = run(client, asked(3), concurrency=1)
        assert (proof.asked, proof.reused) == (8, 4)
        assert len(server.received) == 12


def test_it_waits_as_long_as_the_server_asks_to(monkeypatch):
    waited = []
    monkeypatch.setattr("headroom_nb.proof.asking.Asker._wait", lambda self, seconds: waited.append(seconds))

    def refuse(number):
        return (429, {"retry-after": "7"}) if number in {1, 3} else None

    with StandIn(reads_from=1, eyes=eyes, refuse=refuse) as server, openai_client(server) as client:
        proof = run(client, asked(1), concurrency=1)
    assert proof.complete
    assert 6 < max(waited) <= 7
    assert len(server.received) == proof.asked


def test_what_is_not_answered_is_left_out_and_said():
    with StandIn(refuse=lambda number: (401, {})) as server, openai_client(server) as client:
        proof = run(client, asked(1))
    assert not proof.complete
    assert "401" in proof.notes[0]
    assert "secret" not in str(proof)


def test_it_stops_before_it_has_spent_too_much():
    with StandIn(reads_from=1, eyes=eyes) as server, openai_client(server) as client:
        proof = run(client, asked(6), yes=False, max_usd=0.012, concurrency=1)
    assert not proof.complete
    assert 0 < proof.spent_usd <= 0.012
    assert "max_usd" in proof.notes[0]


def test_an_interrupt_gives_what_is_there(monkeypatch):
    def interrupt(done, total, usd):
        raise KeyboardInterrupt

    monkeypatch.setattr("headroom_nb.proof.prove.ProgressLine", lambda: interrupt)
    with StandIn(reads_from=1, eyes=eyes) as server, openai_client(server) as client:
        proof = run(client, asked(4), progress=True)
    assert not proof.complete
    assert 0 < proof.asked < 16
    assert "interrupted" in proof.notes[0]


def test_it_says_what_it_costs_and_asks_first(monkeypatch, capsys):
    with StandIn(reads_from=1, eyes=eyes) as server, openai_client(server) as client:
        monkeypatch.setattr("builtins.input", lambda prompt: "n")
        with pytest.raises(OptionError, match="nothing was sent"):
            run(client, asked(2), yes=False)
        assert server.received == []
        said = capsys.readouterr().out
        assert all(arm in said for arm in ("original again", "compressed balanced", "no image", "Cost: about $"))
        monkeypatch.setattr("builtins.input", lambda prompt: "y")
        assert run(client, asked(2), yes=False).complete


def test_reports_hold_neither_prompts_nor_images_unless_asked_for(tmp_path):
    with StandIn(reads_from=15, eyes=eyes) as server, openai_client(server) as client:
        proof = run(client, asked(2))
    for name in ("proof.html", "proof.json"):
        text = proof.save(tmp_path / name).read_text("utf-8")
        assert QUESTION not in text
        assert "base64" not in text
        assert "sk-secret" not in text
    whole = proof.save(tmp_path / "whole.html", prompts=True, images=True).read_text("utf-8")
    assert QUESTION in whole
    assert "base64" in whole
    assert QUESTION in str(proof.pairs())
    assert json.loads((tmp_path / "proof.json").read_text("utf-8"))["model"] == "gpt-5.6-sol"
    kept = [path.read_bytes() for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert kept
    assert not any(word in each for each in kept for word in (QUESTION.encode(), b"base64", b"sk-secret"))
    with pytest.raises(OptionError, match="force=True"):
        proof.save(tmp_path / "proof.html")
    with pytest.raises(OptionError, match="saved as"):
        proof.save(tmp_path / "proof.docx")


def test_the_answers_are_a_table():
    pytest.importorskip("pandas")
    with StandIn(reads_from=1, eyes=eyes) as server, openai_client(server) as client:
        frame = run(client, asked(2)).to_dataframe("pandas")
    assert set(frame["arm"]) == {"original", "original again", "compressed balanced", "no image"}


def test_a_conversation_and_a_file_are_as_many_questions_as_turns_with_images(tmp_path):
    turns = [asked(2)[0][0], {"role": "assistant", "content": "1300"}, asked(2)[1][0]]
    file = tmp_path / "requests.jsonl"
    file.write_text("".join(json.dumps({"messages": [turn[0]]}) + "\n" for turn in asked(3)), "utf-8")
    with StandIn(reads_from=1, eyes=eyes) as server, openai_client(server) as client:
        assert len(run(client, turns).cases) == 2
        assert len(run(client, file).cases) == 3
        assert len(run(client, file, n=2).cases) == 2
        with pytest.raises(MessageError, match="nothing to prove"):
            run(client, [{"role": "user", "content": "Hello"}])


def test_a_judge_decides_where_the_rules_find_a_difference():
    seen = []

    def judge(question, first, second):
        seen.append((question, first, second))
        return True

    with StandIn(reads_from=15, guesses=True, eyes=eyes) as server, openai_client(server) as client:
        assert run(client, asked(2), judge=judge)["balanced"].kept == 2
        assert seen[0][0].startswith(QUESTION)
        # the stand-in does not know what it is asked to judge
        assert run(client, asked(2), judge=(client, "gpt-5.6-sol"))["balanced"].kept == 0


def test_options_that_cannot_be_are_refused():
    with StandIn() as server, openai_client(server) as client:
        for wrong in ({"repeats": 1}, {"n": 0}, {"margin": 2}, {"qualities": "best"}):
            with pytest.raises(OptionError):
                run(client, **wrong)


@pytest.mark.parametrize("max_usd", [float("nan"), -1, "1", True])
def test_what_is_no_amount_of_money_allows_nothing(max_usd):
    """NaN is neither more nor less than what was spent: it would have been no bound."""
    with StandIn(eyes=eyes) as server, openai_client(server) as client:
        with pytest.raises(OptionError, match="number of dollars"):
            run(client, asked(1), max_usd=max_usd)
        assert server.received == []


@pytest.mark.parametrize("seconds", ["1000000000", "inf"])
def test_a_server_that_asks_to_wait_for_ever_is_not_waited_for(seconds):
    with (
        StandIn(eyes=eyes, refuse=lambda _: (429, {"retry-after": seconds})) as server,
        openai_client(server) as client,
    ):
        proof = run(client, asked(1), resume=False)
    assert not proof.complete
    assert "asks to wait" in " ".join(proof.notes)


def test_a_full_disk_takes_no_answer_that_was_paid_for(monkeypatch):
    def full(*_):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("headroom_nb.caching.disk_store.DiskStore._write", full)
    with StandIn(eyes=eyes) as server, openai_client(server) as client:
        proof = run(client, asked(1))
    assert proof.complete
    assert "disk is full" in " ".join(proof.notes)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        '{"text": "x", "input_tokens": NaN, "output_tokens": 1}',
        '{"text": "x", "input_tokens": "1", "output_tokens": 1}',
        '{"text": "x", "input_tokens": 1, "output_tokens": -1}',
    ],
    ids=lambda text: text[:40],
)
def test_a_kept_answer_that_is_none_is_asked_for_again(tmp_path, text):
    open_store(tmp_path / "own").put(b"key", text.encode())
    assert AnswerStore(tmp_path / "own").get("key") is None


def test_an_answer_that_was_changed_or_planted_is_asked_for_again_and_that_is_said():
    with StandIn(reads_from=1, eyes=eyes) as server, openai_client(server) as client:
        first = run(client, asked(1), concurrency=1)
        store = open_store(cache_folder() / "proofs")
        with sqlite3.connect(store.path) as file:
            file.execute("UPDATE entries SET value = replace(value, 'text', 'text ')")
            file.execute("UPDATE entries SET value = CAST(value AS BLOB)")
        file.close()
        again = run(client, asked(1), concurrency=1)
    assert again.reused == 0
    assert len(server.received) == 2 * first.asked
    assert "not stored by you" in " ".join(again.notes)


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="modes are POSIX's")
def test_answers_in_a_folder_that_others_can_write_to_are_not_used():
    folder = cache_folder() / "proofs"
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    with StandIn(reads_from=1, eyes=eyes) as server, openai_client(server) as client:
        proofs = [run(client, asked(1)) for _ in range(2)]
    assert [proof.reused for proof in proofs] == [0, 0]
    assert "others may write to it" in " ".join(proofs[0].notes)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("figure", [float("nan"), float("inf"), -5, 10**400, True, "5"], ids=ascii)
def test_a_figure_that_is_no_count_of_tokens_is_not_billed(figure):
    said = {"choices": [{"message": {"content": "x"}}], "usage": {"prompt_tokens": figure, "completion_tokens": figure}}
    assert read_reply(said) == Reply("x", None, None)
