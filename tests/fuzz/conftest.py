from __future__ import annotations

import pytest

from headroom_nb.costs import models


@pytest.fixture(autouse=True)
def by_itself(tmp_path, monkeypatch):
    """Random paths lead into an empty folder, and models that were registered are gone afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HEADROOM_NB_CACHE_FOLDER", str(tmp_path / "cache"))
    monkeypatch.setenv("HEADROOM_NB_OFFLINE", "1")
    models.find_model("gpt-4o")
    known, named = dict(models._models), dict(models._names)
    yield
    for table, before in ((models._models, known), (models._names, named)):
        table.clear()
        table.update(before)
    models.forget_models()
