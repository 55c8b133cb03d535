"""A result as a sequence of its images, and images named by index, file name or path."""

import pickle
import re

import pytest
from PIL import Image

import headroom_nb
from headroom_nb import compress, user_message
from headroom_nb.errors import OptionError
from headroom_nb.records import ImagePart, Technique
from tests.support import FixedRouter, gradient, openai_message, png


@pytest.fixture
def folder(tmp_path):
    for name, size in (("receipt.png", (1200, 900)), ("cat.png", (1000, 700))):
        gradient(*size).save(tmp_path / name)
    return tmp_path


@pytest.fixture
def result(folder):
    messages = [user_message("What is this?", folder / "receipt.png", str(folder / "cat.png"))]
    return compress(messages, model="gpt-4o", router=FixedRouter(Technique.PRESERVE))


def test_a_result_is_a_sequence_of_its_images(result):
    assert len(result) == 2
    assert list(result) == list(result.images)
    assert result[0] is result.images[0]
    assert result[-1] is result.images[1]
    assert result
    assert compress([{"role": "user", "content": "hello"}]), "a result without images is one all the same"


def test_an_image_is_named_by_its_index_its_file_or_its_path(result):
    assert result["cat.png"] is result.images[1]
    assert result[result.images[1].path] is result.images[1]
    assert result["messages[0].content[1]"] is result.images[0]
    changed = result.override(0, "full_low").override("cat.png", "full_low")
    assert [image.technique for image in changed] == [Technique.FULL_LOW] * 2
    assert changed.revert("cat.png").images[1].parts == ()


@pytest.mark.parametrize("place", [2, -3, "dog.png", (9, 9)])
def test_no_such_image_is_an_error_that_lists_what_there_is(result, place):
    with pytest.raises(OptionError, match=r"there are 2|called: receipt\.png"):
        result.override(place, "full_low")


def test_a_name_that_two_images_have_is_not_enough(folder):
    messages = [user_message("?", folder / "cat.png"), user_message("?", folder / "cat.png")]
    result = compress(messages, model="gpt-4o", router="rules")
    with pytest.raises(OptionError, match=r"2 images are called 'cat\.png'"):
        result.override("cat.png", "preserve")


def test_a_name_is_read_off_an_address_and_off_a_file_part():
    block = {"type": "image_url", "image_url": {"url": "https://example.org/a/photo%201.jpg?x=1"}}
    assert compress([{"role": "user", "content": [block]}]).names == {(0, "content", 0): "photo 1.jpg"}


def test_a_region_is_cut_out_where_a_person_chose_it(result):
    changed = result.override("receipt.png", box=(100, 200, 420, 360))
    (image, other) = changed.images
    assert image.technique is Technique.CROP
    cut = next(part for part in image.parts if isinstance(part, ImagePart) and part.role == "crop")
    left, top, right, bottom = cut.box
    assert left <= 100 < 420 <= right
    assert top <= 200 < 360 <= bottom
    assert (right - left) * (bottom - top) < 1200 * 900 / 4
    assert other == result.images[1]
    assert changed.override(0, "preserve").images[0].technique is Technique.PRESERVE
    assert pickle.loads(pickle.dumps(changed)).images == changed.images


@pytest.mark.parametrize("box", [(0, 0, 1201, 900), (5, 5, 5, 9), (0, 0, 10), "all", (0.5, 0, 9, 9), [0, 0, 9, 9]])
def test_what_is_no_region_of_the_image_is_refused(result, box):
    with pytest.raises(OptionError, match="within 1200×900"):
        result.override(0, box=box)


def test_a_region_goes_with_no_other_technique(result):
    with pytest.raises(OptionError, match="a box is cut out"):
        result.override(0, "transcode", box=(0, 0, 100, 100))
    with pytest.raises(OptionError, match="a technique, a question, a box or a form"):
        result.override(0)


def test_a_result_is_a_data_frame_with_a_row_for_each_image(result):
    pandas = pytest.importorskip("pandas")
    frame = result.to_dataframe("pandas")
    assert isinstance(frame, pandas.DataFrame)
    assert list(frame["name"]) == ["receipt.png", "cat.png"]
    assert list(frame["original_tokens"]) == [image.original_tokens for image in result]


def test_rows_need_no_library(result):
    row = result.to_rows()[0]
    assert (row["path"], row["width"], row["height"]) == ("messages[0].content[1]", 1200, 900)
    with pytest.raises(OptionError, match="use pandas or polars"):
        result.to_dataframe("xarray")


def test_one_result_is_exported_as_one_and_not_as_its_images(tmp_path):
    single = compress([openai_message("?", png(Image.new("RGB", (64, 48))))], router="rules")
    assert headroom_nb.export(single, "json", tmp_path / "out.json").path.exists()


def test_a_form_is_taken_by_its_label_and_a_later_choice_goes_before_it(result):
    for offer in result[0].forms:
        taken = result.override(0, form=offer.label)
        if offer.tokens < result[0].original_tokens:
            assert taken[0].compressed_tokens == offer.tokens or f"{offer.label} not done: " in taken[0].note
    again = taken.override(0, box=(0, 0, 200, 200))
    assert again[0].technique == "crop"
    assert again.override(0, "preserve")[0].technique == "preserve"


def test_a_form_that_is_not_offered_is_refused(result):
    with pytest.raises(OptionError, match="unchanged"):
        result.override(0, form="a poem")
    with pytest.raises(OptionError, match="choice of its own"):
        result.override(0, form="unchanged", box=(0, 0, 100, 100))


def test_what_a_notebook_shows_of_a_result_and_its_parts_is_short():
    gradient = Image.linear_gradient("L").resize((800, 600)).convert("RGB")
    messages = [user_message("Describe it.", gradient), user_message("Again.", gradient)]
    made = compress(messages, model="gpt-4o", router="rules", budget=900, duplicates="keep")
    first = made[0]
    for part in (made.money(), made.totals, made.budget, first, first.needs, first.forms[0]):
        assert repr(part).startswith("<")
        assert len(repr(part)) < 420
        assert not re.search(r"\d\.\d{6}", repr(part))
    assert "$" in str(made.money())
    assert [image.name for image in made] == ["message 1", "message 2"]
