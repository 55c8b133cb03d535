from __future__ import annotations

import pytest
from PIL import Image

import headroom_nb
from headroom_nb.demo.pdf import Page, make_pdf, report
from headroom_nb.errors import DocumentError, MessageError
from headroom_nb.formats import find_documents, user_message

TEXT = make_pdf([Page(("Some words on a page.",)), Page(("And some more.",))])


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "report.pdf"
    file.write_bytes(report())
    return file


@pytest.mark.parametrize(
    ("provider", "kind"),
    [
        ("openai", "openai_file"),
        ("openai_responses", "openai_input_file"),
        ("anthropic", "anthropic_document"),
        ("google", "google_document"),
        ("bedrock", "bedrock_document"),
    ],
)
def test_a_pdf_becomes_the_providers_own_block(provider, kind, path):
    for given in (path, str(path), report()):
        message = user_message("What is it?", given, provider=provider)
        (slot,) = find_documents([message])
        assert (slot.format, slot.load(), slot.question) == (kind, report(), "What is it?")


def test_a_pdf_and_an_image_go_into_one_message(path, tmp_path):
    from tests.support import gradient, png

    message = user_message("Which is newer?", [path, png(gradient(40, 30))], provider="anthropic")
    assert [block["type"] for block in message["content"]] == ["document", "image", "text"]


@pytest.mark.parametrize("how", ["path", "text", "bytes", "messages"])
def test_a_pdf_is_estimated_wherever_it_stands(how, path):
    given = {
        "path": path,
        "text": str(path),
        "bytes": report(),
        "messages": [user_message("?", path, provider="google")],
    }[how]
    estimate = headroom_nb.estimate(given, "gemini-3.5-flash")
    assert estimate.tokens == 6 * 560
    assert estimate.exact
    assert len(estimate.lines) == 1


def test_a_range_is_given_where_the_sources_leave_one(path):
    estimate = headroom_nb.estimate(path, "gpt-5.6-sol")
    assert estimate.bounds[0] < estimate.tokens < estimate.bounds[1]
    assert not estimate.exact


def test_the_text_of_a_pdf_is_the_cheapest_way_where_it_says_all():
    line = headroom_nb.estimate(TEXT, "claude-opus-5-5")
    assert line.cheapest.how == "as its text"
    assert line.cheapest.tokens < 0.1 * line.tokens
    assert headroom_nb.estimate(report(), "claude-opus-5-5").cheapest.how != "as its text"


def test_models_are_compared_by_documents_too(path):
    comparison = headroom_nb.compare(path, ["gemini-3.5-flash", "gemini-2.5-flash", "claude-opus-5-5"])
    tokens = {line.model: line.tokens for line in comparison.lines}
    assert tokens["gemini-3.5-flash"] == 6 * 560
    assert tokens["gemini-2.5-flash"] == 6 * 258
    assert tokens["claude-opus-5-5"] > 6 * 1500
    assert comparison.images == 1


def test_a_pdf_that_cannot_be_read_says_why(tmp_path):
    file = tmp_path / "broken.pdf"
    file.write_bytes(b"%PDF-1.7 broken")
    with pytest.raises(DocumentError, match="cannot be read"):
        headroom_nb.estimate(file, "gpt-4o")
    with pytest.raises(MessageError, match="cannot be read"):
        headroom_nb.compare([user_message("?", file)], ["gpt-4o"])


def test_documents_are_checked(tmp_path):
    broken = user_message("?", report(), provider="anthropic")
    broken["content"][0]["source"]["data"] = "JVBERi0xLjcgYnJva2Vu"
    result = headroom_nb.check([user_message("?", report(), provider="anthropic"), broken])
    assert result.documents == 2
    assert result.images == 0
    (violation,) = result.violations
    assert "cannot be read" in violation.message
    assert violation.path == (1, "content", 0)
    assert result.unread == ()
    away = [
        {"role": "user", "content": [{"type": "document", "source": {"type": "url", "url": "https://a.example/b.pdf"}}]}
    ]
    assert headroom_nb.check(away).not_judged == ((0, "content", 0),)


def test_the_rows_of_a_result_fold_the_pages_in():
    result = headroom_nb.compress(
        [user_message("What does page 4 say?", report(), provider="anthropic")], model="claude-opus-5-5"
    )
    text, html = str(result), result._repr_html_()
    assert "6 pages" in text
    assert "page 4 as text" in text
    assert "not sent" in html
    assert "<details>" in html
    assert html.count("<img") == 6
    assert "4: as text" in html


def test_a_report_of_documents_fits_its_schema():
    import jsonschema

    from headroom_nb.rendering import display
    from headroom_nb.rendering import report as reports

    result = headroom_nb.compress(
        [user_message("What does page 4 say?", report(), provider="anthropic")], model="claude-opus-5-5"
    )
    data = display.to_json(result)
    jsonschema.validate(data, reports.schema())
    (document,) = data["documents"]
    assert [page["form"] for page in document["pages"]].count("left out") == 5


def test_a_pdf_in_a_notebooks_outputs_is_on_its_bill():
    import base64

    output = {
        "output_type": "display_data",
        "metadata": {},
        "data": {"application/pdf": base64.b64encode(report()).decode()},
    }
    cell = {"cell_type": "code", "source": "", "metadata": {}, "execution_count": 1, "outputs": [output]}
    bill = headroom_nb.bill({"cells": [cell], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}, model="gpt-5.6-sol")
    (line,) = bill.lines
    assert line.cell == 1
    assert line.tokens > line.compressed_tokens > 0
    assert "a PDF of 6 pages" in line.note


def test_an_estimate_counts_images_and_documents_apart(path, tmp_path):
    Image.new("RGB", (64, 64)).save(tmp_path / "dot.png")
    found = headroom_nb.estimate([path, tmp_path / "dot.png"], "gpt-4o")
    assert found.documents == 1
    assert str(found).startswith("1 image and 1 document: ")


def test_a_document_prints_its_pages_and_its_row_counts_as_images_do():
    message = user_message("What does page 4 say?", report(), provider="anthropic")
    result = headroom_nb.compress([message], model="claude-opus-5-5")
    (document,) = result.documents
    printed = str(document)
    assert len([line for line in printed.splitlines() if line[0].isdigit()]) == document.page_count
    share = round(100 * document.saved_tokens / document.original_tokens)
    row = next(line for line in str(result).splitlines() if line.lstrip().startswith("D1 "))
    assert f"−{share} %" in row
    assert "1 document: 1 sent in another form" in str(result)


def test_the_rows_of_a_result_add_up_to_its_totals_documents_included(tmp_path):
    Image.new("RGB", (900, 600), "teal").save(tmp_path / "sky.png")
    message = user_message("What does page 4 say?", [report(), tmp_path / "sky.png"], provider="anthropic")
    result = headroom_nb.compress([message], model="claude-opus-5-5", router="rules")
    rows = result.to_rows()
    assert [row["kind"] for row in rows] == ["image", "document"]
    for name in ("original_tokens", "compressed_tokens", "original_bytes", "compressed_bytes"):
        assert sum(row[name] for row in rows) == getattr(result, name)
    assert rows[1]["name"] == "document.pdf"
    assert {*rows[1]["technique"].split(", ")} == {str(page.form) for page in result.documents[0].pages}
    assert rows[0].keys() == rows[1].keys()
    assert len(result.to_dataframe()) == 2


def test_a_document_that_is_left_as_it_was_has_a_row_that_gives_nothing_up():
    message = user_message("Sum?", report(), provider="anthropic")
    result = headroom_nb.compress([message], model="claude-opus-5-5", pages="99")
    (row,) = result.to_rows()
    assert (row["technique"], row["saved_tokens"], row["risk"]) == ("preserve", 0, 0.0)
    assert "99" in row["error"]


def test_the_archive_holds_documents_before_and_as_they_are_sent():
    import io
    import zipfile

    from headroom_nb.rendering.export import render

    message = user_message("What does page 4 say?", report(), provider="anthropic")
    chosen = headroom_nb.compress([message], model="claude-opus-5-5").override_document(0, forms={1: "page"})
    with zipfile.ZipFile(io.BytesIO(render(chosen, "zip"))) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    (before,) = [data for name, data in held.items() if name.startswith("original/")]
    assert before == report()
    sent = [data for name, data in held.items() if name.startswith("sent/")]
    assert sent == [part.data if hasattr(part, "data") else part.text.encode() for part in chosen.documents[0].parts]


def test_beside_images_the_cheapest_way_is_that_of_images_and_documents(tmp_path):
    Image.new("RGB", (900, 600), "teal").save(tmp_path / "sky.png")
    (tmp_path / "text.pdf").write_bytes(TEXT)
    for model in ("nova-2-lite", "claude-opus-5-5", "gemini-3-flash-preview", "gpt-4o"):
        both, picture, paper = (
            headroom_nb.compare(what, [model]).lines[0].cheapest.tokens
            for what in ([tmp_path / "sky.png", tmp_path / "text.pdf"], tmp_path / "sky.png", tmp_path / "text.pdf")
        )
        assert both == picture + paper


def test_a_comparison_counts_images_and_documents_apart(path, tmp_path):
    Image.new("RGB", (64, 64)).save(tmp_path / "dot.png")
    assert str(headroom_nb.compare(path, ["gpt-4o"])).startswith("1 document on 1 model")
    assert headroom_nb.compare([path, tmp_path / "dot.png"], ["gpt-4o"]).counted == "1 image and 1 document"


def test_a_check_lists_how_near_documents_are_to_their_limits():
    found = headroom_nb.check([user_message("Sum?", report(), provider="anthropic")], "claude-opus-5-5")
    assert {use.limit: use.used for use in found.limits}["pages of a document"] == 6
    assert all(use.used is not None for use in found.limits)  # no rows for images where there are none
    assert all("document" in use.limit for use in found.limits)


def test_what_is_said_of_pages_is_in_the_right_number():
    message = user_message("What does page 4 say?", report(), provider="anthropic")
    note = headroom_nb.compress([message], model="claude-opus-5-5").documents[0].note
    assert note.startswith("page 4 as text, pages 1-3 and 5-6 not sent")
