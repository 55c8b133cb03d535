"""Are transcripts right, or do they say where they are not? Code, exact strings, marks and receipts with known truth.

    python -m benchmarks.text.transcripts [--fonts DIR] [--kinds code exact marks receipts] [--every 1] [--seed N]
                                      [--data DATA]

The pages are drawn in Chromium (see ``transcript_pages`` and ``mark_pages``). Code: lines that come out exactly. Exact
strings: wrong ones that nothing marks (silent), and strings that were read right but marked all the same (needless).
Marks: pages whose transcript shows every mark or is refused. Receipts: amounts that are wrong in a transcript that is
neither refused nor doubted.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.text.mark_pages import mark_pages
from benchmarks.text.transcript_pages import Page, code_pages, draw, exact_pages, receipt_pages
from headroom_nb.ocr.engine import RapidOcr
from headroom_nb.ocr.weights import find_weights
from headroom_nb.pictures import open_picture
from headroom_nb.signals.marks import find_marks
from headroom_nb.techniques.transcript import Transcript, transcribe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PIL import Image

KINDS: dict[str, Callable[..., Iterator[Page]]] = {
    "code": code_pages,
    "exact": exact_pages,
    "marks": mark_pages,
    "receipts": receipt_pages,
}

_AMOUNT = re.compile(r"\d[\d,]*\.\d\d(?!\d)")

_MARK = re.compile(r"‹(.)\|[^›]*›")

DOUBTED = 0.9
"""A transcript that claims less for exact answers is not taken for them."""


def transcript_of(engine: RapidOcr, image: Image.Image) -> Transcript:
    """Return the transcript of an image."""
    file = io.BytesIO()
    image.save(file, "PNG")
    picture = open_picture(file.getvalue())
    page = engine.read(picture.rgb())
    return transcribe(page, picture, find_marks(page, picture))


def judge(kind: str, page: Page, result: Transcript) -> Counter[str]:
    """Return what is counted of one page."""
    if kind == "code":
        wanted = [line for line in page.truth.split("\n") if line.strip()]
        right = sum(line in result.text.split("\n") for line in wanted)
        wrong_and_sure = result.exact >= DOUBTED and not result.refusal
        return Counter(lines=len(wanted), exact_lines=right, silent_lines=(len(wanted) - right) * wrong_and_sure)
    if kind == "exact":
        text = result.text.replace("\\|", "|")
        missing = [string for string in page.truth if string not in text]
        marked = text.count("‹") > 0 or bool(result.refusal)
        lines_marked = sum("‹" in line for line in text.split("\n"))
        silent = 0 if result.refusal else max(0, len(missing) - lines_marked)
        settled = _MARK.sub(r"\1", text)
        needless = sum(string in settled for string in missing)
        return Counter(
            strings=len(page.truth),
            right=len(page.truth) - len(missing),
            marked=lines_marked * marked,
            needless=needless,
            silent=silent,
        )
    if kind == "marks":
        place, shown = 0, True
        for wanted in page.truth:
            place = result.text.find(wanted, place)
            shown = shown and place >= 0
            place += len(wanted)
        return Counter(
            {
                "pages": 1,
                "shown": shown,
                "refused": bool(result.refusal) and not shown,
                f"{page.kind} bad": not (shown or result.refusal),
            }
        )
    taken = not result.refusal and result.exact >= DOUBTED
    *amounts, total = page.truth
    found = [amount.replace(",", "") for amount in _AMOUNT.findall(result.text)]
    wrong = total not in found or any(amount not in amounts for amount in found)
    return Counter(receipts=1, taken=taken, wrong=wrong, wrong_taken=taken and wrong)


def real_receipts(data: Path) -> Iterator[tuple[Page, Image.Image]]:
    """Yield the receipts with truth of a data folder; a receipt's total is the largest amount of its truth."""
    for entry in json.loads((data / "images.json").read_text()):
        if entry.get("gt") and entry["kind"].startswith("receipt"):
            amounts = [found.replace(",", "") for found in _AMOUNT.findall((data / entry["gt"]).read_text())]
            image = open_picture((data / entry["file"]).read_bytes()).rgb()
            yield Page(Path(entry["file"]).name, "receipt", "", [*amounts, max(amounts, key=float)]), image


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fonts", type=Path)
    parser.add_argument("--kinds", nargs="+", choices=sorted(KINDS), default=sorted(KINDS))
    parser.add_argument("--every", type=int, default=1, help="take every n-th page only")
    parser.add_argument("--seed", type=int, help="draw other code, strings, marks and receipts than the usual ones")
    parser.add_argument("--data", type=Path, help="a folder with images.json: its receipts are read too")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    engine = RapidOcr(find_weights())
    figures: dict[str, Any] = {"every": options.every, "seed": options.seed}
    for kind in options.kinds:
        total: Counter[str] = Counter()
        seeded = {} if options.seed is None else {"seed": options.seed}
        drawn = draw(list(KINDS[kind](**seeded))[:: options.every], options.fonts)
        real = real_receipts(options.data) if options.data and kind == "receipts" else ()
        for page, image in itertools.chain(drawn, real):
            counted = judge(kind, page, transcript_of(engine, image))
            total += counted
            print(f"{page.name:60} {dict(counted)}", flush=True)
        figures[kind] = dict(total)
        print(kind, figures[kind])
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
