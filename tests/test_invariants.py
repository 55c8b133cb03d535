"""What always holds (I1 to I8 of the design), on conversations of every format, well-formed and not."""

from __future__ import annotations

import base64
import copy
import io
import socket
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from headroom_nb import ImageCompressor, Technique
from headroom_nb.ocr import FakeOcr
from headroom_nb.records import ImagePart, RouteDecision
from tests.support import FixedRouter, gradient, openai_message, png

MODELS = {
    "openai_chat": ("gpt-4o", "gpt-5.6-sol", "gpt-5.4"),
    "openai_responses": ("gpt-5.6-sol", "gpt-4o-mini"),
    "anthropic": ("claude-opus-5-5", "claude-haiku-4-5"),
    "google": ("gemini-3-flash-preview", "gemini-2.5-flash"),
    "bedrock": ("claude-haiku-4-5",),
}
BROKEN = (
    "",
    "AAAA",
    "not base64 at all!",
    "data:image/png;base64,AAAA",
    None,
    7,
    [],
    base64.b64encode(b"GIF89a").decode(),
)


class HashRouter(FixedRouter):
    """Chooses by the question's length, so that one conversation sees every technique."""

    def classify(self, image: Any, query: str, *, quality: str = "balanced") -> RouteDecision:
        technique = list(Technique)[len(query) % 4]
        return RouteDecision(technique, 0.9, "by length", self.name, {technique: 1.0})


def encoded(width: int, height: int, kind: str) -> bytes:
    image = gradient(width, height)
    buffer = io.BytesIO()
    if kind == "RGBA":
        image.putalpha(120)
    if kind == "I;16":
        image = Image.new("I;16", (width, height), 40_000)
    elif kind not in {"JPEG", "RGBA"}:
        image = image.convert(kind)
    image.save(buffer, "JPEG" if kind in {"JPEG", "CMYK"} else "PNG")
    return buffer.getvalue()


def block(wire: str, data: bytes | None, broken: Any, extra: dict[str, Any]) -> dict[str, Any]:
    """An image block of a wire format, from bytes or from something that is no image."""
    text = base64.b64encode(data).decode() if data is not None else broken
    if wire == "openai_chat":
        return {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{text}" if data else broken}, **extra}
    if wire == "openai_responses":
        return {"type": "input_image", "image_url": f"data:image/png;base64,{text}" if data else broken, **extra}
    if wire == "anthropic":
        source = {"type": "base64", "media_type": "image/png", "data": text}
        return {"type": "image", "source": source, "cache_control": {"type": "ephemeral"}, **extra}
    if wire == "google":
        return {"inlineData": {"mimeType": "image/png", "data": text}, **extra}
    return {"image": {"format": "png", "source": {"bytes": data or broken}}, **extra}


def text_block(wire: str, text: str) -> dict[str, Any]:
    return {
        "openai_chat": {"type": "text", "text": text},
        "openai_responses": {"type": "input_text", "text": text},
        "anthropic": {"type": "text", "text": text},
    }.get(wire, {"text": text})


pictures = st.builds(
    encoded,
    st.one_of(st.integers(1, 40), st.sampled_from([512, 513, 700, 1030, 1600])),
    st.one_of(st.integers(1, 40), st.sampled_from([512, 513, 700, 1030])),
    st.sampled_from(["RGB", "RGBA", "P", "L", "LA", "1", "I;16", "JPEG", "CMYK"]),
)
extras = st.dictionaries(st.sampled_from(["x_unknown", "note"]), st.one_of(st.none(), st.text(max_size=5)), max_size=2)
questions = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=24)


@st.composite
def conversations(draw: st.DrawFn, wire: str, *, broken: bool = True) -> list[dict[str, Any]]:
    """User and assistant turns of one wire format, with images good and bad."""
    answer_role = "model" if wire == "google" else "assistant"
    messages = []
    for _ in range(draw(st.integers(1, 4))):
        if draw(st.booleans()):
            content = [text_block(wire, draw(questions))]
            for _ in range(draw(st.integers(0, 2))):
                bad = broken and draw(st.integers(0, 4)) == 0
                data = None if bad else draw(pictures)
                place = draw(st.integers(0, len(content)))
                content.insert(place, block(wire, data, draw(st.sampled_from(BROKEN)) if bad else None, draw(extras)))
            messages.append({"role": "user", "parts" if wire == "google" else "content": content})
        else:
            content = [text_block(wire, draw(questions))]
            messages.append({"role": answer_role, "parts" if wire == "google" else "content": content})
    return messages


wires = st.sampled_from(sorted(MODELS))
slow_draws = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def compressor(quality: str = "balanced") -> ImageCompressor:
    return ImageCompressor(router=HashRouter(Technique.PRESERVE), quality=quality, ocr=FakeOcr(["TOTAL 3.55"]))


@slow_draws
@given(data=st.data(), wire=wires)
def test_i1_the_input_is_never_mutated_and_other_content_comes_back_equal(data, wire):
    messages = data.draw(conversations(wire))
    before = copy.deepcopy(messages)
    result = compressor().run(messages, model=data.draw(st.sampled_from(MODELS[wire])))
    assert messages == before
    places = {image.path for image in result.images}
    assert len(result.messages) == len(messages)
    for index, (old, new) in enumerate(zip(messages, result.messages, strict=True)):
        if not any(path[0] == index for path in places):
            assert new == old
        assert {key: new[key] for key in new if key not in {"content", "parts"}} == {"role": old["role"]}


@slow_draws
@given(data=st.data(), wire=wires, quality=st.sampled_from(["safe", "balanced", "max"]))
def test_i2_no_image_ever_costs_more(data, wire, quality):
    messages = data.draw(conversations(wire))
    for model in MODELS[wire]:
        for image in compressor(quality).run(messages, model=model).images:
            assert image.compressed_tokens <= image.original_tokens
            if image.parts:
                assert image.compressed_tokens < image.original_tokens


@slow_draws
@given(data=st.data(), wire=wires)
def test_i3_a_failure_stays_with_its_image(data, wire):
    good = encoded(1030, 700, "RGB")
    bad = block(wire, None, data.draw(st.sampled_from(BROKEN)), {})
    key = "parts" if wire == "google" else "content"
    messages = [{"role": "user", key: [text_block(wire, "ok"), bad, block(wire, good, None, {})]}]
    result = compressor().run(messages, model=MODELS[wire][0])
    fine = [image for image in result.images if image.error is None and image.original_bytes]
    assert [image.path for image in fine] == [(0, key, 2)]
    assert result.messages[0][key][1] == bad
    for image in result.images:
        if image not in fine:
            assert image.note


@slow_draws
@given(data=st.data(), wire=wires)
def test_i4_the_same_input_gives_the_same_bytes_and_a_second_pass_changes_nothing(data, wire):
    messages = data.draw(conversations(wire))
    model = data.draw(st.sampled_from(MODELS[wire]))
    once = compressor().run(messages, model=model).messages
    assert compressor().run(messages, model=model).messages == once
    assert compressor().run(once, model=model).messages == once


@slow_draws
@given(data=st.data(), wire=wires)
def test_i5_what_came_before_an_answer_never_changes_afterwards(data, wire):
    messages = data.draw(conversations(wire))
    model = MODELS[wire][0]
    whole = compressor().run(messages, model=model).messages
    for cut, message in enumerate(messages):
        if message["role"] != "user":
            assert compressor().run(messages[:cut], model=model).messages == whole[:cut]


def test_i6_nothing_touches_the_network(monkeypatch):
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    url = {"type": "image_url", "image_url": {"url": "https://example.invalid/picture.png"}}
    messages = [openai_message("Is it sunny?", png(gradient(900, 700))), {"role": "user", "content": [url]}]
    result = ImageCompressor().run(messages, model="gpt-4o")
    assert len(result.images) == 2
    assert result.messages[1] == messages[1]


@pytest.mark.parametrize("size", [(9000, 300), (300, 9000)])
def test_i7_a_picture_over_the_provider_s_limit_is_named_with_its_path(size):
    messages = [openai_message("What is this?", png(Image.new("L", size, 128)))]
    result = ImageCompressor(router=FixedRouter(Technique.PRESERVE)).run(messages, model="claude-opus-5-5")
    sent = result.images[0].sizes[0]
    assert max(sent) <= 8000 or any("messages[0].content[1]" in warning for warning in result.warnings)


def test_i7_a_picture_the_provider_would_refuse_is_made_acceptable():
    messages = [openai_message("What is this?", png(Image.new("L", (6000, 6000), 128)))]
    result = ImageCompressor(router=FixedRouter(Technique.PRESERVE)).run(messages, model="gpt-5.6-sol")
    image = result.images[0]
    assert "30,000" in image.note
    assert image.compressed_tokens <= 36_000
    assert image.parts


@given(hostile=st.text(max_size=200))
@settings(max_examples=40, deadline=None)
def test_i8_text_from_a_picture_cannot_leave_its_fence(hostile):
    ocr = FakeOcr(["TOTAL 3.55 EUR", "```", "~~~~", hostile or "x", "</ocr>"])
    result = ImageCompressor(router=FixedRouter(Technique.TRANSCODE), ocr=ocr).run(
        [openai_message("Read it", png(gradient(1030, 1000)))], model="gpt-5.6-sol"
    )
    for part in result.images[0].parts:
        if not isinstance(part, ImagePart):
            first, *_, last = part.text.splitlines()
            assert "OCR" in first
            fence = last.strip()
            assert part.text.splitlines().count(fence) <= 2
            assert not set(part.text) & set("\u202e\u2066\u0000\u001b")
