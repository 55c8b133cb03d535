"""The events of a streamed answer make the answer."""

import json

import pytest

from headroom_nb.demo.mind import Thought
from headroom_nb.demo.wires import SHAPES, stream
from headroom_nb.formats.replies import read_reply
from headroom_nb.formats.streams import gathered
from headroom_nb.formats.tool_formats import TOOL_FORMATS

WIRES = {"openai_chat": "chat", "openai_responses": "responses", "anthropic": "anthropic"}


def events(wire, said):
    text = stream(WIRES[wire], SHAPES[WIRES[wire]]("m", said, 11, 3))
    lines = [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: ")]
    return [json.loads(line) for line in lines if line != "[DONE]"]


@pytest.mark.parametrize("wire", WIRES)
def test_text_calls_and_usage_come_out_of_the_events(wire):
    said = Thought("Let me see.", (("look_closer", {"x0": 1}), ("find", {"q": "ü"})))
    answer = gathered(events(wire, said), wire)
    calls = TOOL_FORMATS[wire].calls(answer)
    assert [(call.name, dict(call.arguments)) for call in calls] == [("look_closer", {"x0": 1}), ("find", {"q": "ü"})]
    assert len({call.id for call in calls}) == 2
    reply = read_reply(answer)
    assert (reply.text, reply.input_tokens) == ("Let me see.", 11)


@pytest.mark.parametrize("wire", WIRES)
def test_only_the_calls_that_are_wanted_are_kept(wire):
    answer = gathered(events(wire, Thought("", (("look_closer", {}), ("find", {})))), wire)
    TOOL_FORMATS[wire].keep(answer, lambda name: name != "look_closer")
    assert [call.name for call in TOOL_FORMATS[wire].calls(answer)] == ["find"]


@pytest.mark.parametrize("wire", WIRES)
def test_a_stream_that_broke_off_has_no_calls(wire):
    assert TOOL_FORMATS[wire].calls(gathered([], wire)) == []
