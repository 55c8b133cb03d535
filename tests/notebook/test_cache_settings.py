"""Caches and repeats as the magics know them: settings, options, the doctor's row."""

import json

import pytest

from headroom_nb.caching import disk_info
from headroom_nb.errors import OptionError


@pytest.fixture
def ready(shell, messages, monkeypatch, tmp_path):
    monkeypatch.setenv("HEADROOM_NB_CACHE_FOLDER", str(tmp_path / "cache"))
    shell.push({"messages": messages, "twice": [*messages, {"role": "assistant", "content": "A ramp."}, *messages]})
    return shell


def magic(shell, line):
    return shell.run_line_magic("headroom", line)


def test_results_are_kept_on_disk_where_that_is_set_and_the_doctor_counts_them(ready):
    assert disk_info().entries == 0
    magic(ready, "config cache disk")
    magic(ready, "compress messages --router rules")
    assert disk_info().entries > 0
    report = str(magic(ready, "doctor"))
    assert f"{disk_info().entries} entries" in report


def test_an_option_on_the_line_and_the_environment_name_a_cache_too(ready, monkeypatch, tmp_path):
    magic(ready, f"compress messages --router rules --cache {tmp_path}/mine")
    assert disk_info(str(tmp_path / "mine")).entries > 0
    monkeypatch.setenv("HEADROOM_NB_CACHE", str(tmp_path / "other"))
    magic(ready, "compress messages --router rules")
    assert disk_info(str(tmp_path / "other")).entries > 0
    assert disk_info().entries == 0


def test_an_unknown_cache_is_refused(ready):
    with pytest.raises(OptionError, match=r"cache = 'dsik' .* did you mean disk"):
        magic(ready, "config cache dsik")


def test_repeats_are_pointed_at_where_that_is_asked_for(ready):
    assert magic(ready, "compress twice --router rules").images[1].duplicate_of is None
    result = magic(ready, "compress twice --router rules --duplicates exact")
    assert result.images[1].duplicate_of == result.images[0].path
    magic(ready, "config duplicates exact")
    assert magic(ready, "compress twice --router rules").images[1].duplicate_of is not None


def test_auto_hands_the_settings_on_to_the_clients_it_wraps(ready):
    openai = pytest.importorskip("openai")
    httpx = pytest.importorskip("httpx")
    sent = []

    def answer(request):
        sent.append(json.loads(request.content))
        choice = {"index": 0, "message": {"role": "assistant", "content": "ok"}, "finish_reason": "stop"}
        reply = {"id": "1", "object": "chat.completion", "created": 0, "model": "gpt-4o", "choices": [choice]}
        return httpx.Response(200, json=reply)

    with httpx.Client(transport=httpx.MockTransport(answer)) as transport:
        ready.push({"client": openai.OpenAI(api_key="none", http_client=transport)})
        magic(ready, "config duplicates exact")
        magic(ready, "config cache disk")
        magic(ready, "auto on")
        ready.user_ns["client"].chat.completions.create(model="gpt-4o", messages=ready.user_ns["twice"])
        magic(ready, "auto off")
    assert "the same image as image 1" in str(sent[0]["messages"][2])
    assert disk_info().entries > 0
