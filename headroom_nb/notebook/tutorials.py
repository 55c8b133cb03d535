"""The tutorials that come with the package, copied to where they can be run and changed."""

from __future__ import annotations

from pathlib import Path

from headroom_nb.errors import FileAccessError
from headroom_nb.runtime.files import write_file

INSIDE = Path(__file__).parents[1] / "tutorials"
BESIDE = Path(__file__).parents[2] / "notebooks"
"""Where an installed package has them, and a source tree."""


def tutorials() -> list[Path]:
    """Return the executed notebooks, in the order in which they are read.

    Raises
    ------
    FileAccessError
        This installation has none.
    """
    found = sorted((INSIDE if INSIDE.is_dir() else BESIDE).glob("[0-9]*.ipynb"))
    if not found:
        raise FileAccessError("this installation has no tutorials; they are in the source repository")
    return found


def copy_tutorials(folder: Path) -> list[Path]:
    """Write the tutorials into a folder and return the new files; one that is there is left as it is.

    Raises
    ------
    FileAccessError, OptionError
        The folder cannot be made or written to.
    """
    missing = [(folder / source.name, source) for source in tutorials() if not (folder / source.name).exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileAccessError(f"{folder} cannot be made: {error.strerror}") from error
    for target, source in missing:
        write_file(target, source.read_bytes(), force=False)
    return [target for target, _ in missing]
