"""The checksums of the shipped files, which the package checks on load."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from headroom_nb.routing.picture_kind import FILE as FUSION
from headroom_nb.routing.question_model import MODEL, TOKENIZER
from headroom_nb.signals.scores import FILE as SIGNALS
from headroom_nb.signals.weight_files import MANIFEST

if TYPE_CHECKING:
    from pathlib import Path


def write_manifest(folder: Path) -> None:
    """Write the manifest of the shipped files that are in ``folder``."""
    files = [folder / name for name in (MODEL, TOKENIZER, FUSION, SIGNALS) if (folder / name).exists()]
    sums = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    (folder / MANIFEST).write_text(json.dumps({"sha256": sums}, indent=1) + "\n", "utf-8")
