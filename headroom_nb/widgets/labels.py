"""Choices made by hand as examples to train one's own router on: JSON lines that ``training/`` reads as questions.

A row says what was asked (``text``), of which group of images (``asked_of``: the groups' probabilities, as measured)
and what was right (``shares``: for every group, all of it for the technique that was chosen). Beside that stand the
image's SHA-256 (never the image), its measured features and signals, and what the router had said.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import FileAccessError, HeadroomError, OptionError
from headroom_nb.records import format_path
from headroom_nb.runtime.files import expanded, read_file, write_file
from headroom_nb.runtime.json_text import read_json
from headroom_nb.runtime.masking import masked

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable
    from pathlib import Path

    from headroom_nb.records import ImageResult, RouteDecision, Technique
    from headroom_nb.widgets.overruling import Overruling

TEMPLATE = "by hand"
"""Stands where generated questions name their template."""


def label_rows(overruling: Overruling) -> list[dict[str, Any]]:
    """Return one row per image whose technique was chosen by hand."""
    return [
        _row(image, overruling.chosen[image.path], overruling.routed(image.path))
        for image in overruling.result.images
        if image.path in overruling.chosen and image.original
    ]


def add_labels(rows: Iterable[dict[str, Any]], path: str | os.PathLike[str]) -> Path:
    """Add rows to a file and return where; a row on the same image and question is replaced.

    Raises
    ------
    OptionError
        When the file holds something else, or cannot be written.
    """
    target = expanded(path)
    try:
        known = [read_json(line) for line in read_file(target).decode("utf-8").splitlines()] if target.exists() else []
        merged = {(row["image"], row["text"]): row for row in (*known, *rows)}
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in merged.values())
    except (ValueError, KeyError, TypeError) as error:
        raise OptionError(f"{target} holds no labels; name another file") from error
    except (OSError, FileAccessError) as error:
        raise OptionError(f"{target} cannot be read, or holds no labels: {error}") from error

    write_file(target, text.encode("utf-8", "replace"), force=True)
    return target


def _row(image: ImageResult, chosen: Technique, routed: RouteDecision | None) -> dict[str, Any]:
    from headroom_nb.routing.decision import GROUPS, TECHNIQUE_ORDER
    from headroom_nb.signals.measure import inspect

    groups, features, signals = [1 / len(GROUPS)] * len(GROUPS), None, None
    try:
        seen = inspect(image.original)
        groups = _groups(seen.features, classical=seen.detector == "classical")
        features, signals = [round(value, 6) for value in seen.features], asdict(seen.signals)
    except HeadroomError:
        pass  # an image that cannot be measured was still judged by a person
    right = [float(technique is chosen) for technique in TECHNIQUE_ORDER]
    return {
        "text": masked(image.question),
        "intent": TEMPLATE,
        "language": "",
        "template": TEMPLATE,
        "held_back": False,
        "foreign": False,
        "asked_of": [round(share, 4) for share in groups],
        "shares": [right] * len(GROUPS),
        "image": hashlib.sha256(image.original).hexdigest(),
        "path": format_path(image.path),
        "chosen": str(chosen),
        "routed": None if routed is None else str(routed.technique),
        "confidence": None if routed is None else round(routed.confidence, 4),
        "router": None if routed is None else routed.router,
        "features": features,
        "signals": signals,
    }


def _groups(features: Any, *, classical: bool) -> list[float]:
    """Return the probability of each group of images, as the shipped router sees it."""
    from headroom_nb.routing.picture_kind import FILE, load_kind_models
    from headroom_nb.signals.weight_files import FOLDER, read_weights

    models = load_kind_models(read_weights((FILE,), FOLDER)[FILE])
    return [float(share) for share in models["classical" if classical else "auto"](features)]
