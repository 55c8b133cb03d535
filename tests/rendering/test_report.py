from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import pytest
from PIL import Image

from headroom_nb import compress, demo
from headroom_nb.pictures import encode
from headroom_nb.records import FormOffer, ImagePart, ImageSignals, RouteDecision, Technique, TextPart
from headroom_nb.rendering import display, plain, report
from headroom_nb.rendering.report import crop_box, sent_picture
from headroom_nb.rendering.wording import done
from tests.rendering.test_display import PICTURE, image, result
from tests.support import openai_message, png, text_image

VALIDATOR = jsonschema.Draft202012Validator(report.schema())
NOISE = png(Image.effect_noise((300, 300), 90).convert("RGB"))
SIGNALS = ImageSignals(0.98, 0.1, 0.5, 1.0, 0.25, 12, 9.0, 14.0, 0.333333, (1000, 700))


@pytest.fixture(scope="module")
def demo_result():
    return compress(demo.messages("openai"), router="rules")


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(report.schema())


@pytest.mark.parametrize("provider", ["openai", "anthropic", "google"])
def test_real_reports_fit_the_schema_and_use_all_of_it(provider):
    made = display.to_json(compress(demo.messages(provider), router="rules"))
    VALIDATOR.validate(made)
    properties = report.schema()["properties"]
    assert made.keys() == properties.keys()
    assert made["totals"]["original_bytes"] == sum(entry["original_bytes"] for entry in made["images"]) > 0
    assert made["totals"].keys() == properties["totals"]["properties"].keys()
    for entry in made["images"]:
        assert entry.keys() == properties["images"]["items"]["properties"].keys()


def test_a_report_of_nothing_fits_the_schema():
    VALIDATOR.validate(display.to_json(result()))


def test_the_schema_finds_what_is_wrong(demo_result):
    made = json.loads(json.dumps(display.to_json(demo_result)))
    made["images"][0]["thumbnail"] = "https://example.com/pixel.png"
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(made)


def test_a_crop_is_shown_with_its_place_and_before_its_overview():
    overview = encode(Image.new("RGB", (32, 20)), mark="overview", webp=False)
    cut = encode(Image.new("RGB", (300, 200)), mark="crop", webp=False)
    parts = (
        ImagePart(overview.data, overview.media_type, overview.size, role="overview"),
        ImagePart(cut.data, cut.media_type, cut.size, box=(10, 20, 310, 220), role="crop"),
    )
    (account,) = result(image(parts=(TextPart("[This is the part …]"), *parts))).images
    assert sent_picture(account) is parts[1]
    assert crop_box(account) == (10, 20, 310, 220)
    entry = display.to_json(result(account))["images"][0]
    assert entry["crop_box"] == [10, 20, 310, 220]
    assert entry["compressed_thumbnail"].startswith("data:image/")


def test_tiles_are_shown_by_their_overview_and_have_no_place():
    small = encode(Image.new("RGB", (32, 20)), mark="overview", webp=False)
    tile, view = (ImagePart(small.data, small.media_type, small.size, "low") for _ in range(2))
    cut = [replace(tile, box=(left, 0, left + 200, 300), role="crop") for left in (0, 150)]
    made = image(
        technique=Technique.FULL_LOW,
        sizes=((32, 20),) * 3,
        parts=(TextPart("[First 2 overlapping parts …]"), *cut, replace(view, role="overview")),
    )
    assert sent_picture(made).role == "overview"
    assert crop_box(made) is None
    assert done(made) == "whole, in 2 tiles + small view"


def test_a_real_crop_has_a_place():
    page = text_image([f"{number}. Line of a page with figures {number * 37}" for number in range(40)], width=1200)
    made = compress([openai_message("What does the top right corner say?", png(page))]).override(
        (0, "content", 1), "crop"
    )
    (account,) = made.images
    assert account.technique is Technique.CROP
    left, top, right, bottom = crop_box(account)
    assert 0 <= left < right <= page.width
    assert 0 <= top < bottom <= page.height


def test_a_transcript_keeps_its_lines_and_has_no_picture():
    text = "Total   12.50\n  Tax\t2.00\x1b[31m\n" + "x" * 5000
    made = result(image(technique=Technique.TRANSCODE, parts=(TextPart(text),), sizes=()))
    (entry,) = display.to_json(made)["images"]
    assert entry["text"].splitlines()[:2] == ["Total 12.50", "  Tax 2.00 [31m"]
    assert len(entry["text"]) == report.MOST_TRANSCRIPT
    assert entry["text"].endswith("…")
    assert entry["compressed_thumbnail"] == ""
    assert entry["crop_box"] is None


def test_an_image_that_stays_has_nothing_sent_instead():
    (entry,) = display.to_json(result(image(technique=Technique.PRESERVE)))["images"]
    assert (entry["compressed_thumbnail"], entry["text"], entry["crop_box"], entry["sent_detail"]) == (
        "",
        "",
        None,
        None,
    )


def test_the_detail_level_is_the_block_s_own():
    made = compress([openai_message("What is it?", PICTURE, detail="high")], router="rules")
    assert display.to_json(made)["images"][0]["detail"] == "high"


def test_signals_are_shares():
    decision = RouteDecision(Technique.CROP, 0.7, "why", "rules", signals=SIGNALS)
    signals = display.to_json(result(image(decision=decision)))["images"][0]["signals"]
    assert signals == {
        "has_text": 0.98,
        "is_document": 0.1,
        "is_complex": 0.5,
        "has_small_details": 1.0,
        "text_coverage": 0.25,
        "detail_loss": 0.333,
    }


@pytest.mark.parametrize("count", [1, 8, 20, 100, 1000])
def test_an_output_stays_bounded_with_long_texts_and_two_pictures_a_row(count):
    long = "Wörter " * 200
    parts = (TextPart(long * 10), ImagePart(NOISE, "image/png", (300, 300)))
    decision = RouteDecision(Technique.CROP, 0.7, long, "rules", signals=SIGNALS)
    made = result(
        *(
            image(source=NOISE, parts=parts, question=long, note=long, decision=decision, path=(place, "content", 0))
            for place in range(count)
        )
    )
    bundle = display.mimebundle(made)
    assert len(json.dumps(bundle)) < 200_000
    VALIDATOR.validate(bundle[report.JSON_MIME])


def test_a_few_images_have_previews_of_both_sides():
    parts = (ImagePart(NOISE, "image/png", (300, 300)),)
    made = result(*(image(source=NOISE, parts=parts, path=(place, "content", 0)) for place in range(20)))
    for entry in display.to_json(made)["images"]:
        assert entry["thumbnail"]
        assert entry["compressed_thumbnail"]


def test_the_report_without_pictures_is_small():
    made = result(*(image(path=(place, "content", 0)) for place in range(20)))
    assert len(json.dumps(display.to_json(made, pictures=False))) < 20_000


def test_a_saved_report_is_one_for_viewers(demo_result, tmp_path):
    path = demo_result.save_report(tmp_path / "march")
    assert path.name == "march.headroom.json"
    stored = json.loads(path.read_text("utf-8"))
    VALIDATOR.validate(stored)
    assert all(entry["thumbnail"] for entry in stored["images"])
    assert demo_result.save_report(tmp_path / "mine.json").name == "mine.json"


def test_a_saved_report_holds_more_images_than_an_output(tmp_path):
    made = result(*(image(source=b"", path=(place, "content", 0)) for place in range(150)))
    stored = json.loads(made.save_report(tmp_path / "many").read_text("utf-8"))
    assert len(stored["images"]) == 150
    assert stored["hidden_images"] == 0


def test_shortened_lines_stay_within_their_length():
    assert plain.shorten_lines("ab\ncd", 5) == "ab\ncd"
    assert plain.shorten_lines("ab\ncde", 5) == "ab\nc…"
    assert plain.shorten_lines("", 5) == ""


def test_the_image_as_it_is_and_the_form_that_was_sent_are_always_among_the_forms(demo_result):
    many = [
        FormOffer(f"{tokens}×9", Technique.FULL_LOW, tokens, 9, 1 / tokens, taken=tokens == 33)
        for tokens in range(20, 80)
    ]
    offers = (
        *many,
        FormOffer("crop", Technique.CROP, 90, 9, 0.0),
        FormOffer("unchanged", Technique.PRESERVE, 99, 9, 0.0),
    )
    shown = report._forms(replace(demo_result.images[0], forms=offers), report.MOST_FORMS)
    assert [form["label"] for form in shown if form["taken"]] == ["33×9"]
    assert shown[-1]["label"] == "unchanged"
    assert len(shown) <= report.MOST_FORMS + 2


def test_every_form_of_an_image_has_a_label_of_its_own(demo_result):
    for one in demo_result.images:
        labels = [form.label for form in one.forms]
        assert len(labels) == len(set(labels))
