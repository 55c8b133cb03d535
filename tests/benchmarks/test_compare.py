import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.compare import compare

ROOT = Path(__file__).parents[2]


def changed(old, new):
    return {change.path: change for change in compare(old, new)}


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [("peak_mb", 100, 111), ("cpu_ms", 1.0, 1.2), ("mean_recall", 0.9, 0.8), ("speedup", 1.9, 1.7), ("lost", 0, 1)],
)
def test_a_figure_that_became_worse_by_more_than_a_tenth_fell(path, old, new):
    assert changed({path: old}, {path: new})[path].fell(0.1)
    assert not changed({path: new}, {path: old})[path].fell(0.1)


def test_a_tenth_or_less_is_no_fall():
    assert not changed({"peak_mb": 100}, {"peak_mb": 110})["peak_mb"].fell(0.1)


def test_the_last_word_of_a_path_says_what_is_better():
    rows = changed(
        {"answers": {"seconds": 1}, "seconds": {"recall": 1}}, {"answers": {"seconds": 2}, "seconds": {"recall": 2}}
    )
    assert rows["answers/seconds"].fell(0.1)
    assert not rows["seconds/recall"].fell(0.1)


def test_rows_are_matched_by_name_in_whatever_order_they_stand():
    old = {"rows": [{"name": "a", "ms": 1}, {"name": "b", "ms": 5}]}
    new = {"rows": [{"name": "b", "ms": 5}, {"name": "a", "ms": 2}]}
    assert {path for path, change in changed(old, new).items() if change.fell(0.1)} == {"rows/a/ms"}


def test_what_describes_the_machine_is_not_compared():
    assert not compare({"machine": {"load": 1}}, {"machine": {"load": 9}})


@pytest.mark.parametrize("name", ["speed", "cost_peers", "soak"])
def test_nothing_of_a_file_compared_with_itself_fell(name):
    stored = json.loads((ROOT / "benchmarks" / "results" / f"{name}.json").read_text("utf-8"))
    assert not [change for change in compare(stored, stored) if change.fell(0.1)]


def test_the_command_prints_ratios_flags_what_fell_and_fails(tmp_path):
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text('{"first_ms": 10, "again_ms": 4}')
    new.write_text('{"first_ms": 15, "again_ms": 1}')
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.compare", old, new], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert [line for line in lines if line.startswith("FELL") and "1.500" in line and "first_ms" in line]
    assert [line for line in lines if not line.startswith("FELL") and "0.250" in line and "again_ms" in line]
