"""Nothing that no format reads is passed over in silence."""

import base64
from types import SimpleNamespace

import pytest
from PIL import Image

import headroom_nb
from headroom_nb import check, compress, demo
from headroom_nb.errors import MessageError
from headroom_nb.formats.unread import unread
from headroom_nb.formats.walk import read_messages
from tests.support import gradient, openai_message, png

IMAGE = base64.b64encode(demo.image("receipt")).decode() if hasattr(demo, "image") else "iVBORw0KGgo" + "A" * 2000


PNG = png(gradient(900, 700))
LONG = "iVBORw0KGgo" + "A" * 2000
URL = f"data:image/png;base64,{LONG}"
HELLO = [{"role": "user", "content": "What is this?"}]


class Unknown:
    """An object that nobody knows."""


def said(messages):
    return unread(read_messages(messages))


def user(*content):
    return [{"role": "user", "content": list(content)}]


@pytest.mark.parametrize(
    ("messages", "where", "what"),
    [
        ([Unknown()], "messages[0]", "Unknown"),
        (user({"type": "text", "text": "?"}, Unknown()), "messages[0].content[1]", "Unknown"),
        (user({"type": "picture", "data": IMAGE}), "messages[0].content[0]", "'picture'"),
        (user({"image": {"b": 1}}), "messages[0].content[0]", "keys image"),
        (user({"type": "document", "source": {"type": "base64", "media_type": "text/csv", "data": "YSxi"}}),
         "messages[0].content[0]", "text/csv"),
        ([{"role": "user", "parts": [{"fileData": {"mimeType": "application/msword", "fileUri": "gs://a/b.doc"}}]}],
         "messages[0].parts[0]", "application/msword"),
        (user({"type": "text", "text": f"![chart](data:image/png;base64,{IMAGE}) and more"}),
         "messages[0].content[0]", "text tokens"),
        ([{"role": "tool", "content": '{"type": "image", "data": "' + IMAGE + '"}'}],
         "messages[0].content", "text tokens"),
        ({"input": [{"type": "function_call_output", "call_id": "1", "output": f"data:image/png;base64,{IMAGE}"}]},
         "input[0].output", "text tokens"),
    ],
)  # fmt: skip
def test_content_that_no_format_reads_is_named_with_its_place(messages, where, what):
    sentences = said(messages)

    assert len(sentences) == 1
    assert sentences[0].startswith(where)
    assert what in sentences[0]


@pytest.mark.parametrize("provider", ["openai", "anthropic", "google"])
def test_a_conversation_that_is_understood_says_nothing(provider):
    assert said(demo.messages(provider)) == ()


@pytest.mark.parametrize(
    "content",
    [
        [{"type": "text", "text": "word " * 5000}],
        [{"type": "tool_use", "id": "1", "name": "f", "input": {"image": "iVBORw0KGgo" + "A" * 2000}}],
        [{"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}],
        [{"type": "thinking", "thinking": "…", "signature": "x" * 500}],
    ],
)
def test_text_calls_and_sound_are_no_images_and_are_left_in_peace(content):
    assert said([{"role": "assistant", "content": content}]) == ()


def test_many_places_are_counted_and_not_all_named():
    sentences = said([Unknown() for _ in range(50)])

    assert len(sentences) == 21
    assert "30 more places" in sentences[-1]


def test_compress_and_check_warn_of_what_they_did_not_read():
    messages = user({"type": "picture", "data": IMAGE})

    assert any("messages[0].content[0]" in warning for warning in headroom_nb.compress(messages).warnings)
    found = headroom_nb.check(messages, "gpt-4o")
    assert "as far as it was read" in str(found)
    assert found.to_dict()["unread"] == list(found.unread) != []


@pytest.mark.parametrize("nonsense", [42, None, "a text", 3.5])
def test_what_can_be_no_conversation_is_an_error_and_not_within_the_limits(nonsense):
    with pytest.raises(MessageError, match="conversation"):
        headroom_nb.check(nonsense, "gpt-4o")


ELSEWHERE = {
    "the system prompt": {"system": [{"type": "image", "source": {"type": "base64", "data": LONG}}], "messages": HELLO},
    "an answer's own images": {"input": [{"type": "image_generation_call", "id": "1", "result": LONG}, *HELLO]},
    "what code drew": {
        "input": [{"type": "code_interpreter_call", "outputs": [{"type": "image", "url": URL}]}, *HELLO]
    },
    "what code printed": [
        {"role": "assistant", "content": [{"type": "code_execution_tool_result", "content": {"stdout": URL}}]}
    ],
    "JSON of a tool": [{"role": "user", "content": [{"toolResult": {"content": [{"json": {"image": LONG}}]}}]}],
    "arguments of a call": {"input": [{"type": "function_call", "arguments": f'{{"image": "{LONG}"}}'}, *HELLO]},
    "a resource": [
        {"role": "tool", "content": [{"type": "resource", "resource": {"mimeType": "image/png", "blob": LONG}}]}
    ],
    "a result of Vercel": [
        {
            "role": "tool",
            "content": [
                {
                    "type": "tool-result",
                    "output": {"value": [{"type": "media", "data": LONG, "mediaType": "image/png"}]},
                }
            ],
        }
    ],
    "an attachment": [{"role": "user", "content": "Hi", "attachments": [{"contentType": "image/png", "url": URL}]}],
    "a file of a thread": [{"role": "user", "content": [{"type": "image_file", "image_file": {"file_id": "file-1"}}]}],
    "images beside the messages": {"messages": HELLO, "pictures": [Image.new("RGB", (8, 8))]},
    "raw bytes": {"messages": HELLO, "screens": [b"\x89PNG\r\n\x1a\n" + bytes(80)]},
    "images of an answer": [
        {"role": "assistant", "content": "Here", "pictures": [{"type": "image_url", "image_url": {"url": URL}}]}
    ],
}


@pytest.mark.parametrize("document", ELSEWHERE.values(), ids=ELSEWHERE)
def test_an_image_where_no_format_looks_is_named_with_its_place(document):
    result = compress(document, model="gpt-4o", router="rules")
    assert not result.images
    assert len(result.warnings) == 1
    assert result.messages is document
    assert check(document, model="gpt-4o").unread == result.warnings


@pytest.mark.parametrize(
    "document",
    [
        {"messages": HELLO, "tools": [{"type": "image_generation"}, {"type": "file_search"}]},
        [{"role": "assistant", "tool_calls": [{"id": "1", "function": {"name": "shot", "arguments": "{}"}}]}, *HELLO],
        {
            "input": [
                {"type": "file_search_call", "id": "1", "results": []},
                {"type": "item_reference", "id": "2"},
                *HELLO,
            ]
        },
        [
            {
                "role": "user",
                "content": [{"type": "search_result", "title": "t", "content": [{"type": "text", "text": "x"}]}],
            }
        ],
        {"model": "gpt-4o", "messages": HELLO, "response_format": {"type": "json_object"}, "metadata": {"image": URL}},
    ],
)
def test_what_holds_no_image_is_passed_over_in_peace(document):
    assert compress(document, model="gpt-4o").warnings == ()


class Slotted:
    __slots__ = ("content", "role")

    def __init__(self, content):
        self.role, self.content = "user", content


class Plain:
    def __init__(self, content):
        self.role, self.content = "user", content


@pytest.mark.parametrize("kind", [Slotted, Plain, lambda content: SimpleNamespace(role="user", content=content)])
@pytest.mark.parametrize("block", [dict, lambda **named: SimpleNamespace(**named)])
def test_an_image_in_an_object_of_any_class_is_named(kind, block):
    image = block(type="image_url", image_url=block(url=f"data:image/png;base64,{base64.b64encode(PNG).decode()}"))
    message = kind([block(type="text", text="What is it?"), image])
    (said,) = compress([message], router="rules", model="gpt-4o").warnings
    assert "messages[0].content[1]" in said


class Detached:
    """An object that loads its fields when it is asked for them, and cannot any more."""

    def __getattr__(self, name):
        raise RuntimeError("the session is closed")


def test_an_object_whose_fields_cannot_be_read_is_named():
    good = openai_message("What is it?", PNG)
    result = compress([Detached(), good], router="rules", model="gpt-4o")
    assert len(result.images) == 1
    assert "messages[0]" in result.warnings[0]
