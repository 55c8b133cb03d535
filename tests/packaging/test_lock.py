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


HASHED = (ROOT / "requirements" / "install.txt").read_text("utf-8")
HASH = r" \\\n    --hash=sha256:[0-9a-f]{64}"
ENTRY = re.compile(rf"^([a-z0-9._-]+)==([\w.]+)((?: ;[^\\\n]*)?)((?:{HASH})+)$", re.MULTILINE)
SYSTEMS = {
    "Linux": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    "macOS": {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    "Windows": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
}


def test_every_entry_of_the_lock_for_users_has_a_version_and_hashes_and_nothing_else_stands_there():
    assert len(ENTRY.findall(HASHED)) > 50
    assert all(line.startswith("#") for line in ENTRY.sub("", HASHED).split("\n") if line)
    assert "://" not in HASHED


@pytest.mark.parametrize("python", ["3.10", "3.11", "3.12", "3.13"])
@pytest.mark.parametrize("system", SYSTEMS)
def test_the_lock_for_users_satisfies_the_project_on_every_system(system, python):
    environment = {**SYSTEMS[system], "python_version": python, "python_full_version": f"{python}.1"}
    locked = {}
    for name, version, marker, _ in ENTRY.findall(HASHED):
        if not marker or Requirement(f"x{marker}").marker.evaluate(environment):
            assert name not in locked, "one version of each"
            locked[name] = version
    requirements = [*map(Requirement, PROJECT["dependencies"]), *wanted("lab"), *wanted("batch")]
    for requirement in requirements:
        if requirement.marker is None or requirement.marker.evaluate(environment):
            assert requirement.specifier.contains(locked[canonicalize_name(requirement.name)]), requirement


def test_the_oldest_libraries_are_those_of_the_lower_bounds():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    oldest = dict(re.findall(r"'([a-z-]+)==([\d.]+)'", makefile))
    for requirement in map(Requirement, PROJECT["dependencies"]):
        if requirement.name in oldest:
            (bound,) = (each.version for each in requirement.specifier if each.operator == ">=")
            assert f"{oldest[requirement.name]}.".startswith(f"{bound}."), requirement
