"""A project file that somebody else wrote sets nothing that matters."""

import os
import sys
from pathlib import Path

import pytest

from headroom_nb.errors import OptionError
from headroom_nb.notebook.project_file import find_table, trust
from headroom_nb.notebook.settings import SETTINGS, resolve

posix = pytest.mark.skipif(sys.platform == "win32", reason="owners and modes of POSIX")

GUARDED = {
    "fetch_urls": "on",
    "cache": "disk",
    "router": "onnx",
    "ocr": "isolated",
    "max_images": "100000",
    "max_ocr_seconds": "inf",
}


@pytest.fixture(autouse=True)
def own_config(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    (folder / ".git").mkdir(parents=True)
    return folder


def write(folder, **settings):
    lines = [f'{name} = "{value}"\n' for name, value in settings.items()]
    (folder / "pyproject.toml").write_text("".join(["[tool.headroom_nb]\n", *lines]))


@pytest.mark.parametrize(("name", "value"), GUARDED.items())
def test_what_matters_is_passed_over_with_a_warning_until_it_is_trusted(project, name, value):
    write(project, quality="safe", **{name: value})
    with pytest.warns(UserWarning, match=f"sets {name}, which is not used: .*config trust"):
        found = resolve({}, {}, project)
    assert found["quality"].value == "safe"
    assert (found[name].value, found[name].source) == (SETTINGS[name].default, "default")
    assert f"{name} = {value!r}" in trust(project, SETTINGS)
    assert resolve({}, {}, project)[name].value == value


def test_what_is_harmless_needs_no_trust(project):
    write(project, model="gpt-4o", provider="openai", quality="max", duplicates="exact", widget="on", max_images="5")
    found = resolve({}, {}, project)
    assert [found[name].value for name in ("model", "quality", "widget", "max_images")] == ["gpt-4o", "max", "on", "5"]
    assert "nothing that needs" in trust(project, SETTINGS)


def test_trust_ends_when_the_settings_change_and_not_with_the_rest(project):
    write(project, fetch_urls="on")
    trust(project, SETTINGS)
    file = project / "pyproject.toml"
    file.write_text(file.read_text() + 'quality = "max"\n[project]\nname = "x"\n')
    assert resolve({}, {}, project)["fetch_urls"].value == "on"
    write(project, fetch_urls="on", cache="/tmp/shared")
    with pytest.warns(UserWarning, match="fetch_urls, cache"):
        assert resolve({}, {}, project)["fetch_urls"].value == "off"


@posix
@pytest.mark.parametrize("mode", [0o664, 0o646, 0o666])
def test_a_file_that_others_can_write_is_not_trusted(project, mode):
    write(project, fetch_urls="on")
    trust(project, SETTINGS)
    (project / "pyproject.toml").chmod(mode)
    with pytest.warns(UserWarning, match="others may write"):
        assert resolve({}, {}, project)["fetch_urls"].value == "off"
    with pytest.raises(OptionError, match="chmod go-w"):
        trust(project, SETTINGS)


@posix
def test_a_file_of_another_user_is_not_trusted(project, monkeypatch):
    write(project, fetch_urls="on")
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    owners = {project: 12345}
    stat = Path.stat

    def owned(path, **options):
        facts = list(stat(path, **options))
        facts[4] = owners.get(path, 54321)
        return os.stat_result(facts)

    monkeypatch.setattr(Path, "stat", owned)
    with pytest.raises(OptionError, match="belongs to another user"):
        trust(project, SETTINGS)


def test_nothing_above_the_repository_is_read(project, tmp_path):
    write(tmp_path, quality="max")
    (project / "deep").mkdir()
    assert find_table(project / "deep", SETTINGS) == (None, {})


def test_the_home_folder_is_the_last_that_is_read(tmp_path, monkeypatch):
    write(tmp_path, quality="max")
    home = tmp_path / "home"
    (home / "work").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    assert find_table(home / "work", SETTINGS) == (None, {})


@pytest.mark.parametrize(
    "text", ["[tool.headroom_nb]\nquality = [", "tool = 3 # headroom_nb", "x = " + "[" * 5000 + " # headroom_nb"]
)
def test_a_broken_file_is_a_warning(project, text):
    (project / "pyproject.toml").write_text(text)
    with pytest.warns(UserWarning, match="is not used"):
        assert resolve({}, {}, project)["quality"].source == "default"


@posix
@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="root reads everything")
def test_a_file_that_cannot_be_read_is_a_warning(project):
    write(project, quality="max")
    (project / "pyproject.toml").chmod(0)
    with pytest.warns(UserWarning, match="is not used"):
        assert resolve({}, {}, project)["quality"].source == "default"


@pytest.mark.parametrize("damage", [b"", b"[]", b"{", b"\xff"])
def test_a_damaged_record_of_trust_trusts_nothing(project, tmp_path, damage):
    write(project, fetch_urls="on")
    trust(project, SETTINGS)
    (tmp_path / "config" / "headroom_nb" / "trusted.json").write_bytes(damage)
    with pytest.warns(UserWarning, match="fetch_urls"):
        assert resolve({}, {}, project)["fetch_urls"].value == "off"


def test_where_there_is_no_file_there_is_nothing_to_trust(project):
    with pytest.raises(OptionError, match=r"no pyproject\.toml"):
        trust(project, SETTINGS)
