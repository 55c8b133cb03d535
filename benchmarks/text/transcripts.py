"""Are transcripts right, or do they say where they are not? Code, exact strings, marks and receipts with known truth.

    python -m benchmarks.text.transcripts [--fonts DIR] [--kinds code exact marks receipts] [--every 1] [--seed N]

The pages are drawn in Chromium (see ``transcript_pages``). Code: lines that come out exactly. Exact strings: wrong ones
that nothing marks (silent), and strings that were read right but marked all the same. Marks: pages whose transcript
shows every mark or is refused. Receipts: totals that are wrong in a transcript that is neither refused nor doubted.
"""

from __future__ import annotations

import argparse
import io
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.text.transcript_pages import Page, code_pages, draw, exact_pages, mark_pages, receipt_pages
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
        return Counter(
            strings=len(page.truth), right=len(page.truth) - len(missing), marked=lines_marked * marked, silent=silent
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
    return Counter(receipts=1, taken=taken, wrong_total_taken=taken and page.truth not in result.text)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fonts", type=Path)
    parser.add_argument("--kinds", nargs="+", choices=sorted(KINDS), default=sorted(KINDS))
    parser.add_argument("--every", type=int, default=1, help="take every n-th page only")
    parser.add_argument("--seed", type=int, help="draw other code, strings, marks and receipts than the usual ones")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    engine = RapidOcr(find_weights())
    figures: dict[str, Any] = {"every": options.every, "seed": options.seed}
    for kind in options.kinds:
        total: Counter[str] = Counter()
        seeded = {} if options.seed is None else {"seed": options.seed}
        for page, image in draw(list(KINDS[kind](**seeded))[:: options.every], options.fonts):
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
