"""Traps of image compression elsewhere, in routing and accounting: one short test for each.

Each test is named by what holds here. Letter A of a list of measured faults is routing and accounting, E the rest.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import headroom_nb
from headroom_nb import ImageCompressor
from headroom_nb.costs import count_text, estimate, find_model
from headroom_nb.formats import find_images
from headroom_nb.ocr import get_ocr
from headroom_nb.pictures import read_header
from headroom_nb.records import TextPart
from headroom_nb.routing.decision import choose
from headroom_nb.routing.rules import RulesRouter
from tests.peers.traps import (
    ANTHROPIC,
    EACH,
    FULL_LOW,
    GEMINI,
    PAGE,
    PHOTO,
    PRESERVE,
    TRANSCODE,
    anthropic_block,
    b64,
    fixed,
    gemini_part,
    one,
)
from tests.support import FixedRouter, gradient, openai_message, png, text_image


def test_a01_every_image_is_decided_on_its_own():
    class BySize(FixedRouter):
        def classify(self, image: Any, query: str, *, quality: str = "balanced"):
            self.technique = FULL_LOW if image.size == (1024, 1024) else PRESERVE
            return super().classify(image, query, quality=quality)

    router = BySize(PRESERVE)
    messages = [openai_message("What is this?", PHOTO, png(gradient(600, 400)))]
    result = ImageCompressor(router=router, quality="max").run(messages, model="gpt-4o")
    assert len(router.questions) == 2
    assert [image.technique for image in result.images] == [FULL_LOW, PRESERVE]


def test_a02_a_later_turn_changes_nothing_before_it():
    first = [openai_message("Read the text", PAGE), {"role": "assistant", "content": "Done."}]
    later = [*first, openai_message("What colour is it?")]
    assert fixed(TRANSCODE).run(later).messages[:2] == fixed(TRANSCODE).run(first).messages


def test_a03_an_unsure_choice_keeps_the_picture():
    assert choose(np.array([0.0, 0.0, 0.26, 0.74]), "balanced") is PRESERVE
    assert choose(np.array([0.0, 0.0, 0.99, 0.01]), "balanced") is FULL_LOW


def test_a04_the_picture_can_change_the_technique():
    page = png(text_image(["Invoice 2041, due 30 June, 1,240.00 EUR"] * 14, size=24))
    question = "What does it say?"
    chosen = {RulesRouter().classify(data, question).technique for data in (page, png(gradient(900, 700)))}
    assert len(chosen) == 2


def test_a15_an_image_without_words_is_decided_too_and_a_tool_s_image_is_seen():
    router = FixedRouter(FULL_LOW)
    result = ImageCompressor(router=router, quality="max").run([openai_message("", PHOTO)], model="gpt-4o")
    assert router.questions == [""]
    assert result.savings_percent > 0
    tool = {"type": "tool_result", "tool_use_id": "t", "content": [anthropic_block(PHOTO)]}
    messages = [{"role": "user", "content": "Click on Save."}, {"role": "assistant", "content": []}]
    (slot,) = find_images([*messages, {"role": "user", "content": [tool]}])
    assert slot.question == "Click on Save."


@pytest.mark.parametrize(
    "document",
    [
        {"contents": [{"role": "user", "parts": [{"text": "?"}, gemini_part(PHOTO)]}]},
        [{"role": "user", "content": [{"text": "?"}, gemini_part(PHOTO)]}],
        [{"role": "user", "parts": [{"text": "?"}, gemini_part(PHOTO, "inline_data", "mime_type")]}],
        [
            {
                "role": "user",
                "content": [{"type": "tool_result", "tool_use_id": "t", "content": [anthropic_block(PHOTO)]}],
            }
        ],
        {
            "input": [
                {
                    "role": "user",
                    "content": [{"type": "input_image", "image_url": "data:image/png;base64," + b64(PHOTO)}],
                }
            ]
        },
        [{"role": "user", "content": [{"image": {"format": "png", "source": {"bytes": PHOTO}}}]}],
        [{"role": "user", "content": "?", "images": [b64(PHOTO)]}],
        [{"role": "user", "content": [{"type": "image", "data": b64(PHOTO), "mimeType": "image/png"}]}],
    ],
    ids=["gemini", "gemini content", "gemini snake", "tool result", "responses", "bedrock", "ollama", "mcp"],
)
def test_a06_a07_every_container_is_seen_and_made_cheaper(document):
    compressor = fixed(FULL_LOW)
    assert compressor.has_images(document)
    result = compressor.run(document)
    assert result.compressed_tokens < result.original_tokens
    assert result.messages != document


@EACH
def test_a08_an_image_behind_a_url_is_left_alone_and_not_counted(technique):
    url = {"type": "image_url", "image_url": {"url": "https://example.invalid/a.png"}}
    messages = [{"role": "user", "content": [url, *openai_message("Read it", PHOTO)["content"]]}]
    result = fixed(technique).run(messages, model="gpt-4o")
    assert result.messages[0]["content"][0] == url
    assert result.images[0].original_tokens == result.images[0].compressed_tokens == 0
    assert result.original_tokens == 765


@EACH
@pytest.mark.parametrize("level", ["low", "high"])
def test_a09_a_detail_level_that_was_asked_for_stays(technique, level):
    messages = [openai_message("What is at the top left?", PHOTO, detail=level)]
    result = fixed(technique).run(messages, model="gpt-4o")
    for block in result.messages[0]["content"][1:]:
        assert block.get("image_url", {}).get("detail", level) == level
    if level == "low":
        assert result.messages == messages
        assert (result.original_tokens, result.compressed_tokens) == (85, 85)


@pytest.mark.parametrize("provider", ["openai", "anthropic", "google", "bedrock"])
def test_a10_blocks_are_written_in_their_own_format_whoever_is_billed(provider):
    for message in (openai_message("?", PHOTO), {"role": "user", "content": [anthropic_block(PHOTO)]}):
        result = fixed(FULL_LOW).run([message], provider=provider)
        (image,) = result.images
        assert image.parts or all(form.tokens >= image.original_tokens for form in image.forms), image.note
        assert result.messages[0]["content"][-1].keys() == message["content"][-1].keys()


def test_e02_threads_may_share_one_compressor():
    compressor = fixed(FULL_LOW)
    jobs = [[openai_message("?", png(gradient(700 + 40 * n, 600)))] for n in range(4)] * 3
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda job: compressor.run(job, model="gpt-4o").messages, jobs))
    assert found == [fixed(FULL_LOW).run(job, model="gpt-4o").messages for job in jobs]


@pytest.mark.parametrize(
    ("size", "model", "tokens"),
    [
        ((1024, 1024), "gpt-4o", 765),
        ((4096, 4096), "gpt-4o", 765),
        ((4000, 3000), "gpt-4o", 765),
        ((200, 200), ANTHROPIC, 64),
    ],
)
def test_a11_tokens_follow_the_provider_s_own_rule(size, model, tokens):
    assert estimate(size, model).tokens == tokens


@EACH
@pytest.mark.parametrize("model", ["gpt-4o", "gpt-5.6-sol", ANTHROPIC, GEMINI, "gemini-2.5-flash"])
def test_a11_what_is_reported_is_what_the_payload_costs(technique, model):
    image, _ = one(technique, PHOTO, "What is at the top left?", model)
    assert image.original_tokens == estimate((1024, 1024), model).tokens
    spec = find_model(model)
    for part in image.parts:
        assert isinstance(part, TextPart) or read_header(part.data).size == part.size
    costs = [
        count_text(part.text, spec).tokens
        if isinstance(part, TextPart)
        else estimate(part.size, spec, part.detail or "auto").tokens
        for part in image.parts
    ]
    assert image.compressed_tokens == (sum(costs) if costs else image.original_tokens)


def test_a11_no_pixels_are_given_up_where_the_bill_is_flat():
    image, _ = one(FULL_LOW, PHOTO, model="gemini-2.5-pro")
    assert image.original_tokens == image.compressed_tokens or read_header(image.parts[0].data).size == (1024, 1024)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_a12_a13_before_and_after_count_the_same_images_with_or_without_words(count):
    small = png(gradient(500, 400))
    for question in ("", "What is this?"):
        result = fixed(PRESERVE).run([openai_message(question, *[small] * count)], model="gpt-4o")
        assert result.original_tokens == result.compressed_tokens == 255 * count
        assert result.savings_percent == 0


def test_a14_words_of_the_user_are_never_counted_as_a_picture_s():
    image, _ = one(PRESERVE, PHOTO, "[OCR from image] " + "a long text " * 300)
    assert image.original_tokens == image.compressed_tokens == 765


def test_d07_chinese_is_not_four_characters_a_token():
    text = "请阅读右上角的文字总额是多少" * 80
    assert count_text(text, find_model("gpt-4o")).tokens > 0.5 * len(text)


def test_d09_router_engine_and_results_are_kept_for_the_process():
    assert get_ocr() is get_ocr()
    assert headroom_nb.load_router("rules") is headroom_nb.load_router("rules")
    messages = [openai_message("What is this?", PHOTO)]
    first = headroom_nb.compress(messages, router="rules")
    again = headroom_nb.compress(messages, router="rules")
    assert again.images[0].decision is first.images[0].decision  # each call names its images itself


@EACH
def test_a16_unknown_keys_and_cache_marks_stay(technique):
    block = anthropic_block(PAGE, cache_control={"type": "ephemeral"}, note="kept")
    messages = [{"role": "user", "content": [{"type": "text", "text": "Read it"}, block]}]
    for found in fixed(technique).run(messages).messages[0]["content"][-1:]:
        assert found["cache_control"] == {"type": "ephemeral"}
        assert found["note"] == "kept"
    part = gemini_part(PHOTO, mediaResolution={"level": "MEDIA_RESOLUTION_HIGH"})
    after = fixed(FULL_LOW).run([{"role": "user", "parts": [part]}], model=GEMINI).messages[0]["parts"][0]
    assert after["mediaResolution"] == {"level": "MEDIA_RESOLUTION_HIGH"}


def test_e10_without_a_network_nothing_waits_and_nothing_is_retried(monkeypatch):
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: pytest.fail("the network was asked"))
    monkeypatch.setattr("time.sleep", lambda _: pytest.fail("something waited"))
    assert headroom_nb.compress([openai_message("What is this?", PHOTO)]).images[0].decision is not None
