"""Which text governs an image, and that a later turn never changes it."""

from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headroom_nb import ImageCompressor, Technique, user_message
from headroom_nb.formats import find_images, replace_images
from headroom_nb.formats.question import is_label
from headroom_nb.formats.walk import read_messages
from headroom_nb.ocr import FakeOcr
from headroom_nb.records import TextPart
from headroom_nb.techniques.fence import label_text
from headroom_nb.techniques.tiles import tiles_caption
from tests.formats.conversations import DATA_URL, PIXEL, WIRES, conversations, is_answer, wire_names
from tests.formats.samples import image_part
from tests.support import FixedRouter, gradient, png

IMAGE = {"type": "image_url", "image_url": {"url": DATA_URL}}
ANSWER = {"role": "assistant", "content": "An answer?"}
CALL = {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "shoot", "input": {}}]}


def user(*blocks):
    """A user message; text stands for a text block."""
    made = [{"type": "text", "text": block} if isinstance(block, str) else block for block in blocks]
    return {"role": "user", "content": made}


def result(*blocks):
    inner = user(*blocks)["content"]
    return {"type": "tool_result", "tool_use_id": "t", "content": inner}


def asked(*messages):
    return [slot.question for slot in find_images(list(messages))]


@pytest.mark.parametrize(
    ("blocks", "questions"),
    [
        (["Read it", IMAGE], ["Read it"]),
        ([IMAGE, "Read it"], ["Read it"]),
        (["Compare", IMAGE, IMAGE], ["Compare", "Compare"]),
        (["Read this", IMAGE, "What colour is this?", IMAGE], ["Read this", "What colour is this?"]),
        ([IMAGE, "Read this", IMAGE, "What colour is this?"], ["Read this", "What colour is this?"]),
        (["Image 1:", IMAGE, "Image 2:", IMAGE, "How do they differ?"], ["How do they differ?"] * 2),
        (["<image>", IMAGE, "</image>", "Read it"], ["Read it"]),
        (["You see a chart.", IMAGE, "What is its title?"], ["What is its title?"]),
        (["What is its title?", IMAGE, "Answer in JSON."], ["What is its title?"]),
        (["Look closely.", IMAGE, "Read the sign."], ["Look closely."]),
        (["  ", IMAGE, "Read it\n"], ["Read it"]),
        (["Image 1:", IMAGE], ["Image 1:"]),
        ([IMAGE], [""]),
    ],
)
def test_the_nearest_text_of_the_same_message_governs(blocks, questions):
    assert asked(user("Something older"), ANSWER, user(*blocks), ANSWER, user("Something later"))[
        -len(questions) :
    ] == [question or "Something older" for question in questions]


def test_without_text_of_its_own_the_next_user_text_before_the_answer_governs():
    assert asked(user("Old"), ANSWER, user(IMAGE), user("Read it"), ANSWER, user("Later")) == ["Read it"]


def test_a_text_after_the_answer_never_governs():
    assert asked(user(IMAGE), ANSWER, user("Read it")) == [""]


def test_else_the_previous_user_text_governs():
    assert asked(user("Older"), user("Find the bug"), ANSWER, user(IMAGE), ANSWER, user("Later")) == ["Find the bug"]


def test_system_and_assistant_texts_are_no_questions():
    system = {"role": "system", "content": "Be brief?"}
    developer = {"role": "developer", "content": "Be kind?"}
    assert asked(system, developer, user(IMAGE), system, ANSWER) == [""]


def test_a_screenshot_in_a_tool_result_is_governed_by_the_user_s_task():
    assert asked(user("Find the login button"), CALL, user(result(IMAGE, "taken"))) == ["Find the login button"]


def test_the_user_s_text_beside_a_tool_result_governs_it():
    assert asked(user("Old"), CALL, user(result("taken", IMAGE), "And now the menu?")) == ["And now the menu?"]


def test_text_in_the_same_tool_result_is_the_last_resort():
    assert asked(user(result("other", "page"), result("the shop's page", IMAGE))) == ["the shop's page"]


def test_tool_text_is_never_a_question_for_other_turns():
    assert asked(user("Task"), CALL, user(result("What is 2 + 2?")), ANSWER, user(IMAGE)) == ["Task"]


def test_calls_and_reasoning_of_the_responses_api_end_a_turn():
    picture = {"role": "user", "content": [{"type": "input_image", "image_url": DATA_URL}]}
    for kind in ("function_call", "reasoning", "computer_call", "custom_tool_call", "item_reference"):
        assert asked(picture, {"type": kind, "id": "1"}, user("Later")) == [""]
    output = {"type": "function_call_output", "output": [{"type": "input_image", "image_url": DATA_URL}]}
    assert asked(user("Task"), {"type": "function_call"}, output, user("Look at the top"), ANSWER) == [
        "Look at the top"
    ]


def test_outputs_of_parallel_calls_do_not_end_a_turn():
    block = {"type": "input_image", "image_url": DATA_URL}
    outputs = [{"type": "function_call_output", "call_id": call, "output": [block]} for call in "ab"]
    call = {"type": "function_call", "call_id": "a", "name": "shoot", "arguments": "{}"}
    assert asked(user("Old"), call, *outputs, user("Compare them")) == ["Compare them", "Compare them"]
    named = {"type": "function_call_output", "output": [{"type": "input_text", "text": "the shop"}, block]}
    assert asked(call, named) == ["the shop"]


def test_sdk_objects_speak_too():
    reply = SimpleNamespace(role="assistant", content="Done.")
    turn = SimpleNamespace(role="user", parts=[SimpleNamespace(text="Read it"), SimpleNamespace(text=None)])
    assert asked(user(IMAGE), reply, user("Later")) == [""]
    assert asked(user(IMAGE), turn, reply) == ["Read it"]


def test_langchain_s_messages_speak_by_their_type():
    image = {"type": "human", "content": [IMAGE]}
    assert asked(
        image, {"type": "system", "content": "Be brief?"}, SimpleNamespace(type="human", content="Read it")
    ) == ["Read it"]
    assert asked(image, SimpleNamespace(type="ai", content="Yes?"), {"type": "human", "content": "Later"}) == [""]


def test_thoughts_and_other_blocks_with_text_are_no_questions():
    parts = [{"text": "Thinking?", "thought": True}, {"inlineData": {"mimeType": "image/png", "data": PIXEL}}]
    assert asked({"role": "user", "parts": parts}) == [""]
    assert asked(user({"type": "thinking", "text": "Hm?"}, IMAGE)) == [""]


def test_an_ollama_message_s_text_governs_its_images():
    assert asked({"role": "user", "content": "Read it", "images": [PIXEL, PIXEL]}) == ["Read it", "Read it"]


@pytest.mark.parametrize(
    "text", ["Image 1:", "Here is the page:", "Figure 3b", "<document index='1'>", "receipt.png", "image", "Page 12"]
)
def test_a_text_that_only_names_an_image_is_a_label(text):
    assert is_label(text)


@pytest.mark.parametrize(
    "text",
    ["Read it", "Scan it", "Describe the image", "What is on page 12?", "Image 1: what is it?", "image of a cat"],
)
def test_a_text_that_asks_is_no_label(text):
    assert not is_label(text)


def test_a_long_text_is_judged_at_once():
    assert not is_label("a " * 100_000 + ":")


@given(messages=conversations())
@settings(max_examples=300, deadline=None)
def test_a_prefix_before_an_answer_is_asked_the_same_as_in_the_whole(messages):
    whole = _account(messages)
    for cut, message in enumerate(messages):
        if is_answer(message):
            before = _account(messages[:cut])
            assert before == whole[: len(before)]
            assert not any(path[0] < cut for path, *_ in whole[len(before) :])


@given(name=wire_names, data=st.data())
@settings(max_examples=200, deadline=None)
def test_replacing_an_image_does_not_change_what_is_asked_of_the_others(name, data):
    messages = data.draw(conversations(name))
    slots = find_images(messages)
    text = TextPart(label_text("TOTAL?", "messages[0].content[1]", (9, 9)))
    choices = [(), (image_part(2, 2),), (image_part(2, 2), image_part(1, 2)), (text,)]
    if name == "google":
        choices.pop()
    replacements = {slot.path: data.draw(st.sampled_from(choices)) for slot in slots}
    expected = [
        slot.question for slot in slots for _ in replacements[slot.path] or [0] if _is_image(replacements, slot)
    ]
    assert [slot.question for slot in find_images(replace_images(messages, replacements))] == expected


def _is_image(replacements, slot):
    return not any(isinstance(part, TextPart) for part in replacements[slot.path])


def test_the_texts_this_package_writes_are_recognised_as_its_own():
    picture = png(gradient(1400, 1000))
    compressor = ImageCompressor("gpt-5.6-sol", router=FixedRouter(Technique.CROP), ocr=FakeOcr([]))
    result = compressor.run([user_message("What is at the top left?", picture)])
    (caption,) = [part.text for part in result.images[0].parts if isinstance(part, TextPart)]
    tiles = tiles_caption([(0, 0, 40, 30), (30, 0, 70, 30)], (70, 30), whole=False)
    for ours in (caption, tiles, label_text("A?", "messages[0].content[0]", (9, 9))):
        assert asked(user("What is it?"), ANSWER, user(ours, IMAGE)) == ["What is it?"]


@pytest.mark.parametrize("text", ["[urgent] Read it", "[1024×768 px] is its size", "Is it 10×10 px?", "[What?]"])
def test_a_user_s_text_in_brackets_is_still_a_question(text):
    assert asked(user(text, IMAGE)) == [text]


def _account(messages):
    return [(slot.path, slot.format, slot.detail, slot.question, slot.raw) for slot in find_images(messages)]


def test_many_turns_are_read_in_linear_time():
    turns = [user("Task"), *[message for _ in range(2000) for message in (CALL, user(result(IMAGE)))]]
    assert len(read_messages(turns)) == 4001
    assert set(asked(*turns)) == {"Task"}


def test_every_wire_format_is_read_for_questions():
    for wire in WIRES.values():
        assert asked(wire.user([wire.text("Read it"), wire.image({})])) == ["Read it"]
