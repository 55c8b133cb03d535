"""The eye test, and the profile that compression goes by afterwards."""

import json

import pytest

from headroom_nb import calibrate, compress, user_message
from headroom_nb.demo.stand_in import StandIn
from headroom_nb.errors import OptionError
from headroom_nb.proof.calibrate import (
    calibration_of,
    calibrations,
    forget_calibration,
    import_calibration,
    is_right,
    read_lines,
    rising,
)
from headroom_nb.proof.charts import Row, sheets
from headroom_nb.survival import find_profile, own, shipped_profile
from headroom_nb.survival.profiles import read_profile
from tests.proof.conftest import CLIENTS
from tests.proof.planted import PlantedReader
from tests.proof.readers import sheet_eyes
from tests.support import gradient

MODEL = "gpt-5.6-sol"


def own_profile_of(found):
    return read_profile(found.row)


def run(client, model=MODEL, **more):
    return calibrate(client, model, yes=True, progress=False, **more)


@pytest.mark.parametrize("k", [7, 11.4, 16])
def test_what_is_planted_is_found_within_a_pixel(k):
    found = run(PlantedReader(k, slips=0.03), resume=False, store=False)
    for need in ("exact", "prose"):
        assert abs(found.reads_from(need) - k) <= 1
    for point in found.points:
        assert point.low <= point.hits / point.n <= point.high


def test_compression_goes_by_the_profile_and_names_it():
    messages = [user_message("What is it?", gradient(300, 200))]
    assert compress(messages, model=MODEL).profile == shipped_profile(MODEL).name
    found = run(PlantedReader(7))
    assert find_profile(MODEL).share("exact", 8) > 0.9
    assert compress(messages, model=MODEL).profile == found.row["name"]
    assert found.date in found.row["name"]
    assert f"{found.row['name']} by you" in str(compress(messages, model=MODEL))
    assert calibration_of(MODEL).reads_from("exact") == found.reads_from("exact") == 7
    assert [each.model for each in calibrations()] == [MODEL]
    forget_calibration(MODEL)
    assert compress(messages, model=MODEL).profile == shipped_profile(MODEL).name
    with pytest.raises(OptionError, match="was not calibrated"):
        forget_calibration(MODEL)


def test_a_profile_is_shared_as_a_file(tmp_path):
    found = run(PlantedReader(9), store=False)
    assert calibrations() == []
    file = found.save(tmp_path / "profile.json")
    assert import_calibration(file).reads_from("prose") == 9
    assert find_profile(MODEL).name == found.row["name"]
    with pytest.raises(OptionError, match="force=True"):
        found.save(file)
    for text in ("{}", "no JSON", json.dumps({**found.row, "version": 99}), json.dumps({**found.row, "curves": {}})):
        file.write_text(text, "utf-8")
        with pytest.raises(OptionError, match="no profile"):
            import_calibration(file)


def test_what_was_answered_is_not_paid_for_twice():
    reader = PlantedReader(9)
    first = run(reader)
    assert reader.asked == 12
    second = run(reader)
    assert reader.asked == 12
    assert second.points == first.points
    assert second.spent_usd == 0


def test_real_clients_send_the_sheets_and_a_model_that_reads_nothing_is_said():
    client_of, model = CLIENTS["anthropic"]
    with StandIn(reads_from=99, eyes=lambda data, seen: []) as server, client_of(server) as client:
        found = run(client, model)
    assert [len(each.sizes) for each in server.received] == [1] * 12
    assert found.reads_from("exact") is None
    assert "nothing" in str(found)


@pytest.mark.parametrize(("k", "guesses"), [(9, False), (15, True)])
def test_the_stand_in_answers_the_sheets_of_text_and_what_it_cannot_see_stays_as_shipped(k, guesses):
    client_of, model = CLIENTS["openai"]
    with StandIn(reads_from=k, guesses=guesses, eyes=sheet_eyes()) as server, client_of(server) as client:
        found = run(client, model, store=False)
    assert found.reads_from("exact") == pytest.approx(k, abs=1)
    if not guesses:  # wrong characters are few in a sentence
        assert found.reads_from("prose") == pytest.approx(k, abs=1)
    assert {point.need for point in found.points} == {"exact", "prose"}
    assert "marks, light; marks, dark; dots; rings" in str(found)
    shipped = shipped_profile(model)
    for need in ("marks", "count", "detail"):
        assert own_profile_of(found).curves[need] == shipped.curves[need]


def test_what_is_too_small_to_be_counted_lowers_the_curve_and_what_is_seen_never_raises_it():
    shipped = shipped_profile(MODEL)
    strong, weak, blind = (own_profile_of(run(PlantedReader(k), store=False, resume=False)) for k in (1, 11, 99))
    for need in ("count", "detail"):
        assert strong.curves[need] == shipped.curves[need]
        assert weak.share(need, 256) < 0.5 * shipped.share(need, 256)
        assert weak.share(need, 1024) == shipped.share(need, 1024)
        assert blind.curves[need] == shipped.curves[need]
    assert "count" in strong.source
    assert "count" not in weak.source


def test_where_nothing_is_answered_nothing_is_stored():
    client_of, model = CLIENTS["openai"]
    with (
        StandIn(refuse=lambda number: (401, {})) as server,
        client_of(server) as client,
        pytest.raises(OptionError) as no,
    ):
        run(client, model)
    assert "401" in str(no.value)
    assert calibrations() == []


def test_it_asks_first(monkeypatch):
    reader = PlantedReader(9)
    monkeypatch.setattr("builtins.input", lambda prompt: "n")
    with pytest.raises(OptionError, match="nothing was sent"):
        calibrate(reader, MODEL)
    assert reader.asked == 0


def test_the_same_seed_draws_the_same_sheets_and_each_row_is_there():
    one, two = sheets(3), sheets(3)
    assert len(one) == 12
    assert [sheet.data for sheet in one] == [sheet.data for sheet in two]
    assert {row.need for sheet in one for row in sheet.rows} == {"exact", "prose", "marks", "count", "detail"}
    assert all(min(sheet.size) <= 768 for sheet in one)


def test_answers_are_read_row_by_row():
    assert read_lines("Here:\n 1: abc\n2) d e\n| 3 | x |\n- 4. `y`") == {1: "abc", 2: "d e", 3: "x", 4: "y"}
    assert is_right(Row(1, "exact", 9, "aB3"), "aB3")
    assert not is_right(Row(1, "exact", 9, "aB3"), "ab3")
    assert is_right(Row(1, "prose", 9, "The amber and the candle met"), "the amber and the candle met.")
    assert is_right(Row(1, "count", 9, "7"), "7")


def test_a_fit_never_falls_and_follows_what_was_right():
    fitted = rising([(0, 8), (2, 8), (1, 8), (8, 8), (7, 8), (8, 8)], [0.5] * 6)
    assert fitted == sorted(fitted)
    assert fitted[0] < 0.2
    assert fitted[-1] > 0.8


@pytest.mark.parametrize(
    "change",
    [
        {"models": "abc"},
        {"models": ["\ud800"]},
        {"models": ["\x1b[31m"]},
        {"models": ["m" * 100_000]},
        {"name": 5},
        {"date": "<b>\n"},
        {"measured": 5},
        {"measured": [["exact", 8, 10**12, 10**12]]},
        {"measured": [["exact", 8, -1, 2]]},
        {"measured": [["exact", "8", "1", "2"]]},
        {"measured": [["exact", float("nan"), 1, 2]]},
        {"measured": [[[1], 8, 1, 2]]},
    ],
    ids=ascii,
)
def test_a_profile_that_somebody_made_up_is_refused(tmp_path, change):
    file = tmp_path / "profile.json"
    file.write_text(json.dumps({**run(PlantedReader(9), store=False).row, **change}), "utf-8")
    with pytest.raises(OptionError, match="no profile"):
        import_calibration(file)
    assert calibrations() == []


def test_a_profile_nested_without_end_is_none_wherever_it_stands(tmp_path):
    run(PlantedReader(9))
    file = tmp_path / "profile.json"
    file.write_text("[" * 200_000, "utf-8")
    with pytest.raises(OptionError, match="no profile"):
        import_calibration(file)
    file.rename(own.folder() / "profile.json")
    assert [each.model for each in calibrations()] == [MODEL]
