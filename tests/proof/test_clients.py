"""Which method of a client takes a request body, and what its answer says."""

from types import SimpleNamespace

import pytest

from headroom_nb import user_message
from headroom_nb.errors import OptionError
from headroom_nb.formats.replies import read_reply
from headroom_nb.proof.clients import Caller, body_of, door_for
from headroom_nb.proof.counting import as_responses
from tests.support import gradient

IMAGE = gradient(40, 30)


class Recorder:
    """A client with one method, which keeps what it was given."""

    def __init__(self, dotted, answer):
        self.given = {}
        owner = self
        *outer, last = dotted.split(".")
        for name in outer:
            setattr(owner, name, SimpleNamespace())
            owner = getattr(owner, name)

        def method(**given):
            self.given = given
            return answer

        setattr(owner, last, method)


ANSWERS = {
    "converse": (
        "bedrock",
        {"output": {"message": {"content": [{"text": "7"}]}}, "usage": {"inputTokens": 9, "outputTokens": 1}},
        "modelId",
    ),
    "chat.complete": (
        "openai",
        SimpleNamespace(
            choices=[SimpleNamespace(message=SimpleNamespace(content="7"))],
            usage=SimpleNamespace(prompt_tokens=9, completion_tokens=1),
        ),
        "model",
    ),
    "completion": (
        "openai",
        {"choices": [{"message": {"content": "7"}}], "usage": {"prompt_tokens": 9, "completion_tokens": 1}},
        "model",
    ),
    "chat": ("ollama", {"message": {"content": "7"}, "prompt_eval_count": 9, "eval_count": 1}, "model"),
}


@pytest.mark.parametrize("method", ANSWERS)
def test_every_kind_of_client_is_asked_with_its_own_body_and_read(method):
    provider, answer, key = ANSWERS[method]
    client = Recorder(method, answer)
    messages = [user_message("How many?", IMAGE, provider=provider)]
    found, door = door_for(client, messages)
    assert door.method == method
    with Caller(found, door) as caller:
        reply = read_reply(caller.ask(body_of(messages, door, "m")))
    assert client.given == {key: "m", "messages": messages}
    assert (reply.text, reply.input_tokens, reply.output_tokens) == ("7", 9, 1)


def test_a_cohere_answer_is_read():
    usage = {"tokens": {"input_tokens": 9.0, "output_tokens": 1.0}}
    reply = read_reply({"message": {"content": [{"type": "text", "text": "7"}]}, "usage": usage})
    assert (reply.text, reply.input_tokens, reply.output_tokens) == ("7", 9, 1)


def test_reasoning_is_no_answer_and_an_empty_one_is_empty():
    parts = [{"text": "thinking", "thought": True}, {"text": "7"}]
    assert read_reply({"candidates": [{"content": {"parts": parts}}]}).text == "7"
    assert read_reply({"choices": []}).text == ""
    assert read_reply({"output": [{"type": "reasoning", "content": None}]}).text == ""


def test_the_client_inside_a_frameworks_model_is_found():
    inner = Recorder("chat.complete", None)
    assert door_for(SimpleNamespace(client=inner))[0] is inner


def test_a_client_is_not_given_a_format_that_it_does_not_take():
    client = Recorder("converse", None)
    with pytest.raises(OptionError, match="cannot be sent"):
        door_for(client, [user_message("?", IMAGE, provider="anthropic")])
    with pytest.raises(OptionError, match="client"):
        door_for({"not": "a client"})


def test_a_body_keeps_the_settings_of_the_request():
    client = Recorder("messages.create", None)
    _, door = door_for(client)
    body = {"model": "a", "max_tokens": 5, "messages": [], "stream": True, "temperature": 0}
    assert body_of(body, door, None) == {"model": "a", "max_tokens": 5, "messages": [], "temperature": 0}
    assert body_of([], door, "b") == {"model": "b", "max_tokens": 1024, "messages": []}
    with pytest.raises(OptionError, match="no model is named"):
        body_of([], door, None)


def test_chat_messages_are_counted_as_responses_input():
    messages = [{"role": "system", "content": "Be brief."}, user_message("How many?", IMAGE, detail="low")]
    first, second = as_responses(messages)
    assert first == {"role": "system", "content": [{"type": "input_text", "text": "Be brief."}]}
    assert [part["type"] for part in second["content"]] == ["input_text", "input_image"]
    assert second["content"][1]["detail"] == "low"
