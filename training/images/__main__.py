"""``python -m training.images``: measure rendered pictures, and fit the signals' scores on them."""

from __future__ import annotations

import argparse
from pathlib import Path

from training.images.fit import fit
from training.images.measure import write
from training.manifest import write_manifest

parser = argparse.ArgumentParser(prog="python -m training.images", description=__doc__)
parser.add_argument("--table", type=Path, default=Path("training/work/signals.jsonl"), help="where the table goes")
parser.add_argument("--count", type=int, default=160, help="pictures per kind")
parser.add_argument("--jobs", type=int, default=1, help="processes")
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--keep", action="store_true", help="use the table that is there")
parser.add_argument("--weights", type=Path, default=Path("headroom_nb/routing/weights/signals.json"))
arguments = parser.parse_args()
if not arguments.keep:
    write(arguments.table, arguments.count, arguments.seed, arguments.jobs)
fit(arguments.table, arguments.weights)
write_manifest(arguments.weights.parent)
