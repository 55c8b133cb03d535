"""The wheel and the source archive, built once from this checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Built:
    """Both archives; the wheel was built from the source archive, as an installer would."""

    wheel: Path
    sdist: Path

    def wheel_sizes(self) -> dict[str, int]:
        """Size of each file in the wheel, in bytes."""
        with zipfile.ZipFile(self.wheel) as archive:
            return {member.filename: member.file_size for member in archive.infolist()}

    def wheel_text(self, suffix: str) -> str:
        """The one file of the wheel whose name ends so."""
        (name,) = [name for name in self.wheel_sizes() if name.endswith(suffix)]
        with zipfile.ZipFile(self.wheel) as archive:
            return archive.read(name).decode()

    def sdist_names(self) -> list[str]:
        """Files of the source archive, without its top folder."""
        with tarfile.open(self.sdist) as archive:
            return [member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()]


def build(source: Path, folder: Path, **environment: str) -> Built:
    """Build both archives as ``make dist`` does."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | environment)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return Built(wheel, sdist)


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Built:
    return build(ROOT, tmp_path_factory.mktemp("dist"))
