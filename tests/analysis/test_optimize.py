"""Stage 1 on real message lists."""

from __future__ import annotations

import base64
import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_nb.analysis.optimize import optimize_images_in_messages
from headroom_nb.costs import estimate
from headroom_nb.errors import OptionError, UnknownModelError
from headroom_nb.formats import find_images
from headroom_nb.pictures import read_header
from tests.support import gradient, openai_message, png

OVER = png(gradient(1025, 1025))


def sent_sizes(messages) -> list[tuple[int, int]]:
    return [read_header(slot.load()).size for slot in find_images(messages)]


def test_a_picture_a_pixel_over_a_boundary_is_sent_under_it() -> None:
    messages = [openai_message("What is this?", OVER)]
    before = copy.deepcopy(messages)

    smaller, (account,) = optimize_images_in_messages(messages, "openai")

    assert messages == before
    assert sent_sizes(smaller) == [(1024, 1024)] == [account.size]
    assert (account.original_tokens, account.tokens) == (1307, 1229)
    assert (account.free_tokens, account.traded_tokens) == (78, 0)
    assert account.path == ("messages", 0, "content", 1)[1:] or account.path[-1] == 1
    assert account.kept > 0.99


def test_a_share_to_keep_lets_pixels_be_traded_and_counts_them_apart() -> None:
    smaller, (account,) = optimize_images_in_messages([openai_message("", OVER)], "openai", min_scale=0.75)

    assert account.free_tokens == 78
    assert account.traded_tokens == 1229 - account.tokens > 0
    assert 0.75 <= account.kept < 0.98
    assert estimate(sent_sizes(smaller)[0], "gpt-5.6-sol").tokens == account.tokens


def test_what_cannot_be_made_cheaper_is_the_same_object() -> None:
    messages = [openai_message("", png(gradient(64, 64))), {"role": "user", "content": "hello"}]

    same, (account,) = optimize_images_in_messages(messages, "openai")

    assert same is messages
    assert account.original_tokens == account.tokens
    assert account.note == ""


def test_running_it_again_changes_nothing() -> None:
    once, _ = optimize_images_in_messages([openai_message("", png(gradient(1500, 1100)))], "openai", min_scale=0.6)

    twice, (account,) = optimize_images_in_messages(once, "openai", min_scale=0.6)

    assert twice == once
    assert account.tokens == account.original_tokens
    assert "already resized here" in account.note


def test_a_bad_image_stays_and_says_why_while_the_others_go_on() -> None:
    broken = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    far = {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}
    messages = [{"role": "user", "content": [broken, far, openai_message("", OVER)["content"][0]]}]

    smaller, (bad, reference, good) = optimize_images_in_messages(messages, "openai")

    assert smaller[0]["content"][:2] == [broken, far]
    assert bad.note.startswith("left as it was: ")
    assert not bad.exact
    assert "not fetched" in reference.note
    assert good.free_tokens > 0


def test_a_refused_picture_is_sent_at_a_size_that_is_accepted_and_shows_the_same() -> None:
    huge = png(gradient(8200, 410))
    block = {
        "type": "image",
        "source": {"type": "base64", "media_type": "image/png", "data": base64.b64encode(huge).decode()},
    }

    smaller, (account,) = optimize_images_in_messages([{"role": "user", "content": [block]}], "anthropic")

    assert account.original_tokens is None
    assert sent_sizes(smaller) == [account.size]
    assert estimate(account.size, "claude-opus-5-5").tokens == account.tokens
    assert account.kept >= 0.98
    assert "refused at 8200×410 px" in account.note
    assert account.free_tokens == 0


def test_each_block_is_priced_at_its_own_detail() -> None:
    messages = [openai_message("", OVER, detail="low"), openai_message("", OVER)]

    _, (low, auto) = optimize_images_in_messages(messages, "openai")

    assert low.original_tokens == 308
    assert auto.original_tokens == 1307


def test_wrong_arguments_are_errors() -> None:
    with pytest.raises(UnknownModelError):
        optimize_images_in_messages([], "openai", "gpt-99-huge-unknown")
    with pytest.raises(OptionError):
        optimize_images_in_messages([], "acme")


@settings(deadline=None, max_examples=25)
@given(
    st.tuples(st.integers(1, 700), st.integers(1, 700)),
    st.sampled_from(
        [("openai", "gpt-5.6-sol"), ("openai", "gpt-4o"), ("anthropic", "claude-opus-5-5"), ("google", None)]
    ),
    st.floats(0.4, 1),
)
def test_no_image_ever_costs_more_and_the_account_adds_up(size, whose, min_scale: float) -> None:
    provider, model = whose
    smaller, (account,) = optimize_images_in_messages(
        [openai_message("q", png(gradient(*size)))], provider, model, min_scale=min_scale
    )

    assert account.tokens == account.original_tokens - account.free_tokens - account.traded_tokens
    assert min(account.free_tokens, account.traded_tokens) >= 0
    assert sent_sizes(smaller) == [account.size]


def test_a_size_that_saves_bytes_alone_is_named_and_not_counted_as_tokens() -> None:
    _, (account,) = optimize_images_in_messages([openai_message("", png(gradient(1200, 900)))], "openai", "gpt-4o")

    assert account.same_view == (1024, 768)
    assert account.tokens == account.original_tokens == 765
    assert account.size == (1200, 900)


def test_a_part_that_the_model_signed_is_left_and_says_so() -> None:
    part = {"inlineData": {"mimeType": "image/png", "data": base64.b64encode(OVER).decode()}, "thoughtSignature": "x"}
    messages = [{"role": "model", "parts": [part]}]

    same, (account,) = optimize_images_in_messages(messages, "openai", min_scale=0.5)

    assert same == messages
    assert "signed" in account.note
    assert account.tokens == account.original_tokens


def test_a_share_that_is_none_is_an_error_and_not_a_note() -> None:
    with pytest.raises(OptionError, match="min_scale"):
        optimize_images_in_messages([openai_message("", OVER)], "openai", min_scale=5)
