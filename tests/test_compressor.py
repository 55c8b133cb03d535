"""The job end to end, with the router fixed so that each technique is seen."""

import base64
import copy
import gc
import weakref

import pytest

import headroom_nb
from headroom_nb import ImageCompressor, Technique
from headroom_nb.errors import MessageError, OptionError, UnknownModelError
from headroom_nb.formats import find_images, user_message
from headroom_nb.ocr import FakeOcr
from headroom_nb.records import ImagePart
from tests.support import FixedRouter, gradient, openai_message, png, text_image

PHOTO = png(gradient(1400, 1000))
AS_TEXT = {(0, "content", 1): Technique.TRANSCODE}
LINES = ["CORNER SHOP", "Bread      2.40", "Milk       1.15", "TOTAL      3.55"]


def receipt(size: int = 28) -> bytes:
    return png(text_image(LINES, size=size, width=1200))


def test_a_low_view_costs_fewer_tokens_and_the_block_says_low():
    compressor = ImageCompressor(router=FixedRouter(Technique.FULL_LOW), quality="max")
    result = compressor.run([openai_message("Is it sunny?", PHOTO)], model="gpt-4o")
    image = result.images[0]
    assert image.technique is Technique.FULL_LOW
    assert (image.original_tokens, image.compressed_tokens) == (1105, 85)
    assert result.messages[0]["content"][1]["image_url"]["detail"] == "low"


@pytest.mark.slow
def test_a_receipt_becomes_its_text():
    compressor = ImageCompressor("gpt-5.6-sol", router=FixedRouter(Technique.TRANSCODE))
    result = compressor.run([openai_message("Read the receipt", receipt())], techniques=AS_TEXT)
    image = result.images[0]
    assert image.technique is Technique.TRANSCODE
    text = result.messages[0]["content"][1]["text"]
    assert "TOTAL" in text
    assert "3.55" in text
    assert "OCR" in text
    assert image.sizes == ()
    assert image.kept_pixels == 0


@pytest.mark.slow
def test_without_text_a_transcript_is_refused_and_the_picture_stays():
    compressor = ImageCompressor(router=FixedRouter(Technique.TRANSCODE))
    messages = [openai_message("Read it", PHOTO)]
    result = compressor.run(messages, model="gpt-4o", techniques=AS_TEXT)
    assert result.images[0].technique is Technique.PRESERVE
    assert "transcode not done" in result.images[0].note
    assert result.messages == messages


def test_preserve_keeps_every_byte_when_no_token_would_be_saved():
    compressor = ImageCompressor(router=FixedRouter(Technique.PRESERVE))
    messages = [openai_message("Count the leaves", png(gradient(512, 512)))]
    result = compressor.run(messages, model="gpt-4o")
    assert result.messages == messages
    assert result.savings_percent == 0


def test_each_image_is_decided_by_the_question_of_its_own_turn():
    router = FixedRouter(Technique.PRESERVE)
    messages = [
        openai_message("What colour is the car?", png(gradient(300, 200))),
        {"role": "assistant", "content": "Red."},
        openai_message("Read the invoice number.", png(gradient(200, 300))),
    ]
    result = ImageCompressor(router=router).run(messages)
    assert router.questions == ["What colour is the car?", "Read the invoice number."]
    assert [image.question for image in result.images] == router.questions


def test_a_second_call_asks_nobody_again_and_gives_the_same():
    router = FixedRouter(Technique.FULL_LOW)
    compressor = ImageCompressor(router=router)
    messages = [openai_message("Is it sunny?", PHOTO)]
    first = compressor.run(messages, model="gpt-4o")
    second = compressor.run(copy.deepcopy(messages), model="gpt-4o")
    assert len(router.questions) == 1
    assert first.messages == second.messages


def test_low_detail_that_someone_chose_is_left_as_it_is():
    messages = [openai_message("Is it sunny?", PHOTO, detail="low")]
    result = ImageCompressor(router=FixedRouter(Technique.TRANSCODE)).run(messages, model="gpt-4o")
    assert result.messages == messages
    assert result.original_tokens == result.compressed_tokens == 85
    assert "low detail" in result.images[0].note


def test_the_model_is_read_off_a_request_and_named_when_assumed():
    body = {"model": "gpt-4o", "messages": [openai_message("Hi", PHOTO)], "temperature": 0}
    compressor = ImageCompressor(router=FixedRouter(Technique.FULL_LOW))
    result = compressor.run(body)
    assert result.model == "gpt-4o"
    assert result.messages["temperature"] == 0
    assumed = compressor.run(body["messages"])
    assert assumed.provider == "openai"
    assert "default" in assumed.model_note


def test_a_model_that_nobody_knows_is_counted_like_a_default_with_a_warning_that_names_close_ones():
    result = headroom_nb.compress([openai_message("Hi", PHOTO)], model="gpt-4oo")
    assert result.model == "gpt-4oo"
    assert "gpt-4o?" in " ".join(result.warnings)
    assert result.savings_usd is None


def test_with_strict_a_model_that_nobody_knows_is_an_error_that_names_close_ones():
    messages = [openai_message("Hi", PHOTO)]
    with pytest.raises(UnknownModelError, match="gpt-4o"):
        headroom_nb.compress(messages, model="gpt-4oo", strict=True)
    with pytest.raises(UnknownModelError, match="my-deployment"):
        headroom_nb.compress({"model": "my-deployment", "messages": messages}, strict=True)
    with pytest.raises(UnknownModelError):
        ImageCompressor(default_model="my-deployment", strict=True)


def test_with_strict_a_default_model_still_prices_what_nobody_knows():
    body = {"model": "my-deployment", "messages": [openai_message("Hi", PHOTO)]}
    result = headroom_nb.compress(body, default_model="gpt-4o", strict=True)
    assert result.model == "gpt-4o"
    assert not result.warnings


def test_an_unknown_quality_is_an_error_that_lists_the_known_ones():
    with pytest.raises(OptionError, match="safe, balanced, max"):
        ImageCompressor(quality="best")


def test_a_broken_image_stays_and_the_others_go_on():
    broken = openai_message("Look", PHOTO)
    broken["content"][1]["image_url"]["url"] = "data:image/png;base64,AAAA"
    messages = [broken, openai_message("Look", PHOTO)]
    result = ImageCompressor(router=FixedRouter(Technique.FULL_LOW)).run(messages, model="gpt-4o")
    assert result.images[0].error is not None
    assert result.messages[0] == broken
    assert result.images[1].technique is Technique.FULL_LOW


def test_an_image_url_is_never_fetched_and_its_cost_is_not_made_up():
    messages = [
        {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://example.invalid/a.png"}}]}
    ]
    result = ImageCompressor(router=FixedRouter(Technique.FULL_LOW)).run(messages, model="gpt-4o")
    assert result.messages == messages
    assert result.original_tokens == 0
    assert "reference" in result.images[0].note
    assert not result.images[0].exact


def test_an_override_gives_a_new_result_and_the_first_one_stays():
    messages = [openai_message("Is it sunny?", PHOTO)]
    first = ImageCompressor(router=FixedRouter(Technique.FULL_LOW)).run(messages, model="gpt-4o")
    kept = first.override("messages[0].content[1]", "preserve")
    assert kept.images[0].technique is Technique.PRESERVE
    assert kept.images[0].decision.router == "user"
    assert first.images[0].technique is Technique.FULL_LOW
    again = kept.override(kept.images[0].path, Technique.FULL_LOW)
    assert again.messages == first.messages


def test_another_question_is_asked_of_one_image_and_its_turn_keeps_its_own():
    router = FixedRouter(Technique.FULL_LOW)
    messages = [openai_message("Describe them", png(gradient(1200, 900)), png(gradient(1300, 900)))]
    result = ImageCompressor("gpt-4o", router=router).run(messages)
    first, second = (image.path for image in result.images)
    other = result.override(first, question="What is written at the top?")
    assert router.questions == ["Describe them", "Describe them", "What is written at the top?"]
    assert [image.question for image in other.images] == ["What is written at the top?", "Describe them"]
    assert other.messages[0]["content"][0] == messages[0]["content"][0]
    kept = other.override(second, "preserve")
    assert kept.images[0].question == "What is written at the top?"
    assert kept.images[1].technique is Technique.PRESERVE


def test_an_override_of_nothing_is_an_error():
    messages = [openai_message("Describe it", png(gradient(1200, 900)))]
    result = ImageCompressor("gpt-4o", router=FixedRouter(Technique.FULL_LOW)).run(messages)
    with pytest.raises(OptionError, match="takes a technique, a question, a box or a form"):
        result.override(result.images[0].path)


def test_an_override_of_a_missing_image_says_where_the_images_are():
    result = ImageCompressor(router=FixedRouter(Technique.FULL_LOW)).run([openai_message("Hi", PHOTO)])
    with pytest.raises(OptionError, match=r"message 1 \(messages\[0\].content\[1\]\)"):
        result.override("messages[3].content[0]", "preserve")
    with pytest.raises(OptionError, match=r"transcode .*crop .*full_low .*preserve"):
        result.override("messages[0].content[1]", "shrink")


def test_free_and_traded_savings_sum_to_the_saving():
    for technique in Technique:
        result = ImageCompressor(router=FixedRouter(technique), ocr=FakeOcr()).run(
            [openai_message("What is at the top left?", png(gradient(1600, 1200)))], model="gpt-5.6-sol"
        )
        image = result.images[0]
        assert image.free_tokens + image.traded_tokens == image.saved_tokens >= 0


def test_the_compressors_compress_gives_the_messages_back_and_keeps_the_result():
    compressor = ImageCompressor(router=FixedRouter(Technique.FULL_LOW))
    messages = compressor.compress([openai_message("Is it sunny?", PHOTO)], provider="openai")
    assert messages == compressor.last_result.messages
    assert messages != [openai_message("Is it sunny?", PHOTO)]


def test_last_result_and_last_savings_tell_of_the_last_call():
    compressor = ImageCompressor(router=FixedRouter(Technique.FULL_LOW))
    assert compressor.last_result is None
    assert compressor.last_savings == 0
    result = compressor.run([openai_message("Is it sunny?", PHOTO)], model="gpt-4o")
    assert compressor.last_result is result
    assert compressor.last_savings == pytest.approx(result.savings_percent)


def test_has_images_sees_references_and_data_and_nothing_else():
    compressor = ImageCompressor()
    assert compressor.has_images([openai_message("Hi", PHOTO)])
    assert not compressor.has_images([{"role": "user", "content": "a picture"}])


def test_compress_images_returns_just_the_messages():
    messages = [openai_message("Is it sunny?", PHOTO)]
    smaller = headroom_nb.compress_images(
        messages, model="gpt-4o", router=FixedRouter(Technique.FULL_LOW), quality="max"
    )
    assert smaller[0]["content"][0] == messages[0]["content"][0]
    assert smaller[0]["content"][1]["image_url"]["detail"] == "low"


def test_what_comes_out_is_still_an_image_that_opens():
    result = ImageCompressor(router=FixedRouter(Technique.FULL_LOW)).run(
        {"model": "claude-opus-5-5", "messages": [openai_message("Is it sunny?", PHOTO)]}
    )
    part = result.images[0].parts[0]
    url = result.messages["messages"][0]["content"][1]["image_url"]["url"]
    assert base64.b64decode(url.partition(",")[2]) == part.data
    assert url.startswith(f"data:{part.media_type};base64,")


@pytest.mark.parametrize("wrong", [None, 5, "photo.png", b"x", {1, 2}, iter(())])
def test_what_is_no_conversation_is_an_error_that_says_what_to_pass(wrong):
    with pytest.raises(MessageError, match="message list, one message or a request body"):
        headroom_nb.compress(wrong)


def test_unknown_names_of_routers_and_engines_are_errors_before_an_image_needs_them():
    with pytest.raises(OptionError, match="auto, embedded, onnx, torch, rules"):
        ImageCompressor(router="embeded")
    with pytest.raises(OptionError, match="auto, isolated, rapidocr, rapidocr-onnxruntime"):
        ImageCompressor(ocr="rapid")
    with pytest.raises(OptionError, match="by its name, not as int"):
        ImageCompressor().run([], model=5)


def test_only_the_figure_that_is_an_estimate_is_marked_as_one():
    compressor = ImageCompressor(router=FixedRouter(Technique.TRANSCODE), ocr=FakeOcr(LINES))
    image = compressor.run([openai_message("Read the receipt", receipt())], model="gpt-5.6-sol").images[0]
    assert image.technique is Technique.TRANSCODE
    assert (image.original_exact, image.exact) == (True, False)


@pytest.mark.parametrize("provider", ["openai", "openai_responses", "google"])
@pytest.mark.parametrize("technique", Technique)
def test_a_detail_level_that_the_user_chose_is_never_lowered(provider, technique):
    for level in ("low", "medium", "high", "ultra_high", "original"):
        try:
            message = user_message("What is at the top left?", PHOTO, provider=provider, detail=level)
        except OptionError:
            continue  # not a level of this provider
        compressor = ImageCompressor(router=FixedRouter(technique), ocr=FakeOcr(LINES), quality="max")
        result = compressor.run([message], model={"google": "gemini-3-flash-preview"}.get(provider, "gpt-5.6-sol"))
        if level in ("low", "medium"):
            assert result.messages == [message]
            assert f"you asked for {level} detail" in result.images[0].note
        assert {slot.detail for slot in find_images(result.messages)} <= {level}
        assert all(part.detail is None for part in result.images[0].parts if isinstance(part, ImagePart))


def test_a_resolution_set_for_a_whole_google_request_is_respected():
    message = user_message("What is this?", PHOTO, provider="google")
    config = {"generationConfig": {"mediaResolution": "MEDIA_RESOLUTION_LOW"}}
    result = ImageCompressor(router=FixedRouter(Technique.FULL_LOW), quality="max").run(
        {"contents": [message], **config}, model="gemini-3-flash-preview"
    )
    assert result.messages == {"contents": [message], **config}
    assert result.original_tokens == result.compressed_tokens


def test_the_pictures_of_one_request_share_a_budget_of_pixels_and_a_second_call_gives_the_same():
    limits = headroom_nb.Limits(max_request_pixels=2_000_000)
    messages = [openai_message("What is this?", PHOTO, png(gradient(1000, 900)), png(gradient(300, 200)))]
    compressor = ImageCompressor(router=FixedRouter(Technique.FULL_LOW), quality="max", limits=limits)
    first = compressor.run(messages, model="gpt-4o")
    assert ["more than 2,000,000 pixels" in image.note for image in first.images] == [False, True, False]
    assert first.messages[0]["content"][2] == messages[0]["content"][2]
    alone = compressor.run([openai_message("What is this?", png(gradient(10, 10)), png(gradient(1000, 900)))])
    assert alone.images[1].error is None
    assert compressor.run(messages, model="gpt-4o").images == first.images


def test_a_bug_in_a_router_of_ones_own_stays_with_its_image_and_says_what_it_was():
    class Broken(FixedRouter):
        def classify(self, image, query, *, quality="balanced"):
            if query == "Break":
                raise ZeroDivisionError("a bug")
            return super().classify(image, query, quality=quality)

    messages = [openai_message("Break", PHOTO), openai_message("Is it sunny?", PHOTO)]
    result = ImageCompressor(router=Broken(Technique.FULL_LOW), quality="max").run(messages, model="gpt-4o")
    assert result.images[0].error == "ZeroDivisionError: a bug"
    assert result.images[0].original_tokens == result.images[0].compressed_tokens == 1105
    assert result.messages[0] == messages[0]
    assert result.images[1].technique is Technique.FULL_LOW


def test_many_images_come_back_in_their_order():
    pictures = [png(gradient(200 + 10 * index, 150)) for index in range(12)]
    result = ImageCompressor(router=FixedRouter(Technique.PRESERVE)).run([openai_message("Which?", *pictures)])
    assert [image.original_size for image in result.images] == [(200 + 10 * index, 150) for index in range(12)]
    assert [image.path[2] for image in result.images] == list(range(1, 13))


def test_a_resolution_for_one_part_names_the_versions_of_the_api_that_take_it():
    compressor = ImageCompressor(router=FixedRouter(Technique.FULL_LOW), quality="max")
    message = user_message("Is it sunny?", PHOTO, provider="google")
    image = compressor.run([message], model="gemini-3-flash-preview").images[0]
    assert image.parts[0].detail == "low"
    assert "v1beta or v1alpha" in image.note
    assert "v1beta" not in compressor.run([openai_message("Is it sunny?", PHOTO)], model="gpt-4o").images[0].note


def test_a_provider_that_does_not_sell_the_model_is_named_as_not_used():
    compressor = ImageCompressor(router=FixedRouter(Technique.PRESERVE))
    messages = [openai_message("Hi", png(gradient(30, 20)))]
    assert "provider='anthropic' does not sell it" in compressor.run(messages, "anthropic", "gpt-4o").model_note
    assert compressor.run(messages, "bedrock", "claude-opus-5-5").model_note == "given"


def test_where_a_block_has_no_word_for_low_detail_the_picture_is_resized_instead():
    block = {"type": "image", "data": base64.b64encode(PHOTO).decode(), "mimeType": "image/png"}
    messages = [{"role": "user", "content": [{"type": "text", "text": "Is it sunny?"}, block]}]
    compressor = ImageCompressor(router=FixedRouter(Technique.FULL_LOW), quality="max")
    image = compressor.run(messages, model="gpt-4o").images[0]
    assert image.technique is Technique.FULL_LOW
    assert image.compressed_tokens < image.original_tokens
    assert image.parts[0].detail is None


@pytest.mark.slow
def test_progress_is_told_while_text_is_read():
    told = []
    ImageCompressor(router=FixedRouter(Technique.TRANSCODE)).run(
        [openai_message("Read the receipt", receipt(size=26))],
        model="gpt-5.6-sol",
        techniques=AS_TEXT,
        progress=lambda place, done, total: told.append((place, done, total)),
    )
    assert {place for place, _, _ in told} == {"messages[0].content[1]"}
    assert told[-1][1] == told[-1][2] > 0


def test_an_interrupt_while_text_is_read_ends_the_call_and_the_next_one_works():
    class Interrupted(FakeOcr):
        def read(self, image, *, progress=None):
            raise KeyboardInterrupt

    messages = [openai_message("Read the receipt", receipt(size=24))]
    before = copy.deepcopy(messages)
    with pytest.raises(KeyboardInterrupt):
        ImageCompressor(router=FixedRouter(Technique.TRANSCODE), ocr=Interrupted(["x"])).run(messages)
    assert messages == before
    again = ImageCompressor(router=FixedRouter(Technique.TRANSCODE), ocr=FakeOcr(["TOTAL 3.55 EUR"]))
    assert again.run(messages).images[0].error is None


def test_a_technique_chosen_by_hand_is_done_even_where_another_would_cost_less():
    page = png(text_image([f"Row {number}: an item and its price" for number in range(40)], size=40, width=1400))
    result = ImageCompressor(router=FixedRouter(Technique.PRESERVE)).run(
        [openai_message("What stands at the top left?", page)], model="gpt-5.6-sol"
    )
    chosen = result.override("messages[0].content[1]", "crop").images[0]
    assert chosen.technique is Technique.CROP
    assert chosen.compressed_tokens < chosen.original_tokens


def test_a_call_returns_its_own_result_while_another_thread_writes_the_last_one():
    class Contended(ImageCompressor):
        """Where the other call is always the later one."""

        last_result = property(lambda self: "another's", lambda self, value: None)

    result = Contended("gpt-4o", FixedRouter(Technique.FULL_LOW)).run([openai_message("Is it sunny?", PHOTO)])
    assert result.images[0].question == "Is it sunny?"


@pytest.mark.parametrize("history", ["keep", "auto", "last=1"])
def test_with_the_cache_off_nothing_of_an_image_stays_after_the_call(history):
    compressor = ImageCompressor(
        router=FixedRouter(Technique.PRESERVE), ocr=FakeOcr(["TOTAL 3.55"]), cache="off", history=history
    )
    messages = [openai_message("Is it sunny?", PHOTO), {"role": "assistant", "content": "Yes."}] * 3
    result = compressor.run(messages, model="claude-opus-4-8")
    kept = [weakref.ref(image) for image in result.images]
    compressor.last_result = None
    del result
    gc.collect()
    assert [image() for image in kept if image() is not None] == []


def test_what_compress_gave_belongs_to_its_caller_alone():
    result = headroom_nb.compress([openai_message("Is it sunny?", PHOTO)], model="gpt-4o", router="rules")
    kept = weakref.ref(result)
    del result
    gc.collect()
    assert kept() is None
