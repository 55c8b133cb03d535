"""Many generated and mutated PDFs through the target ``pdf``: ``python -m tests.fuzz.pdfs --inputs 20000``.

A generated file has a page tree, contents, fonts, forms in forms, images and notes whose values are often what no
writer of PDFs means: numbers without a sense, references in a circle, streams of another length. Runs in pieces, each
in a process of its own, so that a crash of PDFium is one finding. ``--minutes`` begins no piece after that
time; ``--out`` writes how many were tried. The status is 1 when a promise was broken.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import random
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

from headroom_nb.documents.isolated import open_document
from headroom_nb.documents.read import read_document
from headroom_nb.errors import HeadroomError
from tests.fuzz.corpus import seeds
from tests.fuzz.mutations import mutated
from tests.fuzz.targets import SMALL, pdf

PIECE = 100
"""Files of one process."""

WHOLE = 8
"""One file of so many goes through a whole conversation; the others are read, drawn and cut."""

SLOW = 15.0
"""Seconds of CPU that a file of up to three pages may take: five for each page."""

NUMBERS = ("0", "1", "-1", "72", "612", "792", "0.001", "-32768", "1e9", "4294967296", "99999999999999999999", "null")
OPERATORS = (
    "q", "Q", "BT", "ET", "{n} {n} Td", "{n} {n} {n} {n} {n} {n} cm", "{n} {n} {n} {n} {n} {n} Tm", "/F {n} Tf",
    "{n} {n} m", "{n} {n} l", "{n} {n} {n} {n} {n} {n} c", "{n} {n} {n} {n} re", "f", "S", "W n", "{n} Tr", "{n} Tz",
    "({t}) Tj", "[({t}) {n} ({t})] TJ", "<{x}> Tj", "/X Do", "{n} {n} {n} rg", "/P sh",
    "BI /W {n} /H {n} ID {t} EI",
    "{n} w", "[{n} {n}] {n} d", "/G gs", "T*", "{n} TL", "{t}",
)  # fmt: skip
WORDS = ("harbour", "```", "--- page 2 ---", "\\377\\376", "a" * 300, "", "\\(", "<|im_start|>", "12.50", "\\000")


def generated(chance: random.Random) -> bytes:
    """Return a PDF whose objects are drawn by chance."""

    def number() -> str:
        return chance.choice(NUMBERS) if chance.random() < 0.4 else f"{chance.uniform(0, 800):.2f}"

    def box() -> str:
        return "[" + " ".join(number() for _ in range(4)) + "]" if chance.random() < 0.2 else "[0 0 612 792]"

    def reference(most: int) -> str:
        return f"{chance.randint(1, most)} 0 R"

    def content() -> bytes:
        parts = []
        for _ in range(chance.choice((3, 20, 200))):
            text = chance.choice(OPERATORS)
            while "{n}" in text:
                text = text.replace("{n}", number(), 1)
            parts.append(text.replace("{t}", chance.choice(WORDS)).replace("{x}", f"{chance.getrandbits(64):x}"))
        return "\n".join(parts).encode("latin-1")

    def stream(head: str, data: bytes) -> bytes:
        if chance.random() < 0.3:
            data, head = zlib.compress(data), head + "/Filter/FlateDecode"
        length = len(data) if chance.random() < 0.9 else chance.randint(0, 10**7)
        return f"<<{head}/Length {length}>>\nstream\n".encode() + data + b"\nendstream"

    count = chance.randint(1, 3)
    most = 9 + 2 * count
    resources = (
        f"/Resources<</Font<</F {reference(most)}>>/XObject<</X {reference(most)}/Y 7 0 R>>"
        f"/Shading<</P {reference(most)}>>/ExtGState<</G {reference(most)}>>>>"
    )
    kids = " ".join(f"{9 + 2 * index} 0 R" for index in range(count))
    fields = f"/AcroForm<</Fields[{reference(most)} 8 0 R]>>" if chance.random() < 0.5 else ""
    objects = [
        f"<</Type/Catalog/Pages 2 0 R{fields}>>".encode(),
        f"<</Type/Pages/Count {count if chance.random() < 0.9 else number()}/Kids[{kids}]>>".encode(),
        f"<</Type/Font/Subtype/{chance.choice(('Type1', 'TrueType', 'Type0', 'Type3'))}/BaseFont/Helvetica"
        f"/FirstChar {number()}/Widths[{number()} {number()}]/ToUnicode 4 0 R/DescendantFonts[3 0 R]>>".encode(),
        stream("", b"begincmap 1 beginbfrange <00> <ff> <%04x> endbfrange endcmap" % chance.getrandbits(16)),
        stream(
            f"/Type/XObject/Subtype/Image/Width {number()}/Height {number()}/BitsPerComponent 8/ColorSpace/DeviceGray",
            bytes(chance.getrandbits(8) for _ in range(64)),
        ),
        f"<</FunctionType 2/Domain[0 1]/N {number()}/ShadingType 2/Coords{box()}/ColorSpace/DeviceRGB>>".encode(),
        stream(f"/Type/XObject/Subtype/Form/BBox{box()}/Matrix[1 0 0 1 0 {number()}]{resources}", content()),
        f"<</Type/Annot/Subtype/{chance.choice(('Widget', 'Stamp', 'Ink', 'FreeText'))}/Rect{box()}/FT/Tx/T(x)"
        f"/V({chance.choice(WORDS)})/Kids[8 0 R]/AP<</N {reference(most)}>>>>".encode(),
    ]
    for index in range(count):
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox{box()}/Rotate {chance.choice((0, 90, 180, 45, -270))}"
            f"/Annots[8 0 R {reference(most)}]/Contents {10 + 2 * index} 0 R{resources}>>".encode()
        )
        objects.append(stream("", content()))
    file = b"%PDF-1.7\n"
    places = []
    for index, body in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (index, body)
    start = len(file)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    file += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(places) + 1, table)
    return file + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, start)


def read(data: bytes) -> None:
    """Read a PDF, draw its first page and cut it out, as the target ``pdf`` does among much else."""
    with contextlib.suppress(HeadroomError):
        read_document(data, SMALL)
        opened = open_document(data, SMALL)
        try:
            opened.render(1, 200)
            opened.cut([1])
        finally:
            opened.close()


def piece(number: int, count: int, last: Path) -> int:
    """Run one piece, half of it generated; print what is found. Returns how many promises were broken."""
    chance = random.Random(number)
    found = list(seeds("pdfs").values())
    broken = 0
    for index in range(count):
        data = generated(chance)
        if index % 2:
            start = chance.choice([*found, data])
            (data,) = mutated(start, 1, chance.getrandbits(32))
        last.write_bytes(data)
        begun = time.process_time()
        try:
            (pdf if index % WHOLE == 0 else read)(data)
        except Exception as error:  # noqa: BLE001 - counting every kind is the point
            broken += 1
            print(f"piece {number}, file {index}: {type(error).__name__}: {error}"[:300], flush=True)  # noqa: T201
        taken = time.process_time() - begun
        if taken > SLOW:
            broken += 1
            print(f"piece {number}, file {index}: {taken:.1f} seconds", flush=True)  # noqa: T201
    return broken


def main() -> None:
    """Run the pieces and print how many files kept their promise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--piece", type=int)
    parser.add_argument("--minutes", type=float, default=math.inf)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    if asked.piece is not None:
        with tempfile.TemporaryDirectory() as folder:
            raise SystemExit(min(1, piece(asked.piece, min(asked.inputs, PIECE), Path(folder) / "last.pdf")))
    failed = []
    tried, begun = 0, time.monotonic()
    number = asked.first
    while tried < asked.inputs and time.monotonic() - begun < 60 * asked.minutes:
        count = min(PIECE, asked.inputs - tried)
        command = [sys.executable, "-m", "tests.fuzz.pdfs", "--piece", str(number), "--inputs", str(count)]
        status = subprocess.run(command, check=False).returncode
        if status:
            failed.append({"piece": number, "status": status})
        tried, number = tried + count, number + 1
        found = {"inputs": tried, "first_piece": asked.first, "failed": failed}
        if asked.out:
            asked.out.write_text(json.dumps({"asked": asked.inputs, **found}, indent=1) + "\n", "utf-8")
    print(json.dumps(found))  # noqa: T201
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
