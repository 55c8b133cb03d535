"""Every verb of ``%headroom``, typed once in a shell of an environment with the ``lab`` extra."""

from __future__ import annotations

import json
import os
import tempfile
from importlib.metadata import entry_points, files
from pathlib import Path

LINES: dict[str, tuple[str, ...]] = {
    "auto": ("auto",),
    "batch": ("batch requests.jsonl smaller.jsonl --router rules",),
    "bill": ("bill smoke.ipynb --model gpt-4o",),
    "calibrate": ("calibrate --show",),
    "check": ("check messages --model gpt-4o",),
    "compare": ("compare chart.png --models gpt-4o,claude-opus-5-5",),
    "compress": ("compress messages --model gpt-4o -o result", "compress messages --quality safe --widget"),
    "config": ("config quality safe", "config"),
    "doctor": ("doctor",),
    "estimate": ("estimate chart.png --model gpt-4o",),
    "export": tuple(f"export result --to {kind}" for kind in ("json", "html", "md", "zip", "openai-batch", "curl")),
    "help": ("help", "help compress"),
    "models": ("models claude",),
    "route": ('route chart.png --question "What is the trend?"',),
    "tiles": ("tiles chart.png --model gpt-4o",),
    "view": ("view chart.png --model gpt-4o",),
}
"""Lines after ``%headroom`` for each verb; ``result`` comes from ``compress``, which therefore runs first."""

ASKING = {"prove": "prove messages --client client --yes", "verify": "verify messages --client client"}
"""Lines of verbs that ask a client; no SDK is installed here, so they say what they take."""


def main() -> None:
    """Run every line; raises on the first that fails."""
    from IPython.core.interactiveshell import InteractiveShell

    from headroom_nb import HeadroomError, demo
    from headroom_nb.notebook.verb_table import VERBS

    unlisted = VERBS.keys() ^ (LINES.keys() | ASKING.keys())
    assert not unlisted, f"LINES and the verbs of %headroom differ: {sorted(unlisted)}"
    Path("chart.png").write_bytes(demo.picture("chart.png"))
    Path("requests.jsonl").write_text(json.dumps(demo.messages("openai")[:2]) + "\n", "utf-8")
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}
    Path("smoke.ipynb").write_text(json.dumps(notebook), "utf-8")
    shell = InteractiveShell.instance()
    shell.user_ns["messages"] = demo.messages("openai")
    shell.run_cell("%load_ext headroom_nb").raise_error()
    for verb in sorted(LINES, key=lambda name: name != "compress"):
        for line in LINES[verb]:
            done = shell.run_cell(f"_ = %headroom {line}")
            assert done.success, f"%headroom {line} failed"
    shell.user_ns["client"] = object()
    for line in ASKING.values():
        done = shell.run_cell(f"_ = %headroom {line}")
        assert isinstance(done.error_in_exec, HeadroomError), f"%headroom {line}: {done.error_in_exec!r}"
    (command,) = entry_points(group="console_scripts", name="headroom-nb")
    for action in ("enable", "disable"):
        assert command.load()([action]) == 0
    print(f"{len(LINES) + len(ASKING)} verbs work")


def find_extension() -> None:
    """Fail where JupyterLab would not find the extension that the wheel brought along."""
    from jupyterlab_server.config import get_federated_extensions

    (brought,) = [file for file in files("headroom-nb") or () if file.match("labextensions/headroom-nb/package.json")]
    folder = Path(str(brought.locate())).resolve().parents[1]
    assert "headroom-nb" in get_federated_extensions([str(folder)])
    print("JupyterLab finds the extension")


if __name__ == "__main__":
    folder = tempfile.mkdtemp()
    os.chdir(folder)
    os.environ["IPYTHONDIR"] = folder
    main()
    find_extension()
