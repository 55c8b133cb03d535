"""Messages of frameworks, made by the real packages: seen, kept in their own class, taken by their framework again."""

import base64
import io
import json
from pathlib import Path

import pytest
from PIL import Image

from headroom_nb import ImageCompressor, check, compress
from headroom_nb.formats import find_images
from headroom_nb.records import Technique

Q = "What is the total?"


def receipt():
    import headroom_nb

    return (Path(headroom_nb.__file__).parent / "demo" / "images" / "receipt.png").read_bytes()


DATA = receipt()
BASE64 = base64.b64encode(DATA).decode()
URL = f"data:image/png;base64,{BASE64}"


def human(block):
    messages = pytest.importorskip("langchain_core.messages")
    return [messages.HumanMessage(content=[{"type": "text", "text": Q}, block])]


def langchain_again(messages):
    return pytest.importorskip("langchain_core.messages").convert_to_openai_messages(messages)


def langchain_tool():
    messages = pytest.importorskip("langchain_core.messages")
    image = {"type": "image", "source_type": "base64", "data": BASE64, "mime_type": "image/png"}
    return [messages.HumanMessage(Q), messages.ToolMessage(content=[image], tool_call_id="1")]


def langchain_dump():
    return [
        pytest.importorskip("langchain_core.load").dumpd(human({"type": "image_url", "image_url": {"url": URL}})[0])
    ]


def langchain_loaded(messages):
    from langchain_core.messages import HumanMessage

    return [HumanMessage(**message["kwargs"]) for message in messages]


def llama_index(**image):
    llms = pytest.importorskip("llama_index.core.llms")
    return [llms.ChatMessage(role="user", blocks=[llms.TextBlock(text=Q), llms.ImageBlock(**image)])]


def validated(messages):
    return [type(message).model_validate(message.model_dump()) for message in messages]


def pydantic_ai(make):
    library = pytest.importorskip("pydantic_ai")
    return make(library, library.BinaryContent(data=DATA, media_type="image/png"))


def request(library, image):
    return [library.messages.ModelRequest(parts=[library.messages.UserPromptPart(content=[Q, image])])]


def request_json(library, image):
    return json.loads(library.messages.ModelMessagesTypeAdapter.dump_json(request(library, image)))


def adapted(messages):
    library = pytest.importorskip("pydantic_ai.messages")
    if isinstance(messages[0], dict):
        return library.ModelMessagesTypeAdapter.validate_python(messages)
    return library.ModelMessagesTypeAdapter.dump_json(messages)


def haystack():
    library = pytest.importorskip("haystack.dataclasses")
    return [library.ChatMessage.from_user(content_parts=[Q, library.ImageContent(BASE64, "image/png")])]


def smolagents():
    models = pytest.importorskip("smolagents.models")
    content = [{"type": "text", "text": Q}, {"type": "image", "image": Image.open(io.BytesIO(DATA))}]
    return [models.ChatMessage(role=models.MessageRole.USER, content=content)]


def mistral():
    models = pytest.importorskip("mistralai.client.models")
    return [models.UserMessage(content=[models.TextChunk(text=Q), models.ImageURLChunk(image_url=URL)])]


def cohere():
    library = pytest.importorskip("cohere")
    image = library.ImageUrlContent(image_url=library.ImageUrl(url=URL))
    return [library.UserChatMessageV2(content=[library.TextContent(text=Q), image])]


def ollama():
    library = pytest.importorskip("ollama")
    return [library.Message(role="user", content=Q, images=[library.Image(value=DATA)])]


def openai_item():
    responses = pytest.importorskip("openai.types.responses")
    image = responses.ResponseInputImage(type="input_image", detail="auto", image_url=URL)
    text = responses.ResponseInputText(text=Q, type="input_text")
    return [responses.ResponseInputMessageItem(id="1", role="user", type="message", content=[text, image])]


def mcp():
    types = pytest.importorskip("mcp.types")
    image = types.ImageContent.model_validate({"type": "image", "data": BASE64, "mimeType": "image/png"})
    return [{"role": "user", "content": Q}, {"role": "tool", "content": [image]}]


def google(make):
    types = pytest.importorskip("google.genai.types")
    return make(types, types.Part.from_bytes(data=DATA, mime_type="image/png"))


def generated(contents):
    return pytest.importorskip("google.genai._transformers").t_contents(contents)


def langchain_dicts():
    messages = pytest.importorskip("langchain_core.messages")
    return messages.messages_to_dict(human({"type": "image_url", "image_url": {"url": URL}}))


def langchain_from_dicts(dicts):
    return pytest.importorskip("langchain_core.messages").messages_from_dict(dicts)


def langchain_prompt():
    values = pytest.importorskip("langchain_core.prompt_values")
    return values.ChatPromptValue(messages=human({"type": "image_url", "image_url": {"url": URL}}))


def smolagents_tool():
    types = pytest.importorskip("smolagents.agent_types")
    image = types.AgentImage(Image.open(io.BytesIO(DATA)))
    return [{"role": "user", "content": [{"type": "text", "text": Q}, {"type": "image", "image": image}]}]


def haystack_tool():
    library = pytest.importorskip("haystack.dataclasses")
    call = library.ToolCall(tool_name="shot", arguments={}, id="1")
    shown = [library.TextContent("the receipt"), library.ImageContent(BASE64, "image/png")]
    return [library.ChatMessage.from_user(Q), library.ChatMessage.from_tool(tool_result=shown, origin=call)]


def mistral_request():
    models = pytest.importorskip("mistralai.client.models")
    return models.ChatCompletionRequest(model="pixtral-12b-2409", messages=mistral())


def ollama_request():
    types = pytest.importorskip("ollama._types")
    return types.ChatRequest(model="llava", messages=ollama())


def same(value):
    return value


CASES = {
    "LangChain image_url": (lambda: human({"type": "image_url", "image_url": {"url": URL}}), langchain_again),
    "LangChain image by url": (lambda: human({"type": "image", "url": URL}), langchain_again),
    "LangChain image in base64": (
        lambda: human({"type": "image", "base64": BASE64, "mime_type": "image/png"}),
        langchain_again,
    ),
    "LangChain media": (lambda: human({"type": "media", "data": BASE64, "mime_type": "image/png"}), same),
    "LangChain tool message": (langchain_tool, langchain_again),
    "LangChain dumpd": (langchain_dump, langchain_loaded),
    "LangChain messages_to_dict": (langchain_dicts, langchain_from_dicts),
    "LangChain prompt value": (langchain_prompt, lambda value: langchain_again(value.to_messages())),
    "LangChain file": (lambda: human({"type": "file", "base64": BASE64, "mime_type": "image/png"}), same),
    "smolagents image of a tool": (smolagents_tool, same),
    "Haystack result of a tool": (haystack_tool, lambda messages: [message.to_dict() for message in messages]),
    "Mistral request": (mistral_request, lambda request: request.model_dump_json()),
    "Ollama request": (ollama_request, lambda request: request.model_dump_json()),
    "LlamaIndex bytes": (lambda: llama_index(image=DATA), validated),
    "pydantic-ai prompt": (lambda: pydantic_ai(lambda _, image: [Q, image]), same),
    "pydantic-ai request": (lambda: pydantic_ai(request), adapted),
    "pydantic-ai JSON": (lambda: pydantic_ai(request_json), adapted),
    "Haystack": (haystack, lambda messages: [message.to_openai_dict_format() for message in messages]),
    "smolagents": (smolagents, same),
    "Mistral": (mistral, validated),
    "Cohere": (cohere, validated),
    "Ollama": (ollama, lambda messages: [message.model_dump_json() for message in messages]),
    "OpenAI item": (openai_item, validated),
    "MCP": (mcp, same),
    "Google image and text": (lambda: [Image.open(io.BytesIO(DATA)), Q], generated),
    "Google content": (lambda: google(lambda types, part: types.Content(role="user", parts=[part])), generated),
    "Google part": (lambda: google(lambda _, part: part), generated),
}
"""What a notebook holds, and how its framework reads it again."""

PLAIN = {
    "Hugging Face image": [{"role": "user", "content": [{"type": "image", "image": Image.open(io.BytesIO(DATA))}]}],
    "Hugging Face bytes": [{"role": "user", "content": [{"type": "image", "image": {"bytes": DATA, "path": None}}]}],
    "Vercel image": [{"role": "user", "content": [{"type": "image", "image": BASE64, "mediaType": "image/png"}]}],
    "Vercel file": [{"role": "user", "content": [{"type": "file", "data": BASE64, "mediaType": "image/png"}]}],
    "OpenAI file": [{"role": "user", "content": [{"type": "file", "file": {"file_data": URL}}]}],
    "OpenAI input_file": {"input": [{"role": "user", "content": [{"type": "input_file", "file_data": URL}]}]},
    "Ollama generate": {"model": "llava", "prompt": Q, "images": [BASE64]},
    "Claude Code": [
        {
            "type": "user",
            "message": {
                "role": "user",
                "content": [{"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": BASE64}}],
            },
        }
    ],
    "requests": [
        {"model": "gpt-4o", "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": URL}]}]}
    ],
}

COMPRESSOR = ImageCompressor(model="gpt-4o", router="rules")


def smaller(messages, technique):
    chosen = {slot.path: Technique(technique) for slot in find_images(messages)}
    assert len(chosen) == 1
    return COMPRESSOR.run(messages, techniques=chosen)


def no_place_for_text(name, technique):
    """Return whether an image cannot become text: Ollama keeps its images in a list of their own."""
    return name.startswith("Ollama") and technique == "transcode"


def classes(value):
    """Return the classes of a conversation's containers, without the image's own block."""
    if isinstance(value, (list, tuple)):
        return [type(value).__name__, *(classes(entry) for entry in value)]
    return type(value).__name__


@pytest.mark.parametrize("technique", ["full_low", "transcode"])
@pytest.mark.parametrize("name", CASES)
def test_objects_of_a_framework_keep_their_class_and_are_taken_again(name, technique):
    make, again = CASES[name]
    messages = make()
    before = repr(messages)

    result = smaller(messages, technique)

    assert repr(messages) == before
    assert result.compressed_tokens < result.original_tokens or no_place_for_text(name, technique)
    assert result.warnings == ()
    if isinstance(messages, list) and not isinstance(messages[0], (str, Image.Image)):
        assert classes(result.messages) == classes(messages)
    elif technique == "full_low":
        assert isinstance(result.messages, type(messages))
    again(result.messages)


@pytest.mark.parametrize("technique", ["full_low", "transcode"])
@pytest.mark.parametrize("name", PLAIN)
def test_plain_shapes_are_read_and_written_in_their_own_way(name, technique):
    result = smaller(PLAIN[name], technique)

    assert result.compressed_tokens < result.original_tokens or no_place_for_text(name, technique)
    assert compress(result.messages, model="gpt-4o", router="rules").compressed_tokens <= result.compressed_tokens


def test_an_unchanged_message_is_the_very_object_that_came_in():
    messages = [*human({"type": "image_url", "image_url": {"url": URL}}), *human({"type": "text", "text": "thanks"})]

    assert smaller(messages, "full_low").messages[1] is messages[1]


def test_a_file_that_a_block_names_by_a_path_object_is_read_and_a_mere_text_is_not(tmp_path):
    file = tmp_path / "receipt.png"
    file.write_bytes(DATA)
    by_object = [{"role": "user", "content": [{"type": "image", "path": file}]}]
    by_text = [{"role": "user", "content": [{"type": "image", "path": str(file)}]}]

    assert smaller(by_object, "full_low").compressed_tokens > 0
    assert check(by_text, "gpt-4o").not_judged == ((0, "content", 0),)


def test_two_images_of_pillow_at_the_same_place_are_two_images():
    images = (Image.new("RGB", (900, 900), "white"), Image.new("RGB", (400, 1800), "red"))
    first, second = ([{"role": "user", "content": [{"type": "image", "image": image}]}] for image in images)

    assert COMPRESSOR.run(first).images[0].original_size == (900, 900)
    assert COMPRESSOR.run(second).images[0].original_size == (400, 1800)
