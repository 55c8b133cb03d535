"""CROP: the part that was asked for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from headroom_nb.analysis.provider_view import provider_view
from headroom_nb.costs import estimate
from headroom_nb.costs.pricing import price_parts
from headroom_nb.pictures import open_picture, read_header
from headroom_nb.records import ImagePart, TextPart
from headroom_nb.techniques import matching
from headroom_nb.techniques.crop import crop_forms
from headroom_nb.techniques.locate import place_region, text_region
from headroom_nb.techniques.whole import current_view
from tests.techniques.technique_jobs import job, page_of_text, photo

MODELS = ("gpt-4o", "gpt-5.6-sol", "claude-opus-5-5", "claude-haiku-4-5", "gemini-3-flash-preview")
SIZE = (1600, 1200)


def dotted(x, y, size=SIZE):
    """Return a grey image with a red dot."""
    image = Image.new("RGB", size, (120, 120, 120))
    ImageDraw.Draw(image).ellipse((x - 6, y - 6, x + 6, y + 6), fill="red")
    return image


def red_pixels(picture):
    data = picture if isinstance(picture, bytes) else picture.data
    red, green, blue = np.moveaxis(np.asarray(open_picture(data).rgb()), -1, 0)
    return int(((red > 200) & (green < 60) & (blue < 60)).sum())


def forms(work):
    region = place_region(work) or text_region(work, work.read().page)
    return [] if region is None else crop_forms(work, region.box, region.words, region.confidence)


def sharpest(work):
    """Return the parts of the largest crop."""
    return max(forms(work), key=lambda form: (form.facts.cut[1].view, -form.tokens)).build()


def images(parts):
    return [part for part in parts if isinstance(part, ImagePart)]


@pytest.mark.parametrize("model", MODELS)
def test_the_corner_that_was_named_is_in_the_crop_as_sharp_as_it_was_seen_and_cheaper(model):
    work = job(dotted(1500, 80), "What is in the top right corner?", model=model)
    parts = sharpest(work)
    seen = provider_view(work.picture, model)
    assert red_pixels(images(parts)[0]) > 0.6 * min(1.0, seen.width / SIZE[0]) ** 2 * red_pixels(work.picture.data)
    if "gemini" not in model:
        assert price_parts(parts, work.model, "auto").tokens < 0.75 * estimate(SIZE, work.model).tokens


def test_a_crop_is_not_a_shrunk_whole():
    parts = sharpest(job(dotted(1500, 80), "What is in the bottom left corner?"))
    assert red_pixels(images(parts)[0]) == 0


def test_it_says_which_part_of_the_original_it_is():
    part = images(sharpest(job(dotted(80, 80), "the top left corner")))[0]
    assert (part.role, part.box[:2]) == ("crop", (0, 0))
    assert part.box[2] < 1600
    assert part.box[3] < 1200
    assert read_header(part.data).mark == "crop"


def test_it_comes_alone_or_with_an_overview_at_many_prices():
    found = forms(job(dotted(100, 600), "What is on the left?"))
    assert {len(form.sizes) for form in found} == {1, 2}
    assert len({form.tokens for form in found}) > 10
    both = next(form for form in found if len(form.sizes) == 2)
    assert [part.role for part in images(both.build())] == ["crop", "overview"]


def test_a_piece_never_shows_more_than_the_model_sees_now():
    work = job(photo((4000, 3000)), "What is in the top left corner?", model="claude-haiku-4-5", font=60.0)
    now = current_view(work)
    assert all(form.facts.cut[1].share <= 1 for form in forms(work))
    assert max(form.facts.cut[1].view for form in forms(work)) <= 1.06 * max(now.seen)


def test_the_model_is_told_that_it_sees_a_part():
    caption = sharpest(job(dotted(80, 80), "the top left corner"))[0]
    assert isinstance(caption, TextPart)
    assert "(0, 0)" in caption.text
    assert "1600×1200" in caption.text


@pytest.mark.parametrize("question", ["What is this?", "Is it to the right of the bottle?", ""])
def test_no_region_means_no_crop(question):
    assert forms(job(photo(), question)) == []


def test_a_region_of_your_own_is_cut_out_as_it_is():
    work = job(dotted(80, 80), box=(10, 20, 300, 400))
    found = crop_forms(work, work.box, "the region you chose", 1.0)
    assert {form.box for form in found} == {(10, 20, 300, 400)}


def find_region(work):
    return place_region(work) or text_region(work, work.read().page)


def test_the_total_is_found_by_its_label_and_its_whole_row_is_kept():
    image, _ = page_of_text((1600, 1200), 24, ["Cafe", "Tea", "Milk", "Sum before tax", "AMOUNT DUE"] + ["x"] * 5)
    boxes = [
        ("Tea", (24, 72, 100, 100)),
        ("2.10", (1400, 72, 1500, 100)),
        ("AMOUNT DUE", (24, 216, 300, 244)),
        ("14.75", (1400, 218, 1500, 246)),
        ("Thank you", (24, 900, 300, 930)),
    ]
    work = job(image, "What is the total?", font=26.0, boxes=boxes)
    left, top, right, bottom = find_region(work).box
    assert left == 0
    assert right == 1600
    assert top < 216
    assert bottom > 246
    assert bottom - top < 250


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("What is the serial number?", "S/N 4411-A"),
        ("When does it expire?", "BEST BEFORE"),
        ("What is the phone number?", "Tel 555 0100"),
        ("Which error message is shown?", "Fatal exception in worker"),
        ("What is the number of Antwerp?", "Antwerp"),
        ('What stands next to "Gate 12"?', "Gate 12"),
        ("How much is the Croisant?", "Croissant"),
    ],
)
def test_text_is_found_by_meaning_by_quote_and_with_a_wrong_letter(question, label):
    boxes = [
        ("Opening hours", (20, 20, 300, 50)),
        (label, (20, 600, 300, 630)),
        ("See you soon", (20, 1100, 300, 1130)),
    ]
    image, _ = page_of_text()
    region = find_region(job(image, question, font=26.0, boxes=boxes))
    assert region.box[1] < 600
    assert region.box[3] > 630
    assert region.box[3] - region.box[1] < 300


def test_a_cell_is_found_by_its_row_and_its_column_together():
    boxes = [("City", (20, 100, 90, 125)), ("Revenue", (700, 100, 800, 125)), ("Antwerp", (20, 400, 120, 425))]
    boxes += [("4711", (700, 400, 760, 425)), ("Bergen", (20, 500, 120, 525)), ("Made in March", (20, 1000, 220, 1025))]
    image, _ = page_of_text()
    question = "What is the revenue of Antwerp?"
    _, top, _, bottom = find_region(job(image, question, font=25.0, boxes=boxes)).box
    assert top < 100
    assert 425 < bottom < 800


def test_of_a_question_with_a_book_pasted_in_few_words_are_looked_for(monkeypatch):
    rng = np.random.default_rng(1)
    book = " ".join("".join(rng.choice(list("abcdefghij"), 7)) for _ in range(12_000))
    image, _ = page_of_text()
    boxes = [(f"line number {number} of the page", (20, 30 * number, 400, 30 * number + 25)) for number in range(35)]
    work = job(image, f"Which serial number? {book}", font=25.0, boxes=boxes)
    asked = []
    alike = matching._alike
    monkeypatch.setattr(matching, "_alike", lambda term, word: asked.append(term) or alike(term, word))
    assert find_region(work) is None
    assert 1 < len(set(asked)) <= matching.MOST_TERMS


def test_the_same_label_in_many_places_is_no_region():
    boxes = [("Total", (20, y, 300, y + 20)) for y in range(50, 1100, 100)]
    image, _ = page_of_text()
    assert find_region(job(image, "What is the total?", font=20.0, boxes=boxes)) is None


def test_the_second_row_of_an_icon_grid_is_found_without_text():
    image = Image.new("RGB", (1200, 1600), "white")
    draw = ImageDraw.Draw(image)
    for row in range(8):
        for column in range(5):
            draw.ellipse((100 + 220 * column, 60 + 190 * row, 200 + 220 * column, 160 + 190 * row), fill="navy")
    _, top, _, bottom = find_region(job(image, "Which icon stands first in the second row?")).box
    assert top <= 250
    assert bottom >= 350
    assert bottom < 1000


def test_the_last_line_is_read_off_the_text():
    image, boxes = page_of_text()
    _, top, _, bottom = find_region(job(image, "What does the last line say?", font=26.0, boxes=boxes)).box
    assert top < boxes[-1][1][1]
    assert bottom > boxes[-1][1][3]
    assert bottom - top < 300


def test_a_row_that_is_not_there_is_no_region():
    image, boxes = page_of_text()
    for question in ("What is in row 99?", "What is in line 99?"):
        assert find_region(job(image, question, font=26.0, boxes=boxes)) is None


@settings(max_examples=30, deadline=None)
@given(
    width=st.integers(1, 1500),
    height=st.integers(1, 1500),
    place=st.sampled_from(["top left corner", "bottom right", "header", "left third", "middle", "last row"]),
    model=st.sampled_from(MODELS),
)
def test_a_crop_is_always_inside_the_image(width, height, place, model):
    work = job(Image.new("L", (width, height), 200), f"What is in the {place}?", model=model)
    for form in forms(work)[::7]:
        assert 0 < form.kept_pixels <= 1
        assert all(part.size[0] <= width and part.size[1] <= height for part in images(form.build()))


def test_half_of_what_is_asked_is_no_place():
    image, _ = page_of_text()
    boxes = [
        (text, (20, y, 300, y + 30)) for text, y in (("Dear Anna", 20), ("the harvest was good", 600), ("Yours", 900))
    ]
    work = job(image, "How did the harvest affect prices?", font=26.0, boxes=boxes)
    assert find_region(work) is None
