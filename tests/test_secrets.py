"""Keys, signed addresses and the pictures themselves stay out of errors, notes, logs and what objects print."""

from __future__ import annotations

import base64
import logging
import pickle
import re
from types import SimpleNamespace

import pytest

import headroom_nb
from headroom_nb import HeadroomError, ImageCompressor, Technique
from headroom_nb.formats import find_images
from headroom_nb.ocr import FakeOcr
from headroom_nb.pictures import open_picture
from headroom_nb.rendering import display
from headroom_nb.rendering.export import FORMATS, render
from tests.support import FixedRouter, gradient, openai_message, png

KEY = "sk-proj-S3CRETKEYs3cretkeyS3CRET"
SIGNATURE = "X-Amz-Signature=5ecret51gnature5ecret51gnature"
PICTURE = png(gradient(900, 700))
DATA = base64.b64encode(PICTURE).decode()
PIECES = (KEY, "5ecret51gnature", DATA[200:240], repr(PICTURE[300:320])[2:-1], "S3CRETTEXT")
BROKEN = base64.b64encode(b"S3CRETTEXT" * 20).decode()


def assert_clean(*texts):
    for text in texts:
        for piece in PIECES:
            assert piece not in str(text), f"{piece} in {str(text)[:300]}"
        assert "base64," not in re.sub(r"data:image/(?:jpeg|png|webp);base64,", "", str(text))


def conversation():
    return {
        "model": "gpt-4o",
        "api_key": KEY,
        "extra_headers": {"Authorization": f"Bearer {KEY}"},
        "messages": [
            openai_message("What is it?", PICTURE),
            {
                "role": "user",
                "content": [
                    {"type": "image_url", "image_url": {"url": f"https://bucket.invalid/x.png?{SIGNATURE}"}},
                    {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{BROKEN}"}},
                    {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{DATA[:-40]}!!!"}},
                    {"type": "image_url", "image_url": {"url": f"data:text/plain,{KEY}"}},
                ],
            },
        ],
    }


def compressor(technique=Technique.FULL_LOW):
    return ImageCompressor(router=FixedRouter(technique), ocr=FakeOcr(["TOTAL 3.55"]))


@pytest.mark.parametrize("technique", list(Technique))
def test_no_account_and_no_display_repeats_a_key_an_address_or_a_picture(technique, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    result = compressor(technique).run(conversation())
    assert len(result.images) == 5
    assert_clean(repr(result), str(result), display.to_markdown(result), caplog.text, *result.warnings)
    for image in result.images:
        assert_clean(repr(image), image.note, image.error)
        for part in image.parts:
            assert_clean(repr(part))
            assert len(repr(part)) < 1_000
    report = display.to_json(result)
    assert_clean({**report, "images": [{**image, "thumbnail": ""} for image in report["images"]]})
    assert_clean(*capfd.readouterr())


def test_what_objects_on_the_way_print_is_short():
    slots = find_images(conversation())
    for slot in slots:
        assert_clean(repr(slot))
        assert len(repr(slot)) < 1_000
    assert_clean(repr(open_picture(PICTURE)), repr(compressor()), repr(headroom_nb.Limits()))


@pytest.mark.parametrize(
    "call",
    [
        lambda: [slot.load() for slot in find_images(conversation())[1:2]],
        lambda: [slot.load() for slot in find_images(conversation())[3:4]],
        lambda: [slot.load() for slot in find_images(conversation())[4:]],
        lambda: headroom_nb.user_message("", f"data:image/png;base64,{BROKEN}"),
        lambda: headroom_nb.user_message("", f"https://bucket.invalid/{'x' * 20}.png?{SIGNATURE}"),
        lambda: headroom_nb.user_message("", b"S3CRETTEXT"),
        lambda: headroom_nb.user_message("", BROKEN),
        lambda: headroom_nb.compare(BROKEN),
        lambda: headroom_nb.provider_view(f"data:image/png;base64,{BROKEN}", "gpt-4o"),
        lambda: headroom_nb.bill(f'{{"key": "{KEY}"}}' * 9),
        lambda: headroom_nb.wrap(SimpleNamespace(api_key=KEY)),
        lambda: headroom_nb.meter(SimpleNamespace(api_key=KEY)),
        lambda: headroom_nb.check(conversation(), "gpt-4o").require(),
        lambda: headroom_nb.compress(conversation(), provider="nobody"),
        lambda: headroom_nb.compress(f"{KEY}{DATA}"),
    ],
)
def test_no_error_repeats_a_key_an_address_or_a_picture(call):
    with pytest.raises(HeadroomError) as caught:
        call()
    assert_clean(str(caught.value), repr(caught.value))
    assert len(str(caught.value)) < 600


def test_checks_and_tile_accounts_are_clean():
    body = conversation()
    assert_clean(headroom_nb.check(body), headroom_nb.fit_limits(body)[1])
    assert_clean(*(repr(account) for account in headroom_nb.optimize_images_in_messages(body, "openai")[1]))


def test_scripts_that_are_exported_take_the_key_from_the_environment():
    result = compressor().run([openai_message("What is it?", PICTURE)], model="gpt-4o")
    for to in ("python", "curl"):
        text = render(result, to)
        assert "sk-" not in text
        assert "OPENAI_API_KEY" in text or "OpenAI()" in text


def test_reports_never_hold_the_conversation_s_other_keys():
    result = compressor().run(conversation())
    for to in ("md", "html"):
        assert KEY not in render(result, to)
    assert KEY not in str(render(result, "zip"))
    assert set(FORMATS) >= {"md", "html", "zip"}


def test_a_wrapped_client_keeps_its_key_to_itself():
    openai = pytest.importorskip("openai")
    httpx = pytest.importorskip("httpx")
    answer = {"id": "1", "object": "chat.completion", "created": 0, "model": "gpt-4o", "choices": []}
    refused = httpx.Response(401, json={"error": {"message": f"wrong key {KEY}"}})
    answers = iter((refused, httpx.Response(200, json=answer)))
    transport = httpx.MockTransport(lambda request: next(answers))
    plain = openai.OpenAI(api_key=KEY, http_client=httpx.Client(transport=transport), max_retries=0)
    client = headroom_nb.wrap(plain, compressor=compressor())
    messages = [openai_message("", PICTURE), *conversation()["messages"][1:]]
    with pytest.raises(openai.AuthenticationError):
        client.chat.completions.create(model="no-such-model", messages=messages)
    found = headroom_nb.meter(client)
    assert found.requests == 0  # it counts what went through
    client.chat.completions.create(model="no-such-model", messages=messages)
    assert found.requests == 1
    assert found.failures
    assert_clean(str(found), repr(found), *found.failures)


def test_a_pickled_compressor_holds_options_alone():
    made = ImageCompressor("gpt-4o")
    made.run(conversation())
    data = pickle.dumps(made)
    assert KEY.encode() not in data
    assert len(data) < 3_000
