"""The choice: the fewest tokens within the risk that the quality allows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from headroom_nb import ImageCompressor
from headroom_nb.errors import OcrError
from headroom_nb.ocr import FakeOcr
from headroom_nb.options import Options
from headroom_nb.pictures import open_picture
from headroom_nb.pipeline.choice import ALLOWED, risk, why_not
from headroom_nb.pipeline.context import DecisionContext
from headroom_nb.pipeline.decide import rate
from headroom_nb.records import NEEDS, QUALITIES, FormOffer, ImagePart, Needs, RouteDecision, Technique, TextPart
from headroom_nb.signals.measure import measure
from headroom_nb.signals.text_size import measure_text_size
from headroom_nb.survival import load_profiles
from headroom_nb.techniques.forms import Facts, Form
from headroom_nb.techniques.whole import whole_forms
from tests.support import FixedRouter, gradient, openai_message, png, text_image
from tests.techniques.technique_jobs import job, page_of_text

STANDARD = load_profiles()["standard"]
LINES = [f"Item {number} of the list costs {number}.50" for number in range(30)]
PAGE = png(text_image(LINES, size=28, width=1600))
PHOTO = png(gradient(3000, 2000))

needs = st.dictionaries(st.sampled_from(NEEDS), st.floats(0.01, 1), min_size=1).map(Needs.from_mapping)


class NeedsRouter:
    """A router that says what is needed, whatever is asked."""

    name = "needs"

    def __init__(self, **shares: float) -> None:
        self.shares = Needs.from_mapping(shares)

    def classify(self, image, query, *, quality="balanced"):
        return RouteDecision(Technique.PRESERVE, 0.9, "by need", self.name, signals=measure(image), needs=self.shares)

    def needs(self, image, query):
        return self.shares

    def classify_query(self, query):
        return Technique.PRESERVE, 0.9

    def analyze_image(self, image):
        return measure(image)


def sent(picture, *, quality="balanced", model="gpt-5.6-sol", ocr=None, keep_low_view=False, **shares):
    compressor = ImageCompressor(
        model, NeedsRouter(**shares), quality, ocr or FakeOcr(LINES), keep_low_view=keep_low_view, cache="off"
    )
    image = compressor.run([openai_message("?", picture)]).images[0]
    assert image.error is None
    return image


def test_what_is_kept_as_it_is_has_no_risk():
    facts = Facts(view=2000, share=1.0, font=9.0)
    for need in NEEDS:
        assert risk(facts, Needs.from_mapping({need: 1}), STANDARD, facts) == 0


def test_text_that_could_not_be_read_before_is_not_lost_by_us():
    before, after = Facts(view=2000, share=1.0, font=5.0), Facts(view=2000, share=0.99, font=4.95)
    assert risk(after, Needs.from_mapping({"exact": 1}), STANDARD, before) < 0.05


@given(needs, st.floats(0.05, 1), st.floats(0.05, 1), st.floats(4, 40))
def test_less_of_a_view_is_never_less_risk(shares, one, two, font):
    before = Facts(view=2000, share=1.0, font=font)
    small, large = (
        risk(Facts(view=2000 * share, share=share, font=font * share), shares, STANDARD, before)
        for share in sorted((one, two))
    )
    assert 0 <= large <= small <= 1


@pytest.mark.parametrize("quality", QUALITIES)
def test_what_is_sent_is_the_cheapest_within_the_risk_allowed(quality):
    image = sent(PHOTO, quality=quality, detail=0.5, gist=0.5)
    taken = next(form for form in image.forms if form.taken)
    assert taken.risk == pytest.approx(image.risk, abs=1e-4)
    assert image.risk <= ALLOWED[quality]
    assert all(form.why_not for form in image.forms if form.tokens < taken.tokens)
    assert image.confidence == 1 - image.risk


def test_a_finer_need_or_a_stricter_quality_sends_more():
    tokens = [sent(PHOTO, quality=quality, detail=1).compressed_tokens for quality in ("max", "balanced", "safe")]
    assert tokens == sorted(tokens)
    assert tokens[0] < tokens[-1]
    assert sent(PHOTO, gist=1).compressed_tokens < sent(PHOTO, count=1).compressed_tokens < tokens[1]


def test_a_question_for_a_mark_gets_more_than_the_text():
    image = sent(PAGE, marks=0.6, exact=0.4)
    assert any(isinstance(part, ImagePart) for part in image.parts)


def test_where_everything_may_be_asked_the_image_is_still_made_smaller_and_stays_legible():
    image = sent(png(text_image(LINES * 2, size=40, width=3600)), **dict.fromkeys(NEEDS, 1.0))
    assert image.sizes
    assert image.compressed_tokens < 0.6 * image.original_tokens


def test_where_it_is_open_what_is_needed_a_legible_view_will_do():
    forms = [
        Form(Technique.FULL_LOW, "a view", 500, 100, facts, tuple)
        for facts in (
            Facts(view=1824, breadth=1824, share=0.5, font=4.0),
            Facts(view=1000, breadth=1000, share=0.5, font=12.0),
            Facts(view=1000, breadth=1000, share=0.5, font=11.0),
            Facts(view=1000, breadth=400, share=0.5, font=12.0),
            Facts(view=1000, breadth=1000, share=0.5, font=12.0, literal=True),
            Facts(view=1000, breadth=1000, share=0.5, font=12.0, sure=False),
        )
    ]
    sent = [not why_not(form, 0.05, "balanced", 4000, keep_low_view=False, unsure=True) for form in forms]
    assert sent == [True, True, False, False, False, False]
    assert not any(not why_not(form, 0.05, "balanced", 4000, keep_low_view=False) for form in forms)
    assert not any(not why_not(form, 0.05, "safe", 4000, keep_low_view=False, unsure=True) for form in forms)


def test_an_unsure_decision_never_keeps_a_large_image_whole():
    for model in ("gpt-5.6-sol", "claude-opus-5-5"):
        image = sent(PHOTO, model=model, detail=0.5, place=0.5)
        assert image.technique is not Technique.PRESERVE
        assert max(image.sizes[0]) <= 1824


def test_text_alone_must_save_a_quarter_of_the_tokens():
    facts = Facts(exact=1.0, prose=1.0)
    bare = whole_forms(job(page_of_text()[0]))[0]
    text = type(bare)(Technique.TRANSCODE, "text", 80, 100, facts, tuple)
    assert "25%" in why_not(text, 0.0, "balanced", 100, keep_low_view=False)
    assert why_not(text, 0.0, "balanced", 200, keep_low_view=False) == ""
    assert "view" in why_not(text, 0.0, "balanced", 200, keep_low_view=True)


def test_a_small_view_stays_beside_the_text_where_that_was_asked_for():
    alone, both = (sent(PAGE, keep_low_view=keep, exact=1.0, quality="max") for keep in (False, True))
    assert not both.sizes or any(isinstance(part, ImagePart) for part in both.parts)
    assert alone.compressed_tokens <= both.compressed_tokens


def test_no_image_of_text_costs_seconds_of_reading_for_nothing():
    class Counted(FakeOcr):
        calls = 0

        def read(self, image, *, progress=None):
            self.calls += 1
            return super().read(image, progress=progress)

    for picture, shares in ((PHOTO, {"exact": 1}), (png(text_image(LINES[:3], size=14, width=300)), {"gist": 1})):
        engine = Counted(LINES)
        sent(picture, ocr=engine, **shares)
        assert engine.calls == 0


def test_text_that_was_not_measured_on_a_screen_is_looked_for_where_it_is_asked_for():
    class Counted(FakeOcr):
        calls = 0

        def read(self, image, *, progress=None):
            self.calls += 1
            return super().read(image, progress=progress)

    screen = png(Image.new("RGB", (1900, 1000), "white"))
    for shares, reads in (({"exact": 1}, True), ({"gist": 1}, False)):
        engine = Counted([])
        sent(screen, ocr=engine, **shares)
        assert (engine.calls > 0) == reads


def test_text_that_nobody_read_keeps_the_size_that_code_needs():
    class Failing(FakeOcr):
        def read(self, image, *, progress=None):
            raise OcrError("out of memory")

    unread = sent(PAGE, ocr=Failing(LINES), exact=1)
    taken = next(form for form in unread.forms if form.taken)
    as_prose = whole_forms(replace(job(PAGE), text=measure_text_size(open_picture(PAGE))))
    same = next(form for form in as_prose if form.label == taken.label)
    assert taken.technique is Technique.FULL_LOW
    assert taken.risk > risk(same.facts, Needs.from_mapping({"exact": 1}), STANDARD, as_prose[0].facts)


def test_an_engine_that_fails_leaves_the_forms_without_text():
    class Broken(FakeOcr):
        def read(self, image, *, progress=None):
            from headroom_nb.errors import OcrError

            raise OcrError("no engine")

    image = sent(png(text_image(LINES, size=14, width=1600)), ocr=Broken(), prose=1)
    assert "no engine" in image.note
    assert image.technique in {Technique.FULL_LOW, Technique.PRESERVE}


def test_a_router_that_only_says_preserve_gives_nothing_up():
    compressor = ImageCompressor("gpt-5.6-sol", FixedRouter(Technique.PRESERVE), cache="off")
    image = compressor.run([openai_message("?", PHOTO)]).images[0]
    assert image.technique is Technique.PRESERVE
    assert image.traded_tokens == 0


def test_what_is_sent_smaller_is_never_called_preserve():
    for shares in ({"gist": 1}, {"exact": 1}, {"count": 1}, dict.fromkeys(NEEDS, 1.0)):
        image = sent(PAGE, **shares)
        assert (image.technique is Technique.PRESERVE) == (image.traded_tokens == 0)


def test_every_form_is_named_with_its_price_and_why_not():
    image = sent(PAGE, exact=1)
    assert [form.tokens for form in image.forms] == sorted(form.tokens for form in image.forms)
    assert sum(form.taken for form in image.forms) == 1
    assert all(isinstance(form, FormOffer) and form.label for form in image.forms)
    assert len({form.label for form in image.forms}) == len(image.forms)


def test_a_sentence_says_what_was_done_and_what_is_left():
    assert "in the model's view" in sent(PHOTO, gist=1).note
    small = sent(png(text_image(LINES[:4], size=12, width=260)), exact=1)
    assert "Kept whole: the question needs exact characters" in small.note


def test_manual_choices_are_rated_and_carried_out():
    compressor = ImageCompressor("gpt-5.6-sol", NeedsRouter(exact=1), ocr=FakeOcr(LINES), cache="off")
    result = compressor.run([openai_message("?", PAGE)])
    for technique in (Technique.FULL_LOW, Technique.TRANSCODE, Technique.PRESERVE):
        image = result.override(result.images[0].path, technique).images[0]
        assert image.technique is technique
        assert image.risk is not None
    low = result.override(result.images[0].path, "full_low").images[0]
    assert low.compressed_tokens < 0.2 * low.original_tokens
    text = result.override(result.images[0].path, "transcode").images[0]
    assert any(isinstance(part, TextPart) for part in text.parts)


def test_a_manual_box_is_what_is_cut_out():
    work = job(Image.new("RGB", (1600, 1200)), box=(100, 100, 500, 400))
    context = DecisionContext(work.model, Options(), forced=Technique.CROP, box=work.box)
    from headroom_nb.pipeline.decide import Look, offers

    decision = RouteDecision(Technique.CROP, 1.0, "chosen manually", "user", signals=work.signals)
    seen = Look(decision, Needs.from_mapping({"place": 1}), work.text)
    rated = rate(*offers(work, seen, context, [], []), context, decision)
    allowed = [each.form for each in rated if not each.why_not]
    assert {form.box for form in allowed if form.technique is Technique.CROP} == {(100, 100, 500, 400)}
