"""Whether the router names what the answer to a real question depends on: a table and JSON.

    python -m benchmarks.deciding.needs DATA/answers [--out benchmarks/results/needs.json]

The folder holds ``answers.jsonl`` (one object a line: ``q``, ``needs``, ``image``, ``kind``) and ``images/``. Its eight
words for what is needed are matched with the router's needs by :data:`WANTED`.

Measures
--------
top, top two
    Share of the questions where the largest need, or one of the two largest, is wanted.
share
    Mean share of the wanted needs together.
place
    Of the questions for text at a place: mean share of ``place``.
"""

from __future__ import annotations

import argparse
import json
import statistics
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headroom_nb.pictures import open_picture
from headroom_nb.routing import load_router, needs_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.records import Needs

WANTED: dict[str, tuple[str, ...]] = {
    "one text": ("exact",),
    "text at a place": ("exact", "place"),
    "all text": ("exact", "prose"),
    "gist": ("gist",),
    "chart value": ("detail", "exact"),
    "small object": ("detail",),
    "count": ("count",),
    "colour": ("layout", "marks"),
    "layout": ("layout",),
}
"""The router's needs that answer each word of the data."""


def measure(rows: Sequence[tuple[str, Needs]]) -> dict[str, Any]:
    """Return the measures of the module's docstring for pairs of wanted word and needs."""
    top, two, share = [], [], []
    for word, needs in rows:
        wanted = WANTED[word]
        ranked = sorted(needs.items(), key=lambda item: -item[1])
        top.append(ranked[0][0] in wanted)
        two.append(any(name in wanted for name, _ in ranked[:2]))
        share.append(sum(value for name, value in ranked if name in wanted))
    return {
        "questions": len(rows),
        "top": round(statistics.mean(top), 3),
        "top two": round(statistics.mean(two), 3),
        "share": round(statistics.mean(share), 3),
    }


def report(folder: Path, router_name: str) -> dict[str, Any]:
    """Ask the router every question of its image; return the measures by word and of all."""
    router = load_router(router_name)
    rows = [json.loads(line) for line in (folder / "answers.jsonl").read_text("utf-8").splitlines()]
    pictures = {name: open_picture((folder / "images" / name).read_bytes()) for name in {row["image"] for row in rows}}
    said = [(row["needs"], needs_of(router, pictures[row["image"]], row["q"])) for row in rows]
    words = [word for word in WANTED if any(word == each for each, _ in said)]
    placed = [needs.place for word, needs in said if word == "text at a place"]
    return {
        "all": measure(said),
        **{word: measure([pair for pair in said if pair[0] == word]) for word in words},
        "mean share of place, text at a place": round(statistics.mean(placed), 3) if placed else None,
        "missed": [
            {"q": row["q"], "wanted": word, "needs": str(needs)}
            for row, (word, needs) in zip(rows, said, strict=True)
            if needs.most not in WANTED[word]
        ],
    }


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder with answers.jsonl and images/")
    parser.add_argument("--routers", default="embedded,rules", help="names, with commas")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/needs.json"))
    arguments = parser.parse_args()
    results = {name: report(arguments.folder, name) for name in arguments.routers.split(",")}
    for name, result in results.items():
        print(f"{name:18} {'questions':>9} {'top':>6} {'top two':>8} {'share':>6}")
        for word, row in result.items():
            if isinstance(row, dict):
                print(f"{word:>18} {row['questions']:9} {row['top']:6.3f} {row['top two']:8.3f} {row['share']:6.3f}")
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    # What was missed quotes the data, which is not ours to keep.
    kept = {name: {word: row for word, row in result.items() if word != "missed"} for name, result in results.items()}
    arguments.out.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
