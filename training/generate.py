"""Write the questions the router learns from: templates, fillers and a policy table give labelled questions.

Each row of the output (JSON lines) holds the question, what is asked (intent), its language, the template it came from,
whether that template is held back for validation, which groups of pictures it is asked of, and for every group the
share of each technique a careful engineer would choose (``policy.txt``) and of each need the answer depends on
(``needs.txt``).

Run as ``python -m training.generate --out build/router/questions.jsonl``.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from headroom_nb.records import NEEDS
from headroom_nb.routing.decision import GROUPS, TECHNIQUE_ORDER
from training.wording import rephrase

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent / "questions"
FOREIGN = "foreign"
COMMON = (
    "read_fact",
    "read_field",
    "read_place",
    "sign_text",
    "ui_text",
    "ui_find",
    "brand",
    "chart_value",
    "describe",
    "where_text",
    "exact_string",
)
"""Intents with twice the questions: people ask them most, and their wording varies most."""
HELD_BACK = 8
"""One English template in this many is held back for validation, within every intent."""
INITIALS = {technique.name[0]: i for i, technique in enumerate(TECHNIQUE_ORDER)}
NEED_LETTERS = dict(zip("EPMAGDCL", range(len(NEEDS)), strict=True))
"""Letters of ``needs.txt``, in the order of the needs."""
_CELL = re.compile(r"([A-Z])(\d?)")
_CHOICE = re.compile(r"\(([^()]*)\)")
_OPTIONAL_QUOTES = re.compile(r'"\?(\{\w+\})"\?')
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Intent:
    """One row of the tables: shares per group and technique, the groups it is asked of, shares per group and need."""

    name: str
    shares: list[list[float]]
    asked_of: list[float]
    needs: list[list[float]]


@dataclass(frozen=True)
class Template:
    """A line of the template files."""

    intent: str
    language: str
    text: str
    number: int

    @property
    def key(self) -> str:
        """Name that stays the same from run to run."""
        return f"{self.intent}/{self.language}/{self.number}"

    @property
    def held_back(self) -> bool:
        """Whether only validation sees it; spread evenly within each intent (English) or by hash (the rest)."""
        if self.language == "en":
            return (self.number + zlib.crc32(self.intent.encode())) % HELD_BACK == 0
        return zlib.crc32(self.text.encode()) % 10 == 0


def read_cell(cell: str, places: dict[str, int], where: str) -> list[float]:
    """Return the shares of a cell such as ``"T7C3"``; a letter alone means all of it.

    Raises
    ------
    ValueError
        A letter is not known, or the shares do not sum to ten.
    """
    row = [0.0] * len(places)
    for letter, tenths in _CELL.findall(cell):
        if letter not in places:
            message = f"{where}: {cell} has the letter {letter}; known are {', '.join(places)}"
            raise ValueError(message)
        row[places[letter]] = int(tenths or 10) / 10
    if abs(sum(row) - 1) > 1e-9:
        message = f"{where}: shares of {cell} do not sum to ten"
        raise ValueError(message)
    return row


def read_needs(path: Path = HERE / "needs.txt") -> dict[str, list[list[float]]]:
    """Parse the table of needs: for every intent the shares per group and need."""
    needs = {}
    for line in path.read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        name, usual, *others = line.split()
        where = f"{path.name}: {name}"
        rows = [read_cell(usual, NEED_LETTERS, where) for _ in GROUPS]
        for group, cell in (other.split("=") for other in others):
            rows[GROUPS.index(group)] = read_cell(cell, NEED_LETTERS, where)
        needs[name] = rows
    return needs


def read_intents(policy: Path = HERE / "policy.txt", needs: Path = HERE / "needs.txt") -> dict[str, Intent]:
    """Parse the tables of techniques and needs."""
    intents, needed = {}, read_needs(needs)
    for line in policy.read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        name, *cells = line.split()
        shares = [read_cell(cell, INITIALS, f"{policy.name}: {name}") for cell in cells[: len(GROUPS)]]
        asked = [0.02] * len(GROUPS)
        for rank, group in enumerate(cells[len(GROUPS) :]):
            asked[GROUPS.index(group)] += 0.6**rank
        if name not in needed:
            message = f"{needs.name} has no row for {name}"
            raise ValueError(message)
        intents[name] = Intent(name, shares, [weight / sum(asked) for weight in asked], needed[name])
    return intents


def read_slots(path: Path = HERE / "slots.txt") -> dict[str, list[str]]:
    """Parse the fillers."""
    slots = {}
    for line in path.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, values = line.partition(": ")
            slots[name] = [value.strip() for value in values.split(" | ")]
    return slots


def read_templates() -> Iterator[Template]:
    """Give every template of both files, numbered within its intent and language."""
    intent, number = "", 0
    for line in (HERE / "english.txt").read_text("utf-8").splitlines():
        if re.fullmatch(r"\[\w+\]", line):
            intent, number = line[1:-1], 0
        elif line and not line.startswith("# ") and intent:
            yield Template(intent, "en", line, number)
            number += 1
    language = ""
    for line in (HERE / "world.txt").read_text("utf-8").splitlines():
        if line.startswith("== "):
            language = line[3:]
        elif line and not line.startswith("#"):
            intent, _, texts = line.partition(": ")
            for number, text in enumerate(texts.split(" || ")):
                yield Template(intent, language, text, number)


def read_foreign() -> Iterator[Template]:
    """Give the templates in languages the router does not read."""
    language, number = "", 0
    for line in (HERE / "foreign.txt").read_text("utf-8").splitlines():
        if line.startswith("== "):
            language = line[3:]
        elif line and not line.startswith("#"):
            yield Template(FOREIGN, language, line, number)
            number += 1


def expand(text: str, slots: dict[str, list[str]], rng: random.Random, *, all_fillers: bool) -> str:
    """Take one variant of every choice and one filler for every slot.

    Training sees six of seven fillers of the longer lists, so that validation also meets new words.
    """
    text = _OPTIONAL_QUOTES.sub(rng.choice((r"\1", r'"\1"')), text)
    while found := _CHOICE.search(text):
        text = text[: found.start()] + rng.choice(found[1].split("|")) + text[found.end() :]
    while found := _SLOT.search(text):
        values = slots.get(found[1])
        if values is None:
            break
        if not all_fillers and len(values) > 7:
            values = [value for i, value in enumerate(values) if i % 7 != 3]
        text = text[: found.start()] + rng.choice(values) + text[found.end() :]
    return re.sub(r"\s+", " ", text).strip()


def generate(count: int, seed: int) -> Iterator[dict[str, object]]:
    """Give about ``count`` distinct questions: the same number for each intent as far as its templates reach."""
    rng = random.Random(seed)
    intents, slots = read_intents(), read_slots()
    by_intent: dict[str, list[Template]] = {}
    for template in read_templates():
        by_intent.setdefault(template.intent, []).append(template)
    if unknown := by_intent.keys() ^ intents.keys():
        message = f"intents in only one of policy.txt and the templates: {sorted(unknown)}"
        raise ValueError(message)
    by_intent[FOREIGN] = list(read_foreign())
    uniform = [1 / len(GROUPS)] * len(GROUPS)
    even = [[1 / len(names)] * len(names) for names in (TECHNIQUE_ORDER, NEEDS)]
    intents[FOREIGN] = Intent(FOREIGN, [even[0]] * len(GROUPS), uniform, [even[1]] * len(GROUPS))
    marks = [name for name in intents if name.startswith("mark_")]
    weight_of = dict.fromkeys(intents, 1.0) | dict.fromkeys(marks, 1.5) | dict.fromkeys(COMMON, 2.0) | {FOREIGN: 3.0}
    for name, templates in sorted(by_intent.items()):
        intent, seen = intents[name], set()
        share = round(count * weight_of[name] / sum(weight_of.values()))
        weights = [3.0 if template.language == "en" else 1.0 for template in templates]
        for _ in range(share * 4):
            if len(seen) >= share:
                break
            template = rng.choices(templates, weights)[0]
            plain = expand(template.text, slots, rng, all_fillers=template.held_back)
            text = rephrase(plain, template.language, rng)
            if text in seen:
                continue
            seen.add(text)
            yield {
                "text": text,
                "intent": name,
                "language": template.language,
                "template": template.key,
                "held_back": template.held_back,
                "foreign": name == FOREIGN,
                "asked_of": [round(weight, 4) for weight in intent.asked_of],
                "shares": intent.shares,
                "needs": intent.needs,
            }


def main() -> None:
    """Write the questions to a file and print how many of each kind there are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/router/questions.jsonl"))
    parser.add_argument("--count", type=int, default=17_000)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    rows = list(generate(options.count, options.seed))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    languages = sorted({str(row["language"]) for row in rows})
    held = sum(bool(row["held_back"]) for row in rows)
    print(f"{len(rows)} questions, {len({row['template'] for row in rows})} templates, {held} held back, {languages}")


if __name__ == "__main__":
    main()
