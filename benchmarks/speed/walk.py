"""How many files of the package one image passes through, counted by tracing.

``python -m benchmarks.speed.walk`` prints, for ``compress`` and ``%headroom compress`` with its display, the files in
which a function was called, the number of functions and of switches between files. What a first call loads is not
counted.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import headroom_nb
from headroom_nb.records import ImageSignals, RouteDecision, Technique

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

PACKAGE = str(Path(headroom_nb.__file__).parent)
WANTED = {"compress": 30, "%headroom compress": 45}
"""Files that each way should need at most."""


class Smaller:
    """A router that says for every image that a smaller one will do."""

    name = "smaller"

    def classify(self, image: Any, query: str, *, quality: str) -> RouteDecision:  # noqa: ARG002
        """Return FULL_LOW."""
        signals = ImageSignals(0, 0, 0, 0, 0, 0, None, None, 0, image.size)
        return RouteDecision(Technique.FULL_LOW, 1.0, "fixed", self.name, signals=signals)

    def analyze_image(self, image: Any) -> ImageSignals:
        """Return what is measured in a plain image."""
        return ImageSignals(0, 0, 0, 0, 0, 0, None, None, 0, image.size)


def walk(run: Callable[[], object]) -> dict[str, Any]:
    """Return the files and functions of the package that a call enters, and how often it switches between files."""
    functions: set[tuple[str, str]] = set()
    order: list[str] = []

    def note(frame: FrameType, event: str, _: object) -> None:
        name = frame.f_code.co_filename
        if event == "call" and name.startswith(PACKAGE):
            functions.add((name, frame.f_code.co_qualname if sys.version_info >= (3, 11) else frame.f_code.co_name))
            order.append(name)

    run()  # loads modules, tables and models
    threading.setprofile(note)
    sys.setprofile(note)
    try:
        run()
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    files = sorted({str(Path(name).relative_to(PACKAGE)) for name in order})
    switches = sum(before != after for before, after in pairwise(order))
    return {"files": len(files), "functions": len(functions), "switches": switches, "names": files}


def ways() -> dict[str, dict[str, Any]]:
    """Return the walk of each way."""
    from IPython.core.formatters import DisplayFormatter
    from IPython.core.interactiveshell import InteractiveShell
    from PIL import Image

    image = Image.linear_gradient("L").resize((1400, 1000)).convert("RGB")
    messages = [headroom_nb.user_message("Is it sunny?", image)]
    compressor = headroom_nb.ImageCompressor("gpt-4o", Smaller(), cache="off")
    shell = InteractiveShell()
    shell.history_manager.enabled = False
    shell.run_line_magic("load_ext", "headroom_nb")
    shell.user_ns["messages"] = messages
    display = DisplayFormatter()
    display.active_types = display.format_types

    def magic() -> None:
        display.format(shell.run_line_magic("headroom", "compress messages --model gpt-4o --router rules --cache off"))

    return {"compress": walk(lambda: compressor.run(messages)), "%headroom compress": walk(magic)}


def main() -> None:
    """Print the table, and write it where that is asked for."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--out", type=Path)
    arguments.add_argument("--names", action="store_true", help="list the files")
    chosen = arguments.parse_args()
    found = ways()
    for way, counts in found.items():
        print(f"{way}: {counts['files']} files (at most {WANTED[way]} wanted), ", end="")
        print(f"{counts['functions']} functions, {counts['switches']:,} switches")
        if chosen.names:
            print("  " + "\n  ".join(counts["names"]))
    if chosen.out is not None:
        chosen.out.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
