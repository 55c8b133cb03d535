"""Installs the built wheel in clean environments and uses everything in it.

``python tests/smoke/run.py dist/*.whl``. The package alone first; then each extra alone, on top of it; then the
package with NumPy and Pillow and nothing else. Needs only Python's standard library and pip.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
import venv
from pathlib import Path

HERE = Path(__file__).parent

EXTRAS = {"lab": "verbs.py", "batch": "parquet_batch.py", "dask": "dask_batch.py", "torch": "torch_router.py"}
"""Extras that can be tried, and the script that uses each."""

MINIMAL = ("numpy", "pillow")


class Environment:
    """A virtual environment; ``base`` is another one whose packages it sees, as if they were its own."""

    def __init__(self, folder: Path, base: Environment | None = None) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=base is None)
        self.folder = folder
        self.python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
        self.packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
        if base is not None:
            (self.packages / "base.pth").write_text(f"{base.packages}\n", "utf-8")

    def install(self, *arguments: str) -> None:
        """Install with pip, which shows errors alone; raises CalledProcessError when it fails."""
        # compiling every module takes longer than everything else, and few of them are used here
        subprocess.run([self.python, "-m", "pip", "install", "-qq", "--no-compile", *arguments], check=True)

    def run(self, script: str) -> None:
        """Run one of the scripts beside this one, away from the checkout and with warnings as errors."""
        with tempfile.TemporaryDirectory() as folder:
            flags = ("-I", "-W", "error::DeprecationWarning:headroom_nb")
            subprocess.run([self.python, *flags, HERE / script], check=True, cwd=folder)


def requirement(wheel: Path, extra: str) -> str:
    """Return what pip is asked for."""
    return f"headroom-nb[{extra}] @ {wheel.resolve().as_uri()}"


def main() -> None:
    """Run the smoke test; raises CalledProcessError when a step fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--extras", nargs="*", choices=EXTRAS, default=["lab", "dask"])
    parser.add_argument("--folder", type=Path, default=Path("build/smoke"), help="where the environments go")
    options = parser.parse_args()

    start = time.monotonic()
    core = Environment(options.folder.resolve() / "core")
    core.install(str(options.wheel))
    subprocess.run([core.python, "-m", "pip", "check"], check=True)
    core.run("functions.py")
    for extra in options.extras:
        print(f"with the extra {extra} alone:")
        environment = Environment(options.folder.resolve() / extra, core)
        environment.install(requirement(options.wheel, extra))
        environment.run(EXTRAS[extra])
    print("with NumPy and Pillow alone:")
    minimal = Environment(options.folder.resolve() / "minimal")
    minimal.install(*MINIMAL)
    minimal.install("--no-deps", str(options.wheel))
    minimal.run("minimal.py")
    print(f"smoke test passed in {time.monotonic() - start:.0f} s on Python {sys.version.split()[0]}")


if __name__ == "__main__":
    main()
