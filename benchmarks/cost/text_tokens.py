"""How far the estimate of text tokens is off, beside the usual four characters a token.

    python -m benchmarks.cost.text_tokens [FOLDER] [--out FILE.json]

Without a folder: the texts of tests/costs/texts.json that were held back, whose counts are stored with them. With a
folder of text files: a vocabulary must be at hand (``pip install bpe-openai``, or tiktoken with its cache filled).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from statistics import fmean
from typing import Any

from headroom_nb.costs.text_tokens import BASE, estimate_text
from headroom_nb.costs.vocabulary import find_vocabulary

STORED = Path(__file__).parents[2] / "tests" / "costs" / "texts.json"
SUFFIXES = {".txt", ".md", ".py", ".json", ".csv", ".po"}


def main() -> None:
    """Print the table and write the JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()

    texts = read_folder(arguments.folder, parser) if arguments.folder else read_stored()
    rows = [measure(name, text, tokens) for name, (text, tokens) in texts.items() if tokens]
    print(f"{'text':<30}{'characters':>11}{BASE:>12}{'estimate':>10}{'off %':>8}{'chars/4 off %':>15}")
    for row in rows:
        print(
            f"{row['text'][:29]:<30}{row['characters']:>11,}{row['tokens']:>12,}{row['estimate']:>10,.0f}"
            f"{row['off']:>8.1f}{row['quarter_off']:>15.1f}"
        )
    summary = {key: fmean(abs(row[key]) for row in rows) for key in ("off", "quarter_off")}
    print(f"\nmean absolute error: {summary['off']:.1f} % by script, {summary['quarter_off']:.1f} % by four characters")
    if arguments.out:
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        arguments.out.write_text(json.dumps({"summary": summary, "texts": rows}, indent=1, ensure_ascii=False) + "\n")


def read_stored() -> dict[str, tuple[str, int]]:
    """Return the stored texts that the estimate was not fitted to, with their counts."""
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    return {name: (entry["text"], entry[BASE]) for name, entry in stored.items() if not entry["fitted"]}


def read_folder(folder: Path, parser: argparse.ArgumentParser) -> dict[str, tuple[str, int]]:
    """Return the folder's texts, counted with the vocabulary."""
    vocabulary = find_vocabulary(BASE)
    if vocabulary is None:
        parser.error(f"no {BASE} vocabulary at hand: pip install bpe-openai")
    files = [path for path in sorted(folder.rglob("*")) if path.suffix in SUFFIXES]
    texts = {path.name: path.read_text(encoding="utf-8", errors="replace") for path in files}
    return {name: (text, vocabulary.count(text)) for name, text in texts.items()}


def measure(name: str, text: str, tokens: int) -> dict[str, Any]:
    """Return one line's figures; errors in percent of the true count."""
    by_script, by_four = estimate_text(text), len(text) / 4
    return {
        "text": name,
        "characters": len(text),
        "tokens": tokens,
        "estimate": by_script,
        "off": 100 * (by_script / tokens - 1),
        "quarter_off": 100 * (by_four / tokens - 1),
    }


if __name__ == "__main__":
    main()
