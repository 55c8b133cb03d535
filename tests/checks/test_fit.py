from __future__ import annotations

import base64
import copy
import os

import pytest
from PIL import Image

from headroom_nb.checks import fit as module
from headroom_nb.checks.check import check
from headroom_nb.checks.fit import fit_limits
from headroom_nb.costs import models as table
from headroom_nb.costs import register_model
from headroom_nb.formats import find_images
from headroom_nb.pictures import read_header
from tests.support import gradient, png


def anthropic(*pictures: bytes) -> list[dict]:
    return [{"role": "user", "content": [block(data) for data in pictures]}]


def block(data: bytes, media_type: str = "image/png") -> dict:
    return {
        "type": "image",
        "source": {"type": "base64", "media_type": media_type, "data": base64.b64encode(data).decode()},
    }


def sizes(messages: list[dict]) -> list[tuple[int, int]]:
    return [read_header(slot.load()).size for slot in find_images(messages)]


def noise(width: int, height: int) -> bytes:
    return png(Image.frombytes("RGB", (width, height), os.urandom(3 * width * height)))


@pytest.fixture
def small_limits():
    """A model that takes 400 kB an image and 600 kB a request."""
    yield register_model(
        "narrow",
        like="claude-opus-5-5",
        limits={"max_image_base64_bytes": 400_000, "max_request_bytes": 600_000},
    )
    table._models.clear()
    table._names.clear()
    table.forget_models()


def test_what_is_within_the_limits_is_the_same_object() -> None:
    messages = anthropic(png(gradient(60, 40)))

    same, result = fit_limits(messages, "claude-opus-5-5")
    assert same is messages
    assert result.ok


def test_a_side_over_the_limit_is_brought_to_it_and_nothing_else_is_touched() -> None:
    messages = anthropic(png(Image.new("L", (8200, 410))), png(gradient(60, 40)))
    before = copy.deepcopy(messages)

    fitted, result = fit_limits(messages, "claude-opus-5-5")
    assert messages == before
    assert result.ok
    assert sizes(fitted) == [(8000, 400), (60, 40)]
    assert fitted[0]["content"][1] == messages[0]["content"][1]


def test_among_many_images_every_side_is_brought_under_the_stricter_limit() -> None:
    messages = anthropic(png(Image.new("L", (2500, 100))), *[png(Image.new("L", (9, 9)))] * 20)

    fitted, result = fit_limits(messages, "claude-opus-5-5")
    assert not check(messages, "claude-opus-5-5").ok
    assert result.ok
    assert sizes(fitted)[0] == (2000, 80)


def test_heavy_images_are_shrunk_until_their_bytes_fit(small_limits) -> None:
    fitted, result = fit_limits(anthropic(noise(500, 400)), small_limits)

    assert result.ok
    assert sizes(fitted)[0][0] < 500


def test_the_heaviest_image_gives_way_when_the_request_is_too_heavy(small_limits) -> None:
    messages = anthropic(noise(300, 100), noise(1200, 80), noise(300, 99))

    fitted, result = fit_limits(messages, small_limits)
    assert result.ok
    assert [sizes(fitted)[index] for index in (0, 2)] == [(300, 100), (300, 99)]


def test_a_format_the_provider_does_not_take_is_sent_in_one_it_does() -> None:
    import io

    buffer = io.BytesIO()
    gradient(80, 60).save(buffer, "BMP")
    fitted, result = fit_limits(
        [{"role": "user", "content": [block(buffer.getvalue(), "image/bmp")]}], "claude-opus-5-5"
    )

    assert result.ok
    assert sizes(fitted) == [(80, 60)]


def test_what_resizing_cannot_mend_is_left_and_named() -> None:
    messages = anthropic(*[png(Image.new("L", (4, 4)))] * 101)

    same, result = fit_limits(messages, "claude-haiku-4-5")
    assert same is messages
    assert "accepts 100" in result.violations[0].message


def test_a_broken_image_stays_and_is_named() -> None:
    messages = anthropic(b"nothing", png(Image.new("L", (8200, 1))))

    fitted, result = fit_limits(messages, "claude-opus-5-5")
    assert fitted[0]["content"][0] == messages[0]["content"][0]
    assert ["cannot be read" in found.message for found in result.violations] == [True]


def test_it_stops_where_pixels_are_too_few_to_pay_with(small_limits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SMALLEST_SIDE", 600)

    _, result = fit_limits(anthropic(noise(500, 400)), small_limits)
    assert not result.ok


def test_no_webp_is_sent_where_it_is_not_taken() -> None:
    import io

    buffer = io.BytesIO()
    Image.new("RGB", (80, 60), "white").save(buffer, "WEBP")
    _, result = fit_limits([{"role": "user", "content": [block(buffer.getvalue(), "image/webp")]}], "grok-4.7")

    assert result.ok


def test_a_part_that_the_model_signed_is_left_and_stays_in_the_check() -> None:
    data = base64.b64encode(png(gradient(9000, 90))).decode()
    part = {"inlineData": {"mimeType": "image/png", "data": data}, "thoughtSignature": "x"}
    messages = [{"role": "model", "parts": [part]}]

    same, found = fit_limits(messages, "claude-opus-5-5")

    assert same == messages
    assert not found.ok
