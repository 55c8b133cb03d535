from __future__ import annotations

import json
import sys
import types
from pathlib import Path
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_nb.costs import count_text, find_model, text_tokens, vocabulary
from headroom_nb.costs.text_tokens import ESTIMATE_ERROR, estimate_text

TEXTS = json.loads(Path(__file__).with_name("texts.json").read_text(encoding="utf-8"))


@pytest.fixture
def no_vocabulary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_tokens, "find_vocabulary", lambda name: None)


@pytest.mark.parametrize("name", TEXTS)
def test_the_estimate_is_near_the_count_in_every_script(name: str) -> None:
    text, tokens = TEXTS[name]["text"], TEXTS[name]["o200k_base"]

    assert estimate_text(text) == pytest.approx(tokens, rel=0.35)


def test_the_mean_error_on_texts_it_was_not_fitted_to_is_what_the_module_states() -> None:
    held_back = [entry for entry in TEXTS.values() if not entry["fitted"]]
    errors = [abs(estimate_text(entry["text"]) / entry["o200k_base"] - 1) for entry in held_back]

    assert fmean(errors) == pytest.approx(ESTIMATE_ERROR, abs=0.02)
    assert fmean(errors) < 0.6 * fmean(abs(len(entry["text"]) / 4 / entry["o200k_base"] - 1) for entry in held_back)


def test_a_chinese_character_is_not_a_quarter_of_a_token() -> None:
    assert estimate_text("清晨的公园里很安静" * 10) > 0.5 * 90


@pytest.mark.usefixtures("no_vocabulary")
def test_without_a_vocabulary_the_count_is_flagged() -> None:
    count = count_text("Hello, world", find_model("gpt-4o"))

    assert not count.exact
    assert count.how == "estimated by script"
    assert 2 <= count.tokens <= 6


@pytest.mark.usefixtures("no_vocabulary")
def test_newer_claude_models_count_more_tokens() -> None:
    text = TEXTS["english prose"]["text"]
    old, new = (count_text(text, find_model(name)).tokens for name in ("claude-sonnet-4-6", "claude-opus-5-5"))

    assert new / old == pytest.approx(1.3, abs=0.03)


@pytest.mark.usefixtures("no_vocabulary")
@settings(deadline=None)
@given(st.text())
def test_any_text_is_counted_and_only_the_empty_one_is_free(text: str) -> None:
    tokens = count_text(text, find_model("gpt-4o")).tokens

    assert tokens >= (1 if text.strip() else 0)
    assert tokens <= 3 * len(text) + 1


def fake_bpe(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("bpe_openai")
    module.get_encoding = lambda name: types.SimpleNamespace(encode_ordinary=str.split)
    module.__spec__ = types.SimpleNamespace()
    monkeypatch.setitem(sys.modules, "bpe_openai", module)
    monkeypatch.setattr(vocabulary, "_cached_by_tiktoken", lambda name: False)


def test_a_vocabulary_in_a_package_makes_the_count_exact_where_it_is_the_models_own(monkeypatch) -> None:
    fake_bpe(monkeypatch)
    vocabulary.find_vocabulary.cache_clear()
    try:
        own = count_text("one two three", find_model("gpt-4o"))
        other = count_text("one two three", find_model("claude-sonnet-4-6"))
    finally:
        vocabulary.find_vocabulary.cache_clear()

    assert (own.tokens, own.exact) == (3, True)
    assert "bpe-openai" in own.how
    assert (other.tokens, other.exact) == (4, False)
    assert "the vocabulary of claude-sonnet-4-6 is not public" in other.how


def test_a_missing_or_damaged_cache_file_is_never_given_to_tiktoken(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    assert not vocabulary._cached_by_tiktoken("o200k_base")

    (tmp_path / "fb374d419588a4632f3f557e76b4b70aebbca790").write_bytes(b"not the vocabulary")
    assert not vocabulary._cached_by_tiktoken("o200k_base")

    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", "")
    assert not vocabulary._cached_by_tiktoken("o200k_base")


def test_lone_surrogates_do_not_break_the_count() -> None:
    found = vocabulary.Vocabulary("v", "test", lambda text: text.encode("utf-8"))

    assert found.count("a\ud800") == 4
