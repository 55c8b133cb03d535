"""Whatever stands at a place or around a process: nothing outside is written, run, fetched or lost, and all is said."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import warnings

import pytest

pytest.importorskip("jupyter_server")

from typing import TYPE_CHECKING

from headroom_nb import HeadroomError
from headroom_nb.caching.disk_store import open_store
from headroom_nb.costs.models import forget_models
from headroom_nb.runtime import user_key
from tests.surroundings.entries import ENTRIES, WRITING
from tests.surroundings.situations import AROUND, AT_THE_PLACE, SECRET

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="links, pipes and sockets as Linux has them")


def content(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return everything below a folder: its kind, and its bytes or where it leads."""
    found = {}
    for path in sorted(folder.rglob("*")):
        mode = path.lstat().st_mode
        data = b""
        if stat.S_ISREG(mode):
            data = path.read_bytes()
        elif stat.S_ISLNK(mode):
            data = os.fsencode(path.readlink())
        found[str(path.relative_to(folder))] = (stat.S_IFMT(mode), data)
    return found


@pytest.fixture
def folder(tmp_path):
    """Where the work is done; beside it stands what is none of our business."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(SECRET)
    place = tmp_path / "work"
    place.mkdir()
    (place / "image.png").write_bytes(SECRET)
    yield place
    open_store.cache_clear()
    user_key._key_in.cache_clear()
    forget_models()


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Refuse every connection, and say which was tried."""

    def refuse(self, address):
        raise AssertionError(f"something asked for {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def outcome(entry, folder):
    """Return what was said; whatever is raised is ours, and one sentence."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            said, done = entry.do(folder)
        except HeadroomError as error:
            said, done = str(error), None
        except Exception as error:
            if type(error).__name__ != "HTTPError":  # tornado's, for a request that cannot be answered
                raise
            said, done = str(error), None
    return " ".join([said, *(str(each.message) for each in heard)]).strip(), done


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
@pytest.mark.parametrize("stands", AT_THE_PLACE, ids=lambda name: name.replace(" ", "-"))
def test_nothing_is_written_outside_the_place_that_was_named(entry, stands, folder, monkeypatch):
    outside = folder.parent / "outside"
    AT_THE_PLACE[stands](folder / entry.name, outside)
    if entry.name == "config":
        (folder / "pyproject.toml").write_text('[tool.headroom_nb]\ncache = "disk"\n')
    if entry.variable:
        monkeypatch.setenv(entry.variable, str(folder / entry.name))
    before, around = content(folder), content(outside)
    said, done = outcome(entry, folder)
    after = content(folder)
    assert done is None or done, f"it said {said!r} and did nothing"
    if done is None:
        assert len(said) > 10
    # a folder that a link of one's own leads to is the place that was named; the files in it are still not touched
    named_through_a_link = stands == "a link to a folder" and entry.name in {"cache", "config"}
    kept = {name: what for name, what in content(outside).items() if name in around}
    assert kept == around
    if not named_through_a_link:
        assert content(outside) == around
    own = {entry.name, *entry.beside}
    for name, what in before.items():
        replaced = entry.name in {"forced.md", "labels.jsonl", "config"} and name == entry.name
        assert replaced or name in entry.beside or after.get(name) == what, f"{name} was changed or lost"
    new = {name for name in after.keys() - before.keys() if not any(f"{name}/".startswith(f"{one}/") for one in own)}
    assert not new, f"{new} were left"


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
@pytest.mark.parametrize("around", AROUND, ids=lambda name: name.replace(" ", "-"))
def test_what_stands_around_a_process_is_not_obeyed(entry, around, folder, monkeypatch):
    if entry.variable:
        monkeypatch.setenv(entry.variable, str(folder / entry.name))
    AROUND[around](monkeypatch, folder)
    outside = content(folder.parent / "outside")
    before = content(folder)
    said, done = outcome(entry, folder)
    assert done is None or done, f"it said {said!r} and did nothing"
    assert content(folder.parent / "outside") == outside
    assert not (folder.parent / "ran").exists()
    after = content(folder)
    assert {name: after.get(name) for name in before} == before
    assert not (folder / ".cache").exists()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser writes everywhere")
@pytest.mark.parametrize("entry", WRITING, ids=lambda entry: entry.name)
def test_a_folder_that_is_read_only_stays_as_it_is_and_that_is_said(entry, folder):
    before = content(folder)
    folder.chmod(0o500)
    try:
        said, _ = outcome(entry, folder)
        assert said
        assert content(folder) == before
    finally:
        folder.chmod(0o700)


@pytest.mark.parametrize("entry", WRITING, ids=lambda entry: entry.name)
def test_a_disk_that_cannot_be_written_to_leaves_nothing_and_that_is_said(entry, folder, monkeypatch):
    """As for the superuser, whom no mode stops: the system says no."""
    real = os.open

    def refuse(path, flags, *more, **named):
        if flags & os.O_CREAT and str(folder) in os.fspath(path):
            raise OSError(30, "Read-only file system", path)
        return real(path, flags, *more, **named)

    if entry.name == "out.jsonl":  # the source is there, and nothing else
        entry.do(folder)
        for left in folder.glob("out.jsonl*"):
            left.unlink()
    if entry.name == "image.smaller.png":
        pytest.skip("Jupyter's own manager writes this one")
    before = content(folder)
    monkeypatch.setattr(os, "open", refuse)
    said, _ = outcome(entry, folder)
    assert "cannot" in said
    after = content(folder)
    assert {name: after.get(name) for name in before} == before


HELP = """
import headroom_nb
from headroom_nb import demo
result = headroom_nb.compress(demo.messages("openai")[:2], model="gpt-4o", router="rules")
print(len(result.images))
"""


@pytest.mark.slow
@pytest.mark.parametrize("around", ["no HOME", "no letters", "no PATH", "a HOME that is a file"])
def test_a_fresh_process_works_in_poor_surroundings(around, folder, monkeypatch):
    AROUND[around](monkeypatch, folder)
    done = subprocess.run(
        [sys.executable, "-c", HELP], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "1", "")
