"""The trained files in the package, checked against their manifest before use."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from headroom_nb.errors import ModelFilesError

FOLDER = Path(__file__).parents[1] / "routing" / "weights"
MANIFEST = "manifest.json"
ADVICE = "reinstall headroom-nb, or run `make router` in its repository"


def read_weights(names: tuple[str, ...], folder: Path = FOLDER) -> dict[str, bytes]:
    """Return the bytes of the named files.

    Raises
    ------
    ModelFilesError
        A file is missing, or is not the one the manifest names (SHA-256).
    """
    try:
        expected = json.loads((folder / MANIFEST).read_text("utf-8"))["sha256"]
        files = {name: (folder / name).read_bytes() for name in names}
        wrong = [name for name, data in files.items() if hashlib.sha256(data).hexdigest() != expected[name]]
    except OSError as error:
        raise ModelFilesError(f"the router's weights in {folder} cannot be read ({error}); {ADVICE}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ModelFilesError(f"{folder / MANIFEST} is damaged ({error!r}); {ADVICE}") from error
    if wrong:
        raise ModelFilesError(f"{', '.join(wrong)} in {folder} is damaged (its SHA-256 differs); {ADVICE}")
    return files
