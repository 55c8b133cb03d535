"""The files that a user names by a path, a pattern, a folder or several of them, and what stands in them."""

from __future__ import annotations

import glob
import json
import re
import shlex
from pathlib import Path
from typing import Any

from headroom_nb.errors import MessageError
from headroom_nb.runtime.words import unquote

PAPER_SUFFIXES = {".pdf"}
PAGED_SUFFIXES = {".tif", ".tiff"}
"""Files of images that may hold several, each of which is sent."""

PICTURE_SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic"}
DOCUMENT_SUFFIXES = {".json", ".jsonl", ".ndjson", ".ipynb"}
"""Files that hold conversations, requests by lines, or a notebook's images."""


def find_files(target: str) -> list[Path]:
    """Return the files that a path, folder or pattern names, or several of them with spaces between; in natural order.

    Of a folder the images and PDFs; empty where nothing is named.
    """
    whole = find_pictures(target)
    if whole or " " not in target:
        return whole
    try:
        words = [find_pictures(shlex.quote(word)) for word in shlex.split(target)]
    except ValueError:  # a quote that is not closed
        return []
    return [path for word in words for path in word] if all(words) else []


def find_pictures(target: str) -> list[Path]:
    """Return the files that a path, folder (its images and PDFs) or glob names, in order; empty when it names none."""
    try:
        text = str(Path(unquote(target)).expanduser()) if target else ""
        return _pictures_at(text) if text and "\x00" not in text else []
    except (OSError, RuntimeError, UnicodeEncodeError):  # no name that a file could have, no such home folder
        return []


def _pictures_at(text: str) -> list[Path]:
    path = Path(text)
    if path.is_dir():
        taken = PICTURE_SUFFIXES | PAPER_SUFFIXES
        return sorted((entry for entry in path.iterdir() if entry.suffix.lower() in taken), key=natural)
    if path.is_file():
        return [path]
    found = (Path(entry) for entry in glob.glob(text, recursive=True))  # noqa: PTH207
    return sorted((entry for entry in found if entry.is_file()), key=natural)


def natural(path: Path) -> list[tuple[int, str]]:
    """Return a key by which ``page2.png`` stands before ``page10.png``."""
    return [
        (int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", str(path).lower()) if part
    ]


def read_picture(path: Path) -> bytes:
    """Return a file's bytes; raises MessageError when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise MessageError(f"{path} cannot be read: {error.strerror}") from error


def read_json(path: Path) -> Any:
    """Return what a JSON file holds; raises MessageError when it holds none."""
    return _parse(read_picture(path), str(path))


def read_lines(path: Path) -> list[tuple[int, Any]]:
    """Return number and content of every line of a JSON-lines file; raises MessageError for a broken one."""
    lines = enumerate(read_picture(path).splitlines(), 1)
    return [(number, _parse(line, f"{path}, line {number}")) for number, line in lines if line.strip()]


def _parse(data: bytes, where: str) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise MessageError(f"{where} is not JSON: {error}") from error
