import asyncio
import copy
import io
import os
import pickle
import re
import signal
import socket
import threading

import pytest
from PIL import Image

import headroom_nb
from headroom_nb import ImageCompressor, Technique
from headroom_nb.errors import OptionError
from headroom_nb.fetching import ImageFetcher
from headroom_nb.formats import find_images
from tests.fetching.bad_hosts import answer, redirect
from tests.support import FixedRouter, gradient, openai_message, png

BIG = png(gradient(1400, 1000))
SMALL = png(gradient(30, 20))


def by_url(url, wire="openai_chat"):
    return {
        "openai_chat": {"type": "image_url", "image_url": {"url": url, "detail": "high"}, "mine": 1},
        "openai_responses": {"type": "input_image", "image_url": url, "detail": "high"},
        "anthropic": {"type": "image", "source": {"type": "url", "url": url}, "cache_control": {"type": "ephemeral"}},
        "google": {"fileData": {"mimeType": "image/png", "fileUri": url}},
        "mcp": {"type": "image", "mimeType": "image/png", "uri": url},
    }[wire]


def conversation(*blocks, question="What is this?"):
    key = "parts" if blocks and "fileData" in blocks[0] else "content"
    text = {"text": question} if key == "parts" else {"type": "text", "text": question}
    return [{"role": "user", key: [text, *blocks]}]


def compressor(host, technique=Technique.FULL_LOW, **options):
    return ImageCompressor("gpt-4o", FixedRouter(technique), fetch_urls=host.fetcher(**options))


def test_nothing_is_fetched_unless_asked_for(host, monkeypatch):
    looked = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: looked.append(args) or [])
    messages = conversation(by_url(host.url()), by_url("https://pictures.example/a.png"))
    result = headroom_nb.compress(messages, fetch_urls=False)
    assert result.messages == messages
    assert "not fetched" in result.images[0].note
    assert result.images[0].error is None
    headroom_nb.check(messages, "gpt-4o")
    with pytest.raises(headroom_nb.HeadroomError, match="not fetched"):
        headroom_nb.compare(messages)
    assert host.connections == 0
    assert looked == []


@pytest.mark.parametrize("wire", ["openai_chat", "openai_responses", "anthropic", "google", "mcp"])
def test_a_picture_behind_a_url_is_fetched_and_replaced_where_that_is_cheaper(host, wire):
    host.answers["/a.png"] = answer(BIG, "Content-Type: text/plain")
    messages = conversation(by_url(host.url(), wire))
    before = copy.deepcopy(messages)
    result = compressor(host).run(messages)
    assert messages == before
    (image,) = result.images
    assert image.technique is Technique.FULL_LOW
    assert image.compressed_tokens < image.original_tokens
    assert image.original_size == (1400, 1000)
    assert f"fetched from pictures.example, {len(BIG):,} bytes" in image.note
    (slot,) = find_images(result.messages)
    assert slot.reference is None
    assert host.url() not in str(result.messages)
    assert Image.open(io.BytesIO(slot.load())).size in image.sizes


def test_a_picture_that_cannot_be_made_cheaper_stays_a_url(host):
    host.answers["/a.png"] = answer(SMALL)
    messages = conversation(by_url(host.url()))
    result = compressor(host, Technique.PRESERVE).run(messages)
    assert result.messages == messages
    (image,) = result.images
    assert image.original_tokens == image.compressed_tokens > 0
    assert "fetched from" in image.note
    assert image.error is None


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (answer(b"", status="404 Not Found"), "status 404"),
        (answer(b"<html>no picture"), "not an image"),
        (redirect("http://pictures.example/"), "only https"),
        (redirect("https://10.0.0.1/"), "port 443|public"),
    ],
)
def test_a_failure_leaves_the_image_as_it_was_and_the_others_go_on(host, given, why):
    host.answers["/a.png"], host.answers["/b.png"] = given, answer(BIG)
    messages = conversation(by_url(host.url()), by_url(host.url("/b.png")))
    result = compressor(host).run(messages)
    bad, good = result.images
    assert bad.error
    assert "left as it was, not fetched" in bad.note
    assert re.search(why, bad.note)
    assert not bad.exact
    assert result.messages[0]["content"][1] == messages[0]["content"][1]
    assert good.parts


def test_a_broken_picture_is_left_behind_its_url(host):
    host.answers["/a.png"] = answer(BIG[:5000])
    messages = conversation(by_url(host.url()))
    result = compressor(host).run(messages)
    assert result.messages == messages
    assert "truncated or broken" in result.images[0].error


@pytest.mark.parametrize(
    "reference",
    [
        {"type": "input_image", "file_id": "file-abc"},
        {"type": "image", "source": {"type": "file", "file_id": "file_abc"}},
        {"fileData": {"mimeType": "image/png", "fileUri": "gs://bucket/a.png"}},
        {"fileData": {"mimeType": "image/png", "fileUri": "https://generativelanguage.googleapis.com/v1beta/files/a"}},
        {"image": {"format": "png", "source": {"s3Location": {"uri": "s3://bucket/a.png"}}}},
    ],
)
def test_a_file_in_a_providers_store_is_not_asked_for_and_is_no_error(host, reference):
    messages = conversation(reference)
    result = compressor(host, resolver=lambda *given: pytest.fail("a host was looked up")).run(messages)
    assert result.messages == messages
    assert result.images[0].error is None


def test_running_it_again_and_on_its_own_output_changes_nothing(host):
    host.answers["/a.png"], host.answers["/b.png"] = answer(BIG), answer(SMALL)
    messages = conversation(by_url(host.url()), by_url(host.url("/b.png")))
    first = compressor(host).run(messages)
    assert compressor(host).run(messages).messages == first.messages
    host.answers.clear()
    assert compressor(host).run(first.messages).messages == first.messages


def test_every_part_before_an_assistants_turn_comes_out_the_same_by_itself(host):
    host.answers["/a.png"], host.answers["/b.png"] = answer(BIG), answer(png(gradient(900, 900)))
    turns = [
        *conversation(by_url(host.url())),
        {"role": "assistant", "content": "A gradient."},
        *conversation(by_url(host.url("/b.png")), question="And this?"),
    ]
    whole = compressor(host).run(turns)
    assert compressor(host).run(turns[:1]).messages == whole.messages[:1]


def test_a_url_that_stands_twice_is_asked_for_once(host):
    host.answers["/a.png"] = answer(BIG)
    block = by_url(host.url())
    result = compressor(host).run(conversation(block, block))
    assert [bool(image.parts) for image in result.images] == [True, True]
    assert host.connections == 1


def test_the_pictures_of_one_call_are_bounded_in_number_bytes_and_time(host):
    names = [f"/{n}.png" for n in range(6)]
    host.answers.update(dict.fromkeys(names, answer(SMALL)))
    messages = conversation(*(by_url(host.url(name)) for name in names))
    notes = [image.note for image in compressor(host, max_images=4).run(messages).images]
    assert ["fetched from" in note for note in notes] == [True] * 4 + [False] * 2
    assert "one call fetches 4 images" in notes[-1]
    notes = [image.note for image in compressor(host, total_bytes=1).run(messages).images]
    assert any("more than 1 bytes" in note for note in notes)
    host.answers.update(dict.fromkeys(names, lambda send: host.stopped.wait(60)))
    slow = compressor(host, seconds=50.0, total_seconds=0.4).run(messages)
    assert all("took longer" in image.note and "than 50" not in image.note for image in slow.images)


def test_a_hand_may_choose_what_becomes_of_a_fetched_picture(host):
    host.answers["/a.png"] = answer(BIG)
    result = compressor(host).run(conversation(by_url(host.url())))
    kept = result.override(result.images[0].path, "preserve")
    assert kept.images[0].technique is Technique.PRESERVE
    assert host.connections == 1
    back = kept.revert(kept.images[0].path)
    assert back.messages == result.original


def test_limits_are_enforced_beside_pictures_that_stay_urls(host):
    host.answers["/a.png"], host.answers["/b.png"] = answer(SMALL), answer(BIG)
    inline = openai_message("", BIG)["content"][0]
    messages = conversation(by_url(host.url()), inline, by_url(host.url("/b.png")))
    result = compressor(host).run(messages, enforce_limits=True)
    assert len(result.images) == 3
    assert result.messages[0]["content"][1] == messages[0]["content"][1]
    assert [bool(image.parts) for image in result.images] == [False, True, True]


def test_a_secret_in_an_address_is_nowhere_in_the_account(host):
    path = "/a.png?X-Signature=secret"
    for given in (answer(BIG), answer(b"", status="403 No")):
        host.answers[path] = given
        result = compressor(host).run(conversation(by_url(host.url(path))))
        assert "secret" not in str(result)
        assert "secret" not in result._repr_html_()
        assert "secret" not in str(result._repr_mimebundle_())


def test_an_interrupt_does_not_wait_for_slow_hosts(host):
    asked, gave_up = threading.Event(), threading.Event()

    def silent(send):
        if not asked.is_set():
            asked.set()
            os.kill(os.getpid(), signal.SIGINT)
        if not host.stopped.wait(60):
            gave_up.set()

    host.answers.update(dict.fromkeys(("/0.png", "/1.png", "/2.png"), silent))
    messages = conversation(*(by_url(host.url(f"/{n}.png")) for n in range(3)))
    before = copy.deepcopy(messages)
    with pytest.raises(KeyboardInterrupt):
        compressor(host, seconds=120).run(messages)
    assert not gave_up.is_set()
    assert messages == before


def test_many_threads_and_tasks_fetch_through_one_compressor(host):
    host.answers["/a.png"] = answer(BIG)
    messages = conversation(by_url(host.url()))
    one = compressor(host)
    expected = one.run(messages).messages

    async def many():
        return await asyncio.gather(*(asyncio.to_thread(one.run, messages) for _ in range(8)))

    assert all(result.messages == expected for result in asyncio.run(many()))


def test_the_option_can_be_pickled():
    assert pickle.loads(pickle.dumps(ImageFetcher(seconds=3))) == ImageFetcher(seconds=3)
    assert ImageCompressor(fetch_urls=True).options.fetch_urls is True


@pytest.mark.parametrize("value", ["yes", 1, None, "https://pictures.example"])
def test_an_option_that_says_neither_is_refused(value):
    with pytest.raises(OptionError, match="fetch_urls"):
        headroom_nb.compress([], fetch_urls=value)
