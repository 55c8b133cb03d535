from __future__ import annotations

import pytest

from headroom_nb.costs import SentImage, check_images

PATH = ("messages", 0, "content", 1)


def image(size=(1000, 1000), *, raw=1000, media_type="image/png", path=PATH, **more) -> SentImage:
    return SentImage(path, size, raw, media_type, **more)


def messages(images: list[SentImage], model: str) -> list[str]:
    return [violation.message for violation in check_images(images, model)]


@pytest.mark.parametrize("model", ["gpt-5.6-sol", "claude-opus-5-5", "gemini-3-flash", "nova-lite", "grok-4.7"])
def test_an_ordinary_picture_breaks_nothing(model: str) -> None:
    assert check_images([image()], model) == []


def test_a_violation_names_the_block_and_what_to_do() -> None:
    (violation,) = check_images([image((9000, 100))], "claude-opus-5-5")

    assert violation.path == PATH
    assert violation.fixable
    assert "over 8,000 px" in violation.message


def test_more_than_twenty_images_tighten_the_side_for_all() -> None:
    twenty = [image((2500, 100), path=("messages", index)) for index in range(20)]

    assert check_images(twenty, "claude-opus-5-5") == []
    found = check_images([*twenty, image()], "claude-opus-5-5")
    assert [violation.path for violation in found] == [("messages", index) for index in range(20)]
    assert "at most 2,000 px a side" in found[0].message


def test_too_many_images_are_one_violation_at_the_first_one_too_many() -> None:
    (violation,) = check_images([image(path=(index,)) for index in range(101)], "claude-haiku-4-5")

    assert violation.path == (100,)
    assert "101 images in one request; anthropic accepts 100" in violation.message


def test_base64_is_what_counts_and_bedrock_takes_half() -> None:
    heavy = image(raw=4 * 10**6)

    assert check_images([heavy], "claude-opus-5-5") == []
    assert "bedrock accepts 5.2 MB" in messages([heavy], "us.anthropic.claude-opus-5-5-v1:0")[0]
    assert "an image" in messages([image(raw=8 * 10**6)], "claude-opus-5-5")[0]


def test_the_request_as_a_whole_has_a_limit() -> None:
    found = check_images([image(raw=4 * 10**6, path=(index,)) for index in range(4)], "gemini-3-flash")

    assert [violation.path for violation in found] == [()]
    assert "20.0 MB a request" in found[0].message


def test_formats_and_animations_the_provider_does_not_take_are_named() -> None:
    assert "image/bmp is not accepted" in messages([image(media_type="image/bmp")], "gpt-5.6-sol")[0]
    assert "image/gif is not accepted by google" in messages([image(media_type="image/gif")], "gemini-3-flash")[0]
    assert "animated" in messages([image(media_type="image/gif", animated=True)], "gpt-5.6-sol")[0]
    assert messages([image(media_type="image/gif", animated=True)], "claude-opus-5-5") == []


def test_too_many_patches_are_found_at_the_level_asked_for() -> None:
    assert "30,000" in messages([image((6000, 6000))], "gpt-5.6-sol")[0]
    assert messages([image((6000, 6000), detail="high")], "gpt-5.6-sol") == []


def test_what_is_not_known_is_not_judged() -> None:
    assert check_images([SentImage(PATH, None, None, None)], "claude-opus-5-5") == []
