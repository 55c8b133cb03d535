"""What holds for every test."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from headroom_nb.costs import models

if TYPE_CHECKING:
    from collections.abc import Iterator

# No example is timed: a busy machine is no bug. Continuous integration draws the same ones every time.
settings.register_profile(
    "patient", deadline=None, derandomize="CI" in os.environ, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("patient")

WATCHED = ("browser", "faults")
"""Folders whose tests watch other processes and the clock: one worker runs them all, so that they do not starve."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file in one worker (pytest-xdist with ``--dist loadgroup``): they share what is costly."""
    for item in items:
        folder, file = item.path.parent.name, item.nodeid.partition("::")[0]
        item.add_marker(pytest.mark.xdist_group("watched" if folder in WATCHED else file))


@pytest.fixture(autouse=True, scope="session")
def a_config_folder_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the user's key and trusted files out of the tests, and those of the tests out of the user's folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        yield


@pytest.fixture(autouse=True)
def the_models_of_the_table() -> Iterator[None]:
    """Forget what a test registered: it would change prices, and the facts of a batch, for the next."""
    before = len(models._own_rows)
    yield
    if len(models._own_rows) != before:
        models._models.clear()
        models._names.clear()
        models._own_rows.clear()
        models.forget_models()


@pytest.fixture(autouse=True, scope="session")
def no_other_readers() -> Iterator[None]:
    """Keep what this machine happens to have for other scripts out of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("HEADROOM_NB_OCR_MODELS", raising=False)
        patch.setattr("headroom_nb.ocr.tesseract.find_tesseract", lambda: None)
        yield


@pytest.fixture(scope="session")
def built_docs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documentation, built once without a warning."""
    from filelock import FileLock

    root = Path(__file__).parents[1]
    folder = tmp_path_factory.mktemp("docs") / "html"
    command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "--quiet", "docs", str(folder)]
    # Sphinx writes the pages of the reference anew beside their sources, and each worker builds.
    (root / "build").mkdir(exist_ok=True)
    with FileLock(root / "build" / "docs.lock"):
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stderr[-5000:]
    return folder
