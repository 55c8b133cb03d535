"""Every way in which this package writes or reads a place that its caller names, as one function each."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from headroom_nb import ImageCompressor, compress, compress_batch
from headroom_nb.costs import find_model
from headroom_nb.costs.models import forget_models
from headroom_nb.notebook import project_file
from headroom_nb.notebook.settings import SETTINGS, options_of, resolve
from headroom_nb.rendering.export import export
from headroom_nb.server.storage import save_copy
from headroom_nb.widgets.labels import add_labels
from tests.batch.lines import OPTIONS, asks, write_lines

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from headroom_nb import CompressionResult


@dataclass(frozen=True)
class Entry:
    """One way in.

    Attributes
    ----------
    name
        What the place is called that the caller names.
    do
        Does it, given the folder of the world; returns what was said and what came out.
    beside
        Names of what it may also write next to the place.
    variable
        Environment variable that names the place; empty where it is an argument.
    """

    name: str
    do: Callable[[Path], tuple[str, object]]
    beside: tuple[str, ...] = ()
    variable: str = ""


@lru_cache(maxsize=1)
def result() -> CompressionResult:
    return ImageCompressor(**_choices()).run(asks(0))


def _choices() -> dict[str, Any]:
    return {name: value for name, value in OPTIONS.items() if name != "progress"}


def _compress(folder: Path) -> tuple[str, object]:
    made = compress(asks(0), router="rules", model="gpt-4o", cache=folder / "cache")
    return " ".join(made.warnings), made.images[0].compressed_tokens > 0


def _export(to: str, name: str) -> Callable[[Path], tuple[str, object]]:
    def do(folder: Path) -> tuple[str, object]:
        return str(export(result(), to, folder / name)), (folder / name).is_file()

    return do


def _replaced(folder: Path) -> tuple[str, object]:
    return str(export(result(), "md", folder / "forced.md", force=True)), (folder / "forced.md").is_file()


def _report(folder: Path) -> tuple[str, object]:
    return str(result().save_report(folder / "all.json")), (folder / "all.json").is_file()


def _batch(folder: Path) -> tuple[str, object]:
    source = folder / "in.jsonl"
    if not source.exists():
        write_lines(source, [asks(0), asks(2)])
    summary = compress_batch(source, folder / "out.jsonl", **OPTIONS)
    return str(summary), summary.items == 2 and (folder / "out.jsonl").is_file()


def _copy(folder: Path) -> tuple[str, object]:
    from jupyter_server.services.contents.largefilemanager import LargeFileManager

    manager = LargeFileManager(root_dir=str(folder))
    with ThreadPoolExecutor(1) as thread:
        made = thread.submit(asyncio.run, save_copy(manager, "image.png", ".png", b"smaller")).result()
    return made, (folder / made).read_bytes() == b"smaller"


def _labels(folder: Path) -> tuple[str, object]:
    row = {"image": "0" * 64, "text": "what is it"}
    return str(add_labels([row], folder / "labels.jsonl")), row in map(
        json.loads, (folder / "labels.jsonl").read_text().splitlines()
    )


def _models(folder: Path) -> tuple[str, object]:
    forget_models()
    try:
        return find_model("gpt-4o").name, True
    finally:
        forget_models()


def _settings(folder: Path) -> tuple[str, object]:
    found = resolve({}, {}, folder)
    return found["quality"].value or "", options_of(found).cache == "memory" and options_of(found).fetch_urls is False


def _trust(folder: Path) -> tuple[str, object]:
    return project_file.trust(folder, SETTINGS), True


WRITING = (
    Entry("cache", _compress, ("cache/remembered.sqlite3",)),
    Entry("sent.json", _export("json", "sent.json")),
    Entry("call.py", _export("python", "call.py"), ("call.json",)),
    Entry("images.zip", _export("zip", "images.zip")),
    Entry("page.html", _export("html", "page.html")),
    Entry("forced.md", _replaced),
    Entry("all.json", _report),
    Entry("out.jsonl", _batch, ("in.jsonl", "out.jsonl.summary.json", "out.jsonl.report.jsonl", ".out.jsonl.lock")),
    Entry("image.smaller.png", _copy, ("image.smaller-2.png",)),
    Entry("labels.jsonl", _labels),
)
READING = (
    Entry("models.toml", _models, variable="HEADROOM_NB_MODELS"),
    Entry("pyproject.toml", _settings),
    Entry("config", _trust, variable="XDG_CONFIG_HOME"),
)
ENTRIES = (*WRITING, *READING)
