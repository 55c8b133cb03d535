"""A newer model table: what changes is shown, it is used from then on, and a hostile one is refused."""

from __future__ import annotations

import copy
import json

import pytest

from headroom_nb.costs import estimate_tokens, find_model, models, newer_table, register_model
from headroom_nb.costs.outside_table import read_table
from headroom_nb.costs.table import load_table, newer_file, shipped_table, table_in_use
from headroom_nb.errors import OptionError, UnknownModelError


@pytest.fixture(autouse=True)
def a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    models.use_table_anew()
    yield
    monkeypatch.undo()
    models.use_table_anew()


def newer(**changed):
    """Return the table of this release with a day that is later, a new price, and more changes."""
    table = copy.deepcopy(dict(shipped_table()))
    table["models"][0]["price"] |= {"usd_per_million": 3.5, "read": "2027-01-02"}
    return {**table, **changed}


def data(table):
    return json.dumps(table).encode()


def with_model(**keys):
    table = newer()
    table["models"].append({**copy.deepcopy(table["models"][0]), "name": "gpt-9", "aliases": ["gpt-nine"], **keys})
    return table


def test_what_a_newer_table_changes_is_shown_prices_first():
    table = with_model()
    table["models"] = [row for row in table["models"] if row["name"] != "gpt-4-turbo"]
    table["providers"]["openai"]["default_model"] = "gpt-9"
    found = newer_table.changes(table)
    assert [(change.what, change.name) for change in found] == [
        ("price", "gpt-6-astra"),
        ("model", "gpt-9"),
        ("model", "gpt-4-turbo"),
        ("provider", "openai"),
    ]
    assert "$3.5 " in found[0].after
    assert found[1].before == ""
    assert found[2].after == ""
    assert "gpt-9" in found[3].after


def test_a_newer_table_is_used_from_now_on_and_can_be_dropped():
    before = find_model("gpt-6-astra").usd_per_million_tokens
    newer_table.keep_table(data(with_model()))
    assert find_model("gpt-6-astra").usd_per_million_tokens == 3.5
    assert estimate_tokens(640, 480, "gpt-nine").tokens == estimate_tokens(640, 480, "gpt-6-astra").tokens
    assert str(newer_file()) in table_in_use()
    models.use_table_anew()  # as another process would
    assert find_model("gpt-9").name == "gpt-9"
    assert newer_table.drop_table()
    assert find_model("gpt-6-astra").usd_per_million_tokens == before
    with pytest.raises(UnknownModelError):
        find_model("gpt-9")
    assert not newer_table.drop_table()


def test_what_was_registered_in_this_session_outlives_the_change():
    register_model("house-model", like="gpt-4o", price=1.5)
    newer_table.keep_table(data(newer()))
    assert find_model("house-model").usd_per_million_tokens == 1.5


def test_a_release_with_later_rows_goes_before_a_table_that_was_kept():
    old = newer()
    for row in old["models"]:
        row["read"] = row["price"]["read"] = "2026-01-01"
    newer_table.keep_table(data(old))
    assert load_table() is shipped_table()
    assert "newer than" in table_in_use()


@pytest.mark.parametrize("content", [b"{", b"\xff", b'{"models": []}', b'{"models": [{"name": "x"}]}'])
def test_a_kept_table_that_cannot_be_used_is_warned_of_and_passed_over(content):
    newer_table.keep_table(data(newer()))
    newer_file().write_bytes(content)
    models.use_table_anew()
    with pytest.warns(UserWarning, match="models reset"):
        used = load_table()
    assert used is shipped_table()


def test_a_kept_table_that_others_can_write_is_not_used():
    newer_table.keep_table(data(newer()))
    newer_file().chmod(0o666)
    models.use_table_anew()
    with pytest.warns(UserWarning, match="somebody else"):
        used = load_table()
    assert used is shipped_table()


def patched(*path_and_value):
    *path, last, value = path_and_value
    table = with_model()
    place = table
    for key in path:
        place = place[key]
    place[last] = value
    return table


HOSTILE = {
    "a count without end": patched("models", -1, "details", {"original": {"max_tiles": 10**9}}),
    "a multiplier that would fill the memory": patched(
        "models", -1, "details", {"original": {"multiplier": "1e999999999"}}
    ),
    "a number too large": patched("models", -1, "details", {"original": {"budget": 10**30}}),
    "a negative number": patched("models", -1, "details", {"original": {"budget": -1}}),
    "a rule that is not known": patched("models", -1, "rule", "eval"),
    "text that steers a terminal": patched("models", -1, "note", "\x1b[2J"),
    "text that fills a screen": patched("models", -1, "note", "long " * 10_000),
    "a name that is markup": patched("models", -1, "name", "<script>"),
    "a name that stands for two models": patched("models", -1, "aliases", ["gpt-4o"]),
    "a name of a family": patched("models", -1, "aliases", ["claude-standard"]),
    "a default that is not there": patched("providers", "openai", "default_model", "gpt-0"),
    "a family like nothing": patched("families", "claude-standard", "like", "gpt-0"),
    "a provider that is not there": patched("models", -1, "provider", "nobody"),
    "a negative price": patched("models", -1, "price", "usd_per_million", -5),
    "an unknown key": patched("models", -1, "run", "rm"),
    "no models": newer(models=[]),
}


@pytest.mark.parametrize("table", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_table_is_refused_and_nothing_is_kept(table):
    with pytest.raises(OptionError):
        newer_table.keep_table(data(table))
    assert not newer_file().exists()
    assert load_table() is shipped_table()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x89PNG",
        b"[]",
        b"null",
        b"[" * 200_000,
        b'{"models": NaN}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b" " * (5 * 2**20),
    ],
    ids=["empty", "image", "list", "null", "deep", "nan", "long number", "large"],
)
def test_what_is_no_table_is_one_error(content):
    with pytest.raises(OptionError, match="model table"):
        read_table(content)


def test_the_table_of_this_release_passes_its_own_checks():
    assert read_table(data(shipped_table())) == shipped_table()
    assert newer_table.changes(shipped_table()) == ()
