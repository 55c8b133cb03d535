"""Prompts that would become too short to be cached: where that costs more, their images stay as they are."""

import pytest

from headroom_nb import Technique
from headroom_nb.costs import find_model
from headroom_nb.costs.cache_simulator import price_run
from headroom_nb.costs.caching import cache_rule
from headroom_nb.costs.money import NEXT_TURNS
from tests.history.test_screens import compressor
from tests.support import gradient, png

MODEL = "claude-opus-4-8"
CACHED = {"cache_control": {"type": "ephemeral"}}
LARGE = png(gradient(1120, 840))


def message(*images, **more):
    import base64

    source = [{"type": "base64", "media_type": "image/png", "data": base64.b64encode(each).decode()} for each in images]
    return {
        "role": "user",
        "content": [
            *({"type": "image", "source": each} for each in source),
            {"type": "text", "text": "What is it?", **more},
        ],
    }


def run(*messages, history="keep", model=MODEL, **body):
    each = compressor(history, technique=Technique.FULL_LOW)
    return each.run({"model": model, "messages": list(messages), **body})


def test_an_image_stays_where_its_prompt_would_no_longer_be_cached_and_cost_more():
    free = run(message(LARGE)).images[0]
    assert free.compressed_tokens < 1024 < free.original_tokens  # nothing asks for a cache: fewer tokens cost less
    asked = run(message(LARGE, **CACHED)).images[0]
    assert asked.technique is Technique.PRESERVE
    assert "1,024" in asked.note
    rule = cache_rule(find_model(MODEL))
    whole, small = (
        float(price_run([[("image", tokens)]] * NEXT_TURNS, rule).billed)
        for tokens in (free.original_tokens, free.compressed_tokens)
    )
    assert whole < small


def test_a_prompt_that_is_long_enough_without_its_images_loses_nothing():
    long = run(message(LARGE), system=[{"type": "text", "text": "Be brief. " * 800, **CACHED}])
    assert long.images[0].technique is Technique.FULL_LOW


def test_an_image_is_made_smaller_where_that_costs_less_even_without_the_cache():
    tiny = run(message(LARGE, **CACHED), model="claude-opus-4-5").images[0]  # cached from 4,096 tokens on
    assert tiny.technique is Technique.FULL_LOW


@pytest.mark.parametrize("history", ["keep", "auto", "last=1"])
def test_what_follows_does_not_change_what_was_sent(history):
    answer = {"role": "assistant", "content": "A gradient."}
    turns = [message(LARGE), answer, message(png(gradient(900, 840))), answer, {"role": "user", "content": "And?"}]
    body = {"history": history, "system": [{"type": "text", "text": "Be brief.", **CACHED}]}
    whole = run(*turns, **body)
    for cut in (1, 3):
        assert run(*turns[:cut], **body).messages["messages"] == whole.messages["messages"][:cut]
    assert whole.images[0].technique is Technique.PRESERVE
    assert whole.images[1].technique is not Technique.PRESERVE


def test_an_automatic_cache_counts_where_the_conversation_goes_on():
    first = message(LARGE)
    first["content"][0] = {
        "type": "image_url",
        "image_url": {"url": "data:image/png;base64," + first["content"][0]["source"]["data"]},
    }
    once, again = (run(first, model="gpt-5.4", history=history).images[0] for history in ("keep", "auto"))
    assert once.technique is Technique.FULL_LOW
    assert once.original_tokens < 1024 or again.technique is Technique.PRESERVE
