"""LICENSES.md accounts for everything shipped that is not this project's own code."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatch

import pytest

from tests.packaging.conftest import ROOT

ROW = re.compile(r"^\| (`[^|]+`) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
LISTED = [
    (pattern, origin.strip(), licence.strip())
    for files, origin, licence in ROW.findall((ROOT / "LICENSES.md").read_text("utf-8"))
    for pattern in re.findall(r"`([^`]+)`", files)
]

OWN = ("*.py", "*/py.typed", "*.dist-info/*")
"""Code written here, and what the build writes; everything else has a row."""


def test_every_row_names_an_origin_and_a_licence():
    assert LISTED
    for pattern, origin, licence in LISTED:
        assert origin, pattern
        assert re.search(r"Apache-2\.0|BSD-3-Clause|MIT|public domain", licence), pattern


@pytest.mark.slow
def test_every_shipped_file_has_exactly_one_row_and_every_row_has_a_file(built):
    shipped = [name for name in built.wheel_sizes() if not any(fnmatch(name, own) for own in OWN)]
    used = set()
    for name in shipped:
        rows = [pattern for pattern, _, _ in LISTED if fnmatch(name, f"*{pattern}")]
        assert len(rows) == 1, f"{name}: {rows}"
        used.update(rows)
    assert used == {pattern for pattern, _, _ in LISTED}


@pytest.mark.slow
def test_the_extension_bundles_no_package_of_others(built):
    assert json.loads(built.wheel_text("static/third-party-licenses.json")) == {"packages": []}


def test_the_widgets_import_no_package_of_others():
    sources = [
        file for folder in ("costs", "views", "widgets") for file in (ROOT / "labextension/src" / folder).rglob("*.ts")
    ]
    assert sources
    for file in sources:
        if not file.name.endswith(".test.ts"):
            code = file.read_text("utf-8")
            for statement in re.findall(
                r"^(?:import|export)\b(?! type)[^;]*?from [\"']([^\"']+)[\"']", code, re.MULTILINE
            ):
                assert statement.startswith("."), f"{file}: {statement}"
