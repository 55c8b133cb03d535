"""One copy in a process of its own: a decoder that crashes, or takes all memory, must not take the server along.

The folder holds ``task.json`` and ``input``; it then holds
``answer.json`` and, where a copy is worth writing, ``output``.
"""

from __future__ import annotations

import json
from pathlib import Path

from headroom_nb.errors import HeadroomError
from headroom_nb.runtime.files import write_whole


def work(place: str) -> None:
    """Do the task in a folder."""
    from headroom_nb.options import Options
    from headroom_nb.server.copies import smaller_copy

    folder = Path(place)
    task = json.loads((folder / "task.json").read_text("utf-8"))
    try:
        options = Options.from_settings(task["settings"])
        copy = smaller_copy(task["name"], (folder / "input").read_bytes(), options)
    except HeadroomError as error:
        answer: dict[str, object] = {"error": str(error)}
    else:
        answer = {"suffix": copy.suffix, "before": copy.before, "after": copy.after, "note": copy.note}
        if copy.data is not None:
            write_whole(folder / "output", copy.data)
    write_whole(folder / "answer.json", json.dumps(answer).encode())
