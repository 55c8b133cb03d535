"""What may stand at a place, and around a process: one function each, in tables, so that every entry meets them all."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

SECRET = b"theirs, and to stay as it is"


def _nothing(place: Path, outside: Path) -> None:
    pass


def _file(place: Path, outside: Path) -> None:
    place.write_bytes(SECRET)


def _empty_folder(place: Path, outside: Path) -> None:
    place.mkdir()


def _full_folder(place: Path, outside: Path) -> None:
    place.mkdir()
    (place / "notes.txt").write_bytes(SECRET)


def _link_to_file(place: Path, outside: Path) -> None:
    place.symlink_to(outside / "secret")


def _link_to_folder(place: Path, outside: Path) -> None:
    place.symlink_to(outside)


def _link_to_nothing(place: Path, outside: Path) -> None:
    place.symlink_to(outside / "planted")


def _link_to_itself(place: Path, outside: Path) -> None:
    place.symlink_to(place)


def _chain_of_links(place: Path, outside: Path) -> None:
    (place.parent / "hop").symlink_to(outside / "planted")
    place.symlink_to(place.parent / "hop")


def _hard_link(place: Path, outside: Path) -> None:
    os.link(outside / "secret", place)


def _pipe(place: Path, outside: Path) -> None:
    os.mkfifo(place)


def _socket(place: Path, outside: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        here = os.open(place.parent, os.O_RDONLY)  # a socket's path has a hundred characters at most
        try:
            made.bind(f"/proc/self/fd/{here}/{place.name}")
        finally:
            os.close(here)


AT_THE_PLACE: dict[str, Callable[[Path, Path], None]] = {
    "nothing": _nothing,
    "a file": _file,
    "an empty folder": _empty_folder,
    "a full folder": _full_folder,
    "a link to a file": _link_to_file,
    "a link to a folder": _link_to_folder,
    "a link to nothing": _link_to_nothing,
    "a link to itself": _link_to_itself,
    "a chain of links": _chain_of_links,
    "a hard link": _hard_link,
    "a pipe": _pipe,
    "a socket": _socket,
}


def _hostile_modules(patch: pytest.MonkeyPatch, folder: Path) -> None:
    for name in ("json.py", "sqlite3.py", "sitecustomize.py", "numpy/__init__.py", "PIL/__init__.py", "fsspec.py"):
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"open({str(folder.parent / 'ran')!r}, 'w').write({name!r})\n")
    patch.chdir(folder)


def _project(text: str) -> Callable[[pytest.MonkeyPatch, Path], None]:
    def write(patch: pytest.MonkeyPatch, folder: Path) -> None:
        (folder / "pyproject.toml").write_text(f"[tool.headroom_nb]\n{text}")
        patch.chdir(folder)

    return write


def _variables(**values: str | None) -> Callable[[pytest.MonkeyPatch, Path], None]:
    def set_them(patch: pytest.MonkeyPatch, folder: Path) -> None:
        for name, value in values.items():
            if value is None:
                patch.delenv(name, raising=False)
            else:
                patch.setenv(name, value.format(folder=folder, outside=folder.parent / "outside"))

    return set_them


AROUND: dict[str, Callable[[pytest.MonkeyPatch, Path], None]] = {
    "hostile modules": _hostile_modules,
    "a project that fetches": _project('fetch_urls = "on"'),
    "a project with a cache": _project('cache = "./.cache"'),
    "a broken project": _project("quality = [[["),
    "no HOME": _variables(HOME=None),
    "a HOME that is not there": _variables(HOME="{folder}/nobody"),
    "a HOME that is a file": _variables(HOME="{outside}/secret"),
    "no PATH": _variables(PATH=""),
    "a PATH of here": _variables(PATH=".:{folder}"),
    "Turkish letters": _variables(LC_ALL="tr_TR.UTF-8", LANG="tr_TR.UTF-8"),
    "no letters": _variables(LC_ALL="C", LANG="C", PYTHONIOENCODING="ascii"),
    "no TMPDIR": _variables(TMPDIR="{folder}/none"),
}
"""What stands around the process; the folder is where the work is done."""
