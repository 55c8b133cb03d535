"""Child processes that run no code of the working folder.

Python looks for modules in the working folder first when it runs ``-c``, a pool's workers included: a ``json.py`` in a
project that somebody sent would run in every one of them. Ours start with ``-I``, import nothing but the standard
library before their path is set, and then look where this process does, but in the working folder last or not at all.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from contextlib import contextmanager
from multiprocessing import spawn, util
from multiprocessing.context import SpawnContext, SpawnProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from headroom_nb.runtime import files
from headroom_nb.runtime.forks import fork_safe

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).parents[1]
"""The package's own folder: where processes work that need no folder of the user's."""

_BOOT = """
import json, sys
module, function, sys.path[:], arguments = json.loads(sys.argv[1])
from importlib import import_module
getattr(import_module(module), function)(*arguments)
"""

_util: Any = util
_starting = fork_safe(threading.RLock())


def module_path(*, working_folder: bool) -> list[str]:
    """Return where a child process looks for modules: as this one does, without the folders of the user's own work.

    Those are the working folder, relative entries and the folder of the script that runs. This package is always found.

    Parameters
    ----------
    working_folder
        Whether they stand at the end, for objects whose classes are defined there.
    """
    script = getattr(sys.modules.get("__main__"), "__file__", None)
    here = files.working_folder()
    users = {str(here)}
    if script and (here or os.path.isabs(script)):  # noqa: PTH117 - a relative one needs a working folder
        users.add(os.path.realpath(os.path.dirname(script)))  # noqa: PTH120
    entries = dict.fromkeys(map(str, sys.path))
    theirs = [entry for entry in entries if not os.path.isabs(entry) or os.path.realpath(entry) in users]  # noqa: PTH117
    path = [entry for entry in entries if entry not in theirs]
    if working_folder and here:
        path += [os.path.abspath(entry) for entry in theirs]  # noqa: PTH100 - links are the user's to keep
    return path if str(PACKAGE.parent) in path else [*path, str(PACKAGE.parent)]


def command(module: str, function: str, *arguments: str, working_folder: bool = False) -> list[str]:
    """Return the command line of a Python process that calls a function of a module with these arguments."""
    call = json.dumps([module, function, module_path(working_folder=working_folder), arguments])
    return [sys.executable, "-I", "-c", _BOOT, call]


@contextmanager
def isolated_start() -> Iterator[None]:
    """Let the processes that :mod:`multiprocessing` starts meanwhile, its resource tracker included, be isolated."""
    with _starting:
        flags, prepare = _util._args_from_interpreter_flags, spawn.get_preparation_data  # noqa: SLF001 - the only way

        def prepared(name: str) -> dict[str, Any]:
            return {**prepare(name), "sys_path": module_path(working_folder=True)}

        _util._args_from_interpreter_flags = lambda: [*flags(), "-I"]  # noqa: SLF001
        spawn.get_preparation_data = prepared
        try:
            yield
        finally:
            _util._args_from_interpreter_flags, spawn.get_preparation_data = flags, prepare  # noqa: SLF001


class IsolatedProcess(SpawnProcess):
    """A spawned process that starts isolated."""

    @staticmethod
    def _Popen(process_obj: Any) -> Any:  # noqa: N802 - the standard library's hook for how a process starts
        with isolated_start():
            return SpawnProcess._Popen(process_obj)  # noqa: SLF001


class IsolatedContext(SpawnContext):
    """The context ``spawn``, whose processes start isolated."""

    Process = IsolatedProcess
