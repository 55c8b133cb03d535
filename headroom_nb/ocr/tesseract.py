"""Read strips with the system's Tesseract, where it is installed with the data of a language.

Tesseract is called and not shipped. It gets an environment of its own, the strips on its standard input and as much
time as the reading has left; what it answers is bounded. The strips are the pages of one TIFF file, each read as one
line.
"""

from __future__ import annotations

import io
import itertools
import os
import shutil
import subprocess
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

import numpy as np

from headroom_nb.errors import OcrError
from headroom_nb.ocr.deadline import timed_out
from headroom_nb.ocr.recognise import Reading
from headroom_nb.ocr.scripts import SCRIPTS, cleaned
from headroom_nb.runtime.files import working_folder
from headroom_nb.runtime.processes import PACKAGE
from headroom_nb.runtime.stopping import checkpoint, seconds_left, when_stopped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headroom_nb.ocr.crops import Strip
    from headroom_nb.ocr.scripts import Script

HEIGHT, MARGIN = 48, 16
"""Height of a strip's pixels, and the blank pixels around them. Heights of 36 to 64 read 448 words equally well."""

LONGEST = 4000
"""No strip is longer than this, in pixels."""

AT_ONCE = 40
"""Strips read by one process."""

LANGUAGES = 3
"""Languages of one script that are read together; each takes as long as the first."""

SECONDS = 30.0
"""Time for one call."""

MOST_OUTPUT = 4 * 2**20
"""Bytes of an answer; a line of text takes some 5,000."""

SURE = 0.8
"""A line with a less probable word is read again: with English beside its language, and at another width."""

HOPE = 0.5
"""A line with a lower mean probability is in another script: no second look helps."""

NARROWER = 0.9
"""That width. Spaces that were lost at the first come out at the second, and the other way round."""

JOINED = 0.18
"""Boxes of syllables nearer than this share of the height are one word."""

PASSED_ON = ("TESSDATA_PREFIX", "LD_LIBRARY_PATH", "SYSTEMROOT")
"""Variables that Tesseract itself needs."""


@dataclass(frozen=True)
class Tesseract:
    """An installed Tesseract: its program, its version and the names of the languages it has data for."""

    program: str
    version: str
    languages: tuple[str, ...]


def find_tesseract() -> Tesseract | None:
    """Return the Tesseract on the path; None where there is none. The working folder is not searched."""
    folders = [entry for entry in os.environ.get("PATH", "").split(os.pathsep) if Path(entry).is_absolute()]
    program = shutil.which("tesseract", path=os.pathsep.join(folders))
    if program is None or os.path.realpath(Path(program).parent) == str(working_folder()):
        return None
    return _described(program, os.environ.get("TESSDATA_PREFIX"))


@lru_cache(maxsize=4)
def _described(program: str, _data: str | None) -> Tesseract | None:
    try:
        version = _run([program, "--version"], b"").decode(errors="replace").splitlines()
        listed = _run([program, "--list-langs"], b"").decode(errors="replace").splitlines()
    except OcrError:
        return None
    return Tesseract(program, version[0].split()[-1] if version else "", tuple(sorted(map(str.strip, listed[1:]))))


class TesseractReader:
    """Reads one script."""

    def __init__(self, tesseract: Tesseract, script: Script) -> None:
        self._tesseract = tesseract
        self._script = script
        self._languages = [name for name in script.languages if name in tesseract.languages][:LANGUAGES]
        self.scripts: tuple[Script, ...] = (script,)
        self.name = f"Tesseract {tesseract.version} ({'+'.join(self._languages)})"

    def read(self, strips: Sequence[Strip], *, with_latin: bool = False) -> list[Reading]:
        """Return what stands in each strip.

        Parameters
        ----------
        strips
            The lines.
        with_latin
            Expect Latin words in every line, and not only in those that are read badly without.

        Raises
        ------
        OcrTimeoutError
            The time was over.
        OcrError
            Tesseract failed.
        """
        both = [*self._languages, *(["eng"] if "eng" in self._tesseract.languages else [])]
        if with_latin:
            return self._read(strips, both)
        readings = self._read(strips, self._languages)
        weak = [
            index for index, reading in enumerate(readings) if reading.weakest < SURE and reading.confidence >= HOPE
        ]
        again = self._read([strips[index] for index in weak], both)
        narrow = self._read([strips[index].stretched(NARROWER) for index in weak], self._languages)
        for index, *others in zip(weak, again, narrow, strict=True):
            readings[index] = max(readings[index], *others, key=lambda reading: reading.confidence)
        return readings

    def _read(self, strips: Sequence[Strip], languages: Sequence[str]) -> list[Reading]:
        readings: list[Reading] = []
        for start in range(0, len(strips), AT_ONCE):
            some = strips[start : start + AT_ONCE]
            arguments = [self._tesseract.program, "-", "-", "--psm", "7", "-l", "+".join(languages), "tsv"]
            pages = parse(_run(arguments, _as_tiff(some)).decode(errors="replace"))
            readings += [reading_of(pages.get(index + 1, []), strip, self._script) for index, strip in enumerate(some)]
        return readings


def tesseract_readers() -> list[TesseractReader]:
    """Return a reader for each script that the installed Tesseract has data for."""
    found = find_tesseract()
    if found is None:
        return []
    return [TesseractReader(found, script) for script in SCRIPTS if set(script.languages) & set(found.languages)]


@dataclass(frozen=True)
class Word:
    """A word, or a syllable: its text, where it begins and ends in pixels, and its probability."""

    text: str
    left: int
    right: int
    chance: float


def parse(table: str) -> dict[int, list[Word]]:
    """Return the words of each page of Tesseract's TSV output, in its order; other rows are left out."""
    pages: dict[int, list[Word]] = {}
    for row in table.splitlines():
        cells = row.split("\t")
        if len(cells) != 12 or cells[0] != "5" or not cells[11].strip():
            continue
        left, width = int(cells[6]), int(cells[8])
        pages.setdefault(int(cells[1]), []).append(Word(cells[11], left, left + width, float(cells[10]) / 100))
    return pages


def reading_of(words: Sequence[Word], strip: Strip, script: Script) -> Reading:
    """Return the words of a strip as one line."""
    if not words:
        return Reading("")
    text = words[0].text
    for before, word in itertools.pairwise(words):
        apart = script.spaced or word.left - before.right >= JOINED * HEIGHT
        text += (" " if apart else "") + word.text
    lengths = [len(word.text) for word in words]
    columns = MARGIN + (np.flatnonzero(strip.ink) + 0.5) * _width(strip) / len(strip.ink)
    near = np.zeros(len(columns), dtype=bool)
    for word in words:
        near |= (columns >= word.left - HEIGHT / 2) & (columns <= word.right + HEIGHT / 2)
    return Reading(
        cleaned(text, script),
        float(np.average([word.chance for word in words], weights=lengths)),
        min(word.chance for word in words),
        missed=float(1 - near.mean()) if len(columns) else 0.0,
    )


def _width(strip: Strip) -> int:
    height, width = strip.pixels.shape[:2]
    return max(1, min(LONGEST, round(float(width) * HEIGHT / float(height))))


def _as_tiff(strips: Sequence[Strip]) -> bytes:
    """Return the strips, dark on white, as the pages of a TIFF file."""
    from PIL import Image, ImageOps

    pages = []
    for strip in strips:
        grey = Image.fromarray(np.ascontiguousarray(strip.pixels[:, :, ::-1])).convert("L")
        if np.median(np.asarray(grey)) < 128:
            grey = ImageOps.invert(grey)
        grey = ImageOps.autocontrast(grey).resize((_width(strip), HEIGHT), Image.Resampling.LANCZOS)
        pages.append(ImageOps.expand(grey, MARGIN, fill=255))
    file = io.BytesIO()
    pages[0].save(file, "TIFF", save_all=True, append_images=pages[1:])
    return file.getvalue()


def _run(arguments: Sequence[str], data: bytes) -> bytes:
    """Return what a program answers on its standard output; it is killed when it takes too long or says too much."""
    left = seconds_left()
    seconds = SECONDS if left is None else min(SECONDS, left)
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    try:
        process = subprocess.Popen(  # noqa: S603 - an absolute path, and arguments of our own
            arguments,
            cwd=PACKAGE,
            env={**kept, "LC_ALL": "C", "OMP_THREAD_LIMIT": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise OcrError(f"Tesseract cannot be started: {error}") from error
    over = threading.Event()

    def kill() -> None:
        over.set()
        process.kill()

    stdin, stdout = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
    watch = threading.Timer(seconds, kill)
    watch.daemon = True
    writer = threading.Thread(target=_write, args=(stdin, data), daemon=True)
    answer = None
    try:
        watch.start()
        writer.start()
        with when_stopped(kill):
            answer = stdout.read(MOST_OUTPUT + 1)
    finally:
        if answer is None or len(answer) > MOST_OUTPUT:  # interrupted, or the answer is too long
            process.kill()
        code = process.wait()
        watch.cancel()
        stdout.close()
        writer.join()
    if over.is_set():
        checkpoint()
        raise timed_out(seconds)
    if len(answer) > MOST_OUTPUT:
        raise OcrError(f"Tesseract answered more than {MOST_OUTPUT} bytes")
    if code:
        raise OcrError(f"Tesseract failed (exit status {code}); run: {' '.join(arguments[:1])} --list-langs")
    return answer


def _write(stdin: IO[bytes], data: bytes) -> None:
    """Give a program its input; one that has ended takes none."""
    try:
        with stdin:
            stdin.write(data)
    except OSError:
        return
