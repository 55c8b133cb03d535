"""Which scripts can be read on this machine, and what to install for the others."""

from __future__ import annotations

from headroom_nb.errors import OcrError
from headroom_nb.ocr.many_scripts import all_readers
from headroom_nb.ocr.placed import FOLDER
from headroom_nb.ocr.scripts import SCRIPTS, Script


def readers_of_scripts() -> dict[Script, str]:
    """Return the scripts that can be read beside those of the default engine, each with the name of its first reader.

    Raises
    ------
    OcrError
        What the user placed cannot be used.
    """
    found: dict[Script, str] = {}
    for reader in all_readers():
        for script in reader.scripts:
            found.setdefault(script, reader.name)
    return found


def how_to_read(scripts: list[Script]) -> str:
    """Return what to install to read some scripts, as a clause."""
    names = ", ".join(script.name for script in scripts)
    packages = " ".join(["tesseract-ocr", *(f"tesseract-ocr-{script.languages[0]}" for script in scripts)])
    return f"to read {names}, install Tesseract and its data (Debian: apt-get install {packages}), or set {FOLDER}"


def advice(script: Script | None = None) -> str:
    """Return the end of a refusal: what to install for a script, or for any that cannot be read; may be empty."""
    try:
        known = readers_of_scripts()
    except OcrError:
        return ""
    missing = [other for other in SCRIPTS if other not in known and script in (None, other)]
    return f"; {how_to_read(missing)}" if missing else ""
