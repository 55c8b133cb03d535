from __future__ import annotations

import json
import sys
import types
from typing import TYPE_CHECKING

import pytest
from PIL import Image

import headroom_nb
from headroom_nb.analysis import compare as module
from headroom_nb.analysis.compare import CURRENT_MODELS, compare
from headroom_nb.costs import estimate, find_model, model_names
from headroom_nb.errors import MessageError, ModelFilesError, OptionError, PictureError, UnknownModelError
from headroom_nb.records import frames
from tests.support import gradient, openai_message, png, text_image

if TYPE_CHECKING:
    from pathlib import Path

    from headroom_nb.analysis.compare import Comparison, ModelCost


def line(comparison: Comparison, model: str) -> ModelCost:
    return next(line for line in comparison.lines if line.model == model)


def test_every_line_is_the_models_own_estimate_in_order_of_money() -> None:
    found = compare((1600, 1200))

    assert {cost.model for cost in found.lines} == {find_model(name).name for name in CURRENT_MODELS}
    for cost in found.lines:
        expected = estimate((1600, 1200), cost.model)
        assert (cost.now.tokens, cost.now.sees, cost.exact) == (expected.tokens, expected.sent_size, expected.exact)
    money = [cost.now.usd for cost in found.lines if cost.now.usd is not None]
    assert money == sorted(money)
    assert all(cost.now.usd is None for cost in found.lines[len(money) :])


def test_the_cheapest_setting_is_never_dearer_and_is_named() -> None:
    found = compare(
        (4000, 3000), ["gpt-5.6-sol", "gpt-5.4", "claude-opus-5-5", "gemini-3-flash-preview", "nova-2-lite"]
    )

    assert line(found, "gpt-5.6-sol").cheapest.how == "detail low"
    assert line(found, "gpt-5.6-sol").cheapest.tokens == 231
    assert line(found, "gpt-5.4").cheapest.how.startswith("resized to ")
    assert line(found, "claude-opus-5-5").cheapest.how.startswith("resized to ")
    assert line(found, "gemini-3-flash-preview").cheapest.how == "detail low"
    assert line(found, "nova-2-lite").cheapest.how == "as it is"
    assert all(cost.cheapest.tokens <= cost.now.tokens for cost in found.lines)


def test_a_model_that_refuses_comes_last_and_says_why() -> None:
    found = compare((9000, 3000), ["claude-opus-5-5", "gpt-5.5"])

    assert [cost.model for cost in found.lines] == ["gpt-5.5", "claude-opus-5-5"]
    assert found.lines[-1].now is None
    assert "over 8,000 px" in found.lines[-1].note
    assert found.lines[-1].cheapest.tokens > 0
    assert "refused" in str(found)


@pytest.mark.parametrize(("font", "word"), [(40.0, "clear"), (4.0, "risky")])
def test_the_effect_on_the_smallest_text_is_told(font: float, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_smallest_font", lambda picture: font)
    found = compare(png(gradient(400, 300)), ["gpt-4o"])

    assert line(found, "gpt-4o").now.legibility == f"smallest text {font:.0f} px: {word}"


def test_a_resize_stops_where_text_would_become_risky(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_smallest_font", lambda picture: 20.0)
    cheapest = line(compare(png(gradient(1000, 800)), ["claude-opus-5-5"]), "claude-opus-5-5").cheapest

    assert cheapest.how.startswith("resized to ")
    assert cheapest.legibility in ("smallest text 10 px: legible", "smallest text 11 px: legible")


def test_a_picture_comes_as_path_bytes_or_pil_image(tmp_path: Path) -> None:
    picture = gradient(300, 200)
    file = tmp_path / "a.png"
    file.write_bytes(png(picture))

    results = [compare(source, ["gpt-4o"], legibility=False) for source in (file, str(file), png(picture), picture)]
    assert {result.lines[0].now.tokens for result in results} == {255}
    assert {result.sizes for result in results} == {((300, 200),)}


def test_a_conversation_is_added_up_and_what_cannot_be_counted_is_named() -> None:
    broken = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    far = {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}
    messages = [openai_message("", png(gradient(300, 200)), png(gradient(600, 500)))]
    messages[0]["content"] += [broken, far]
    found = compare(messages, ["gpt-4o"], legibility=False)

    assert found.images == 2
    assert found.lines[0].now.tokens == 255 + 425
    assert found.lines[0].now.sees is None
    assert len(found.left_out) == 2
    assert "a.png: sent by reference" in found.left_out[1]


def test_each_block_keeps_its_own_detail() -> None:
    messages = [openai_message("", png(gradient(1000, 1000)), detail="low")]

    assert compare(messages, ["gpt-4o"], legibility=False).lines[0].now.tokens == 85


def test_nothing_to_compare_and_unknown_names_are_errors() -> None:
    with pytest.raises(MessageError, match="there are no images"):
        compare([{"role": "user", "content": "hello"}])
    with pytest.raises(PictureError):
        compare(b"not a picture")
    with pytest.raises(UnknownModelError):
        compare((10, 10), ["gpt-99-nothing"])


def test_all_compares_the_whole_table() -> None:
    assert len(compare((100, 100), "all").lines) == len(model_names())


def test_the_result_is_plain_data_markdown_and_escaped_html() -> None:
    found = compare((1000, 1000), ["gpt-4o", "gpt-4.1-mini"])

    assert json.loads(json.dumps(found.to_dict()))["lines"][0]["model"]
    rows = [row for row in found.to_markdown().splitlines() if row.startswith("|")]
    assert len(rows) == 4
    assert len({row.count("|") for row in rows}) == 1
    assert "gpt-4.1-mini" in found._repr_mimebundle_()["text/html"]
    strange = module.Comparison(1, ((1, 1),), (), ("<script>",))
    assert "<script>" not in strange._repr_mimebundle_()["text/html"]


def test_a_remark_stands_once_for_several_images_with_the_range_of_all() -> None:
    found = line(
        compare([Image.new("RGB", size) for size in ((640, 960), (1200, 800))], ["nova-2-lite"]), "nova-2-lite"
    )
    low, high = found.bounds or (0, 0)
    assert found.note.count("between") == 1
    assert f"between {low:,} and {high:,} tokens" in found.note


def test_an_estimate_is_marked_and_an_old_price_flagged() -> None:
    found = compare((1800, 2400), ["gpt-4.1-mini", "gemini-3.8-flash"])

    assert "≈4,977" in str(found)
    assert line(found, "gpt-4.1-mini").bounds == (2353, 4977)
    assert "promotional price" in line(found, "gemini-3.8-flash").note


def test_a_data_frame_comes_from_the_library_that_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = types.ModuleType("polars")
    fake.DataFrame = lambda rows: ("frame", rows)
    monkeypatch.setitem(sys.modules, "polars", fake)
    found = compare((1000, 1000), ["gpt-4o"])

    kind, rows = found.to_dataframe("polars")
    assert kind == "frame"
    assert rows[0]["tokens"] == 765
    with pytest.raises(OptionError, match="use pandas or polars"):
        found.to_dataframe("arrow")


def test_without_a_data_frame_library_the_error_names_the_ways_round(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pandas", "polars"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(frames, "find_spec", lambda name: None)

    with pytest.raises(OptionError, match="pandas or polars is not installed"):
        compare((10, 10), ["gpt-4o"]).to_dataframe()


def test_real_text_is_measured() -> None:
    picture = text_image(["The smallest text decides how far this may shrink."] * 12, size=28)
    found = compare(picture, ["gpt-4o", "gpt-5.6-sol"])

    assert line(found, "gpt-5.6-sol").now.legibility.startswith("smallest text ")


def test_a_picture_without_text_says_so() -> None:
    found = compare(Image.new("RGB", (640, 480), "white"), ["gpt-4o"])

    assert found.lines[0].now.legibility == "no text found"


def test_a_picture_that_cannot_be_decoded_is_counted_all_the_same() -> None:
    cut = png(gradient(900, 700))[:3000]
    found = compare(cut, ["gpt-4o"])

    assert found.lines[0].now.tokens == 765
    assert found.lines[0].now.legibility == "not measured"


def test_arrays_and_paths_are_compared_and_other_things_are_an_error_that_lists_what_is_taken(tmp_path: Path) -> None:
    import numpy as np

    path = tmp_path / "a.png"
    path.write_bytes(png(gradient(30, 20)))
    assert compare(np.zeros((20, 30, 3), "uint8"), ["gpt-4o"]).sizes == compare(path, ["gpt-4o"]).sizes == ((30, 20),)
    assert compare((np.int64(30), np.int64(20)), ["gpt-4o"]).sizes == ((30, 20),)
    with pytest.raises(OptionError, match="pass a path, file"):
        compare(object())
    with pytest.raises(OptionError, match="is a URL"):
        compare("https://example.org/a.png")


def test_one_model_is_no_plural() -> None:
    assert str(compare((10, 10), "gpt-4o")).startswith("1 image on 1 model, cheapest first")


def test_a_picture_that_cannot_be_measured_is_counted_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(picture: object) -> float:
        raise ModelFilesError("the weights are damaged")

    monkeypatch.setattr(module, "_smallest_font", fail)
    found = compare(png(gradient(300, 200)), "gpt-4o")
    assert found.lines[0].now.tokens == 255
    assert found.lines[0].now.legibility == "not measured"


def test_an_estimate_is_one_models_line_of_the_comparison() -> None:
    data = png(gradient(1000, 900))
    messages = [openai_message("?", data, png(gradient(40, 30)))]
    found = headroom_nb.estimate(messages, "gpt-4o")
    (line,) = compare(messages, "gpt-4o", legibility=False).lines
    assert (found.now, found.cheapest, found.exact, found.bounds) == (line.now, line.cheapest, line.exact, line.bounds)
    assert found.tokens == sum(headroom_nb.estimate(image, "gpt-4o").tokens for image in (data, (40, 30)))
    assert headroom_nb.estimate({"model": "claude-opus-5-5", "messages": messages}).model == "claude-opus-5-5"
    assert headroom_nb.estimate(data, provider="gemini").provider == "google"


def test_an_estimate_says_what_could_not_be_counted() -> None:
    url = {"type": "image_url", "image_url": {"url": "https://host.example/a.png"}}
    block = openai_message("?", png(gradient(40, 30)))["content"][-1]
    found = headroom_nb.estimate([{"role": "user", "content": [block, url]}])
    assert found.tokens > 0
    assert "not fetched" in found.note
