"""Somebody new, with images of their own: the README in JupyterLab, and then five files of mixed kinds."""

from __future__ import annotations

import pytest

from benchmarks.front_end.newcomer import BARS, walk

pytest.importorskip("pandas")


def test_the_readme_runs_as_written_and_images_of_ones_own_save_much(lab, page):
    met = walk(lab, page)
    assert (met.tracebacks, met.warnings, met.failed_images) == (0, 0, 0)
    assert met.saved_percent >= BARS["saved_percent"]
    assert page.get_by_role("region", name="Headroom report").count() >= 2
