from headroom_nb.records import ImageSignals, Technique
from headroom_nb.routing.reasons import describe_picture, describe_text, explain

PAGE = ImageSignals(
    has_text=0.99,
    is_document=0.98,
    is_complex=0.3,
    has_small_details=0.9,
    text_coverage=0.4,
    text_lines=61,
    min_text_height=11.2,
    median_text_height=14.0,
    detail_loss=0.4,
    size=(1000, 1400),
)


def test_a_dense_page_is_described_by_its_lines_and_smallest_text():
    words = describe_picture("page", 0.95, PAGE)
    assert words == "the page is a dense document: 61 lines of text, smallest 11 px"


def test_doubt_about_the_kind_of_image_is_said():
    assert describe_picture("chart", 0.4, PAGE).startswith("the image may be a chart or diagram")


def test_an_image_without_text_is_said_to_have_none():
    empty = ImageSignals(0.0, 0.0, 0.1, 0.0, 0.0, 0, None, None, 0.0, (640, 480))
    assert describe_text(empty) == "no text found"


def test_the_reason_names_what_is_asked_and_what_was_seen():
    reason = explain(
        Technique.TRANSCODE, {Technique.TRANSCODE: 0.9, Technique.PRESERVE: 0.1}, Technique.TRANSCODE, "a page"
    )
    assert reason == "asks for text; a page"


def test_doubt_that_kept_the_image_is_explained_with_figures():
    reason = explain(Technique.PRESERVE, {Technique.CROP: 0.55, Technique.PRESERVE: 0.45}, Technique.CROP, "")
    assert "crop is likely (55%) but not sure enough, so the image is kept" in reason


def test_a_choice_other_than_the_words_suggest_is_explained_by_the_image():
    reason = explain(
        Technique.TRANSCODE, {Technique.TRANSCODE: 0.6, Technique.PRESERVE: 0.4}, Technique.PRESERVE, "a page"
    )
    assert reason.endswith("a page; best answered from its text (60%)")


def test_a_choice_that_is_not_the_likeliest_is_explained_by_its_price():
    reason = explain(Technique.CROP, {Technique.FULL_LOW: 0.5, Technique.CROP: 0.45}, Technique.CROP, "a photo")
    assert reason.endswith("full_low is likely (50%), but crop would be the cheaper mistake")


def test_without_a_question_the_image_is_said_to_be_kept():
    probabilities = {Technique.TRANSCODE: 0.25, Technique.PRESERVE: 0.45}
    assert explain(Technique.PRESERVE, probabilities, None, "a photo") == "a photo; so the image is kept"
