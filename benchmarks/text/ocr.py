"""Speed and word recall of OCR, beside a plain RapidOCR call, in one run on the same images.

    python -m benchmarks.text.ocr DATA [--repeats 1] [--json build/ocr.json]

``DATA`` holds ``images.json`` (a list of ``{"file", "gt"}``; ``gt`` names a text file, missing where there is no truth)
and the files it names. Word recall is the share of the truth's words and numbers that were read, each as often as it
stands there, case and punctuation aside; characters of scripts without spaces count as words. Where the truth has no
spaces at all, a word counts when it stands in the reading without spaces. Both engines are warmed up and take turns.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import time
import unicodedata
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from headroom_nb.errors import TechniqueRefusedError
from headroom_nb.ocr.engine import RapidOcr
from headroom_nb.ocr.weights import find_weights
from headroom_nb.pictures import open_picture
from headroom_nb.techniques.transcript.layout import to_text
from headroom_nb.techniques.transcript.trust import check

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from headroom_nb.ocr import OcrPage

_SPACELESS = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"


@dataclass
class Row:
    """One image: recall and seconds of both engines, and what the gates said."""

    file: str
    size: tuple[int, int]
    recall: float | None
    plain_recall: float | None
    seconds: float
    plain_seconds: float
    cpu: float
    plain_cpu: float
    refused: str


def words(text: str) -> list[str]:
    """Return the words and numbers of a text, folded for comparing; a word broken at a line's end is joined."""
    text = re.sub(r"(\w)-\n\s*(\w)", r"\1\2", unicodedata.normalize("NFKC", text).casefold())
    return re.findall(rf"[{_SPACELESS}]|\d+(?:[.,]\d+)+|[^\W{_SPACELESS}]+", text)


def word_recall(truth: str, reading: str) -> float:
    """Return the share of the truth's words that stand in the reading, 0 to 1."""
    wanted = words(truth)
    if not any(" " in line.strip() for line in truth.splitlines()):
        joined = "".join(words(reading)) if len(wanted) > 5 else ""
        if joined:
            return sum(word in joined for word in wanted) / len(wanted)
    found = Counter(wanted) & Counter(words(reading))
    return sum(found.values()) / len(wanted)


def timed(read: Callable[[], str]) -> tuple[str, float, float]:
    """Return what a call gave, and the wall and processor seconds it took."""
    wall, processor = time.perf_counter(), time.process_time()
    text = read()
    return text, time.perf_counter() - wall, time.process_time() - processor


def plain_reader() -> Callable[[np.ndarray], str]:
    """Return RapidOCR 3 as its documentation calls it."""
    from rapidocr import RapidOCR

    engine = RapidOCR()
    return lambda picture: "\n".join(engine(picture).txts or ())


def refusal(page: OcrPage, image: Image.Image) -> str:
    """Return why a transcript is refused for a question that asks for nothing but the text; empty where it is not."""
    try:
        return check(page, image).beyond_text
    except TechniqueRefusedError as refused:
        return str(refused)


def transcript(engine: RapidOcr, image: Image.Image, pages: list[OcrPage]) -> str:
    """Return the text of an image, and add what was read to ``pages``."""
    pages.append(engine.read(image))
    return to_text(pages[-1])


def beside_reader(name: str) -> Callable[[np.ndarray], str]:
    """Return what is compared with: plain RapidOCR, or another engine of the package."""
    if name == "plain":
        return plain_reader()
    engine = RapidOcr(find_weights(name))
    return lambda picture: to_text(engine.read(Image.fromarray(np.ascontiguousarray(picture[:, :, ::-1]))))


def measure(
    data: Path, entries: Sequence[dict[str, str]], *, repeats: int, engine: str = "auto", beside: str = "plain"
) -> list[Row]:
    """Return a row per image."""
    ours, plain = RapidOcr(find_weights(engine)), beside_reader(beside)
    warm = Image.new("RGB", (640, 480), "white")
    ours.read(warm)
    plain(np.asarray(warm))
    rows, pages = [], []
    for entry in entries:
        image = open_picture((data / entry["file"]).read_bytes()).rgb()
        truth = (data / entry["gt"]).read_text() if entry.get("gt") else None
        bgr = np.ascontiguousarray(np.asarray(image)[:, :, ::-1])
        runs = [
            (timed(lambda image=image: transcript(ours, image, pages)), timed(lambda bgr=bgr: plain(bgr)))
            for _ in range(repeats)
        ]
        (text, *_), (plain_text, *_) = runs[0]
        rows.append(
            Row(
                entry["file"],
                image.size,
                None if truth is None else word_recall(truth, text),
                None if truth is None else word_recall(truth, plain_text),
                *(statistics.median(run[engine][1] for run in runs) for engine in (0, 1)),
                *(statistics.median(run[engine][2] for run in runs) for engine in (0, 1)),
                refusal(pages[-1], image),
            )
        )
        print(row_text(rows[-1]), flush=True)
    return rows


def row_text(row: Row) -> str:
    """Return one line of the table."""
    recalls = "  –     –  " if row.recall is None else f"{row.recall:5.2f} {row.plain_recall:5.2f}"
    return f"{row.file[-44:]:44} {recalls} {row.seconds:7.2f} {row.plain_seconds:7.2f}  {row.refused}"


def summary(rows: list[Row]) -> dict[str, float]:
    """Return the figures of the whole run."""
    known = [row for row in rows if row.recall is not None]
    return {
        "images": len(rows),
        "with_truth": len(known),
        "recall_at_least_0.9": sum(row.recall >= 0.9 for row in known),
        "plain_recall_at_least_0.9": sum(row.plain_recall >= 0.9 for row in known),
        "mean_recall": statistics.mean(row.recall for row in known),
        "plain_mean_recall": statistics.mean(row.plain_recall for row in known),
        "recall_under_0.6": sum(row.recall < 0.6 for row in known),
        "recall_under_0.6_not_refused": sum(row.recall < 0.6 and not row.refused for row in known),
        "recall_at_least_0.9_refused": sum(row.recall >= 0.9 and bool(row.refused) for row in known),
        "wall_ratio": sum(row.plain_seconds for row in rows) / sum(row.seconds for row in rows),
        "cpu_ratio": sum(row.plain_cpu for row in rows) / sum(row.cpu for row in rows),
        "wall_ratio_with_truth": sum(row.plain_seconds for row in known) / sum(row.seconds for row in known),
    }


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--engine", default="auto", help="such as rapidocr-openvino")
    parser.add_argument("--beside", default="plain", help="what it is compared with: plain, or a name of an engine")
    parser.add_argument("--only-truth", action="store_true", help="images with truth alone")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    print(f"{'file':44} recall plain seconds   plain  refused because")
    entries = json.loads((options.data / "images.json").read_text())
    entries = [entry for entry in entries if entry.get("gt") or not options.only_truth]
    rows = measure(options.data, entries, repeats=options.repeats, engine=options.engine, beside=options.beside)
    figures = summary(rows)
    for name, value in figures.items():
        print(f"{name:32} {value:.3f}")
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps({"summary": figures, "rows": [asdict(row) for row in rows]}, indent=1))


if __name__ == "__main__":
    main()
