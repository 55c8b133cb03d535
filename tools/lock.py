"""Writes the versions of every package that the tests run with: ``make lock``.

The newest that the registry has and pyproject.toml allows, for the Python that runs this. One file per Python version,
as the newest release of a package often leaves old ones behind; an environment of another version is not held to any.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]

HEAD = "# Versions the tests run with on Python {version}; a pip constraints file, written by make lock.\n"


def canonical(name: str) -> str:
    """Return a package's name as indexes write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def resolve(extras: str, *pinned: str) -> list[str]:
    """Return ``name==version`` of each package that an environment for these extras would hold."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"]
        subprocess.run([*command, "--report", report, *pinned, "--editable", f"{ROOT}[{extras}]"], check=True)
        found = [entry["metadata"] for entry in json.loads(report.read_text("utf-8"))["install"]]
    others = [one for one in found if one["name"] != "headroom-nb"]
    # "+cpu" and the like name a build, not a version that others could ask for
    return sorted(f"{canonical(one['name'])}=={one['version'].partition('+')[0]}" for one in others)


def main() -> None:
    """Write the file for this Python."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--extras", required=True)
    parser.add_argument("pinned", nargs="*", help="requirements to resolve together with them")
    options = parser.parse_args()
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    lines = resolve(options.extras, *options.pinned)
    file = ROOT / "requirements" / f"test-{version}.txt"
    file.write_text(HEAD.format(version=version) + "\n".join(lines) + "\n", "utf-8")
    print(f"{file.relative_to(ROOT)}: {len(lines)} packages")


if __name__ == "__main__":
    main()
