"""What the front end knows of costs is what the table says."""

import json

from headroom_nb.costs import billed, find_model
from headroom_nb.costs.front_end import model_row
from headroom_nb.costs.registry import bill
from tools import front_end_costs


def test_the_front_ends_model_table_is_made_from_the_current_one():
    assert front_end_costs.CONSTANTS.read_text("utf-8") == front_end_costs.constants_module(), (
        "run: python -m tools.front_end_costs"
    )


def test_the_bills_the_front_end_is_held_to_are_current():
    assert front_end_costs.VECTORS.read_text("utf-8") == front_end_costs.vectors_text(), (
        "run: python -m tools.front_end_costs"
    )


def test_a_models_row_carries_all_that_its_bill_needs():
    spec = find_model("gemini-2.5-flash")
    row = json.loads(json.dumps(model_row(spec)))

    rule, constants = row["levels"]["low"]
    assert bill(rule, (640, 480), constants) == billed((640, 480), spec, "low")
    assert row["levels"]["auto"][2] == [["flat", {"view": None, "tokens": 258}]]
    assert model_row(find_model("gpt-5.6-sol"))["price"] == [4, "2026-11-21", 5]
