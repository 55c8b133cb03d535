"""``headroom-nb enable`` and ``disable``: one line in the IPython profile that loads the magics on first use.

Written into the user's own ``ipython_config.py``; nothing else in it is touched, and nothing is loaded before somebody
types ``%headroom``.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from headroom_nb.runtime.files import write_whole

MARK = "# headroom-nb: load %headroom on first use"
LINE = f'get_config().MagicsManager.lazy_magics.update({{"headroom": "headroom_nb"}})  {MARK}'
HEADER = "# Configuration of IPython; see https://ipython.readthedocs.io/en/stable/config/intro.html\n"


def config_file(profile: str = "default") -> Path:
    """Return the path of a profile's configuration file."""
    from IPython.paths import get_ipython_dir

    return Path(get_ipython_dir()) / f"profile_{profile}" / "ipython_config.py"


def enable(file: Path) -> bool:
    """Add the line; return whether it was missing."""
    content = file.read_bytes() if file.exists() else HEADER.encode()
    if MARK.encode() in content:
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    _replace(file, content + (b"" if content.endswith(b"\n") else b"\n") + f"{LINE}\n".encode())
    return True


def disable(file: Path) -> bool:
    """Remove the line; return whether it was there."""
    content = file.read_bytes() if file.exists() else b""
    if MARK.encode() not in content:
        return False
    _replace(file, b"".join(line for line in content.splitlines(keepends=True) if MARK.encode() not in line))
    return True


def _replace(file: Path, content: bytes) -> None:
    write_whole(file.resolve(), content, durable=True)  # a link to a folder of one's own settings stays one


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["models"]:
        from headroom_nb.notebook import models_verb

        return models_verb.main(arguments[1:])
    parser = argparse.ArgumentParser(prog="headroom-nb", description="Make %headroom available without %load_ext.")
    parser.add_argument("action", choices=("enable", "disable", "models"), help="models: see headroom-nb models --help")
    parser.add_argument("--profile", default="default", help="IPython profile (default: %(default)s)")
    options = parser.parse_args(arguments)
    file = config_file(options.profile)
    change = enable if options.action == "enable" else disable
    try:
        changed = change(file)
    except OSError as error:
        sys.stderr.write(f"headroom-nb: {file} cannot be changed: {error.strerror}\n")
        return 1
    state = f"{options.action}d" if changed else f"already {options.action}d"
    sys.stdout.write(f"%headroom is {state} in {file}\n")
    return 0
