from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from headroom_nb.costs import estimate, find_model, load_models, model_names, models, register_model
from headroom_nb.costs.models import model_or_default
from headroom_nb.errors import OptionError, UnknownModelError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("written", "name", "provider"),
    [
        ("gpt-4o-2024-08-06", "gpt-4o", "openai"),
        ("azure/gpt-5.5", "gpt-5.5", "openai"),
        ("ft:gpt-4o-2024-08-06:org::abc", "gpt-4o", "openai"),
        ("claude-sonnet-4-5-20250929", "claude-sonnet-4-5", "anthropic"),
        ("anthropic/claude-sonnet-4.5", "claude-sonnet-4-5", "anthropic"),
        ("Claude-Opus-5.5", "claude-opus-5-5", "anthropic"),
        ("claude-3-5-haiku-latest", "claude-haiku-3-5", "anthropic"),
        ("us.anthropic.claude-opus-4-5-20251101-v1:0", "claude-opus-4-5", "bedrock"),
        ("bedrock/anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5", "bedrock"),
        ("amazon.nova-lite-v1:0", "nova-lite", "bedrock"),
        ("claude-opus-4-5@20251101", "claude-opus-4-5", "vertex"),
        ("models/gemini-2.5-flash-preview-09-2025", "gemini-2.5-flash", "google"),
        ("vertex_ai/gemini-3-flash", "gemini-3-flash-preview", "google"),
        ("openrouter/qwen/qwen2.5-vl-72b-instruct", "qwen2.5-vl", "qwen"),
        ("meta.llama-4-maverick-17b-128e-instruct-v1:0", "llama-4-maverick", "bedrock"),
        ("us.meta.llama4-scout-17b-instruct-v1:0", "llama-4-scout", "bedrock"),
        ("llama4:scout", "llama-4-scout", "meta"),
        ("qwen2.5vl:7b", "qwen2.5-vl", "qwen"),
        ("gemma3:4b-it-qat", "gemma-3", "google"),
        ("openai:gpt-4o", "gpt-4o", "openai"),
        ("google-gla:gemini-2.5-flash", "gemini-2.5-flash", "google"),
        ("groq:meta-llama/llama-4-scout-17b-16e-instruct", "llama-4-scout", "meta"),
        ("bedrock:anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5", "bedrock"),
        (
            "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "claude-sonnet-4-5",
            "bedrock",
        ),
        ("meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8", "llama-4-maverick", "meta"),
        ("meta-llama/Llama-3.2-11B-Vision-Instruct-Turbo", "llama-3.2-vision", "together"),
        ("llama3.2-vision:11b", "llama-3.2-vision", "together"),
        ("mistral-small3.1:24b", "mistral-small-3.1", "mistral"),
        ("mistral-medium-2505", "mistral-medium-3", "mistral"),
        ("pixtral-12b-2409", "pixtral-12b", "mistral"),
        ("claude-3-5-sonnet-20241022", "claude-3-5-sonnet", "anthropic"),
        ("gpt-4-turbo-2024-04-09", "gpt-4-turbo", "openai"),
        ("gemini-1.5-flash-002", "gemini-1.5-flash", "google"),
        ("llava:13b", "llava", "ollama"),
    ],
)
def test_a_model_is_found_by_the_names_that_hosts_use(written: str, name: str, provider: str) -> None:
    spec = find_model(written)

    assert (spec.name, spec.provider) == (name, provider)


@pytest.mark.parametrize("name", model_names())
def test_every_model_is_found_by_its_own_name(name: str) -> None:
    assert find_model(name).name == name


def test_the_same_name_gives_the_same_object() -> None:
    assert find_model("gpt-4o") is find_model("gpt-4o")


def test_an_unknown_model_is_an_error_that_lists_the_close_ones_and_how_to_add_one() -> None:
    with pytest.raises(UnknownModelError, match=r"no model 'chat-5\.6-sol'.*gpt-5\.6-sol.*register_model") as caught:
        find_model("chat-5.6-sol")

    assert "gpt-5.6-sol" in caught.value.close


@pytest.mark.parametrize(
    ("written", "like", "provider"),
    [
        ("gpt-6.3-luna", "gpt-6-astra", "openai"),
        ("gpt-5.7-sol", "gpt-5.6-sol", "openai"),
        ("o3-pro", "o3", "openai"),
        ("claude-fable-5-3", "claude-fable-5-2", "anthropic"),
        ("anthropic/claude-haiku-6", "claude-haiku-5-5", "anthropic"),
        ("claude-opus-3-9", "claude-sonnet-4-6", "anthropic"),
        ("gemini-flash-latest", "gemini-3.8-flash", "google"),
        ("gemini-4-neon", "gemini-4-argon", "google"),
        ("pixtral-large-latest", "mistral-medium-3", "mistral"),
        ("accounts/fireworks/models/qwen2p5-vl-32b-instruct", "qwen3-vl", "qwen"),
        ("x-ai/grok-4-fast:free", "grok-4.7", "xai"),
        ("minicpm-v:8b", "llava", "ollama"),
        ("granite3.2-vision", "llava", "ollama"),
        ("deepseek/deepseek-v4", "deepseek-flash", "deepseek"),
    ],
)
def test_a_sibling_of_a_known_family_is_counted_like_it_as_an_estimate(written, like, provider) -> None:
    spec = find_model(written)

    assert (spec.rule, spec.details) == (find_model(like).rule, find_model(like).details)
    assert spec.provider == provider
    assert not spec.exact
    assert like in spec.guessed
    assert "register_model" in spec.guessed


@pytest.mark.parametrize("name", model_names())
def test_a_model_of_the_table_is_no_guess(name: str) -> None:
    assert find_model(name).guessed == ""


@pytest.mark.parametrize(
    ("written", "provider", "seller"),
    [
        ("my-deployment", None, "openai"),
        ("azure/my-gpt", None, "openai"),
        ("z-ai/glm-4.5v", None, "openai"),
        ("my-model", "anthropic", "anthropic"),
        ("arn:aws:bedrock:us-east-1:1:application-inference-profile/ab12", None, "bedrock"),
    ],
)
def test_a_name_that_nobody_knows_is_counted_like_the_providers_default_without_a_price(
    written, provider, seller
) -> None:
    spec = model_or_default(written, provider)

    assert (spec.name, spec.provider) == (written, seller)
    assert spec.details == find_model(None, seller).details
    assert not spec.exact
    assert spec.usd_per_million_tokens is None
    assert f"the default of {seller}" in spec.guessed


def test_a_family_prices_like_its_member_and_says_so() -> None:
    cost = estimate((1000, 1000), "claude-standard")

    assert cost.tokens == estimate((1000, 1000), "claude-sonnet-4-6").tokens
    assert not cost.exact
    assert "priced like claude-sonnet-4-6" in cost.note


def test_a_cloud_has_its_own_limits() -> None:
    assert find_model("claude-opus-5-5", "bedrock").limits.max_image_base64_bytes == 5 * 2**20
    assert find_model("claude-opus-5-5").limits.max_image_base64_bytes == 10 * 2**20
    assert find_model(provider="bedrock").provider == "bedrock"


def test_an_unknown_provider_and_no_arguments_are_errors() -> None:
    with pytest.raises(OptionError, match="no provider 'acme'"):
        find_model(provider="acme")
    with pytest.raises(OptionError, match="name a model or a provider"):
        find_model()


def test_a_registered_model_is_priced_by_its_own_figures() -> None:
    register_model("house-vision", aliases=["hv"], like="gpt-4o", details={"high": {"base": 10, "tile": 1}}, price=1.5)

    assert estimate((512, 512), "hv").tokens == 11
    assert find_model("house-vision").usd_per_million_tokens == 1.5
    assert find_model("house-vision").source == "user"


def test_a_registered_model_may_take_the_place_of_one_of_the_table() -> None:
    before = find_model("gpt-4o").usd_per_million_tokens
    register_model("gpt-4o", like="gpt-4o", price=before * 2, exact=True)

    assert find_model("gpt-4o").usd_per_million_tokens == before * 2
    assert estimate((1024, 1024), "gpt-4o").tokens == 765


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({}, "'provider' is missing"),
        ({"like": "gpt-4o", "prise": 3}, "unknown key 'prise'"),
        ({"like": "gpt-4o", "price": "cheap"}, "is a number of dollars, not 'cheap'"),
        ({"like": "gpt-4o", "price": {"usd_per_million": 1, "until": "soon"}}, "'until' is a date such as"),
        ({"like": "gpt-4o", "details": {"high": {"base": 1}}}, "missing a required argument: 'tile'"),
        ({"like": "gpt-4o", "details": {"huge": {}}}, "no detail level 'huge'"),
        ({"like": "gpt-4o", "details": {"low": {"base": 1, "tile": 1}}}, "default_detail 'high' is none of its levels"),
        ({"like": "gpt-4o", "rule": "guess"}, "no rule 'guess'"),
        ({"like": "gpt-4o", "limits": {"sides": 3}}, "unknown key 'sides'"),
    ],
)
def test_a_bad_row_is_refused_with_the_reason(row: dict, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        register_model("x", **row)

    with pytest.raises(UnknownModelError):
        find_model("x-no-such-thing")


def test_models_come_from_a_toml_file(tmp_path: Path) -> None:
    file = tmp_path / "models.toml"
    file.write_text(
        '[[models]]\nname = "lab-a"\nlike = "claude-standard"\n'
        "price = {usd_per_million = 2, until = 2020-01-01, then = 3}\n"
        '[[models]]\nname = "lab-b"\nprovider = "lab"\nrule = "flat"\ndetails = {auto = {tokens = 7}}\n'
    )

    assert [spec.name for spec in load_models(file)] == ["lab-a", "lab-b"]
    assert find_model("lab-a").usd_per_million_tokens == 3
    assert estimate((5, 5), "lab-b").tokens == 7


@pytest.mark.parametrize("text", ["", "[[models]]\nname = 3\n", "not toml", '[[models]]\nname="a"\nlike="no-such"\n'])
def test_a_bad_models_file_is_named_in_the_error(tmp_path: Path, text: str) -> None:
    file = tmp_path / "models.toml"
    file.write_text(text)

    with pytest.raises(OptionError, match=r"models\.toml"):
        load_models(file)


def test_of_a_file_with_a_bad_row_nothing_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "models.toml"
    file.write_text('[[models]]\nname = "good"\nlike = "gpt-4o"\n[[models]]\nname = "bad"\nlike = "no-such-model"\n')

    with pytest.raises(OptionError, match="no model 'no-such-model'"):
        load_models(file)
    with pytest.raises(UnknownModelError):
        find_model("good")


def test_the_file_named_by_the_environment_is_read_with_the_table(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[[models]]\nname = "mine"\nlike = "gpt-4o"\n')
    program = "from headroom_nb.costs import estimate_tokens; print(estimate_tokens(512, 512, 'mine').tokens)"
    environment = {**os.environ, "HEADROOM_NB_MODELS": str(file)}

    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "255"

    file.write_text("nothing")
    failed = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False
    )
    assert "OptionError: models file" in failed.stderr


def test_importing_costs_loads_neither_pictures_nor_the_table() -> None:
    program = (
        "import sys, headroom_nb.costs as c; from headroom_nb.costs import models;"
        "print(sorted({'PIL', 'numpy', 'onnxruntime', 'IPython'} & set(sys.modules)), len(models._models))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[] 0"


def test_many_threads_may_ask_first() -> None:
    models._models.clear()
    models.forget_models()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda name: find_model(name).name, [*model_names(), *reversed(model_names())]))

    assert set(found) == set(model_names())
