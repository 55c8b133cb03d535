"""Write what the front end knows of costs: its model table, and the bills both sides are held to.

    python -m tools.front_end_costs

writes ``labextension/src/costs/constants.ts`` and ``tests/costs/front_end_vectors.json``; a test says when they are out
of date. The rules' default constants are read off the Python functions, so that no constant is typed twice.
"""

from __future__ import annotations

import json
import random
from inspect import Parameter
from pathlib import Path
from typing import Any

from headroom_nb.costs import estimate, find_model
from headroom_nb.costs import names as spelled
from headroom_nb.costs.front_end import model_row, rule_constants
from headroom_nb.costs.plan import tokens_by_size
from headroom_nb.costs.registry import RULES
from headroom_nb.costs.table import load_table
from headroom_nb.errors import ImageRejectedError

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
ABOUT = {
    "RULES": "Billing rules, each with the names of its constants and their defaults.",
    "PROVIDERS": "Providers: key, title, default model.",
    "LEVELS": "Levels: rule and constants, or several of those where sources conflict.",
    "OFFERS": "What a model offers: its default level, and levels by name.",
    "NOTES": "What a reader should know.",
    "ALIASES": "Other names of models.",
    "SPELLING": "Patterns of what stands around a name: host, provider, date or version; see costs/names.py.",
    "MODELS": "Models: name, provider, offer, price, note, whether the count is exact, longest side.",
}

SPELLED = [
    "GPT-4o-2024-08-06",
    "openai/gpt-4o",
    "openai:gpt-4o",
    "us.anthropic.claude-opus-4-8-v1:0",
    "claude-opus-4.8",
    "gemini-3-flash",
    "chatgpt-4o-latest",
    "ft:gpt-4o-2024-08-06:org:name:id",
    "qwen2.5vl:7b",
]
"""Names as requests spell them; each must mean the same model on both sides."""

RANDOM_SIZES = 12
STEPPED = [
    ("gpt-5.6-sol", "auto", (1240, 1754)),
    ("gpt-4o", "high", (4000, 3000)),
    ("claude-sonnet-4-6", "auto", (900, 1400)),
    ("gemini-3-flash-preview", "auto", (640, 480)),
    ("gpt-5-mini", "auto", (3000, 400)),
]


def constants_module() -> str:
    """Return the TypeScript module; numbers stand for places in the lists before, to keep it small.

    A level is its rule, then the rule's constants in order (null: the default; missing at the end: defaults), or, where
    sources conflict, an array of such levels, of which the first is billed.
    """
    rules = {name: _parameters(name) for name in RULES}
    providers = load_table()["providers"]
    levels: list[Any] = []
    offers: list[Any] = []
    notes: list[str] = []
    rows = []
    for name in _names():
        row = model_row(find_model(name))
        packed = {level: _index(levels, _packed(terms, rules)) for level, terms in row["levels"].items()}
        offer = _index(offers, [row["default_detail"], packed])
        provider = list(providers).index(row["provider"])
        facts = [name, provider, offer, row["price"], _index(notes, row["note"]), int(row["exact"]), row["max_side"]]
        rows.append(facts if facts[-1] is not None else facts[:-1])
    titles = [[name, provider["title"], provider["default_model"]] for name, provider in providers.items()]
    parts = {
        "RULES": _lines([[name, *pairs] for name, pairs in rules.items()]),
        "PROVIDERS": _lines(titles),
        "LEVELS": _lines(levels),
        "OFFERS": _lines(offers),
        "NOTES": _lines(notes),
        "MODELS": _lines(rows),
        "ALIASES": json.dumps(_aliases(), indent=2),
        "SPELLING": json.dumps(spelled.patterns(), indent=2),
    }
    body = "\n\n".join(f"/** {ABOUT[name]} */\nexport const {name} = {value};" for name, value in parts.items())
    return f"// Made from headroom_nb/costs/models.json by tools/front_end_costs.py; do not edit.\n\n{body}\n"


def _parameters(rule: str) -> list[list[Any]]:
    """Return the names of a rule's constants, each with its default where it has one."""
    return [[name] if default is Parameter.empty else [name, default] for name, default in rule_constants(rule)]


def _packed(terms: list[Any], rules: dict[str, list[list[Any]]]) -> list[Any]:
    rule, constants, *alternatives = terms
    packed: list[Any] = [list(rules).index(rule)]
    for name, *default in rules[rule]:
        packed.append(None if [constants[name]] == default else constants[name])
    while packed[-1] is None:
        packed.pop()
    return [packed, *(_packed(other, rules) for other in alternatives[0])] if alternatives else packed


def vectors() -> dict[str, Any]:
    """Return bills ``[width, height, tokens, seen width, seen height, low, high]`` by model and level, and names.

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
    names = [[name, find_model(name).name] for name in SPELLED]
    return {"bills": bills, "steps": steps, "names": names}


def _names() -> list[str]:
    """Return the names in the table; not what a process may have added."""
    return [row["name"] for row in load_table()["models"]]


def _aliases() -> dict[str, str]:
    rows = load_table()["models"]
    return {spelled.normal(alias): row["name"] for row in rows for alias in row.get("aliases", ())}


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
    names = ",\n".join("  " + _json(entry) for entry in made["names"])
    return f'{{"bills": [\n{bills}\n],\n"steps": [\n{steps}\n],\n"names": [\n{names}\n]}}\n'


if __name__ == "__main__":
    CONSTANTS.write_text(constants_module(), "utf-8")
    VECTORS.write_text(vectors_text(), "utf-8")
