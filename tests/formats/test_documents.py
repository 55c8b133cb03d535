from __future__ import annotations

import base64

import pytest

import headroom_nb
from headroom_nb.demo.pdf import Page, make_pdf
from headroom_nb.errors import ImageSourceError
from headroom_nb.formats import detect_provider, document_refusal, find_documents, find_images, replace_images
from headroom_nb.formats.registry import DOCUMENTS, read_document
from headroom_nb.records import DocumentPart, ImagePart, TextPart
from tests.formats.samples import png

PDF = make_pdf([Page(("One",)), Page(("Two",))])
OTHER = make_pdf([Page(("Another",))])
B64 = base64.b64encode(PDF).decode()
URL = f"data:application/pdf;base64,{B64}"

BLOCKS = {
    "anthropic_document": [
        {
            "type": "document",
            "source": {"type": "base64", "media_type": "application/pdf", "data": B64},
            "title": "a.pdf",
        }
    ],
    "openai_file": [
        {"type": "file", "file": {"filename": "a.pdf", "file_data": URL}},
        {"type": "file", "file": {"filename": "a.pdf", "file_data": B64}},
    ],
    "openai_input_file": [{"type": "input_file", "filename": "a.pdf", "file_data": URL, "detail": "high"}],
    "google_document": [
        {"inlineData": {"mimeType": "application/pdf", "data": B64, "displayName": "a.pdf"}},
        {"inline_data": {"mime_type": "application/pdf", "data": PDF, "display_name": "a.pdf"}},
    ],
    "bedrock_document": [
        {"document": {"format": "pdf", "name": "a.pdf", "source": {"bytes": PDF}}},
        {"document": {"format": "pdf", "name": "a.pdf", "source": {"bytes": B64}}},
    ],
    "file_document": [
        {"type": "file", "mime_type": "application/pdf", "base64": B64, "filename": "a.pdf"},
        {"type": "file", "source_type": "base64", "mime_type": "application/pdf", "data": B64, "name": "a.pdf"},
        {"type": "file", "mediaType": "application/pdf", "data": URL, "filename": "a.pdf"},
        {"base64_data": B64, "mime_type": "application/pdf", "filename": "a.pdf"},
        {"type": "resource", "resource": {"mimeType": "application/pdf", "blob": B64, "name": "a.pdf"}},
    ],
    "llama_document": [
        {"block_type": "document", "data": B64, "document_mimetype": "application/pdf", "title": "a.pdf"}
    ],
    "pydantic_document": [
        {"kind": "binary", "media_type": "application/pdf", "data": PDF, "identifier": "a.pdf"},
    ],
    "mistral_document": [{"type": "document_url", "document_url": URL, "document_name": "a.pdf"}],
}
EVERY = [(kind, block) for kind, blocks in BLOCKS.items() for block in blocks]


def conversation(block):
    key = "parts" if "inlineData" in block or "inline_data" in block else "content"
    return [
        {
            "role": "user",
            key: [block, {"text": "What is it?"} if key == "parts" else {"type": "text", "text": "What is it?"}],
        }
    ]


def test_every_kind_has_a_sample_here():
    assert BLOCKS.keys() == DOCUMENTS.keys()


@pytest.mark.parametrize(("kind", "block"), EVERY)
def test_a_document_is_found_with_its_name_its_question_and_its_bytes(kind, block):
    (slot,) = find_documents(conversation(block))
    assert (slot.format, slot.held.name, slot.question) == (kind, "a.pdf", "What is it?")
    assert slot.load() == PDF
    assert find_images(conversation(block)) == []


@pytest.mark.parametrize(("kind", "block"), EVERY)
def test_another_pdf_is_written_in_the_style_that_stood_there(kind, block):
    messages = conversation(block)
    (slot,) = find_documents(messages)
    changed = replace_images(messages, {slot.path: [DocumentPart(OTHER, "2")]})
    (again,) = find_documents(changed)
    assert (again.format, again.load(), again.held.name) == (kind, OTHER, "a.pdf")
    before, after = messages[0][slot.path[1]][0], changed[0][slot.path[1]][0]
    assert before.keys() == after.keys()
    assert find_documents(messages)[0].load() == PDF  # nothing was written into what came in


@pytest.mark.parametrize(("kind", "block"), EVERY)
def test_text_and_images_stand_in_the_place_of_a_document(kind, block):
    messages = conversation(block)
    (slot,) = find_documents(messages)
    image = ImagePart(png(40, 30), "image/png", (40, 30))
    parts = [TextPart("its text"), *([image] if DOCUMENTS[kind].write_image else []), DocumentPart(OTHER, "2")]
    changed = replace_images(messages, {slot.path: parts})
    blocks = changed[0][slot.path[1]]
    assert len(blocks) == len(parts) + 1
    first = blocks[0]
    assert "its text" in (first if isinstance(first, str) else first["text"] if "text" in first else str(first))
    assert len(find_images(changed)) == len(parts) - 2
    assert [found.load() for found in find_images(changed)] == [image.data] * (len(parts) - 2)
    assert [found.load() for found in find_documents(changed) if found.held.text is None] == [OTHER]


@pytest.mark.parametrize(
    ("block", "reference"),
    [
        ({"type": "document", "source": {"type": "url", "url": "https://a.example/b.pdf"}}, "https://a.example/b.pdf"),
        ({"type": "document", "source": {"type": "file", "file_id": "file_1"}}, "file_1"),
        ({"type": "file", "file": {"file_id": "file-2"}}, "file-2"),
        ({"type": "input_file", "file_url": "https://a.example/b.pdf"}, "https://a.example/b.pdf"),
        ({"type": "input_file", "file_id": "file-3"}, "file-3"),
        ({"fileData": {"mimeType": "application/pdf", "fileUri": "files/4"}}, "files/4"),
        (
            {"document": {"format": "pdf", "name": "b", "source": {"s3Location": {"uri": "s3://a/b.pdf"}}}},
            "s3://a/b.pdf",
        ),
        ({"type": "file", "mime_type": "application/pdf", "url": "https://a.example/b.pdf"}, "https://a.example/b.pdf"),
        ({"kind": "document-url", "url": "https://a.example/b.pdf"}, "https://a.example/b.pdf"),
        ({"block_type": "document", "url": "https://a.example/b.pdf"}, "https://a.example/b.pdf"),
    ],
)
def test_a_document_behind_a_reference_is_found_and_not_fetched(block, reference):
    (slot,) = find_documents(conversation(block))
    assert slot.reference == reference
    with pytest.raises(ImageSourceError, match="not fetched"):
        slot.load()


def test_plain_text_in_a_document_block_is_found():
    block = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "Some words."}}
    (slot,) = find_documents(conversation(block))
    assert slot.held.text == "Some words."


def test_a_document_inside_a_tool_result_is_found():
    inner = BLOCKS["anthropic_document"][0]
    messages = [{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "1", "content": [inner]}]}]
    (slot,) = find_documents(messages)
    assert slot.path == (0, "content", 0, "content", 0)


def test_title_context_and_the_mark_of_a_cached_prefix_survive():
    block = {**BLOCKS["anthropic_document"][0], "context": "from the archive", "cache_control": {"type": "ephemeral"}}
    messages = conversation(block)
    (slot,) = find_documents(messages)
    text, pages = replace_images(messages, {slot.path: [TextPart("text"), DocumentPart(OTHER, "2")]})[0]["content"][:2]
    assert text == {"type": "text", "text": "text"}
    assert (pages["title"], pages["context"], pages["cache_control"]) == (
        "a.pdf", "from the archive", {"type": "ephemeral"},
    )  # fmt: skip
    (only,) = replace_images(messages, {slot.path: [TextPart("text")]})[0]["content"][:1]
    assert only["source"] == {"type": "text", "media_type": "text/plain", "data": "text"}
    assert (only["title"], only["context"], only["cache_control"]) == (
        "a.pdf",
        "from the archive",
        {"type": "ephemeral"},
    )


def test_a_document_with_citations_or_a_signature_keeps_its_block():
    cited = {**BLOCKS["anthropic_document"][0], "citations": {"enabled": True}}
    signed = {**BLOCKS["google_document"][0], "thoughtSignature": "abc"}
    plain = BLOCKS["anthropic_document"][0]
    refusals = [document_refusal(find_documents(conversation(block))[0]) for block in (cited, signed, plain)]
    assert "citations" in refusals[0]
    assert "signed" in refusals[1]
    assert refusals[2] is None


@pytest.mark.parametrize(
    "block",
    [
        {"type": "file", "file": {"file_data": "data:image/png;base64,AAAA"}},
        {"inlineData": {"mimeType": "audio/mp3", "data": "AAAA"}},
        {"type": "document", "source": {"type": "base64", "media_type": "text/csv", "data": "YSxi"}},
        {"document": {"format": "docx", "name": "a", "source": {"bytes": b"PK"}}},
        {"type": "document", "source": None},
        {"type": "file", "file": None},
        {"type": ["document"]},
        {"document": "text"},
        "text",
        None,
    ],
)
def test_what_is_no_pdf_is_no_document(block):
    assert read_document(block) is None


def test_a_document_says_whose_format_a_conversation_is_in():
    assert detect_provider(conversation(BLOCKS["anthropic_document"][0])) == "anthropic"
    assert detect_provider(conversation(BLOCKS["google_document"][0])) == "google"


def test_objects_of_a_framework_keep_their_class():
    types = pytest.importorskip("google.genai.types")

    part = types.Part.from_bytes(data=PDF, mime_type="application/pdf")
    messages = [types.Content(role="user", parts=[part, types.Part.from_text(text="What is it?")])]
    (slot,) = find_documents(messages)
    assert slot.load() == PDF
    changed = replace_images(messages, {slot.path: [TextPart("its text"), DocumentPart(OTHER, "2")]})
    text, pages, _ = changed[0].parts
    assert isinstance(text, types.Part)
    assert text.text == "its text"
    assert pages.inline_data.data == OTHER
    assert messages[0].parts[0].inline_data.data == PDF


@pytest.mark.parametrize(("kind", "block"), EVERY)
def test_every_kind_is_counted_compared_checked_and_compressed(kind, block):
    messages = conversation(block)
    model = "claude-opus-5-5"
    estimate = headroom_nb.estimate(messages, model=model)
    assert estimate.documents == 1
    assert estimate.tokens
    assert headroom_nb.compare(messages, models=[model]).documents == 1
    check = headroom_nb.check(messages, model=model)
    assert check.documents == 1
    assert not check.violations
    (document,) = headroom_nb.compress(messages, model=model).documents
    assert document.original_tokens == estimate.tokens, kind
