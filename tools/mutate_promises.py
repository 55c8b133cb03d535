"""Break what SECURITY.md, docs/faults.md and docs/limits.md promise, one way at a time, in a copy of the repository.

``python tools/mutate_promises.py [--only WORD] [--out FILE]`` makes each break of ``tests/surroundings/promises.toml``
and sees that the test named for it fails. Prints a line each; ends with 1 where a test passed on a broken promise.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.surroundings.promised import promises  # noqa: E402 - this is a script

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.surroundings.promised import Break

LONGEST = 300
"""Seconds that one test may take."""


def run(copy: Path, *arguments: str, seconds: float | None = LONGEST) -> subprocess.CompletedProcess[str]:
    """Run pytest in the copy."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--tb=no", *arguments]
    return subprocess.run(command, cwd=copy, capture_output=True, check=False, timeout=seconds, text=True)


def failing(tests: Iterable[str], copy: Path) -> str:
    """Return what pytest says of the tests that fail as things are: a break of their promise would prove nothing."""
    return run(copy, "-rfE", *sorted(set(tests)), seconds=None).stdout


def is_seen(way: Break, copy: Path) -> bool:
    """Return whether the test fails while the promise is broken."""
    file = copy / way.file
    before = file.read_text("utf-8")
    file.write_text(before.replace(way.old, way.new, 1), "utf-8")
    try:
        return run(copy, "-x", way.test).returncode == 1
    except subprocess.TimeoutExpired:
        return True  # a test that hangs is seen, too
    finally:
        file.write_text(before, "utf-8")


def main() -> int:
    """Make every break; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="breaks whose sentence, file or test holds this")
    parser.add_argument("--out", type=Path, help="where the outcome goes as JSON")
    asked = parser.parse_args()
    ways = [(promise.says, way) for promise in promises()[1] for way in promise.breaks]
    chosen = [(says, way) for says, way in ways if asked.only in f"{says} {way.file} {way.test}"]
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        left_out = shutil.ignore_patterns(".git", ".venv*", "node_modules", ".*_cache", "build")
        shutil.copytree(ROOT, copy, ignore=left_out)
        unfit = failing((way.test for _, way in chosen), copy)
        for says, way in chosen:
            word = "NO PROOF" if way.test in unfit else "seen" if is_seen(way, copy) else "NOT SEEN"
            rows.append({"promise": says, "file": way.file, "test": way.test, "outcome": word})
            sys.stdout.write(f"{word}: {says} ({way.file}, {way.test})\n")
            sys.stdout.flush()
    seen = sum(row["outcome"] == "seen" for row in rows)
    if asked.out is not None:
        text = json.dumps({"breaks": len(rows), "seen": seen, "rows": rows}, indent=1, ensure_ascii=False)
        asked.out.write_text(text + "\n", "utf-8")
    return int(seen < len(rows))


if __name__ == "__main__":
    sys.exit(main())
