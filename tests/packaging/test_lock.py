"""The locked versions cover what the tests install, and satisfy it."""

from __future__ import annotations

import re
import sys

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.packaging.conftest import ROOT

if sys.version_info < (3, 11):
    import tomli as tomllib
else:
    import tomllib

FILES = sorted((ROOT / "requirements").glob("test-*.txt"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = re.search(r"^EXTRAS := (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE).group(1).split(",")


def wanted(extra: str) -> list[Requirement]:
    """Return the requirements of an extra, and of the extras it names."""
    found = []
    for requirement in map(Requirement, PROJECT["optional-dependencies"][extra]):
        if requirement.name == PROJECT["name"]:
            found += [each for inner in requirement.extras for each in wanted(inner)]
        else:
            found.append(requirement)
    return found


def test_there_is_a_locked_environment():
    assert FILES


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_the_tests_install_is_locked_to_a_version_that_satisfies_it(file):
    pinned = dict(re.findall(r"^([^#=\s]+)==(\S+)$", file.read_text("utf-8"), re.MULTILINE))
    version = file.stem.partition("-")[2]
    environment = {"python_version": version, "python_full_version": f"{version}.0"}
    requirements = [*map(Requirement, PROJECT["dependencies"]), *(each for extra in EXTRAS for each in wanted(extra))]
    for requirement in requirements:
        if requirement.marker is None or requirement.marker.evaluate(environment):
            assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), requirement


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_lock_names_versions_and_no_place_to_get_them_from(file):
    lines = file.read_text("utf-8").splitlines()
    assert all(line.startswith("#") or re.fullmatch(r"[a-z0-9._-]+==[\w.]+", line) for line in lines)
