"""Kill batches, proofs, exports and copies at random moments: nothing is lost, and nothing half written is left.

    python -m benchmarks.safety.kills [--each 40] [--seed 1] [--only batches] [--out FILE]

Each is done in a process that is forked from this one and killed (SIGKILL) at a random moment of its usual time. After
a kill, the source is as it was. A batch (of images, of PDFs) goes on where it stopped and ends with the same bytes and
sums; a proof asks again at most what was under way; the file of an export is the old one or the new one, whole; a copy
is there whole, or not at all.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

import headroom_nb
from headroom_nb.demo.pdf import Page, make_pdf
from headroom_nb.server.storage import read_file, save_copy
from tests.support import gradient, openai_message, png

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ITEMS = 12
"""Conversations of a batch."""


def in_child(work: Callable[[], object], seconds: float | None = None) -> bool:
    """Do something in a forked process, killed after so many seconds; return whether it was killed."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:  # noqa: BLE001 - the child must not go on as this process
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise SystemExit("the work itself failed")
    return os.WIFSIGNALED(status)


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that something takes in a forked process."""
    begun = time.perf_counter()
    in_child(work)
    return time.perf_counter() - begun


def digests(folder: Path) -> dict[str, str]:
    """Return the digest of each file below a folder, by its path."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def batches(kills: int, chance: random.Random, folder: Path) -> dict[str, Any]:
    """Kill batches of images; each goes on, after as many kills as it takes."""
    pictures = [png(gradient(300 + number, 200)) for number in range(ITEMS)]
    return killed_batches(kills, chance, folder, [[openai_message("Is it red?", each)] for each in pictures], "gpt-4o")


def documents(kills: int, chance: random.Random, folder: Path) -> dict[str, Any]:
    """Kill batches of PDFs."""
    files = [make_pdf([Page((f"Berth {number} of the harbour has {line} lamps.",) * 20) for line in range(2)])
             for number in range(ITEMS)]  # fmt: skip
    asked = [
        [
            {
                "role": "user",
                "content": [
                    {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": data}},
                    {"type": "text", "text": "Translate it."},
                ],
            }
        ]
        for data in (base64.b64encode(file).decode() for file in files)
    ]
    return killed_batches(kills, chance, folder, asked, "claude-opus-5-5")


def killed_batches(
    kills: int, chance: random.Random, folder: Path, conversations: Sequence[Any], model: str
) -> dict[str, Any]:
    """Kill batches of some conversations; each goes on, after as many kills as it takes."""
    source = folder / "in.jsonl"
    source.write_text("".join(json.dumps({"messages": each}) + "\n" for each in conversations))
    before = source.read_bytes()
    options: dict[str, Any] = {"router": "rules", "model": model, "progress": False, "cache": "off"}

    def run(sink: Path) -> None:
        headroom_nb.compress_batch(source, sink, **options)

    whole = timed(lambda: run(folder / "whole.jsonl"))
    expected, sums = (folder / "whole.jsonl").read_bytes(), sums_of(folder / "whole.jsonl")
    done, lost, runs = 0, 0, 0
    while done < kills:
        runs += 1
        sink = folder / "sinks" / f"{runs}.jsonl"
        sink.parent.mkdir(exist_ok=True)
        for _ in range(3):
            done += in_child(lambda sink=sink: run(sink), chance.uniform(0, whole))  # type: ignore[misc]
        in_child(lambda sink=sink: run(sink))  # type: ignore[misc]
        left = sorted(path.name for path in sink.parent.iterdir())
        wanted = sorted([sink.name, f"{sink.name}.report.jsonl", f"{sink.name}.summary.json"])
        same = sink.read_bytes() == expected and sums_of(sink) == sums
        whole_again = same and [name for name in left if not name.endswith(".lock")] == wanted
        lost += not (whole_again and source.read_bytes() == before)
        shutil.rmtree(sink.parent)
    return {"kills": done, "seconds_of_one": round(whole, 2), "lost": lost}


def sums_of(sink: Path) -> dict[str, Any]:
    """Return what the sums of a batch count; not how many items an earlier run had done, which a kill decides."""
    found = json.loads(sink.with_name(f"{sink.name}.summary.json").read_text())["summary"]
    return {
        name: each
        for name, each in found.items()
        if isinstance(each, int) and "seconds" not in name and name != "resumed_items"
    }


def proofs(kills: int, chance: random.Random, folder: Path) -> dict[str, Any]:
    """Kill proofs; each goes on, and what was answered before is not asked for again."""
    at_once = 2
    questions = [[openai_message(f"Is it red? {number}", png(gradient(300 + number, 200)))] for number in range(6)]

    def run(place: Path) -> None:
        os.environ["HEADROOM_NB_CACHE_FOLDER"] = str(place)
        os.environ["XDG_CONFIG_HOME"] = str(place / "config")

        def create(**body: Any) -> dict[str, Any]:
            time.sleep(0.02)
            with (place / "asked").open("ab", buffering=0) as log:
                log.write(f"{hashlib.sha256(repr(body).encode()).hexdigest()}\n".encode())
            usage = {"prompt_tokens": 100, "completion_tokens": 2}
            return {"choices": [{"message": {"role": "assistant", "content": "Yes."}}], "usage": usage}

        client = SimpleNamespace(chat=SimpleNamespace(completions=SimpleNamespace(create=create)))
        proof = headroom_nb.prove(
            questions, client, model="gpt-4o", router="rules", yes=True, progress=False, concurrency=at_once
        )
        (place / "proof").write_text(json.dumps([proof.complete, len(proof.cases), [arm.cases for arm in proof.arms]]))

    def new(name: str) -> Path:
        place = folder / name
        place.mkdir()
        return place

    first = new("whole")
    whole = timed(lambda: run(first))
    expected = (first / "proof").read_text()
    once = Counter((first / "asked").read_text().split())
    done = lost = runs = 0
    while done < kills:
        runs += 1
        place = new(str(runs))
        killed = sum(in_child(lambda place=place: run(place), chance.uniform(0, whole)) for _ in range(3))  # type: ignore[misc]
        in_child(lambda place=place: run(place))  # type: ignore[misc]
        asked = Counter((place / "asked").read_text().split())
        again = (asked - once).total()
        lost += (place / "proof").read_text() != expected or bool(once - asked) or again > at_once * killed
        done += killed
    return {"kills": done, "seconds_of_one": round(whole, 2), "requests": once.total(), "lost": lost}


def exports(kills: int, chance: random.Random, folder: Path) -> dict[str, Any]:
    """Kill exports over a file that is there."""
    conversations = [[openai_message("?", png(gradient(900, side)))] for side in (700, 701)]
    results = [headroom_nb.compress(each, router="rules") for each in conversations]
    target, versions = folder / "result.zip", set()
    for result in results:
        headroom_nb.export(result, "zip", target, force=True)
        versions.add(target.read_bytes())

    def write() -> None:
        for number in range(20):
            headroom_nb.export(results[number % 2], "zip", target, force=True)

    whole = timed(write)
    done = lost = 0
    while done < kills:
        done += in_child(write, chance.uniform(0, whole))
        lost += target.read_bytes() not in versions
    return {"kills": done, "seconds_of_twenty": round(whole, 2), "lost": lost}


def copies(kills: int, chance: random.Random, folder: Path) -> dict[str, Any]:
    """Kill what writes copies beside the files of a Jupyter server."""
    root = folder / "root"
    root.mkdir()
    for number in range(5):
        (root / f"{number}.png").write_bytes(png(gradient(500, 400 + number)))
    before, copy = digests(root), os.urandom(2_000_000)

    def write() -> None:
        manager = AsyncLargeFileManager(root_dir=str(root))

        async def all_of_them() -> None:
            for name in before:
                await read_file(manager, name)
                await save_copy(manager, name, ".webp", copy)

        asyncio.run(all_of_them())

    def clear() -> None:
        for path in root.iterdir():
            if path.name not in before:
                path.unlink()

    whole = timed(write)
    clear()
    done = lost = 0
    while done < kills:
        done += in_child(write, chance.uniform(0, whole))
        now = digests(root)
        made = list(root.glob("*.webp"))
        lost += any(now.get(name) != digest for name, digest in before.items())
        lost += any(path.read_bytes() != copy for path in made)
        clear()
    return {"kills": done, "seconds_of_five": round(whole, 2), "lost": lost}


KINDS = {kind.__name__: kind for kind in (batches, documents, proofs, exports, copies)}


def main() -> int:
    """Print the outcome, and write it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=KINDS, action="append")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    chance, outcome = random.Random(asked.seed), {}
    for kind in (KINDS[name] for name in asked.only or KINDS):
        with tempfile.TemporaryDirectory() as folder:
            outcome[kind.__name__] = kind(asked.each, chance, Path(folder))
    outcome["kills"] = sum(each["kills"] for each in outcome.values())
    text = json.dumps(outcome, indent=1)
    print(text)
    if asked.out is not None:
        asked.out.write_text(text + "\n", encoding="utf-8")
    return int(any(each["lost"] for each in outcome.values() if isinstance(each, dict)))


if __name__ == "__main__":
    sys.exit(main())
