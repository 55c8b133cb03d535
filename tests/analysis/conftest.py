"""What the tests of inputs share."""

import pytest
from PIL import Image


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return the working folder, with three images in it."""
    monkeypatch.chdir(tmp_path)
    for name in ("page10.png", "page2.png", "my photo.png"):
        Image.new("RGB", (600, 400), "white").save(tmp_path / name)
    return tmp_path
