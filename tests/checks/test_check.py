from __future__ import annotations

import base64

import pytest
from PIL import Image

from headroom_nb.checks.check import check
from headroom_nb.errors import ImageRejectedError, UnknownModelError
from headroom_nb.formats import user_message
from tests.support import gradient, openai_message, png


def anthropic_image(data: bytes) -> dict:
    source = {"type": "base64", "media_type": "image/png", "data": base64.b64encode(data).decode()}
    return {"type": "image", "source": source}


def test_an_ordinary_conversation_passes() -> None:
    result = check([openai_message("What is it?", png(gradient(40, 30)))])

    assert result.ok
    assert (result.model, result.provider, result.images) == ("gpt-5.6-sol", "openai", 1)
    assert str(result).startswith("1 image for gpt-5.6-sol: within the limits")
    result.require()


def test_a_violation_names_the_block_and_can_be_raised() -> None:
    wide = png(Image.new("L", (8001, 1)))
    result = check([{"role": "user", "content": [{"type": "text", "text": "?"}, anthropic_image(wide)]}])

    assert [found.path for found in result.violations] == [(0, "content", 1)]
    with pytest.raises(ImageRejectedError, match="over 8,000 px") as caught:
        result.require()
    assert caught.value.path == (0, "content", 1)
    assert result.to_dict()["violations"][0]["path"] in str(caught.value)


def test_images_in_tool_results_count_towards_the_many_image_rule() -> None:
    large, small = png(Image.new("L", (2001, 1))), png(Image.new("L", (1, 1)))
    turns = [
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": str(n), "content": [anthropic_image(small)]}],
        }
        for n in range(20)
    ]
    alone = check([{"role": "user", "content": [anthropic_image(large)]}], "claude-opus-5-5")
    among = check([*turns, {"role": "user", "content": [anthropic_image(large)]}], "claude-opus-5-5")

    assert alone.ok
    assert among.images == 21
    assert [found.path for found in among.violations] == [(20, "content", 0)]
    assert "among 21 images" in among.violations[0].message


def test_the_models_own_name_in_a_request_decides() -> None:
    body = {"model": "gpt-5.6-sol", "messages": [openai_message("", png(Image.new("L", (8001, 1))))]}

    assert check(body).ok
    assert not check(body, "claude-opus-5-5").ok


def test_a_broken_image_is_a_violation_and_a_reference_is_not_judged() -> None:
    messages = [
        {
            "role": "user",
            "content": [
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
                {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}},
            ],
        }
    ]
    result = check(messages)

    assert [found.path for found in result.violations] == [(0, "content", 0)]
    assert "cannot be read" in result.violations[0].message
    assert result.not_judged == ((0, "content", 1),)
    assert "Not judged" in str(result)


def test_bedrock_takes_no_references() -> None:
    block = {"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}}
    messages = [{"role": "user", "content": [block]}]

    assert check(messages, "claude-opus-5-5").ok
    assert "accepts inline images" in check(messages, "us.anthropic.claude-opus-5-5-v1:0").violations[0].message


def test_an_unknown_model_is_an_error() -> None:
    with pytest.raises(UnknownModelError):
        check([], "no-such-model-at-all")


def test_every_limit_is_listed_with_how_near_the_request_is():
    small = user_message("?", Image.new("L", (4000, 20)), provider="anthropic")
    large = user_message("?", Image.new("L", (9000, 20)), provider="anthropic")
    result = check([small, large])
    side = next(use for use in result.limits if use.unit == "px")
    assert (side.used, side.allowed, side.path) == (9000, 8000, (1, "content", 0))
    assert side.share == 9000 / 8000
    count = next(use for use in result.limits if use.unit == "images")
    assert (count.used, count.path) == (2, ())
    assert "9,000 px" in str(result)
    assert [row["limit"] for row in result.to_rows()] == [use.limit for use in result.limits]


def test_what_is_not_fetched_is_not_known_and_not_nothing():
    link = {"type": "image_url", "image_url": {"url": "https://host.example/a.png"}}
    result = check([{"role": "user", "content": [link]}], "claude-opus-5-5")
    assert next(use for use in result.limits if use.unit == "px").used is None
    assert "not known" in str(result)


def test_requests_of_a_batch_are_checked_one_by_one() -> None:
    body = {"model": "gpt-4o", "messages": [openai_message("What is it?", png(gradient(40, 30)))]}
    two = {**body, "messages": body["messages"] * 2}
    result = check([{"custom_id": "a", "body": body}, {"custom_id": "b", "body": two}])

    assert (result.model, result.images, result.requests) == ("gpt-4o", 3, 2)
    assert result.limits[0].used == 2
    assert "2 requests" in str(result)
    wide = {
        "model": "claude-opus-4-8",
        "messages": [{"role": "user", "content": [anthropic_image(png(Image.new("L", (8001, 1))))]}],
    }
    assert check([body, wide]).violations[0].path == (1, "messages", 0, "content", 0)
