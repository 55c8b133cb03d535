"""What each image of a folder costs on current models, and what sizes and detail levels alone would save.

    python -m benchmarks.cost DATA [--models A B …] [--out FILE.json]

Per model: tokens as they are, after the free savings, after trading down to three quarters and half of the view, and at
the provider's own low level. No pixel is decoded: sizes come from the headers.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headroom_nb.analysis.optimize import plan
from headroom_nb.costs import estimate, find_model
from headroom_nb.errors import ImageRejectedError, PictureError
from headroom_nb.pictures import read_header

if TYPE_CHECKING:
    from headroom_nb.costs import ModelSpec
    from headroom_nb.records import Size

MODELS = [
    "gpt-6-astra",
    "gpt-5.6-sol",
    "gpt-5.5",
    "gpt-5.4-mini",
    "gpt-4o",
    "claude-opus-5-5",
    "claude-sonnet-5-5",
    "claude-haiku-4-5",
    "gemini-3.1-pro-preview",
    "gemini-3-flash-preview",
    "gemini-2.5-flash",
    "nova-lite",
    "mistral-medium-3",
    "qwen3-vl",
]
COLUMNS = ("before", "free", "trade .75", "trade .50", "low")


def main() -> None:
    """Print the table and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder with images")
    parser.add_argument("--models", nargs="+", default=MODELS)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "results" / "cost.json")
    arguments = parser.parse_args()

    sizes, skipped = read_sizes(arguments.data)
    if not sizes:
        parser.error(f"no image in {arguments.data}")
    start = time.perf_counter()
    rows = [price(find_model(name), sizes) for name in arguments.models]
    seconds = time.perf_counter() - start

    print(f"{len(sizes)} images, {len(rows)} models, {seconds:.2f} s for every plan\n")
    print(
        f"{'model':<24}"
        + "".join(f"{column:>11}" for column in COLUMNS)
        + f"{'free %':>9}{'.75 %':>8}{'low %':>8}  exact"
    )
    for row in rows:
        print(line(row))
    for name, why in skipped.items():
        print(f"left out: {name}: {why}")
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps({"seconds": seconds, "skipped": skipped, "models": rows}, indent=1) + "\n")
    print(f"\nwrote {arguments.out}")


def read_sizes(folder: Path) -> tuple[dict[str, Size], dict[str, str]]:
    """Return the upright size of each image, and why the others were left out."""
    sizes, skipped = {}, {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in {".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff"}:
            continue
        try:
            sizes[path.name] = read_header(path.read_bytes()).size
        except PictureError as error:
            skipped[path.name] = str(error)
    return sizes, skipped


def price(spec: ModelSpec, sizes: dict[str, Size]) -> dict[str, Any]:
    """Return totals and every image's figures on one model."""
    images = {name: image(spec, size) for name, size in sizes.items()}
    return {
        "model": spec.name,
        "usd_per_million_tokens": spec.usd_per_million_tokens,
        "price_note": spec.price_note,
        **{column: sum(row[column] for row in images.values()) for column in COLUMNS},
        "same view in fewer pixels": sum(row["same view"] is not None for row in images.values()),
        "exact": all(row["exact"] for row in images.values()),
        "refused": [name for name, row in images.items() if row["refused"]],
        "images": images,
    }


def image(spec: ModelSpec, size: Size) -> dict[str, Any]:
    """Return one image's tokens in every column; a refused one counts as the largest size that is accepted."""
    three_quarters, half = plan(size, spec, min_scale=0.75), plan(size, spec, min_scale=0.5)
    before = three_quarters.original.tokens if three_quarters.original else three_quarters.free.tokens
    return {
        "size": size,
        "before": before,
        "free": three_quarters.free.tokens,
        "trade .75": three_quarters.traded.tokens,
        "trade .50": half.traded.tokens,
        "low": low(spec, size, before),
        "same view": three_quarters.same_view.size if three_quarters.same_view else None,
        "exact": three_quarters.original is not None and three_quarters.original.exact,
        "refused": three_quarters.original is None,
    }


def low(spec: ModelSpec, size: Size, before: int) -> int:
    """Return the tokens at the provider's low level where it has one and that is cheaper; else as before."""
    if "low" not in spec.details:
        return before
    try:
        return min(estimate(size, spec, "low").tokens, before)
    except ImageRejectedError:
        return before


def line(row: dict[str, Any]) -> str:
    """Return one line of the table."""
    before = row["before"]
    saved = [100 * (before - row[column]) / before for column in ("free", "trade .75", "low")]
    figures = "".join(f"{row[column]:>11,}" for column in COLUMNS)
    exact = "yes" if row["exact"] else "estimate"
    return f"{row['model']:<24}{figures}{saved[0]:>9.1f}{saved[1]:>8.1f}{saved[2]:>8.1f}  {exact}"


if __name__ == "__main__":
    main()
