"""Break promises of SECURITY.md one by one in a copy of the repository, and see that the test named for each fails.

``python tools/mutate_promises.py [WORD]`` takes those whose test holds the word. Prints a line each; ends with 1 where
a test passed on a broken promise.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
LONGEST = 300
"""Seconds that one test may take."""


class Mutation(NamedTuple):
    """What to change to break a promise, and the test that must see it."""

    test: str
    file: str
    old: str
    new: str


TABLE = (
    Mutation(
        "tests/pictures/test_own.py::test_a_mark_in_a_file_of_somebody_else_stops_nothing",
        "headroom_nb/pipeline/one_image.py",
        "not could_be_ours(image.data, header)",
        "header.mark is None",
    ),
    Mutation(
        "tests/pictures/test_own.py::test_the_words_of_a_forged_mark_are_repeated_nowhere",
        "headroom_nb/pictures/marks.py",
        "return mark if mark in MARKS else None",
        "return mark",
    ),
    Mutation(
        "tests/caching/test_caching.py::test_a_stored_field_of_another_type_is_no_record",
        "headroom_nb/caching/record_codec.py",
        "        check_fields(result)\n",
        "",
    ),
    Mutation(
        "tests/caching/test_disk_store.py::test_an_entry_that_was_changed_is_not_used_and_the_note_says_so",
        "headroom_nb/caching/disk_store.py",
        "self._mac(key, value) != digest",
        "False",
    ),
    Mutation(
        "tests/runtime/test_files.py::test_a_link_is_replaced_and_never_written_through",
        "headroom_nb/runtime/files.py",
        "    draft = draft or target.with_name",
        "    target = target.resolve()\n    draft = draft or target.with_name",
    ),
    Mutation(
        "tests/runtime/test_stopping.py::test_a_cancelled_call_ends_the_work_that_was_begun",
        "headroom_nb/runtime/background.py",
        "            stop.set()\n            work.cancel()",
        "            work.cancel()",
    ),
    Mutation(
        "tests/techniques/test_fence.py::test_no_text_closes_its_fence_or_hides_anything",
        "headroom_nb/techniques/fence.py",
        "max(3, longest + 1)",
        "3",
    ),
)


def is_seen(mutation: Mutation, copy: Path) -> bool:
    """Return whether the test fails while the promise is broken; raises ValueError where the table is out of date."""
    file = copy / mutation.file
    before = file.read_text("utf-8")
    if before.count(mutation.old) < 1:
        raise ValueError(f"{mutation.file} no longer holds {mutation.old!r}")
    file.write_text(before.replace(mutation.old, mutation.new, 1), "utf-8")
    try:
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", mutation.test]
        return subprocess.run(command, cwd=copy, capture_output=True, check=False, timeout=LONGEST).returncode == 1
    except subprocess.TimeoutExpired:
        return True  # a test that hangs is seen, too
    finally:
        file.write_text(before, "utf-8")


def main(word: str = "") -> int:
    """Break what the table lists; return the exit status."""
    unseen = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv*", "node_modules", ".mypy_cache"))
        for mutation in TABLE:
            if word in mutation.test:
                seen = is_seen(mutation, copy)
                unseen += not seen
                sys.stdout.write(f"{'seen' if seen else 'NOT SEEN'}: {mutation.test}\n")
                sys.stdout.flush()
    return int(unseen > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
