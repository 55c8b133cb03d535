"""A budget for a conversation: what it changes, what it leaves, and what it says."""

from __future__ import annotations

import copy
from fractions import Fraction

import pytest

import headroom_nb
from headroom_nb import ImageCompressor, Technique, compress
from headroom_nb.budget.apply import Bounds, tokens_of, within_bounds
from headroom_nb.budget.choose import choose_forms
from headroom_nb.costs import find_model
from headroom_nb.errors import OptionError
from headroom_nb.records import FormOffer, ImageResult
from headroom_nb.rendering import display
from tests.support import gradient, openai_message, png, text_image

MODEL = "gpt-5.6-sol"
QUESTIONS = ("What is it?", "Is it sunny?", "How many colours are there?", "What does the sign say?")


@pytest.fixture(scope="module")
def messages():
    sizes = ((900, 600), (640, 960), (1200, 800))
    found = []
    for question, size in zip(QUESTIONS, sizes, strict=False):
        found += [openai_message(question, png(gradient(*size))), {"role": "assistant", "content": "ok"}]
    return found


@pytest.fixture(scope="module")
def plain(messages):
    return compress(messages, model=MODEL)


def sendable(image):
    return [(form.tokens, form.risk) for form in image.forms if form.taken or form.too_risky or not form.why_not]


@pytest.mark.parametrize("share", [0.1, 0.3, 0.6, 0.9])
def test_the_forms_are_those_of_least_risk_within_the_budget(messages, plain, share):
    budget = int(share * plain.original_tokens)
    result = compress(messages, model=MODEL, budget=budget)
    best = choose_forms([sendable(image) for image in plain.images], budget)
    assert result.compressed_tokens == best.tokens <= budget
    assert sum(image.risk for image in result.images) == pytest.approx(best.risk, abs=1e-3)
    assert result.budget.spent == result.compressed_tokens
    assert result.budget.risk == pytest.approx(best.risk)
    assert result.budget.met
    assert result.budget.quality_tokens == plain.compressed_tokens


def test_what_is_sent_costs_what_the_result_says(messages, plain):
    result = compress(messages, model=MODEL, budget=plain.compressed_tokens // 2)
    assert headroom_nb.estimate(result.messages, MODEL).tokens == result.compressed_tokens


def test_a_budget_for_everything_gives_nothing_up(messages, plain):
    result = compress(messages, model=MODEL, budget=plain.original_tokens)
    assert sum(image.traded_tokens for image in result.images) == 0
    assert result.budget.risk == 0


def test_a_budget_that_cannot_be_met_says_by_how_much_and_gives_the_smallest(messages, plain):
    result = compress(messages, model=MODEL, budget=10)
    least = sum(min(tokens for tokens, _ in sendable(image)) for image in plain.images)
    assert result.compressed_tokens == result.budget.least_tokens == least
    assert result.budget.over == least - 10
    assert any(f"{least - 10:,} tokens over" in warning for warning in result.warnings)


def test_a_budget_in_dollars_is_one_in_tokens(messages, plain):
    price = Fraction(str(find_model(MODEL).usd_per_million_tokens))
    tokens = plain.compressed_tokens
    dollars = f"${float(tokens * price / 10**6):.6f}"
    assert compress(messages, model=MODEL, budget=dollars).compressed_tokens <= tokens
    assert compress(messages, model=MODEL, budget=dollars).budget.given == dollars


def test_dollars_without_a_price_are_an_error():
    with pytest.raises(OptionError, match="give it in tokens"):
        tokens_of("$1", find_model("pixtral-12b"))
    assert tokens_of("$0.29", find_model("claude-haiku-4-5")) == 290_000


def test_no_image_costs_more_than_one_may_where_a_form_is_that_small(messages, plain):
    result = compress(messages, model=MODEL, max_tokens_per_image=150)
    assert max(image.compressed_tokens for image in result.images) <= 150
    within = [image.compressed_tokens for image in plain.images if image.compressed_tokens <= 150]
    assert set(within) <= {image.compressed_tokens for image in result.images}  # what was small enough stays
    assert result.budget.tokens is None
    assert compress(messages, model=MODEL, max_tokens_per_image=1).budget.too_large == 3


def test_both_bounds_hold_together(messages, plain):
    budget = plain.compressed_tokens // 2
    result = compress(messages, model=MODEL, budget=budget, max_tokens_per_image=budget // 2)
    assert result.compressed_tokens <= budget
    assert max(image.compressed_tokens for image in result.images) <= budget // 2


def test_the_input_stays_and_the_output_stands(messages, plain):
    given = copy.deepcopy(messages)
    budget = plain.compressed_tokens // 2
    compressor = ImageCompressor(model=MODEL, budget=budget)
    first = compressor.run(messages)
    assert messages == given
    assert compressor.run(messages).messages == first.messages
    assert compressor.run(first.messages).messages == first.messages
    assert ImageCompressor(model=MODEL, budget=budget, cache="off").run(messages).messages == first.messages


def test_what_old_images_and_repeats_save_besides_is_in_the_report(messages, plain):
    budget = plain.compressed_tokens // 2
    for more in ({"history": "last=1"}, {"duplicates": "exact"}):
        result = compress([*messages, messages[0]], model=MODEL, budget=budget, **more)
        assert result.budget.spent == result.compressed_tokens <= budget


def test_what_was_chosen_manually_is_left_and_paid_for_by_the_others(messages, plain):
    budget = plain.compressed_tokens
    result = compress(messages, model=MODEL, budget=budget).override(0, "preserve")
    assert result.images[0].technique is Technique.PRESERVE
    assert result.images[0].compressed_tokens == result.images[0].original_tokens
    assert result.compressed_tokens <= max(budget, result.budget.least_tokens)
    assert result.budget.fixed_tokens == result.images[0].compressed_tokens


def test_the_decision_of_the_router_stays_with_an_image_in_another_form(messages, plain):
    result = compress(messages, model=MODEL, budget=plain.compressed_tokens // 3)
    changed = [
        (image, before)
        for image, before in zip(result.images, plain.images, strict=True)
        if image.compressed_tokens != before.compressed_tokens
    ]
    assert changed
    for image, before in changed:
        assert image.decision == before.decision
        assert sum(form.taken for form in image.forms) == 1
        assert next(form for form in image.forms if form.taken).tokens == image.compressed_tokens
        assert "chosen by the budget" in image.note


@pytest.fixture(scope="module")
def mixed():
    from headroom_nb.demo.pdf import report

    question = "What is in it, and how does each page look?"
    return [headroom_nb.user_message(question, report(), png(gradient(900, 600)))]


@pytest.mark.parametrize("share", [0.9, 0.4, 0.15])
def test_the_forms_of_a_documents_pages_are_chosen_together_with_those_of_the_images(mixed, share):
    wide = compress(mixed, model=MODEL, budget=10**6)
    budget = int(share * wide.original_tokens)
    result = compress(mixed, model=MODEL, budget=budget)
    (document,) = result.documents
    assert len(document.forms) > 1
    assert sum(form.taken for form in document.forms) == 1
    assert next(form for form in document.forms if form.taken).tokens == document.compressed_tokens
    assert result.budget.spent == result.compressed_tokens <= budget
    assert result.budget.fixed_tokens == 0
    best = choose_forms([sendable(each) for each in (*result.images, *result.documents)], budget)
    assert result.budget.risk == pytest.approx(best.risk)


def test_a_budget_for_everything_sends_a_document_as_it_is(mixed):
    result = compress(mixed, model=MODEL, budget=10**6)
    assert result.documents[0].compressed_tokens == result.documents[0].original_tokens
    assert result.messages[0]["content"][1] == mixed[0]["content"][1]


def test_pages_that_were_chosen_manually_are_left_and_paid_for(mixed):
    result = compress(mixed, model=MODEL, budget=10**6, pages="1-2")
    assert result.documents[0].forms == ()
    assert result.budget.fixed_tokens == result.documents[0].compressed_tokens


def test_the_table_says_what_the_budget_did(messages, plain):
    result = compress(messages, model=MODEL, budget=plain.compressed_tokens // 2)
    assert display.to_json(result, pictures=False)["budget"]["spent"] == result.compressed_tokens
    for shown in (str(result), result.to_markdown(), result._repr_html_()):
        assert "Budget of" in shown


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("openai", "gpt-4o"),
        ("anthropic", "claude-opus-5-5"),
        ("google", "gemini-3.5-flash"),
        ("google", "gemini-2.5-flash"),
    ],
)
def test_every_format_holds_its_budget_and_is_accepted(provider, model):
    given = headroom_nb.demo.messages(provider)[:4]
    plain = compress(given, model=model, router="rules")
    least = sum(min(tokens for tokens, _ in sendable(image)) for image in plain.images)
    budget = (least + plain.compressed_tokens) // 2
    result = compress(given, model=model, router="rules", budget=budget)
    assert result.compressed_tokens <= budget
    assert all(image.compressed_tokens <= image.original_tokens for image in result.images)
    assert headroom_nb.check(result.messages, model).ok
    again = compress(result.messages, model=model, router="rules", budget=budget)
    assert again.messages == result.messages


# what the request before was sent


@pytest.mark.parametrize("options", [{}, {"history": "auto"}, {"history": "last=1"}, {"duplicates": "exact"}])
@pytest.mark.parametrize("share", [0.2, 0.5, 3])
def test_what_a_budget_changes_in_earlier_messages_is_stated_and_true(messages, plain, share, options):
    compressor = ImageCompressor(model=MODEL, budget=int(share * plain.original_tokens), **options)
    longer = [*messages, messages[0]]
    for cut in (3, 5, 7):
        before, now = compressor.run(longer[: cut - 2]), compressor.run(longer[:cut])
        assert now.budget.breaks == changed_from(before.messages, now.messages)
        assert now.history is None or now.history.breaks == now.budget.breaks


def test_a_first_request_breaks_nothing(messages, plain):
    assert compress(messages[:1], model=MODEL, budget=100).budget.breaks is None


def changed_from(before, now):
    """Return the path of the first image block that differs; None where one list begins as the other."""
    for place, (old, new) in enumerate(zip(before, now, strict=False)):
        if old != new:
            return (place, "content", 1)
    return None


# forms that cannot be made, without pixels


def image_of(name, forms, taken):
    offers = tuple(
        FormOffer(label, Technique.FULL_LOW, tokens, 10, risk, "" if label == taken else "risk", taken=label == taken,
                  too_risky=label != taken)
        for label, tokens, risk in forms
    )  # fmt: skip
    tokens = next(offer.tokens for offer in offers if offer.taken)
    return ImageResult((name,), "q", None, Technique.FULL_LOW, 1000, tokens, forms=offers)


def remade(image, offer, tokens):
    forms = tuple(
        FormOffer(each.label, each.technique, each.tokens, 10, each.risk, taken=each.label == offer.label)
        for each in image.forms
    )
    return ImageResult(image.path, "q", None, Technique.FULL_LOW, 1000, tokens, forms=forms)


def test_a_form_that_cannot_be_made_is_left_out_and_the_choice_made_anew():
    image = image_of("a", [("s", 10, 0.3), ("m", 50, 0.1), ("l", 100, 0.01)], "l")

    def remake(offers):
        (offer,) = offers.values()
        return {image.path: image if offer.label == "m" else remade(image, offer, offer.tokens)}

    made, report = within_bounds([image], Bounds(60, None, "60 tokens"), remake)
    assert made[0].compressed_tokens == 10
    assert report.met


def test_a_form_that_costs_more_than_was_thought_is_counted_as_it_is():
    image = image_of("a", [("s", 10, 0.3), ("m", 50, 0.1), ("l", 100, 0.01)], "l")
    made, report = within_bounds(
        [image],
        Bounds(60, None, "60 tokens"),
        lambda offers: {path: remade(image, each, 70 if each.label == "m" else 10) for path, each in offers.items()},
    )
    assert made[0].compressed_tokens == 10 == report.spent


def test_an_image_without_forms_is_left_and_counted():
    image = image_of("a", [("s", 10, 0.3), ("l", 100, 0.01)], "l")
    bare = ImageResult(("b",), "q", None, Technique.PRESERVE, 40, 40)
    made, report = within_bounds(
        [image, bare],
        Bounds(60, None, "60 tokens"),
        lambda offers: {path: remade(image, each, each.tokens) for path, each in offers.items()},
    )
    assert [each.compressed_tokens for each in made] == [10, 40]
    assert (report.spent, report.fixed_tokens) == (50, 40)


def test_text_that_was_read_is_among_the_forms():
    page = png(text_image([f"line {number} of the page reads so" for number in range(30)], size=14, width=900))
    messages = [openai_message("Transcribe the page.", page)]
    plain = compress(messages, model=MODEL)
    result = compress(messages, model=MODEL, budget=min(form.tokens for form in plain.images[0].forms) + 5)
    assert result.budget.met


def test_documents_are_part_of_what_a_budget_risks():
    from headroom_nb.demo.pdf import report

    message = headroom_nb.user_message("What does page 4 say?", report(), provider="anthropic")
    result = compress([message], model="claude-opus-5-5", budget=10)
    assert result.budget.risk == result.budget.quality_risk == result.documents[0].risk > 0


def test_what_old_images_risk_is_in_the_report(messages, plain):
    result = compress([*messages, messages[0]], model=MODEL, budget=plain.original_tokens * 2, history="last=1")
    old = [image for image in result.images if image.history]
    assert old
    assert result.budget.risk == pytest.approx(sum(image.risk or 0 for image in result.images), abs=1e-3)


def test_a_budget_in_dollars_says_what_is_spent_in_dollars(messages, plain):
    price = find_model(MODEL).usd_per_million_tokens
    result = compress(messages, model=MODEL, budget="$0.002")
    assert f"{result.budget.spent:,} tokens (${result.budget.spent * price / 1e6:.2g})" in str(result.budget)
    assert "($" not in str(compress(messages, model=MODEL, budget=400).budget)
