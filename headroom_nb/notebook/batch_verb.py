"""The verb ``batch``: from a path to a path."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from headroom_nb.errors import OptionError
from headroom_nb.integrations.session import SESSION
from headroom_nb.notebook import targets
from headroom_nb.runtime.words import unquote

if TYPE_CHECKING:
    from headroom_nb.batch.summary import BatchSummary
    from headroom_nb.notebook.call import Call


def batch(call: Call) -> BatchSummary:
    """Compress a file or folder of conversations."""
    from headroom_nb.batch import compress_batch

    command = call.command
    if not command.target or command.path is None:
        raise OptionError(f"%headroom batch needs {command.verb.target}, such as: %headroom {command.verb.examples[0]}")
    summary = compress_batch(
        _path(call, command.target),
        _path(call, command.path),
        options=call.options,
        executor=_workers(call),
        column=command.values.get("--column", "messages"),
        on_error=command.values.get("--on-error", "keep"),
        overwrite=call.switch("overwrite"),
    )
    SESSION.add_batch(summary)
    return summary


def _path(call: Call, word: str) -> str:
    """Return a path as it was written, or the one that a variable of this name holds."""
    value = call.namespace.get(word)
    return os.fspath(value) if isinstance(value, (str, os.PathLike)) else unquote(word)


def _workers(call: Call) -> Any:
    """Return the number of processes, or the user's Dask client or executor; None for this process."""
    word = call.command.values.get("--workers")
    return int(word) if word and word.isdecimal() else targets.evaluate(word, call.namespace) if word else None
