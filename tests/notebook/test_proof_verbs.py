"""``%headroom prove``, ``calibrate`` and ``verify``."""

import json

import pytest

from headroom_nb.demo.stand_in import StandIn
from headroom_nb.errors import OptionError
from tests.proof.conftest import openai_client
from tests.proof.planted import PlantedReader
from tests.proof.readers import eyes


@pytest.fixture(autouse=True)
def folders_of_the_test(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HEADROOM_NB_CACHE_FOLDER", str(tmp_path / "cache"))


def line(shell, text):
    return shell.run_line_magic("headroom", text)


def test_prove_and_verify_take_a_client_by_name(shell, messages, tmp_path):
    (tmp_path / "requests.jsonl").write_text(json.dumps({"messages": messages}) + "\n", "utf-8")
    with StandIn(reads_from=1, eyes=eyes) as server, openai_client(server) as client:
        shell.user_ns.update(messages=messages, client=client)
        proof = line(shell, "prove messages --client client --model gpt-5.6-sol --router rules --yes")
        assert proof.complete
        assert line(shell, "prove requests.jsonl --client client --model gpt-5.6-sol --router rules --yes").asked == 0
        found = line(shell, "verify messages --client client --model gpt-5.6-sol --router rules")
        assert found.exact
        for wrong in ("prove messages", "prove messages --client client --max-usd x", "verify messages"):
            with pytest.raises(OptionError):
                line(shell, wrong)


def test_calibrate_measures_shows_shares_and_forgets(shell, tmp_path):
    shell.user_ns["client"] = PlantedReader(9)
    assert line(shell, "calibrate --client client --model gpt-5.6-sol --yes").reads_from("exact") == 9
    assert len(line(shell, "calibrate --show").rows) == 1
    assert line(shell, "calibrate --show --model gpt-5.6-sol").reads_from("exact") == 9
    line(shell, "calibrate --model gpt-5.6-sol --save profile.json")
    assert len(line(shell, "calibrate --model gpt-5.6-sol --forget").rows) == 0
    assert line(shell, "calibrate --load profile.json").reads_from("exact") == 9
