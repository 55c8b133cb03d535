"""The addresses: one writes a smaller copy beside a file, one tells how the images of a folder begin."""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.services.contents.fileio import FileManagerMixin
from jupyter_server.utils import url_path_join
from tornado import web

from headroom_nb.errors import OptionError
from headroom_nb.options import Options
from headroom_nb.runtime.files import write_whole
from headroom_nb.runtime.processes import command
from headroom_nb.server.beginnings import beginnings
from headroom_nb.server.storage import read_file, save_copy

COPY = "headroom-nb/smaller-copy"
BEGINNINGS = "headroom-nb/beginnings"
MOST_SECONDS = 600
ONE_AT_A_TIME = asyncio.Semaphore(1)


class WorkerError(Exception):
    """The worker process ended without an answer; the message is a sentence."""


class SmallerCopyHandler(APIHandler):
    """Takes ``{"path"}`` and settings by name; answers with the copy's path (null: not worth it), tokens and a note."""

    auth_resource = "contents"
    _work: asyncio.Task[dict[str, Any]] | None = None

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Write a copy; nothing is written once nobody waits for the answer."""
        self._work = asyncio.ensure_future(self._copy(self._task()))
        try:
            answer = await self._work
        except WorkerError as error:
            answer = {"error": str(error)}
        except asyncio.CancelledError:
            return
        if "error" in answer:
            self.set_status(422)
            answer = {"message": answer["error"]}
        self.finish(json.dumps(answer))

    def on_connection_close(self) -> None:
        """End the work of a request that was given up."""
        if self._work is not None:
            self._work.cancel()
        super().on_connection_close()

    def _task(self) -> dict[str, Any]:
        """Return what is asked for; raises HTTP 400 where it is not as expected."""
        body = self.get_json_body()
        settings: dict[str, Any] = dict(body) if isinstance(body, dict) else {}
        path = settings.pop("path", None)
        if not isinstance(path, str) or not path or "\0" in path:
            raise web.HTTPError(400, "a path is needed")
        try:
            Options.from_settings(settings)
        except OptionError as error:
            raise web.HTTPError(400, str(error)) from error
        return {"path": path, "settings": settings}

    async def _copy(self, task: dict[str, Any]) -> dict[str, Any]:
        path, manager = task["path"], self.contents_manager
        async with ONE_AT_A_TIME:
            name, data = await read_file(manager, path)
            answer, copy = await run_worker({**task, "name": name}, data)
            saved = None if copy is None else await save_copy(manager, path, answer["suffix"], copy)
        return {**answer, "path": saved}


class BeginningsHandler(APIHandler):
    """Takes a folder; answers with name, size and first bytes of the images directly in it."""

    auth_resource = "contents"

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Read a folder. HTTP 501 where files are kept elsewhere than on this disk, 413 where there are too many."""
        folder = self.get_query_argument("folder")
        if not isinstance(self.contents_manager, FileManagerMixin):
            raise web.HTTPError(501)
        manager: Any = self.contents_manager
        try:
            if not manager.allow_hidden and await ensure_async(manager.is_hidden(folder)):
                raise web.HTTPError(404)
            place = Path(manager._get_os_path(folder))  # noqa: SLF001 - its check that a path stays inside the root
            there = place.is_dir()
        except (OSError, ValueError, RuntimeError) as error:  # a name no folder can have, or a link to itself
            raise web.HTTPError(404) from error
        if not there:
            raise web.HTTPError(404)
        try:
            found = await asyncio.to_thread(beginnings, place)
        except OSError as error:  # not to be read by this user, or gone
            raise web.HTTPError(403, "this folder cannot be read") from error
        if found is None:
            raise web.HTTPError(413)
        self.finish(json.dumps(found))


async def run_worker(task: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes | None]:
    """Return the worker's answer, and the copy's bytes where there is one.

    Raises
    ------
    WorkerError
        It crashed, or took too long, or there is no room for its files.
    """
    try:
        return await _run_worker(task, data)
    except OSError as error:  # no temporary folder, a full disk, no more processes
        raise WorkerError(f"no copy was written: {error.strerror or error}") from error


async def _run_worker(task: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes | None]:
    with tempfile.TemporaryDirectory(prefix="headroom-") as name:
        folder = Path(name)
        write_whole(folder / "task.json", json.dumps(task).encode())
        write_whole(folder / "input", data)
        process = await asyncio.create_subprocess_exec(
            *command("headroom_nb.server.worker", "work", name),
            cwd=folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            _, said = await asyncio.wait_for(process.communicate(), MOST_SECONDS)
        except asyncio.TimeoutError:
            raise WorkerError(f"no copy was written: it took more than {MOST_SECONDS} seconds") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        answer = folder / "answer.json"
        if not answer.exists():
            last = said.decode("utf-8", "replace").strip().splitlines()[-1:] or ["it was killed"]
            raise WorkerError(f"no copy was written: the worker ended ({last[0]})")
        output = folder / "output"
        return json.loads(answer.read_text("utf-8")), output.read_bytes() if output.exists() else None


def routes(base_url: str) -> list[tuple[str, type[APIHandler]]]:
    """Return the addresses under a server's base."""
    return [
        (url_path_join(base_url, COPY), SmallerCopyHandler),
        (url_path_join(base_url, BEGINNINGS), BeginningsHandler),
    ]
