"""Writes the versions of every package that the tests run with: ``make lock``.

The newest that the registry has and pyproject.toml allows, for the Python that runs this. One file per Python version,
as the newest release of a package often leaves old ones behind; an environment of another version is not held to any.
With ``--hashes``, what an installation for users holds, with the hash of every file that may be installed, for Linux,
macOS and Windows and for every Python that is supported.
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


HASHED_HEAD = """\
# What an installation with the extras {extras} holds, with the hash of every file, for Linux, macOS and Windows;
# written by make lock. pip install --require-hashes -r requirements/install.txt, then headroom-nb with --no-deps.
"""


def hashed(extras: str) -> str:
    """Return requirements with hashes for every system, as uv resolves them; the oldest Python decides what fits."""
    oldest = re.search(r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text("utf-8"))
    assert oldest is not None
    chosen = [argument for extra in extras.split(",") for argument in ("--extra", extra)]
    command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--universal", "--generate-hashes"]
    options = ["--no-emit-index-url", "--no-annotate", "--no-header", "--quiet", "--python-version", oldest[1]]
    made = subprocess.run([*command, *options, *chosen], cwd=ROOT, check=True, capture_output=True, text=True)
    return HASHED_HEAD.format(extras=extras.replace(",", " and ")) + made.stdout


def main() -> None:
    """Write the file for this Python, or the one with hashes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--extras", required=True)
    parser.add_argument("--hashes", action="store_true", help="for users, on every system")
    parser.add_argument("pinned", nargs="*", help="requirements to resolve together with them")
    options = parser.parse_args()
    if options.hashes:
        (ROOT / "requirements" / "install.txt").write_text(hashed(options.extras), "utf-8")
        return
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    lines = resolve(options.extras, *options.pinned)
    file = ROOT / "requirements" / f"test-{version}.txt"
    file.write_text(HEAD.format(version=version) + "\n".join(lines) + "\n", "utf-8")
    print(f"{file.relative_to(ROOT)}: {len(lines)} packages")


if __name__ == "__main__":
    main()
