"""What is in the wheel and the source archive, and what must not be."""

from __future__ import annotations

import email
import json
import re
import subprocess
import sys
import tarfile
import zipfile
from collections import defaultdict
from hashlib import sha256
from pathlib import PurePosixPath

import pytest
from packaging.metadata import Metadata

from headroom_nb._version import __version__
from tests.packaging.conftest import ROOT, build

if sys.version_info < (3, 11):
    import tomli as tomllib
else:
    import tomllib

pytestmark = pytest.mark.slow

INFO = f"headroom_nb-{__version__}.dist-info"
DATA = f"headroom_nb-{__version__}.data/data"
LAB = f"{DATA}/share/jupyter/labextensions/headroom-nb"

WHEEL = {
    "headroom_nb": {".py", "py.typed"},
    "headroom_nb/costs": {".py", ".json"},
    "headroom_nb/demo/images": {".png", ".jpg", ".md"},
    "headroom_nb/demo/run": {".json", ".webp"},
    "headroom_nb/rendering": {".py", "report.schema.json"},
    "headroom_nb/routing/weights": {
        "question.onnx",
        "tokenizer.json",
        "fusion.json",
        "signals.json",
        "manifest.json",
        "metrics.json",
    },
    "headroom_nb/survival": {".py", ".json"},
    "headroom_nb/tutorials": {".ipynb"},
    "headroom_nb/widgets/static": {".js", ".css"},
    LAB: {"package.json", "install.json"},
    f"{LAB}/schemas/headroom-nb": {"plugin.json", "package.json.orig"},
    f"{LAB}/static": {".js", "third-party-licenses.json"},
    f"{DATA}/etc/jupyter/jupyter_server_config.d": {"headroom_nb.json"},
    INFO: {"METADATA", "RECORD", "WHEEL", "entry_points.txt"},
    f"{INFO}/licenses": {"LICENSE", "NOTICE", "LICENSES.md"},
}
"""Folders of the wheel with the suffixes or names each must hold: all of them, and no others."""

CODE = {".py"}
"""What a folder of the package that is not in the table holds."""

MOST_BYTES = 20_000_000
"""Size of the wheel; 17.4 million of it are the question model's weights, 1 million the tutorials."""

LARGE = 500_000
LARGE_FILES = {"headroom_nb/routing/weights/question.onnx"}

NOT_IN_SDIST = ("node_modules/", ".venv/", "build/", "dist/", "training/work/", ".git/", "__pycache__/")


def test_every_folder_of_the_wheel_holds_what_is_expected_of_it(built):
    found = defaultdict(set)
    for name in built.wheel_sizes():
        path = PurePosixPath(name)
        folder = str(path.parent)
        found[folder].add(path.name if path.name in WHEEL.get(folder, ()) else path.suffix or path.name)
    code = {folder: CODE for folder in found if folder.startswith("headroom_nb/") and "tests" not in folder.split("/")}
    assert dict(found) == {**code, **WHEEL}


def test_the_wheel_is_small_and_no_file_but_the_weights_is_large(built):
    assert built.wheel.stat().st_size < MOST_BYTES
    assert {name for name, size in built.wheel_sizes().items() if size > LARGE} == LARGE_FILES


def test_no_file_is_in_the_wheel_twice(built):
    seen = defaultdict(list)
    with zipfile.ZipFile(built.wheel) as archive:
        for member in archive.infolist():
            if member.file_size > 100:
                seen[sha256(archive.read(member)).hexdigest()].append(member.filename)
    assert [names for names in seen.values() if len(names) > 1] == []


def test_the_wheel_holds_every_module_of_the_checkout(built):
    tracked = subprocess.run(
        ["git", "ls-files", "headroom_nb"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert set(tracked) <= set(built.wheel_sizes())


def test_the_metadata_is_valid_and_says_what_the_package_says(built):
    text = built.wheel_text(f"{INFO}/METADATA")
    metadata = Metadata.from_email(text.encode(), validate=True)
    assert str(metadata.version) == __version__
    assert metadata.license_expression == "Apache-2.0"
    assert set(metadata.license_files) == {"LICENSE", "NOTICE", "LICENSES.md"}
    assert email.message_from_string(text)["Description-Content-Type"].startswith("text/markdown")


def test_the_description_for_a_package_index_is_the_readme_without_what_is_not_there(built):
    description = email.message_from_string(built.wheel_text(f"{INFO}/METADATA")).get_payload()
    assert not re.search(r"\]\((?!https:|#)|<picture|<img|!\[", description)
    readme = re.sub(r"(?s)<picture>.*?</picture>", "", (ROOT / "README.md").read_text("utf-8"))
    for line in readme.splitlines():
        if "](" not in line and not line.startswith("["):
            assert line in description


def test_the_classifiers_exist(built):
    from trove_classifiers import classifiers

    metadata = Metadata.from_email(built.wheel_text(f"{INFO}/METADATA").encode(), validate=True)
    assert set(metadata.classifiers) <= set(classifiers)


def test_the_page_of_settings_names_the_same_versions_of_python_and_the_same_extras():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    versions = re.findall(r":: Python :: (3\.\d+)$", "\n".join(project["classifiers"]), re.MULTILINE)
    assert f"| Python | {', '.join(versions)} |" in page
    extras = project["optional-dependencies"].keys() - {"docs", "fuzz", "test", "train"}
    assert set(re.findall(r"^\| `headroom-nb\[(\w+)\]` \|", page, re.MULTILINE)) == extras


def test_the_command_line_is_the_one_entry_point(built):
    text = built.wheel_text("entry_points.txt")
    assert "headroom-nb = headroom_nb.notebook.command_line:main" in text
    assert text.count("=") == 1


def test_the_version_is_written_down_once():
    written = [
        file
        for file in [ROOT / "pyproject.toml", *(ROOT / "headroom_nb").rglob("*.py")]
        if f'"{__version__}"' in file.read_text("utf-8")
    ]
    assert written == [ROOT / "headroom_nb" / "_version.py"]


def test_the_front_end_has_the_version_of_the_package():
    package = json.loads((ROOT / "labextension" / "package.json").read_text("utf-8"))
    assert package["version"] == __version__


def test_the_source_archive_holds_what_a_build_needs_and_nothing_generated(built):
    names = built.sdist_names()
    assert {"pyproject.toml", "README.md", "LICENSE", "NOTICE", "LICENSES.md", "Makefile"} <= set(names)
    assert [name for name in names if any(part in f"/{name}" for part in map("/{}".format, NOT_IN_SDIST))] == []
    made = {name.replace("headroom_nb/tutorials/", "notebooks/") for name in built.wheel_sizes()}
    package = {name for name in made if name.startswith(("headroom_nb/", "notebooks/"))}
    assert package <= set(names)
    assert "headroom_nb/labextension/package.json" in names


def test_building_from_the_source_archive_elsewhere_gives_the_same_bytes_without_node(built, tmp_path):
    with tarfile.open(built.sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()
    again = build(unpacked, tmp_path / "again", PATH="")
    assert again.wheel.read_bytes() == built.wheel.read_bytes()
    assert again.sdist.read_bytes() == built.sdist.read_bytes()
