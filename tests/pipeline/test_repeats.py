"""Images sent again: what becomes a reference, what does not, and what always holds."""

import copy
import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

import headroom_nb
from headroom_nb import ImageCompressor, Technique
from headroom_nb.errors import OptionError
from headroom_nb.formats import find_images, user_message
from headroom_nb.ocr import FakeOcr
from headroom_nb.pipeline import repeats as duplicates
from headroom_nb.records import Needs, TextPart
from headroom_nb.rendering import display
from tests.support import FixedRouter, gradient, openai_message, png, text_image
from tests.test_invariants import MODELS, HashRouter, block, questions, slow_draws, text_block, wires

SCREEN = png(gradient(1000, 760))
OTHER = png(gradient(1000, 764))
ANSWER = {"role": "assistant", "content": "Done."}


class Wanted(FixedRouter):
    """A router that says what is needed."""

    def __init__(self, need):
        super().__init__(Technique.PRESERVE)
        self.need = need

    def classify(self, image, query, *, quality="balanced"):
        decision = super().classify(image, query, quality=quality)
        return replace(decision, needs=Needs.from_mapping({self.need: 1}), signals=self.analyze_image(image))


def turns(*pictures, asked="What is open?"):
    messages = []
    for picture in pictures:
        messages += [openai_message(asked, picture), ANSWER]
    return messages


def compressor(technique=Technique.PRESERVE, how="exact", **options):
    return ImageCompressor(router=FixedRouter(technique), duplicates=how, **options)


def text_of(result, message, place=1):
    return result.messages[message]["content"][place].get("text", "")


def test_an_image_sent_again_becomes_a_line_that_points_at_the_first():
    messages = turns(SCREEN, OTHER, SCREEN)
    result = compressor().run(messages, model="gpt-4o")
    first, other, again = result.images
    assert result.messages[:4] == messages[:4], "what stands before is never touched"
    assert first.duplicate_of is other.duplicate_of is None
    assert again.duplicate_of == first.path
    assert again.compressed_tokens < 80 < again.original_tokens
    assert again.free_tokens == again.saved_tokens
    assert "image 1 of this conversation" in text_of(result, 4)
    assert "messages[0].content[1]" in text_of(result, 4)
    assert "the same image as messages[0].content[1]" in again.note
    assert result.compressed_tokens == first.compressed_tokens + other.compressed_tokens + again.compressed_tokens


def test_by_default_every_image_is_sent():
    messages = turns(SCREEN, SCREEN)
    assert ImageCompressor(router=FixedRouter(Technique.PRESERVE)).run(messages, model="gpt-4o").messages == messages


def test_every_repeat_points_at_the_first_and_not_at_another_repeat():
    result = compressor().run(turns(OTHER, SCREEN, SCREEN, SCREEN), model="gpt-4o")
    assert [image.duplicate_of for image in result.images] == [None, None, (2, "content", 1), (2, "content", 1)]
    assert "image 2 of" in text_of(result, 4)
    assert "image 2 of" in text_of(result, 6)


def test_images_are_numbered_as_they_are_sent():
    url = {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://example.invalid/a.png"}}]}
    result = compressor().run([url, ANSWER, *turns(SCREEN, SCREEN, OTHER, OTHER)], model="gpt-4o")
    assert "image 2 of" in text_of(result, 4), "the picture behind the address counts"
    assert "image 3 of" in text_of(result, 8), "the repeat does not"


def by_question(**techniques):
    class ByQuestion(FixedRouter):
        def classify(self, image, query, *, quality="balanced"):
            decision = super().classify(image, query, quality=quality)
            return headroom_nb.RouteDecision(techniques[query], 0.9, "by question", self.name, {}, decision.signals)

    return ByQuestion(Technique.PRESERVE)


def asking(*asked, picture=SCREEN):
    return [message for question in asked for message in (openai_message(question, picture), ANSWER)]


@pytest.mark.parametrize(
    ("first", "second", "refers"),
    [
        (Technique.PRESERVE, Technique.PRESERVE, True),
        (Technique.PRESERVE, Technique.FULL_LOW, True),
        (Technique.FULL_LOW, Technique.FULL_LOW, True),
        (Technique.FULL_LOW, Technique.PRESERVE, False),
    ],
)
def test_only_what_shows_as_much_stands_for_another(first, second, refers):
    compressor = ImageCompressor(router=by_question(a=first, b=second), quality="max", duplicates="exact")
    messages = asking("a", "b", picture=png(gradient(1500, 1100)))
    image = compressor.run(messages, model="claude-opus-4-8").images[1]
    assert (image.duplicate_of is not None) == refers


def test_an_image_shrunk_for_another_question_is_passed_over_for_one_that_stands_whole():
    router = by_question(low=Technique.FULL_LOW, whole=Technique.PRESERVE)
    compressor = ImageCompressor(router=router, quality="max", duplicates="exact")
    result = compressor.run(asking("low", "whole", "whole"), model="gpt-4o")
    assert [image.duplicate_of for image in result.images] == [None, None, (2, "content", 1)]


def test_a_transcript_is_pointed_at_by_one_that_would_read_the_same():
    lines = [f"{number} loaves" for number in range(24)]
    page = png(text_image(lines, size=14, width=1400, margin=60))
    compressor = ImageCompressor("gpt-5.6-sol", Wanted("prose"), ocr=FakeOcr(lines), duplicates="exact")
    result = compressor.run(turns(page, page))
    first, again = result.images
    assert first.technique is Technique.TRANSCODE
    assert again.duplicate_of == first.path
    assert again.free_tokens == 0


def test_another_level_of_detail_is_another_image():
    messages = [openai_message("a", SCREEN, detail="low"), ANSWER, openai_message("a", SCREEN, detail="high")]
    assert compressor().run(messages, model="gpt-4o").messages == messages


def test_a_line_that_would_cost_more_than_the_image_is_not_written():
    messages = turns(*[png(gradient(40, 40))] * 2)
    assert compressor().run(messages, model="claude-opus-4-8").messages == messages


def test_what_a_hand_chose_is_done_and_a_repeat_can_be_sent_after_all():
    result = compressor().run(turns(SCREEN, SCREEN), model="gpt-4o")
    kept = result.override("messages[2].content[1]", "preserve")
    assert kept.images[1].duplicate_of is None
    assert kept.messages == result.original
    reverted = result.revert("messages[2].content[1]")
    assert reverted.images[1].duplicate_of is None
    assert reverted.messages == result.original


def test_a_manual_choice_for_the_first_decides_anew_about_the_repeats():
    result = compressor(quality="max").run(turns(SCREEN, SCREEN), model="gpt-4o")
    lowered = result.override("messages[0].content[1]", "full_low")
    assert lowered.images[1].duplicate_of is None


def test_a_broken_image_is_never_pointed_at():
    messages = turns(SCREEN[:20], SCREEN[:20])
    result = compressor().run(messages, model="gpt-4o")
    assert result.messages == messages
    assert all(image.error for image in result.images)


def test_no_text_is_written_where_none_may_stand():
    shot = user_message("", SCREEN)["content"][0]["image_url"]["url"]
    output = {"type": "computer_screenshot", "image_url": shot}
    messages = [{"type": "computer_call_output", "call_id": str(call), "output": output} for call in range(2)]
    assert compressor().run(messages, model="gpt-4o").messages == messages


def test_a_repeat_in_a_tool_result_becomes_text_and_keeps_the_cache_mark():
    data = find_images(turns(SCREEN))[0].load()
    source = user_message("", data, provider="anthropic")["content"][0]["source"]
    messages = []
    for call in range(2):
        image = {"type": "image", "source": source, "cache_control": {"type": "ephemeral"}}
        result = {"type": "tool_result", "tool_use_id": str(call), "content": [image]}
        messages += [{"role": "user", "content": [result]}, ANSWER]
    found = compressor().run(messages, model="claude-opus-4-8").messages[2]["content"][0]["content"][0]
    assert found["type"] == "text"
    assert found["cache_control"] == {"type": "ephemeral"}


def page(number, **options):
    image = Image.new("RGB", (800, 600), "white")
    draw = ImageDraw.Draw(image)
    for row in range(20):
        draw.text((30, 20 + 27 * row), f"Line {row}: all is well", fill="black", font=ImageFont.load_default(13))
    draw.text((600, 560), f"Step {number}", fill="#999", font=ImageFont.load_default(9))
    buffer = io.BytesIO()
    image.save(buffer, **{"format": "PNG", **options})
    return buffer.getvalue()


def test_the_same_view_in_another_file_is_a_repeat_only_when_that_is_asked_for():
    messages = turns(page(1), page(1, compress_level=1), page(1, format="WEBP", lossless=True))
    assert compressor(how="exact").run(messages, model="gpt-4o").messages == messages
    result = compressor(how="near").run(messages, model="gpt-4o")
    assert [image.duplicate_of for image in result.images] == [None, (0, "content", 1), (0, "content", 1)]
    assert "the same view as" in text_of(result, 2)
    assert result.images[1].free_tokens == 0, "they are not the same to the last pixel"


def test_screenshots_that_differ_in_one_faint_digit_stay_apart():
    messages = turns(page(1), page(2), page(7), page(3))
    assert compressor(how="near").run(messages, model="gpt-4o").messages == messages


def test_two_files_in_one_message_may_stand_to_be_compared():
    both = [openai_message("What changed?", page(1), page(1, compress_level=1))]
    assert compressor(how="near").run(both, model="gpt-4o").messages == both


def test_a_conversation_that_grows_is_compared_from_where_it_grew(monkeypatch):
    compared = []
    alike = duplicates.Deduplicator._alike
    monkeypatch.setattr(duplicates.Deduplicator, "_alike", lambda self, *pair: compared.append(1) or alike(self, *pair))
    growing = compressor(how="near")
    pictures = [page(number) for number in range(6)]
    for count in range(1, 7):
        compared.clear()
        growing.run(turns(*pictures[:count]), model="gpt-4o")
        assert len(compared) == count - 1
    growing.close()
    assert growing.run(turns(*pictures), model="gpt-4o").messages == turns(*pictures)


def test_an_unknown_way_is_an_error_that_lists_the_known_ones():
    with pytest.raises(OptionError, match="keep, exact, near"):
        headroom_nb.compress([], duplicates="all")


def test_the_report_says_which_image_it_repeats():
    result = compressor().run(turns(SCREEN, SCREEN), model="gpt-4o")
    for shown in (display.to_text(result), display.to_html(result), display.to_markdown(result)):
        assert "the same image" in shown
    assert "the same image as messages[0].content[1]" in display.to_html(result)


POOL = [png(gradient(1030, 700)), png(gradient(512, 512)), png(gradient(1600, 900)), png(gradient(30, 20))]
POOL.append(png(gradient(1030, 700), compress_level=1))


@st.composite
def repetitive(draw, wire):
    """Turns of one wire format whose images come from a small pool."""
    key, answers = ("parts", "model") if wire == "google" else ("content", "assistant")
    messages = []
    for _ in range(draw(st.integers(1, 5))):
        content = [text_block(wire, draw(questions))]
        for picture in draw(st.lists(st.sampled_from(POOL), max_size=2)):
            content.insert(draw(st.integers(0, len(content))), block(wire, picture, None, {}))
        messages.append({"role": "user", key: content})
        if draw(st.booleans()):
            messages.append({"role": answers, key: [text_block(wire, "ok")]})
    return messages


def repeating(how):
    return ImageCompressor(
        router=HashRouter(Technique.PRESERVE), ocr=FakeOcr(["TOTAL 3.55"]), quality="balanced", duplicates=how
    )


@settings(slow_draws, max_examples=25)
@given(data=st.data(), wire=wires, how=st.sampled_from(["exact", "near"]))
def test_what_always_holds_holds_with_repeats(data, wire, how):
    messages = data.draw(repetitive(wire))
    model = data.draw(st.sampled_from(MODELS[wire]))
    before = copy.deepcopy(messages)
    once = repeating(how).run(messages, model=model)
    assert messages == before
    kept = repeating("keep").run(messages, model=model)
    for image, alone in zip(once.images, kept.images, strict=True):
        assert image.compressed_tokens <= alone.compressed_tokens <= image.original_tokens
        assert (image.duplicate_of is None) == (image == alone)
        if image.duplicate_of is not None:
            first = next(each for each in once.images if each.path == image.duplicate_of)
            assert once.images.index(first) < once.images.index(image)
            assert first.duplicate_of is None
            assert [type(part) for part in image.parts] == [TextPart]
    assert repeating(how).run(messages, model=model).messages == once.messages
    assert repeating(how).run(once.messages, model=model).messages == once.messages
    one = repeating(how)
    for cut, message in enumerate(messages):
        if message["role"] != "user":
            assert one.run(messages[:cut], model=model).messages == once.messages[:cut]
