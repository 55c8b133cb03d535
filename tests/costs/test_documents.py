"""Golden counts of documents: what third parties measured, and what providers publish."""

from __future__ import annotations

import pytest

from headroom_nb.costs import find_model
from headroom_nb.costs.documents import SentDocument, check_documents, document_rule, load_documents

LETTER, A4 = (612, 792), (595, 842)

MEASURED = [
    # model, kind of block, pages as (size, tokens of text), overhead of the request, tokens measured, source
    ("claude-opus-5-5", "anthropic_document", [(LETTER, 728)], 77, 2347, "pdf-token-cost v2"),
    ("claude-sonnet-5-5", "anthropic_document", [(LETTER, 728)], 77, 2347, "pdf-token-cost v2"),
    ("claude-haiku-4-5", "anthropic_document", [(LETTER, 503)], 65, 2115, "pdf-token-cost v2"),
    ("claude-opus-5-5", "anthropic_document", [(LETTER, 0)], 77, 1600, "pdf-token-cost v2, a scan"),
    ("claude-haiku-4-5", "anthropic_document", [(LETTER, 0)], 65, 1592, "pdf-token-cost v2, a scan"),
    ("claude-opus-5-5", "anthropic_document", [(LETTER, 728)] * 10, 77, 23236, "pdf-token-cost v2, 10 pages"),
    ("claude-haiku-4-5", "anthropic_document", [(LETTER, 503)] * 10, 65, 20979, "pdf-token-cost v2, 10 pages"),
    ("claude-haiku-4-5", "anthropic_document", [(LETTER, 0)] * 60, 0, 94485, "Bedrock, 60 pages, seen"),
    ("gemini-3.5-flash", "google_document", [(LETTER, 700)] * 1, 1, 561, "Gemini 3, 1 page"),
    ("gemini-3.5-flash", "google_document", [(LETTER, 700)] * 5, 1, 2801, "Gemini 3, 5 pages"),
    ("gemini-3.5-flash", "google_document", [(LETTER, 700)] * 10, 1, 5601, "Gemini 3, 10 pages"),
    ("gemini-3.1-pro-preview", "google_document", [(LETTER, 0)], 1, 561, "Gemini 3, a scan"),
    ("gemini-2.5-flash", "google_document", [(A4, 700)] * 75, 0, 75 * 258, "Gemini 2, 75 pages"),
]


@pytest.mark.parametrize(("model", "wire", "pages", "overhead", "tokens", "source"), MEASURED)
def test_counts_are_within_one_percent_of_what_was_measured(model, wire, pages, overhead, tokens, source):
    spec = find_model(model)
    cost = document_rule(spec, wire).of_pages(pages, spec)
    assert cost.tokens + overhead == pytest.approx(tokens, rel=0.01), source


def test_the_picture_of_a_page_is_billed_at_the_standard_tier_on_every_claude():
    for model in ("claude-opus-5-5", "claude-haiku-4-5", "claude-fable-5-2"):
        spec = find_model(model)
        assert document_rule(spec, "anthropic_document").cost(LETTER, 0, spec).image == 1496
        assert document_rule(spec, "anthropic_document").cost(A4, 0, spec).image == 1551


def test_gemini_bills_pages_by_level_and_their_text_not_at_all():
    spec = find_model("gemini-3.5-flash")
    rule = document_rule(spec, "google_document")
    assert [rule.cost(LETTER, 900, spec, level).tokens for level in ("low", "auto", "medium", "high")] == [
        280, 560, 560, 1120,
    ]  # fmt: skip
    assert rule.of_pages([(LETTER, 900)], spec).exact


def test_openai_pages_stay_within_the_bounds_that_can_be_derived():
    spec = find_model("gpt-5.6-sol")
    rule = document_rule(spec, "openai_input_file")
    high, low = rule.cost(LETTER, 500, spec, "high"), rule.cost(LETTER, 500, spec, "low")
    assert high == rule.cost(LETTER, 500, spec, "auto")  # high from GPT-5.6 on
    assert low.image <= 308
    assert 500 <= high.low <= high.tokens <= high.high <= 3500
    older = find_model("gpt-5.5")
    assert document_rule(older, "openai_input_file").cost(LETTER, 500, older).image <= 308


def test_no_page_images_are_counted_where_none_were_seen():
    spec = find_model("gpt-4o-mini")
    cost = document_rule(spec, "openai_file").cost(LETTER, 1000, spec)
    assert cost.image == 0
    assert 970 <= cost.tokens <= 1090


def test_what_was_not_measured_is_a_range():
    spec = find_model("gpt-5.6-sol")
    cost = document_rule(spec, "openai_file").of_pages([(LETTER, 500)], spec)
    assert not cost.exact
    assert cost.bounds is not None
    assert cost.bounds[0] == 500


def test_bedrock_sends_claude_the_text_alone_unless_citations_are_on():
    spec = find_model("claude-opus-5-5", "bedrock")
    off, on = (document_rule(spec, "bedrock_document", citations=asked) for asked in (False, True))
    three = [(LETTER, 340)] * 3
    assert off.of_pages(three, spec).tokens == pytest.approx(1000, rel=0.05)
    assert 5000 < on.of_pages(three, spec).tokens < 7500
    direct = document_rule(spec, "anthropic_document", citations=False)
    assert direct.cost(LETTER, 0, spec).image == 1496


def test_every_model_has_a_rule_and_a_guess_says_so():
    for model in ("grok-4.7", "kimi-k3", "nova-2-lite", "mistral-medium-3", "llava"):
        spec = find_model(model)
        cost = document_rule(spec, "openai_file").of_pages([(LETTER, 300)], spec)
        assert cost.tokens > 0
        assert not cost.exact
        assert cost.note


def test_every_rule_names_a_source_with_a_date():
    table = load_documents()
    rows = [*table["rules"], *table["limits"].values()]
    assert {row["source"] for row in rows} == set(table["sources"])
    assert all(source["dated"] and source["trust"] for source in table["sources"].values())


def test_documents_over_the_limits_of_a_provider_are_named():
    over = [SentDocument((0, "content", n), 1200, 40_000_000) for n in range(6)]
    assert {found.path for found in check_documents(over, "google")} == {each.path for each in over}
    assert "5 in a request" in check_documents(over, "bedrock")[-1].message
    assert check_documents(over, "anthropic")[-1].path == ()
    small = [SentDocument((0,), 3, 1000), SentDocument((1,), None, None)]
    assert not any(check_documents(small, name) for name in ("anthropic", "openai", "google", "bedrock", "xai"))
