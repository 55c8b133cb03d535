"""Do transcripts keep the order in which people read? Real pages and drawn ones with known order.

    python -m benchmarks.text.reading_order DATA [--fonts DIR] [--only real drawn] [--keep FOLDER] [--json FILE]

``DATA`` holds ``pdf/`` (pages with a text layer whose own order was checked, see :data:`CHECKED`) and ``images.json``
with the truth of document pages. Pages are rendered, read and laid out; then two figures are taken over the words that
stand once in the truth and once in the reading:

* **pairs**: the share of all pairs of such words that stand in the right order;
* **steps**: the share of such words whose next one in the truth is the next one in the reading. It is the stricter one:
  two columns read line by line keep three pairs of four.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import re
import statistics
import unicodedata
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from PIL import Image

from benchmarks.text.order_pages import order_pages
from benchmarks.text.transcript_pages import draw
from headroom_nb.ocr.base import pack_page, unpack_page
from headroom_nb.ocr.engine import RapidOcr
from headroom_nb.ocr.weights import find_weights
from headroom_nb.techniques.transcript.layout import to_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headroom_nb.ocr import OcrPage

LONG_SIDE = 1600
"""Pixels of a rendered PDF page's longer side."""

SHORTEST = 3
"""Letters of a word that counts: shorter ones are misread too often."""

CHECKED: dict[str, dict[int, int]] = {
    "docling_2305.03393v1-pg9.pdf": {0: 0},
    "docling_amt_handbook_sample.pdf": {0: 0},
    "docling_multi_page.pdf": {0: 0, 1: 0, 2: 0, 3: 0},
    "docling_table_mislabeled_as_picture.pdf": {0: 1},
    "unst_DA-1p.pdf": {0: 0},
    "unst_a1977-backus-p21.pdf": {0: 0},
    "unst_copy-protected.pdf": {0: 0, 1: 0},
    "unst_fr_olap.pdf": {0: 0, 2: 0, 5: 0, 7: 0, 10: 0},
    "unst_interface-config-guide-p93.pdf": {0: 1},
    "unst_layout-parser-paper-with-table.pdf": {0: 0},
    "unst_multi-column-2p.pdf": {0: 0, 1: 0},
    "unst_pdf-bad-color-space.pdf": {0: 2},
}
"""Pages of PDFs, from 0, whose text layer was looked at and stands in the order in which people read them, and how many
lines at its beginning are a running foot, which stands there out of its place. Not taken: pages whose layer puts labels
of figures last, or one column before another without reason, and pages in scripts that the engine does not read."""

TWINS = {"unst_DA-1p.jpg": ("unst_DA-1p.pdf", 0), "unst_layout-parser-paper-fast.jpg": ("unst_copy-protected.pdf", 0)}
"""Images that show a page of a PDF: that page's text layer is their truth."""


class Sample(NamedTuple):
    """One page: its name, its image and its text in the orders that are right."""

    name: str
    image: Image.Image
    truths: list[str]


class Order(NamedTuple):
    """What was measured of one page: shares between 0 and 1, the words they stand on, and the share that was found."""

    pairs: float
    steps: float
    words: int
    found: float


def words(text: str) -> list[str]:
    """Return the words of a text, folded for comparing; a word broken at a line's end is joined."""
    folded = re.sub(r"(\w)[-\u00ad\u0002\ufffe]\s*\n\s*(\w)", r"\1\2", unicodedata.normalize("NFKC", text).casefold())
    return [word for word in re.findall(r"\w+", folded) if len(word) >= SHORTEST]


def order_of(truth: str, reading: str) -> Order:
    """Return how well the words of a reading stand in the order of the truth."""
    wanted, found = words(truth), words(reading)
    share = sum((Counter(wanted) & Counter(found)).values()) / max(1, len(wanted))
    once = {word for word, count in Counter(wanted).items() if count == 1}
    once &= {word for word, count in Counter(found).items() if count == 1}
    at = {word: place for place, word in enumerate(word for word in found if word in once)}
    places = np.array([at[word] for word in wanted if word in once])
    count = len(places)
    if count < 2:
        return Order(1.0, 1.0, count, share)
    later = np.triu(places[None, :] > places[:, None], 1).sum()
    return Order(float(later) / (count * (count - 1) / 2), float((np.diff(places) == 1).mean()), count, share)


def real_pages(data: Path) -> Iterator[Sample]:
    """Yield the checked pages of PDFs and the document pages with truth."""
    import pypdfium2

    for name, numbers in CHECKED.items():
        with pypdfium2.PdfDocument(data / "pdf" / name) as document:
            for number, foot in numbers.items():
                page = document[number]
                image = page.render(scale=LONG_SIDE / max(page.get_size())).to_pil().convert("RGB")
                yield Sample(f"{name} {number}", image, [_text_layer(page, foot)])
    for entry in json.loads((data / "images.json").read_text()):
        if entry.get("gt") and entry["kind"].startswith(("document page", "book page", "text page", "rotated")):
            image = Image.open(data / entry["file"]).convert("RGB")
            yield Sample(Path(entry["file"]).name, image, [(data / entry["gt"]).read_text()])

    for file, (name, number) in TWINS.items():
        with pypdfium2.PdfDocument(data / "pdf" / name) as document:
            truth = _text_layer(document[number], CHECKED[name][number])
            yield Sample(file, Image.open(data / "images" / file).convert("RGB"), [truth])


def _text_layer(page: Any, foot: int) -> str:
    return "\n".join(page.get_textpage().get_text_range().splitlines()[foot:])


def drawn_pages(fonts: Path | None, seed: int) -> Iterator[Sample]:
    """Yield drawn pages."""
    for page, image in draw(order_pages(seed), fonts):
        yield Sample(page.name, image, page.truth)


def read(engine: RapidOcr, image: Image.Image, keep: Path | None) -> OcrPage:
    """Return what stands in an image; with a folder, images seen before are not read again."""
    if keep is None:
        return engine.read(image)
    file = io.BytesIO()
    image.save(file, "PNG")
    kept = keep / f"{hashlib.sha256(file.getvalue()).hexdigest()[:16]}.page"
    if kept.exists():
        return unpack_page(kept.read_bytes())
    page = engine.read(image)
    keep.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(pack_page(page))
    return page


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--fonts", type=Path)
    parser.add_argument("--only", nargs="+", choices=("real", "drawn"), default=("real", "drawn"))
    parser.add_argument("--seed", type=int, default=6011, help="draw other pages than the usual ones")
    parser.add_argument("--keep", type=Path, help="a folder for what was read, to measure another layout of it")
    parser.add_argument("--texts", type=Path, help="a folder for the transcripts and the truth")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    engine = RapidOcr(find_weights())
    figures: dict[str, object] = {"seed": options.seed}
    for kind in options.only:
        rows: dict[str, Order] = {}
        for sample in real_pages(options.data) if kind == "real" else drawn_pages(options.fonts, options.seed):
            text = to_text(read(engine, sample.image, options.keep), np.asarray(sample.image))
            rows[sample.name] = order = max(order_of(truth, text) for truth in sample.truths)
            print(f"{sample.name:56} {order.pairs:.3f} {order.steps:.3f} {order.words:5} {order.found:.3f}", flush=True)
            if options.texts:
                options.texts.mkdir(parents=True, exist_ok=True)
                stem = sample.name.replace(" ", "_")
                (options.texts / f"{stem}.txt").write_text(text)
                (options.texts / f"{stem}.truth.txt").write_text(sample.truths[0])
                sample.image.save(options.texts / f"{stem}.png")
        summary = {
            "pages": len(rows),
            "pairs": statistics.mean(order.pairs for order in rows.values()),
            "steps": statistics.mean(order.steps for order in rows.values()),
            "words_found": statistics.mean(order.found for order in rows.values()),
            "pages_under_.97": sum(order.pairs < 0.97 for order in rows.values()),
        }
        print(kind, summary)
        figures[kind] = {"summary": summary, "rows": {name: order._asdict() for name, order in rows.items()}}
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
