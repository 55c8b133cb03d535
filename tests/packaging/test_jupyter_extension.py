"""The JupyterLab extension as it is shipped: small, the same every time, found by Jupyter, and gone without a trace."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from tests.packaging.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

MOST_BYTES = 124_000
"""Everything that a browser may load of the extension."""

AT_START = 45_000
"""What JupyterLab loads before anything of it is used."""

FRONT_END = ROOT / "labextension"


@pytest.fixture(scope="module")
def environment(built, tmp_path_factory):
    """An empty environment with the wheel in it; its own dependencies are left out."""
    home = tmp_path_factory.mktemp("installed") / "venv"
    venv.EnvBuilder(with_pip=False).create(home)
    run(sys.executable, "-m", "pip", "--python", str(python(home)), "install", "--no-deps", "--quiet", str(built.wheel))
    return home


def python(home: Path) -> Path:
    return home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def run(*command: str, **variables: str) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=ROOT / "tests", env=os.environ | variables
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_jupyter_finds_both_parts_and_says_that_they_fit(environment):
    places = {
        "JUPYTER_PATH": str(environment / "share" / "jupyter"),
        "JUPYTER_CONFIG_PATH": str(environment / "etc" / "jupyter"),
    }
    listed = run(sys.executable, "-m", "jupyter", "labextension", "list", **places)
    line = next(line for line in listed.splitlines() if "headroom-nb" in line)
    assert "enabled" in line
    assert "OK" in line
    assert "python, headroom-nb" in line
    servers = run(sys.executable, "-m", "jupyter", "server", "extension", "list", **places)
    assert "headroom_nb" in servers


def test_what_a_browser_loads_is_small(built):
    scripts = {
        name: size for name, size in built.wheel_sizes().items() if "labextensions" in name and name.endswith("js")
    }
    assert sum(scripts.values()) <= MOST_BYTES
    largest = max(scripts.values())
    assert sum(scripts.values()) - largest <= AT_START, "what draws must stay in the one piece that is loaded later"


def test_two_builds_are_identical(tmp_path):
    if shutil.which("npm") is None or not (FRONT_END / "node_modules").exists():
        pytest.skip("the front end's tools are not installed (make front)")
    builds = [build_elsewhere(tmp_path / name) for name in ("one", "two")]
    assert builds[0] == builds[1]
    shipped = ROOT / "headroom_nb" / "labextension"
    assert set(builds[0]) == {str(file.relative_to(shipped)) for file in shipped.rglob("*") if file.is_file()}


def build_elsewhere(folder: Path) -> dict[str, str]:
    """Build in a copy of the sources; return a digest for each file."""
    copy = folder / "labextension"
    shutil.copytree(FRONT_END, copy, ignore=shutil.ignore_patterns("node_modules", "lib"))
    (copy / "node_modules").symlink_to(FRONT_END / "node_modules", target_is_directory=True)
    run("npm", "--prefix", str(copy), "run", "build:lab")
    made = folder / "headroom_nb" / "labextension"
    return {
        str(file.relative_to(made)): sha256(file.read_bytes()).hexdigest() for file in made.rglob("*") if file.is_file()
    }


def test_uninstalling_leaves_nothing(environment):
    assert any(environment.rglob("*headroom*"))
    about = json.loads((environment / "share/jupyter/labextensions/headroom-nb/install.json").read_text("utf-8"))
    assert about["packageName"] == "headroom-nb"
    run(sys.executable, "-m", "pip", "--python", str(python(environment)), "uninstall", "--yes", "headroom-nb")
    assert [str(path) for path in environment.rglob("*headroom*")] == []
