"""How much a fresh installation takes: packages and space on the disk, beside headroom-ai's.

``make dist && python -m benchmarks.weight.install_size dist/*.whl`` makes an empty environment for each row, installs
into it and counts. Space is what the files occupy, as ``du`` counts it, without the environment itself (pip and links
to the interpreter). Compiled Python files, which pip writes, are included. Large packages are named.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

PEER = "headroom-ai[image]==0.42.0"
BLOCK = 512
"""Bytes of the unit in which a file system says what a file occupies."""

LARGE_MB = 10
"""From this size on a package is named."""

BY_PACKAGE = f"""
import json, os
from importlib.metadata import distributions
sizes = {{}}
for one in distributions():
    places = [one.locate_file(file) for file in one.files or ()]
    sizes[one.name] = sum(os.lstat(place).st_blocks * {BLOCK} for place in places if os.path.lexists(place))
print(json.dumps(sizes))
"""


def occupied(folder: Path) -> int:
    """Return the bytes that a folder's files occupy."""
    return sum(os.lstat(path).st_blocks * BLOCK for path in folder.rglob("*"))


def packages(python: Path) -> set[str]:
    """Return the names of what is installed."""
    listed = subprocess.run(
        [python, "-m", "pip", "list", "--format=json"], capture_output=True, text=True, check=True
    ).stdout
    return {package["name"] for package in json.loads(listed)}


def large_packages(python: Path, before: set[str]) -> dict[str, int]:
    """Return the megabytes of the packages that take most, largest first, without those that were there before."""
    sizes = json.loads(subprocess.run([python, "-c", BY_PACKAGE], capture_output=True, text=True, check=True).stdout)
    order = sorted(sizes.items(), key=lambda one: -one[1])
    return {name: round(size / 1e6) for name, size in order if name not in before and size >= LARGE_MB * 1e6}


def installed(requirement: str) -> dict[str, Any]:
    """Return what an installation takes in an environment of its own."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / "bin" / "python"
        before, bytes_before = packages(python), occupied(Path(folder))
        subprocess.run([python, "-m", "pip", "install", "-qq", requirement], check=True)
        return {
            "packages": len(packages(python) - before),
            "mb": round((occupied(Path(folder)) - bytes_before) / 1e6),
            "large": large_packages(python, before),
        }


def main() -> None:
    """Print the table and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--out", type=Path, default=Path("build/install_size.json"))
    options = parser.parse_args()
    url = options.wheel.resolve().as_uri()
    rows = {
        "headroom-nb": installed(str(options.wheel)),
        "headroom-nb[lab]": installed(f"headroom-nb[lab] @ {url}"),
        PEER: installed(PEER),
    }
    report = {"python": sys.version.split()[0], "wheel_mb": round(options.wheel.stat().st_size / 1e6, 1), "rows": rows}
    for name, row in rows.items():
        print(f"{name:28} {row['packages']:4} packages {row['mb']:6} MB")
    print(f"the wheel itself: {report['wheel_mb']} MB")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(report, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
