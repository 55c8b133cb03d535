"""A model that looks closer: over HTTP with the real SDKs, against a stand-in that cannot read a small view."""

import asyncio
import json

import pytest
from PIL import Image

import headroom_nb
from headroom_nb import compress, handle_zoom, meter, restore, user_message, wrap
from headroom_nb.caching import originals
from headroom_nb.caching.originals import keep_original
from headroom_nb.demo.eyes import Line
from headroom_nb.demo.stand_in import StandIn
from headroom_nb.errors import OptionError
from headroom_nb.formats import find_images
from headroom_nb.formats.tool_formats import TOOL_FORMATS
from headroom_nb.formats.tools import no_room, with_tool
from headroom_nb.pictures import read_header
from headroom_nb.pipeline.zooming import LOOK
from headroom_nb.proof.zoom import MOST_ROUNDS, part_of
from headroom_nb.records import Needs, RouteDecision, Technique
from headroom_nb.signals.text_size import TextSize
from tests.proof.conftest import CLIENTS, openai_client
from tests.proof.readers import NO_TEXT
from tests.support import gradient, png

PAGE = (1500, 2000)
QUESTION = "What is the order number?"
ANSWER = "48213"


class ExactRouter:
    """Says that every question needs exact characters, and that no text was measured."""

    name = "exact"

    def classify(self, image, query, *, quality):
        return RouteDecision(
            Technique.PRESERVE, 1.0, "exact", self.name, signals=NO_TEXT, needs=Needs.from_mapping({"exact": 1})
        )

    def analyze_image(self, image):
        return NO_TEXT


def eyes(data, seen):
    """A page has a heading, and below it the answer in small letters; a part of it has the answer."""
    width, height = read_header(data).size
    if abs(width / height - PAGE[0] / PAGE[1]) < 0.02:
        share = seen[0] / PAGE[0]
        return [
            Line("Order number", 60 * share, (0.1, 0.2, 0.5, 0.25)),
            Line(f"Order number: {ANSWER}", 14 * share, (0.1, 0.27, 0.5, 0.28)),
        ]
    return [Line(f"Order number: {ANSWER}", 14)]


@pytest.fixture(autouse=True)
def no_detector(monkeypatch):
    monkeypatch.setattr("headroom_nb.proof.zoom.measure_text_size", lambda picture: TextSize(None, None, True, 0))


@pytest.fixture(scope="module")
def page():
    return gradient(*PAGE)


def asked(provider, page, **more):
    model = CLIENTS[provider][1]
    message = [user_message(QUESTION, page, provider=provider)]
    if provider == "google":
        return {"model": model, "contents": message, **more}
    if provider == "anthropic":
        return {"model": model, "max_tokens": 100, "messages": message, **more}
    return {"model": model, ("input" if provider == "openai_responses" else "messages"): message, **more}


CALLS = {
    "openai": lambda client, body: client.chat.completions.create(**body),
    "openai_responses": lambda client, body: client.responses.create(**body),
    "anthropic": lambda client, body: client.messages.create(**body),
    "google": lambda client, body: client.models.generate_content(**body),
}
TEXT = {
    "openai": lambda answer: answer.choices[0].message.content,
    "openai_responses": lambda answer: answer.output_text,
    "anthropic": lambda answer: answer.content[-1].text,
    "google": lambda answer: answer.text,
}


@pytest.mark.parametrize("provider", ["openai", "openai_responses", "anthropic"])
def test_the_answer_comes_back_as_if_nothing_was_asked_in_between(provider, page):
    with StandIn(reads_from=12, eyes=eyes) as server, CLIENTS[provider][0](server) as client:
        whole = CALLS[provider](client, asked(provider, page))
        plain = server.received[0].tokens
        wrap(client, router=ExactRouter(), zoom=True)
        answer = CALLS[provider](client, asked(provider, page))
        assert TEXT[provider](answer) == TEXT[provider](whole) == ANSWER
        first, second = server.received[1:]
        assert first.tokens + second.tokens < plain
        assert len(first.sizes) == 1
        assert len(second.sizes) == 2
        assert meter(client).looks == 1
        assert meter(client).look_tokens == second.tokens
        assert meter(client).failures == []


def test_gemini_is_answered_in_its_own_format(page):
    with StandIn(reads_from=12, eyes=eyes) as server, CLIENTS["google"][0](server) as client:
        wrap(client, router=ExactRouter(), zoom=True, model="claude-opus-4-8")
        answer = CALLS["google"](client, asked("google", page))
        assert answer.text == ANSWER
        assert meter(client).looks == 1
    turns = server.received[1].body["contents"]
    assert [turn["role"] for turn in turns] == ["user", "model", "user"]
    assert {next(iter(part)) for part in turns[-1]["parts"]} == {"functionResponse", "inlineData"}


def test_streams_of_gemini_are_looked_into(page):
    async def ask(client):
        stream = await client.aio.models.generate_content_stream(**asked("google", page))
        return "".join([event.text or "" async for event in stream])

    with StandIn(reads_from=12, eyes=eyes) as server, CLIENTS["google"][0](server) as client:
        wrap(client, router=ExactRouter(), zoom=True, model="claude-opus-4-8")
        events = list(client.models.generate_content_stream(**asked("google", page)))
        assert "".join(event.text or "" for event in events) == ANSWER
        assert (meter(client).looks, len(server.received)) == (1, 2)
        assert meter(client).look_tokens == server.received[1].tokens
        assert asyncio.run(ask(client)) == ANSWER
        assert meter(client).looks == 2
        assert meter(client).failures == meter(client).warnings == []


def test_a_stream_of_gemini_that_never_stops_looking_is_the_original_s(page):
    with StandIn(reads_from=12, eyes=lambda data, seen: [Line("Order number", 60), Line("xy", 1)]) as server:
        with pytest.MonkeyPatch.context() as patch, CLIENTS["google"][0](server) as client:
            patch.setattr("headroom_nb.demo.stand_in._looked", lambda body: 0)
            wrap(client, router=ExactRouter(), zoom=True, model="claude-opus-4-8")
            events = list(client.models.generate_content_stream(**asked("google", page)))
        assert "tools" not in server.received[-1].body
        assert server.received[-1].sizes == (PAGE,)
    assert events


@pytest.mark.parametrize("provider", ["openai", "openai_responses", "anthropic"])
def test_streams_are_looked_into(provider, page):
    with StandIn(reads_from=12, eyes=eyes) as server, CLIENTS[provider][0](server) as client:
        wrap(client, router=ExactRouter(), zoom=True)
        events = list(CALLS[provider](client, asked(provider, page, stream=True)))
        assert meter(client).looks == 1
    assert ANSWER in "".join(map(str, events))
    assert "look_closer" not in "".join(map(str, events)) or provider == "openai_responses"


def test_an_asynchronous_client_looks_closer(page):
    async def ask(client):
        answer = await client.chat.completions.create(**asked("openai", page))
        stream = await client.chat.completions.create(**asked("openai", page, stream=True))
        events = [event async for event in stream]
        await client.close()
        return answer.choices[0].message.content, "".join(map(str, events))

    with StandIn(reads_from=12, eyes=eyes) as server, openai_client(server, asynchronous=True) as client:
        wrap(client, router=ExactRouter(), zoom=True)
        answer, streamed = asyncio.run(ask(client))
        assert meter(client).looks == 2
    assert answer == ANSWER
    assert ANSWER in streamed


def called(answer):
    held = answer.model_dump()
    found = held.get("output") or held.get("content") or held["choices"][0]["message"]["tool_calls"]
    return [each.get("name") or each["function"]["name"] for each in found]


TOOLS = {
    "openai": {"type": "function", "function": {"name": "find_order", "parameters": {"type": "object"}}},
    "openai_responses": {"type": "function", "name": "find_order", "parameters": {"type": "object"}, "strict": False},
    "anthropic": {"name": "find_order", "input_schema": {"type": "object"}},
}


@pytest.mark.parametrize("provider", TOOLS)
def test_tools_of_the_user_are_called_as_without(provider, page, monkeypatch):
    monkeypatch.setitem(globals(), "QUESTION", "Use find_order: what is the order number?")
    with StandIn(reads_from=12, eyes=eyes) as server, CLIENTS[provider][0](server) as client:
        body = asked(provider, page, tools=[TOOLS[provider]])
        before = called(CALLS[provider](client, body))
        wrap(client, router=ExactRouter(), zoom=True)
        assert called(CALLS[provider](client, body)) == before == ["find_order"]
        assert len(server.received[-1].body["tools"]) == 2


FIND = {"functionDeclarations": [{"name": "find_order", "parameters": {"type": "OBJECT"}}]}
FORCED = {
    "openai": {"tools": [TOOLS["openai"]], "tool_choice": {"type": "function", "function": {"name": "find_order"}}},
    "openai_responses": {
        "tools": [TOOLS["openai_responses"]],
        "tool_choice": {"type": "function", "name": "find_order"},
    },
    "anthropic": {
        "tools": [TOOLS["anthropic"]],
        "tool_choice": {"type": "tool", "name": "find_order", "disable_parallel_tool_use": True},
    },
    "google": {
        "tools": [FIND],
        "toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["find_order"]}},
    },
}


@pytest.mark.parametrize(
    ("provider", "choice"),
    [
        ("openai", "required"),
        ("openai_responses", "required"),
        ("anthropic", {"type": "any", "disable_parallel_tool_use": True}),
        ("google", {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["find_order", "look_closer"]}}),
    ],
)
def test_a_tool_that_is_forced_may_be_called_after_a_closer_look_and_nothing_else(provider, choice, page):
    before = asked(provider, page, **FORCED[provider])
    result = compress(before, model="claude-opus-4-8", router=ExactRouter(), zoom=True)
    assert result.zoom_ids
    assert result.messages["toolConfig" if provider == "google" else "tool_choice"] == choice
    assert before == asked(provider, page, **FORCED[provider])


@pytest.mark.parametrize(
    ("provider", "more", "why"),
    [
        ("openai", {"n": 2}, "several answers"),
        ("openai", {**FORCED["openai"], "tools": [TOOLS["openai"]] * 2}, "one of several tools"),
        ("openai", {"functions": [{"name": "find_order"}]}, "functions"),
        ("openai_responses", {"tools": [TOOLS["openai_responses"]], "tool_choice": "none"}, "forbids tools"),
        ("openai_responses", {"background": True}, "background"),
        ("anthropic", {"tools": [TOOLS["anthropic"]], "tool_choice": {"type": "none"}}, "forbids tools"),
        ("anthropic", {**FORCED["anthropic"], "tools": [TOOLS["anthropic"]] * 2}, "one of several tools"),
        ("google", {"generationConfig": {"candidateCount": 2}}, "several answers"),
        ("google", {"generationConfig": {"responseMimeType": "application/json"}}, "JSON"),
        ("google", {"tools": [{"googleSearch": {}}]}, "its own tools"),
        ("google", {"tools": [FIND], "toolConfig": {"functionCallingConfig": {"mode": "NONE"}}}, "forbids tools"),
    ],
)
def test_where_the_request_leaves_no_room_for_a_tool_it_is_compressed_as_usual_and_that_is_said(
    provider, more, why, page
):
    result = compress(asked(provider, page, **more), model="claude-opus-4-8", router=ExactRouter(), zoom=True)
    assert result.zoom_ids == {}
    assert result.messages.get("tools") == more.get("tools")
    assert result.compressed_tokens < result.original_tokens
    (said,) = [warning for warning in result.warnings if "zoom" in warning]
    assert why in said


def test_a_client_says_once_where_no_zoom_is_possible(page):
    with StandIn(reads_from=12, eyes=eyes) as server, openai_client(server) as client:
        wrap(client, router=ExactRouter(), zoom=True)
        for _ in range(2):
            CALLS["openai"](client, asked("openai", page, n=2))
        client.chat.completions.with_raw_response.create(**asked("openai", page))
        assert [warning.partition(":")[0] for warning in meter(client).warnings] == [
            "zoom was left out of this request",
            "zoom was left out",
        ]
        assert len(server.received) == 3


@pytest.mark.parametrize("provider", ["openai", "openai_responses", "anthropic"])
def test_a_forced_tool_is_called_as_without(provider, page, monkeypatch):
    monkeypatch.setitem(globals(), "QUESTION", "Use find_order: what is the order number?")
    with StandIn(reads_from=12, eyes=eyes) as server, CLIENTS[provider][0](server) as client:
        body = asked(provider, page, **FORCED[provider])
        before = called(CALLS[provider](client, body))
        wrap(client, router=ExactRouter(), zoom=True)
        assert called(CALLS[provider](client, body)) == before == ["find_order"]


def test_a_model_that_never_stops_looking_gets_the_original(page):
    with StandIn(reads_from=12, eyes=lambda data, seen: [Line("Order number", 60), Line("xy", 1)]) as server:
        server_think = "headroom_nb.demo.stand_in._looked"
        with pytest.MonkeyPatch.context() as patch, openai_client(server) as client:
            patch.setattr(server_think, lambda body: 0)
            wrap(client, router=ExactRouter(), zoom=True)
            answer = CALLS["openai"](client, asked("openai", page))
        assert server.received[-1].sizes == (PAGE,)
        assert "tools" not in server.received[-1].body
        assert len(server.received) == MOST_ROUNDS + 3
    assert answer.choices[0].message.content


def test_where_looking_closer_fails_the_original_is_sent(page, monkeypatch):
    def broken(request, response):
        raise KeyError("shape")

    monkeypatch.setattr("headroom_nb.proof.zoom.handle_zoom", broken)
    with StandIn(reads_from=12, eyes=eyes) as server, openai_client(server) as client:
        wrap(client, router=ExactRouter(), zoom=True)
        answer = CALLS["openai"](client, asked("openai", page))
        assert "KeyError" in meter(client).failures[0]
    assert answer.choices[0].message.content == ANSWER


@pytest.mark.parametrize("provider", ["openai", "openai_responses", "anthropic"])
def test_rounds_can_be_handled_without_a_wrapped_client(provider, page):
    with StandIn(reads_from=12, eyes=eyes) as server, CLIENTS[provider][0](server) as client:
        body = compress(asked(provider, page), router=ExactRouter(), zoom=True).messages
        answer = CALLS[provider](client, body)
        rounds = 0
        while (following := handle_zoom(body, answer)) is not None:
            body, rounds = following, rounds + 1
            answer = CALLS[provider](client, body)
    assert (TEXT[provider](answer), rounds) == (ANSWER, 1)


def test_a_message_list_is_given_the_tool_beside_it(page):
    messages = asked("openai", page)["messages"]
    result = compress(messages, model="gpt-5.6-sol", router=ExactRouter(), zoom=True)
    with StandIn(reads_from=12, eyes=eyes) as server, openai_client(server) as client:
        body = {"model": "gpt-5.6-sol", "tools": list(result.tools)}
        answer = client.chat.completions.create(messages=result.messages, **body)
        following = handle_zoom(result.messages, answer)
        assert client.chat.completions.create(messages=following, **body).choices[0].message.content == ANSWER


def test_an_original_is_given_back_until_it_is_forgotten(page):
    body = asked("anthropic", page)
    result = compress(body, router=ExactRouter(), zoom=True)
    (name,) = result.zoom_ids.values()
    assert restore(name) == find_images(body)[0].load()
    assert name in str(result.images[0].note)
    headroom_nb.clear_cache()
    with pytest.raises(OptionError, match="not kept"):
        restore(name)


def test_longer_conversations_begin_as_shorter_ones_did(page):
    turns = [
        user_message(QUESTION, page),
        {"role": "assistant", "content": ANSWER},
        user_message("And?", gradient(1501, 2001)),
    ]
    choices = {"model": "gpt-5.6-sol", "router": ExactRouter(), "zoom": True}
    short, long = compress(turns[:1], **choices), compress(turns, **choices)
    assert short.zoom_ids
    assert long.messages[:1] == short.messages
    assert long.tools == short.tools
    again = compress({"model": "gpt-5.6-sol", "messages": turns[:1]}, router=ExactRouter(), zoom=True).messages
    assert compress(again, router=ExactRouter(), zoom=True).messages == again


def test_it_is_not_offered_where_it_does_not_pay():
    small = compress(asked("anthropic", gradient(400, 300)), router=ExactRouter(), zoom=True)
    assert small.zoom_ids == {}
    assert "tools" not in small.messages


def test_where_a_part_costs_as_much_as_the_whole_a_lower_level_is_sent_if_it_is_rarely_wanted(page):
    usual = compress(asked("google", page), router=ExactRouter())
    result = compress(asked("google", page), router=ExactRouter(), zoom=True)
    assert len(result.zoom_ids) == 1
    assert result.images[0].risk < 0.1
    assert result.compressed_tokens < usual.compressed_tokens


def test_a_part_is_clamped_sorted_and_as_small_as_it_stays_legible(page, monkeypatch):
    from headroom_nb.costs import find_model

    data, spec = png(page), find_model("claude-opus-4-8")
    box, part = part_of(data, {"x0": 900, "y0": 1200, "x1": 500, "y1": -3}, spec)
    assert box[1] == 0
    assert box[3] == PAGE[1]
    assert (box[0], box[2]) == pytest.approx((750, 1350), abs=25)
    assert 0.97 < part.size[0] / (box[2] - box[0]) <= 1
    monkeypatch.setattr("headroom_nb.proof.zoom.measure_text_size", lambda picture: TextSize(56.0, 56.0, True, 9))
    _, smaller = part_of(data, {"x0": 0, "y0": 0, "x1": 500, "y1": 500}, spec)
    assert 0.2 < smaller.size[0] / 770 < 0.4
    with pytest.raises(TypeError):
        part_of(data, {"x0": None, "y0": 0, "x1": 5, "y1": 5}, spec)


def test_what_cannot_be_handled_is_said():
    with pytest.raises(OptionError, match="in a format that has tools"):
        handle_zoom([{"role": "user", "content": "Hello"}], {})
    assert isinstance(png(Image.new("RGB", (2, 2))), bytes)


def wish(**arguments):
    call = {"name": "look_closer", "arguments": json.dumps(arguments)}
    message = {"role": "assistant", "content": None, "tool_calls": [{"id": "1", "type": "function", "function": call}]}
    return {"choices": [{"message": message}]}


@pytest.fixture(scope="module")
def small(page):
    """A request whose page went out small, and the id that it goes by."""
    result = compress(asked("openai", page), router=ExactRouter(), zoom=True)
    return result.messages, next(iter(result.zoom_ids.values()))


EDGES = {"x0": 0, "y0": 0, "x1": 500, "y1": 500}


def test_no_image_of_another_conversation_is_shown_by_its_id(small):
    request, name = small
    other = keep_original(png(gradient(300, 200)))
    restore(other)
    shown, refused = (handle_zoom(request, wish(image=each, **EDGES))["messages"] for each in (name, other))
    assert shown[-1]["role"] == "user"
    assert "not kept" in refused[-1]["content"]


@pytest.mark.parametrize(
    "edges",
    [{"x0": 1}, {**EDGES, "x1": 10**400}, {**EDGES, "x1": "a"}, {**EDGES, "x1": None}, {**EDGES, "x1": [1]}],
    ids=lambda edges: ascii(edges)[:40],
)
def test_a_region_that_is_none_is_answered_with_what_is_wrong(small, edges):
    request, name = small
    following = handle_zoom(request, wish(image=name, **edges))
    assert "cannot be shown" in following["messages"][-1]["content"]


def test_arguments_nested_without_end_are_none(small):
    response = wish()
    response["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"] = "[" * 200_000
    assert "not kept" in handle_zoom(small[0], response)["messages"][-1]["content"]


def test_of_two_images_with_one_id_neither_is_shown_for_the_other(monkeypatch):
    class Same:
        def hexdigest(self):
            return "0" * 64

    monkeypatch.setattr("headroom_nb.caching.originals.hashlib.sha256", lambda _: Same())
    assert keep_original(b"one") == keep_original(b"two")
    keep_original(b"one")
    with pytest.raises(OptionError, match="not kept"):
        restore(keep_original(b"two"))


def test_an_image_with_the_id_of_one_that_is_not_kept_any_more_is_not_shown_for_it(monkeypatch):
    class Alike:
        def __init__(self, data):
            self.data = data

        def hexdigest(self):
            return "0" * 8 + self.data.hex()

    monkeypatch.setattr("headroom_nb.caching.originals.hashlib.sha256", Alike)
    name = keep_original(b"one")
    originals._originals.clear()  # newer images took its room
    assert keep_original(b"two") == name
    with pytest.raises(OptionError, match="not kept"):
        restore(name)


@pytest.mark.parametrize("wire", TOOL_FORMATS)
@pytest.mark.parametrize("tools", [5, True, "abc", {"a": 1}, float("nan"), [5], None])
@pytest.mark.parametrize("choice", [None, 5, ["x"], {"type": ["x"]}, {"functionCallingConfig": 5}])
def test_tools_that_no_provider_takes_leave_no_room_for_one_more_and_stay(wire, tools, choice):
    body = {"tools": tools, "tool_choice": choice, "toolConfig": choice, "config": choice, "messages": []}
    why = no_room(body, LOOK, wire)
    if not isinstance(tools, (list, type(None))):
        assert why
    if not why:
        assert with_tool(body, LOOK, wire)["tools"][:-1] == (tools or [])
