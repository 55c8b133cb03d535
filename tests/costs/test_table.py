"""The model table as data: shape, sources, dates."""

from __future__ import annotations

import json
from datetime import date
from importlib.resources import files

import jsonschema
import pytest

from headroom_nb.costs import find_model, model_names
from headroom_nb.costs.names import normal
from headroom_nb.costs.table import load_table

TABLE = load_table()


def test_the_table_keeps_its_schema() -> None:
    schema = json.loads(files("headroom_nb.costs").joinpath("models.schema.json").read_text(encoding="utf-8"))

    jsonschema.Draft202012Validator(schema).validate(TABLE)


@pytest.mark.parametrize("row", TABLE["models"], ids=lambda row: row["name"])
def test_every_row_names_known_sources_and_the_day_they_were_read(row: dict) -> None:
    for part in (row, row["price"]):
        assert part["source"] in TABLE["sources"]
        assert date.fromisoformat(part["read"]) >= date(2026, 11, 20)
    assert row["provider"] in TABLE["providers"]


@pytest.mark.parametrize("provider", TABLE["providers"])
def test_every_provider_has_limits_with_a_source_and_a_default_model_of_its_own(provider: str) -> None:
    assert TABLE["providers"][provider]["limits"]["source"] in TABLE["sources"]
    assert find_model(provider=provider).provider == provider
    assert find_model(provider=provider).name in model_names(provider)


def test_no_name_stands_for_two_models() -> None:
    names = [normal(name) for row in TABLE["models"] for name in (row["name"], *row.get("aliases", ()))]

    assert sorted(names) == sorted(set(names))
    assert not set(names) & set(TABLE["families"])


def test_every_family_stands_for_a_model_of_the_table() -> None:
    assert {family["like"] for family in TABLE["families"].values()} <= set(model_names())


def test_every_source_is_cited() -> None:
    text = json.dumps({key: value for key, value in TABLE.items() if key != "sources"})

    assert [source for source in TABLE["sources"] if f'"{source}"' not in text] == []
