"""Our bill beside the provider's count, over HTTP with the real SDKs."""

import json

import pytest

from headroom_nb import estimate_tokens, register_model, user_message, verify, wrap
from headroom_nb.costs.registry import bill
from headroom_nb.demo.stand_in import StandIn
from headroom_nb.errors import OptionError
from headroom_nb.formats import find_images
from headroom_nb.pictures import read_header
from tests.proof.conftest import CLIENTS, openai_client
from tests.support import gradient, png

PHOTO = gradient(500, 340)


def two_images(provider):
    return [user_message("What is it?", PHOTO, gradient(160, 120), provider=provider)]


@pytest.mark.parametrize("provider", CLIENTS)
def test_the_bill_of_each_image_is_what_the_provider_counts(provider, capsys):
    client_of, model = CLIENTS[provider]
    with StandIn() as server, client_of(server) as client:
        found = verify(two_images(provider), client, model=model, router="rules")
    assert found.exact
    assert len([image for image in found.images if image.sent == "original"]) == 2
    assert all(each.counted_only for each in server.received)
    assert "blank images" in capsys.readouterr().out


def test_blank_images_are_counted_unless_own_ones_are_asked_for(capsys):
    messages = two_images("openai")
    own = {slot.raw for slot in find_images(messages)}
    for own_images in (False, True):
        with StandIn() as server, openai_client(server) as client:
            verify(messages, client, model="gpt-4o", own_images=own_images, router="rules")
        sent = {slot.raw for each in server.received for slot in find_images(each.body)}
        assert bool(own & sent) is own_images
        assert ("your own images" in capsys.readouterr().out) is own_images


def test_a_bill_that_is_wrong_is_seen():
    with StandIn(bill=lambda size, detail: 77) as server, openai_client(server) as client:
        found = verify(two_images("openai"), client, model="gpt-4o", router="rules")
    assert not found.exact
    assert {image.counted for image in found.images} == {77}
    assert "77" in str(found)
    assert json.dumps(found.to_dict())


def test_where_nothing_counts_for_free_it_is_paid_for_only_if_allowed():
    with StandIn() as server, openai_client(server) as client:
        bare = Chat(client)
        with pytest.raises(OptionError, match="paid=True"):
            verify(two_images("openai"), bare, model="gpt-4o", router="rules")
        assert server.received == []
        assert verify(two_images("openai"), bare, model="gpt-4o", paid=True, yes=True, router="rules").exact
        with pytest.raises(OptionError, match="yes=True"):
            verify(two_images("openai"), bare, model="gpt-4o", paid=True, router="rules")


def test_a_wrapped_client_and_an_asynchronous_one_are_counted_as_they_are():
    with StandIn() as server, openai_client(server, asynchronous=True) as client:
        found = verify(two_images("openai"), wrap(client), model="gpt-5.6-sol")
    assert found.exact


@pytest.mark.parametrize(
    ("rule", "constants"),
    [
        ("openai-patch", {"patch": 32, "multiplier": "1.62", "max_side": 2048, "budget": 1536}),
        ("openai-tile", {"base": 85, "tile": 170, "max_side": 2048, "short_side": 768}),
    ],
)
def test_the_rule_of_an_unknown_model_is_learned_exactly(rule, constants):
    with (
        StandIn(bill=lambda size, detail: bill(rule, size, constants).tokens) as server,
        openai_client(server) as client,
    ):
        learned = verify(client=client, model="house-vision-1", probe=True)
    assert learned.sure
    assert (learned.row["rule"], learned.row["details"]["auto"]) == (rule, constants)
    assert len(server.received) < 90
    register_model(**learned.row)
    assert estimate_tokens(1234, 987, "house-vision-1").tokens == bill(rule, (1234, 987), constants).tokens
    assert rule in str(learned)


def test_a_rule_of_no_known_kind_is_reported_as_the_counts_themselves():
    with StandIn(bill=lambda size, detail: 3 + size[0] // 7) as server, openai_client(server) as client:
        learned = verify(client=client, model="house-vision-2", probe=True)
    assert not learned.sure
    register_model(**learned.row)
    assert "no known kind" in str(learned)


def test_it_says_what_it_needs():
    with pytest.raises(OptionError, match="client"):
        verify(two_images("openai"), object(), model="gpt-4o")
    with StandIn() as server, openai_client(server) as client:
        with pytest.raises(OptionError, match="name the model"):
            verify(client=client, probe=True)
        with pytest.raises(OptionError, match="no model is named"):
            verify(two_images("openai"), client)


class Chat:
    """A client that has one method, as of a small local server."""

    def __init__(self, client):
        self.chat = client.chat


def test_the_blank_image_has_its_size():
    from headroom_nb.proof.verify import blank

    assert read_header(blank((301, 77))).size == (301, 77)
    assert len(blank((4096, 4096))) < len(png(PHOTO))
