"""Write what the front end knows of costs: its model table, and the bills both sides are held to.

    python -m tools.front_end_costs

writes ``labextension/src/costs/constants.ts`` and ``tests/costs/front_end_vectors.json``; a test says when they are out
of date. The rules' default constants are read off the Python functions, so that no constant is typed twice.
"""

from __future__ import annotations

import inspect
import json
import random
from pathlib import Path
from typing import Any

from headroom_nb.costs import estimate, find_model
from headroom_nb.costs.front_end import model_row
from headroom_nb.costs.models import load_table
from headroom_nb.costs.registry import RULES
from headroom_nb.errors import ImageRejectedError
from headroom_nb.tile_plan import tokens_by_size

ROOT = Path(__file__).parents[1]
CONSTANTS = ROOT / "labextension" / "src" / "costs" / "constants.ts"
VECTORS = ROOT / "tests" / "costs" / "front_end_vectors.json"

EDGES = [
    (1, 1),
    (1, 9000),
    (384, 384),
    (385, 384),
    (512, 512),
    (513, 512),
    (2049, 513),
    (1568, 1568),
    (8000, 8000),
    (1240, 1754),
]
RANDOM_SIZES = 12
STEPPED = [
    ("gpt-5.6-sol", "auto", (1240, 1754)),
    ("gpt-4o", "high", (4000, 3000)),
    ("claude-sonnet-4-6", "auto", (900, 1400)),
    ("gemini-3-flash-preview", "auto", (640, 480)),
    ("gpt-5-mini", "auto", (3000, 400)),
]


def constants_module() -> str:
    """Return the TypeScript module with defaults, providers and models."""
    defaults = {
        name: {
            key: parameter.default
            for key, parameter in inspect.signature(rule).parameters.items()
            if parameter.default is not inspect.Parameter.empty
        }
        for name, rule in RULES.items()
    }
    titles = {name: provider["title"] for name, provider in load_table()["providers"].items()}
    levels: list[Any] = []
    notes: list[str] = []
    rows = []
    for name in _names():
        row = model_row(find_model(name))
        row["levels"] = {level: _index(levels, terms) for level, terms in row["levels"].items()}
        row["note"] = _index(notes, row["note"])
        rows.append("  " + _json(list(row.values())))
    parts = {"DEFAULTS": _json(defaults), "PROVIDERS": _json(titles), "LEVELS": _lines(levels), "NOTES": _lines(notes)}
    body = "\n\n".join(f"export const {name} = {value};" for name, value in parts.items())
    fields = ", ".join(model_row(find_model("gpt-4o")))
    return (
        "// Made from headroom_nb/costs/models.json by tools/front_end_costs.py; do not edit.\n\n"
        f"{body}\n\n/** {fields}; levels and notes by their place above. */\n"
        "export const MODELS = [\n" + ",\n".join(rows) + "\n];\n"
    )


def vectors() -> dict[str, Any]:
    """Return bills ``[width, height, tokens, seen width, seen height, low, high]`` by model and level.

    One model stands for all with the same constants; ``null`` tokens mean that the picture is refused.
    """
    generator = random.Random(7)
    sizes = [*EDGES, *((_length(generator), _length(generator)) for _ in range(RANDOM_SIZES))]
    seen: list[Any] = []
    bills = []
    for name in _names():
        spec = find_model(name)
        for level, terms in model_row(spec)["levels"].items():
            if [terms, spec.limits.max_side] in seen:
                continue
            seen.append([terms, spec.limits.max_side])
            bills.append({"model": name, "detail": level, "bills": [_bill(size, name, level) for size in sizes]})
    steps = [
        {"model": model, "detail": detail, "size": size, "steps": tokens_by_size(size, model, detail)}
        for model, detail, size in STEPPED
    ]
    return {"bills": bills, "steps": steps}


def _names() -> list[str]:
    """Return the names in the table; not what a process may have added."""
    return [row["name"] for row in load_table()["models"]]


def _bill(size: tuple[int, int], model: str, detail: str) -> list[int | None]:
    try:
        cost = estimate(size, model, detail)
    except ImageRejectedError:
        return [*size, None]
    return [*size, cost.tokens, *cost.sent_size, *(cost.bounds or ())]


def _length(generator: random.Random) -> int:
    return round(10 ** generator.uniform(1.3, 4.1))


def _index(known: list[Any], value: Any) -> int:
    if value not in known:
        known.append(value)
    return known.index(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _lines(values: list[Any]) -> str:
    return "[\n" + ",\n".join("  " + _json(value) for value in values) + "\n]"


def vectors_text() -> str:
    """Return the vectors as they are stored."""
    made = vectors()
    bills = ",\n".join("  " + _json(entry) for entry in made["bills"])
    steps = ",\n".join("  " + _json(entry) for entry in made["steps"])
    return f'{{"bills": [\n{bills}\n],\n"steps": [\n{steps}\n]}}\n'


if __name__ == "__main__":
    CONSTANTS.write_text(constants_module(), "utf-8")
    VECTORS.write_text(vectors_text(), "utf-8")
