"""Secrets of any form are masked in text, and what is no secret stays."""

import json
import logging
import types

import pytest

from headroom_nb import ImageCompressor, Technique, compress, compress_batch
from headroom_nb.errors import ModelFilesError
from headroom_nb.integrations.metering import Meter
from headroom_nb.rendering.export import render
from headroom_nb.routing import loading
from headroom_nb.runtime.masking import MASK, masked
from headroom_nb.widgets.labels import add_labels, label_rows
from headroom_nb.widgets.overruling import Overruling
from tests.support import FixedRouter, gradient, openai_message, png

SECRET = "Zq7very_secret9Zq7very_secret9"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.Zq7very_secret9Zq7very_secret9"

SHAPES = {
    "api_key=": f"401: api_key={SECRET} is wrong",
    "apiKey in JSON": f'{{"apiKey": "{SECRET}"}}',
    "api-key header": f"api-key: {SECRET}",
    "x-api-key header": f"X-Api-Key: {SECRET}",
    "x-goog-api-key": f"x-goog-api-key='{SECRET}'",
    "environment": f"OPENAI_API_KEY={SECRET} python call.py",
    "authorization": f"Authorization: Bearer {SECRET}",
    "authorization in a dict": f"{{'authorization': 'Basic {SECRET}'}}",
    "bearer alone": f"sent Bearer {SECRET} and was refused",
    "subscription key": f"Ocp-Apim-Subscription-Key: {SECRET}",
    "cookie": f"Set-Cookie: {SECRET}",
    "password": f"password = {SECRET}",
    "password in an address": f"https://user:{SECRET}@host.example/v1 timed out",
    "user alone in an address": f"GET https://{SECRET}@host.example/v1",
    "token in a query": f"https://host.example/v1?a=1&token={SECRET}&b=2",
    "signature in a query": f"https://host.example/a.png?X-Amz-Signature={SECRET}",
    "key in a query": f"(https://host.example/mcp?key={SECRET})",
    "access token": f"access_token: {SECRET}",
    "session token": f"aws_session_token={SECRET}",
    "client secret": f'client_secret: "{SECRET}"',
    "a key by its form": f"Incorrect API key provided: sk-proj-{SECRET}.",
    "a hub's token": f"hf_{SECRET.replace('_', '')} has no access",
    "a web token": f"the token {TOKEN} has expired",
}
PARTS = (SECRET, SECRET.replace("_", ""), TOKEN[-30:])

ORDINARY = (
    "What is the key on the left? token: small, secret: none",
    "Bearer token: what does api_key=1 mean?",
    "the key is under the mat; key = value",
    "https://host.example/a?b=c&page=2#key",
    "ValueError: x must be > 3, not 'abc'",
    "max_tokens=4096, token_count: 12345",
)


def is_clean(text):
    return not any(part in text for part in PARTS)


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES)
def test_a_secret_is_masked_whatever_its_form(text):
    assert is_clean(masked(text))
    assert MASK in masked(text)
    assert masked(masked(text)) == masked(text)


@pytest.mark.parametrize("text", ORDINARY)
def test_what_is_no_secret_stays(text):
    assert masked(text) == text


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES)
def test_what_others_say_is_masked_in_results_reports_meters_logs_and_label_files(text, tmp_path, monkeypatch, caplog):
    class Talks(FixedRouter):
        def classify(self, image, query, *, quality="balanced"):
            raise RuntimeError(text)

    message = openai_message("Is it red?", png(gradient(300, 200)))
    result = ImageCompressor("gpt-4o", Talks(Technique.FULL_LOW)).run([message])
    assert MASK in result.images[0].error
    assert is_clean(result.images[0].error + result.images[0].note)
    assert is_clean(render(result, "report") + render(result, "html") + repr(result))

    meter = Meter()
    meter.fail(text)
    assert is_clean(meter.failures[-1])

    def broken(**_):
        raise ModelFilesError(text)

    with monkeypatch.context() as patch, caplog.at_level(logging.WARNING):
        found = types.SimpleNamespace(EmbeddedRouter=broken, RulesRouter=lambda **_: "rules")
        patch.setattr(loading, "import_module", lambda _: found)
        picked = loading._build_chain("embedded", use_siglip=False)
    assert "embedded could not be used" in caplog.text
    assert is_clean(caplog.text + picked.note)

    asked = Overruling(compress([openai_message(text, png(gradient(300, 200)))], model="gpt-4o", router="rules"))
    asked.choose([asked.base.images[0].path], "preserve")
    file = add_labels(label_rows(asked), tmp_path / "labels.jsonl")
    assert is_clean(file.read_text("utf-8"))


def test_a_batch_s_report_holds_no_secret(tmp_path):
    (tmp_path / "in.jsonl").write_text(json.dumps({f"api_key={SECRET}": 1, "x": [1]}) + "\n")
    compress_batch(tmp_path / "in.jsonl", tmp_path / "out.jsonl", router="rules", model="gpt-4o", progress=False)
    for end in (".report.jsonl", ".summary.json"):
        assert is_clean((tmp_path / f"out.jsonl{end}").read_text("utf-8"))


@pytest.mark.parametrize("text", ["a=" * 50_000, "x" * 200_000, "https://" + "a@" * 50_000, "key: " * 40_000])
def test_a_long_text_costs_nothing(text):
    masked(text)


def test_a_name_in_an_address_that_is_written_in_percent_codes_is_masked_too():
    assert masked(f"https://a.example/x?%6Bey={SECRET}&page=2#top") == f"https://a.example/x?%6Bey={MASK}&page=2#top"
