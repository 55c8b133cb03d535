"""Screens of agents: what goes out as what changed, what that refers to, and what always holds."""

import io
from functools import cache

import numpy as np
import pytest
from PIL import Image

from headroom_nb import ImageCompressor, Technique
from headroom_nb.history.screens import CONTEXT, LEAST_SIDE, with_context
from headroom_nb.ocr import FakeOcr
from headroom_nb.records import ImagePart, ImageSignals, TextPart
from tests.support import FixedRouter, openai_message, png, text_image

SIZE = (700, 560)
ANSWER = {"role": "assistant", "content": "Done."}


class Quick(FixedRouter):
    """A router that measures nothing, which takes longer than all that is tested here."""

    def analyze_image(self, image):
        return ImageSignals(0.0, 0.0, 0.0, 0.0, 0.0, 0, None, None, 0.0, SIZE)


@cache
def screen(seed=0):
    """A screen of lines of text, different for every seed."""
    rng = np.random.default_rng(seed)
    lines = [" ".join(f"{number:05d}" for number in rng.integers(0, 99999, 6)) for _ in range(17)]
    return text_image(lines, size=20, width=SIZE[0]).crop((0, 0, *SIZE))


def typed(image, box=(40, 40, 200, 70), colour=(200, 30, 30)):
    changed = image.copy()
    changed.paste(colour, box)
    return changed


def turns(*images):
    messages = []
    for image in images:
        messages += [openai_message("What is open?", png(image)), ANSWER]
    return messages


def compressor(history="auto", technique=Technique.PRESERVE, **options):
    return ImageCompressor(router=Quick(technique), ocr=FakeOcr(["TOTAL 3.55"]), history=history, **options)


def run(*images, model="claude-opus-4-8", **options):
    return compressor(**options).run(turns(*images), model=model)


def texts(image):
    return " ".join(part.text for part in image.parts if isinstance(part, TextPart))


def test_a_screen_that_differs_in_one_region_goes_out_as_that_region():
    first, second = run(screen(), typed(screen())).images
    assert (first.done, second.done) == ("preserve", "changed")
    assert second.differs_from == first.path
    (piece,) = [part for part in second.parts if isinstance(part, ImagePart)]
    assert piece.role == "crop"
    left, top, right, bottom = piece.box
    assert (left, top) <= (40, 40)
    assert (right, bottom) >= (200, 70)
    assert "Image 2 of this conversation" in texts(second)
    assert "the screen of image 1, but for" in texts(second)
    assert second.compressed_tokens < first.compressed_tokens / 2
    shown = np.asarray(Image.open(io.BytesIO(piece.data)).convert("RGB"))
    assert np.array_equal(shown, np.asarray(typed(screen()))[top:bottom, left:right])


def test_what_is_typed_on_is_told_from_a_screen_before_and_three_images_show_any():
    images = [typed(screen(), (40, 40, 60 + 90 * step, 70)) for step in range(7)]
    found = run(screen(5), *images).images[1:]
    assert [image.done for image in found] == ["preserve"] + ["changed"] * 6
    by_path = {image.path: image for image in found}
    assert any(image.differs_from != found[0].path for image in found[1:])
    for image in found[1:]:
        base = by_path[image.differs_from]
        assert base is found[0] or base.differs_from == found[0].path


def test_a_page_that_an_agent_comes_back_to_is_found_again():
    others = [screen(number) for number in range(1, 5)]
    last = run(screen(), *others, screen(), typed(screen())).images[-2:]
    assert [image.done for image in last] == ["repeat", "changed"]


def test_the_same_screen_goes_out_as_a_line_named_repeat():
    _, repeat = run(screen(), screen()).images
    assert repeat.done == "repeat"
    assert repeat.technique is not Technique.PRESERVE
    assert repeat.duplicate_of == (0, "content", 1)
    assert "the same screen as image 1" in texts(repeat)


def test_the_same_pixels_in_another_file_are_a_repeat_too():
    messages = turns(screen(), screen())
    messages[2] = openai_message("What is open?", png(screen(), compress_level=1))
    assert compressor().run(messages, model="claude-opus-4-8").images[1].done == "repeat"


def test_a_repeat_of_a_screen_that_went_out_as_changes_refers_to_it():
    images = run(screen(), typed(screen()), typed(screen())).images
    assert [image.done for image in images] == ["preserve", "changed", "repeat"]
    assert images[2].duplicate_of == images[1].path


def test_a_scroll_goes_out_as_the_strip_that_came_into_view():
    long = Image.new("RGB", (SIZE[0], 900), "white")
    long.paste(screen(1), (0, 0))
    long.paste(screen(2), (0, 450))
    _, second = run(long.crop((0, 0, *SIZE)), long.crop((0, 90, SIZE[0], SIZE[1] + 90))).images
    assert second.done == "scrolled"
    assert "moved 90 px up" in texts(second)
    pieces = [part for part in second.parts if isinstance(part, ImagePart)]
    assert all(part.box[1] >= SIZE[1] - 90 - CONTEXT for part in pieces)


def test_another_screen_stays_whole():
    images = run(screen(1), screen(2), screen(3)).images
    assert [image.done for image in images] == ["preserve"] * 3


def test_screens_of_two_sizes_are_not_compared():
    images = run(screen(), screen().resize((560, 448)), typed(screen())).images
    assert [image.done for image in images] == ["preserve", "preserve", "changed"]


def test_nothing_is_compared_where_images_are_kept():
    result = run(screen(), typed(screen()), screen(), history="keep")
    assert [image.done for image in result.images] == ["preserve"] * 3
    assert result.history is None


def test_a_policy_that_forgets_the_screen_before_refers_to_none():
    assert [image.done for image in run(screen(), typed(screen()), history="last=1").images][-1] == "preserve"


def test_what_a_person_chose_stays_and_the_others_go_on():
    result = run(screen(), typed(screen()), typed(screen(), (300, 300, 420, 330)))
    kept = result.override(1, "preserve")
    assert [image.done for image in kept.images] == ["preserve", "preserve", "changed"]
    reverted = result.revert(1)
    assert reverted.messages[2] == result.original[2]
    assert reverted.images[1].history == ""


def test_a_computer_s_screenshot_that_must_be_one_image_stays():
    call = {"type": "computer_call", "call_id": "c", "action": {"type": "screenshot"}}
    url = "data:image/png;base64," + openai_message("", png(screen()))["content"][0]["image_url"]["url"].split(",")[1]
    output = {
        "type": "computer_call_output",
        "call_id": "c",
        "output": {"type": "computer_screenshot", "image_url": url},
    }
    result = compressor().run([call, output, call, output], model="gpt-5.4")
    assert [image.done for image in result.images] == ["preserve"] * 2


def test_a_broken_screen_stops_none_of_the_others():
    messages = turns(screen(), screen(), typed(screen()))
    messages[2] = openai_message("What is open?", png(screen())[:2000])
    result = compressor().run(messages, model="claude-opus-4-8")
    assert result.images[1].error
    assert result.images[2].done == "changed"


@pytest.mark.parametrize("box", [(0, 0, 1, 1), (699, 559, 700, 560), (100, 100, 300, 120)])
def test_a_region_has_context_and_stays_in_the_screen(box):
    left, top, right, bottom = with_context(box, SIZE)
    assert 0 <= left <= box[0]
    assert 0 <= top <= box[1]
    assert box[2] <= right <= SIZE[0]
    assert box[3] <= bottom <= SIZE[1]
    assert min(right - left, bottom - top) >= LEAST_SIDE / 2
