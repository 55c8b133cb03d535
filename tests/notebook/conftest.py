"""A shell of our own for every test, in this process."""

from __future__ import annotations

import atexit
from typing import TYPE_CHECKING, Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from PIL import Image

from headroom_nb.formats import user_message
from headroom_nb.notebook.magics import load_ipython_extension, unload_ipython_extension

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def shell(tmp_path, monkeypatch) -> Iterator[InteractiveShell]:
    """A fresh shell with the extension loaded, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    found = InteractiveShell()
    found.history_manager.enabled = False
    load_ipython_extension(found)
    yield found
    unload_ipython_extension(found)
    found.history_manager.end_session()
    atexit.unregister(found.atexit_operations)  # each would collect garbage at exit, for a second


@pytest.fixture
def messages() -> list[dict[str, Any]]:
    """One turn with one picture."""
    return [user_message("What is this?", Image.linear_gradient("L").resize((800, 600)).convert("RGB"))]
