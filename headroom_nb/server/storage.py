"""A file and the copy beside it, through Jupyter's contents manager: wherever that keeps them."""

from __future__ import annotations

import base64
import os
import secrets
from contextlib import suppress
from itertools import count
from pathlib import PurePosixPath
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.services.contents.fileio import FileManagerMixin
from jupyter_server.utils import url_path_join
from tornado import web

from headroom_nb.server.copies import INSERT

MOST_BYTES = 256_000_000

LONGEST_NAME = 255
"""Bytes of a file's name that every file system takes."""


async def read_file(manager: Any, path: str) -> tuple[str, bytes]:
    """Return a file's name and bytes.

    Raises
    ------
    tornado.web.HTTPError
        404 where there is none, 403 where no copy can stand beside it, 413 where it is too large.
    """
    try:
        size = (await ensure_async(manager.get(path, type="file", content=False)))["size"]
    except (OSError, ValueError, RuntimeError) as error:  # a name no file can have, or a link to itself
        raise web.HTTPError(404, "there is no such file") from error
    _check_size(size or 0)
    folder = await ensure_async(manager.get(_folder(path), type="directory", content=False))
    if not folder.get("writable", True):
        raise web.HTTPError(403, f"no copy can be written: the folder {folder['name'] or '/'} is read-only")
    found = await ensure_async(manager.get(path, type="file", format="base64", content=True))
    data = base64.b64decode(found["content"])
    _check_size(len(data))  # not every manager tells a size beforehand
    return str(found["name"]), data


async def save_copy(manager: Any, path: str, suffix: str, data: bytes) -> str:
    """Write a copy beside the original, under a name that is free; return its path.

    Managers write a file in place, and a server may be killed meanwhile: the copy gets its name when it is whole.
    """
    stem = PurePosixPath(path.strip("/")).stem
    for number in count(1):
        name = _fitting(stem, f"{INSERT}{'' if number == 1 else f'-{number}'}{suffix}")
        target = url_path_join(_folder(path), name)
        if not await ensure_async(manager.file_exists(target)) and not _stands_there(manager, target):
            break
    content = base64.b64encode(data).decode("ascii")
    draft = url_path_join(_folder(path), f"headroom-{secrets.token_hex(8)}.part")
    try:
        await ensure_async(manager.save({"type": "file", "format": "base64", "content": content}, draft))
        await ensure_async(manager.rename_file(draft, target))
    except BaseException:  # a request that was cancelled, too, leaves no draft behind
        with suppress(Exception):  # the manager may be away: what went wrong first is raised
            if await ensure_async(manager.file_exists(draft)):
                await ensure_async(manager.delete_file(draft))
        raise
    return str(target.strip("/"))


def _fitting(stem: str, end: str) -> str:
    """Return a name that a file can have: the stem of a very long one is cut."""
    room = LONGEST_NAME - len(end.encode())
    while len(stem.encode("utf-8", "surrogateescape")) > room:
        stem = stem[:-1]
    return f"{stem}{end}"


def _stands_there(manager: Any, path: str) -> bool:
    """Return whether a link stands there, too: managers see no file behind a broken one, and write through it."""
    return isinstance(manager, FileManagerMixin) and os.path.lexists(manager._get_os_path(path))  # type: ignore[no-untyped-call]  # noqa: SLF001


def _folder(path: str) -> str:
    folder = str(PurePosixPath(path.strip("/")).parent)
    return "" if folder == "." else folder


def _check_size(size: int) -> None:
    if size > MOST_BYTES:
        raise web.HTTPError(413, f"the file has more than {MOST_BYTES // 1_000_000} MB")
