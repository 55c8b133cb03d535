"""Stopped at any moment, a batch goes on: nothing is lost and nothing is done twice."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager

import pytest

from headroom_nb import compress_batch
from headroom_nb.batch import BatchCompressor, begin, finish, stores
from headroom_nb.errors import BatchError
from tests.batch.lines import OPTIONS, ROUTER, asks, read_lines, write_lines

HOST = """
import os, signal, sys
from headroom_nb import compress_batch
from headroom_nb.batch import sources, stores
from headroom_nb.runtime import files
from tests.batch.lines import OPTIONS

source, sink, log = sys.argv[1:]
sources.LEAST_PART = 1000
left = 0

def deadly(method):
    def wrapped(*arguments, **options):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return method(*arguments, **options)
    return wrapped

# every change of the disk goes through one of these
for owner, name in ((files, "_move"), (os, "open"), (stores.LocalStore, "remove")):
    setattr(owner, name, deadly(getattr(owner, name)))

ask = OPTIONS["router"].classify
def logged(image, query, **options):
    with open(log, "a") as file:
        file.write(query + chr(10))
    return ask(image, query, **options)
OPTIONS["router"].classify = logged

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        left = int(line)
        compress_batch(source, sink, **OPTIONS)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@contextmanager
def host(*arguments):
    """Give what runs the batch in a fresh process, and kills that at its n-th change of the disk."""
    command = [sys.executable, "-W", "ignore", "-c", HOST, *map(str, arguments)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

        def run(moment: int) -> int:
            process.stdin.write(f"{moment}\n")
            process.stdin.flush()
            return int(process.stdout.readline())

        yield run


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr("headroom_nb.batch.sources.LEAST_PART", 1000)


@pytest.mark.slow
@pytest.mark.parametrize("folder", [False, True])
def test_killed_at_any_moment_it_goes_on_and_does_nothing_twice(tmp_path, folder, small_parts):
    documents = [asks(number) for number in range(6)]
    if folder:
        source = tmp_path / "in"
        source.mkdir()
        files = [write_lines(source / "a.jsonl", documents[:4]), write_lines(source / "b.jsonl", documents[4:])]
        names = ["/a.jsonl", "/b.jsonl"]
    else:
        source = write_lines(tmp_path / "in.jsonl", documents)
        files, names = [source], [""]
    places = places_of_questions(files)
    compress_batch(source, tmp_path / "whole", **OPTIONS)
    log, sink = tmp_path / "log", tmp_path / "out"
    killed, code = 0, -9
    with host(source, sink, log) as run:
        while code:
            done = {places.get(place) for place in recorded(tmp_path / ".out.parts")}
            log.write_text("")
            code = run(1 + killed % 7 + killed // 3)  # later and later, or the run would never get on
            assert code in {0, -9}
            assert not done & set(log.read_text().splitlines())
            for name in names:  # what has its name has all its bytes
                if (tmp_path / f"out{name}").is_file():
                    assert (tmp_path / f"out{name}").read_bytes() == (tmp_path / f"whole{name}").read_bytes()
            killed += code != 0
    assert killed > 5
    for name in (*names, ".report.jsonl"):
        assert (tmp_path / f"out{name}").read_bytes() == (tmp_path / f"whole{name}").read_bytes()
    assert not list(tmp_path.glob(".out*"))


def places_of_questions(files) -> dict[tuple[int, int], str]:
    """The question of each line by the file's number and the byte at which the line begins."""
    places = {}
    for number, file in enumerate(files):
        at = 0
        for line in file.read_bytes().splitlines(keepends=True):
            content = json.loads(line)[0]["content"]
            places[number, at] = content if isinstance(content, str) else content[0]["text"]
            at += len(line)
    return places


def recorded(parts) -> list[tuple[int, int]]:
    """Where the items stand that count as done."""
    results = [
        result
        for path in parts.glob("[0-9]*.json")
        if path.with_suffix(".data").exists()
        for result in json.loads(path.read_text())["results"]
    ]
    return [(result.get("file", 0), result.get("at", 0)) for result in results]


def test_an_interrupt_gives_what_was_done_and_the_same_call_goes_on(tmp_path, small_parts):
    source = write_lines(tmp_path / "in.jsonl", [asks(number) for number in range(9)])
    seen = []

    def interrupt(state):
        seen.append(state)
        if state.items >= 4:
            raise KeyboardInterrupt

    import headroom_nb.batch.progress as progress

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(progress, "EVERY", 0)
        partial = compress_batch(source, tmp_path / "out.jsonl", **{**OPTIONS, "progress": interrupt})
    assert partial.interrupted
    assert partial.items == 4
    assert 0 < partial.done < 1
    assert "Stopped at" in str(partial)
    assert not (tmp_path / "out.jsonl").exists()
    ROUTER.questions.clear()
    summary = compress_batch(source, tmp_path / "out.jsonl", **OPTIONS)
    assert not summary.interrupted
    assert (summary.items, summary.resumed_items) == (9, 4)
    assert len(read_lines(tmp_path / "out.jsonl")) == 9
    assert len(ROUTER.questions) == sum(number % 3 != 2 for number in range(4, 9))


def test_an_unfinished_run_is_not_mixed_with_another(tmp_path, small_parts):
    source = write_lines(tmp_path / "in.jsonl", [asks(0), "{broken", asks(1)])
    with pytest.raises(BatchError, match="line 2"):
        compress_batch(source, tmp_path / "out.jsonl", on_error="raise", **OPTIONS)
    with pytest.raises(BatchError, match="which differs in quality, on_error"):
        compress_batch(source, tmp_path / "out.jsonl", **{**OPTIONS, "quality": "safe"})
    assert compress_batch(source, tmp_path / "out.jsonl", overwrite=True, **OPTIONS).items == 3
    assert not list(tmp_path.glob(".out*"))


def test_a_part_that_was_damaged_is_done_again(tmp_path, small_parts):
    source = write_lines(tmp_path / "in.jsonl", [asks(number) for number in range(6)])
    sink = tmp_path / "out.jsonl"
    compressor = BatchCompressor(router=ROUTER, model="gpt-4o")
    job = begin(source, sink, compressor)
    for part in job.todo():
        compressor(part)
    data = sorted(tmp_path.glob(".out.jsonl.parts/*.data"), key=lambda path: -path.stat().st_size)
    broken = bytearray(data[0].read_bytes())
    broken[100] ^= 1
    data[0].write_bytes(broken)
    data[1].write_bytes(b"")
    results = sorted(tmp_path.glob(".out.jsonl.parts/*.json"))
    results[-2].write_text('{"number": 3')
    assert len(begin(source, sink, compressor).todo()) == 2
    summary = compress_batch(source, sink, **OPTIONS)
    assert summary.items == 6
    clean = tmp_path / "clean.jsonl"
    compress_batch(source, clean, **OPTIONS)
    assert sink.read_bytes() == clean.read_bytes()


def test_the_steps_can_be_taken_one_by_one_by_any_scheduler(tmp_path, small_parts):
    source = write_lines(tmp_path / "in.jsonl", [asks(number) for number in range(6)])
    compressor = BatchCompressor(router=ROUTER, model="gpt-4o")
    job = begin(source, tmp_path / "out.jsonl", compressor)
    parts = job.todo()
    # columns, as Ray's map_batches passes them
    done = compressor({"part": [part.to_json() for part in parts[:2]]})
    assert done["part"] == [parts[0].number, parts[1].number]
    assert [record.number for record in compressor(parts[2:])] == [part.number for part in parts[2:]]
    assert job.todo() == []
    assert finish(job).items == 6
    clean = compress_batch(source, tmp_path / "clean.jsonl", **OPTIONS)
    assert (tmp_path / "out.jsonl").read_bytes() == (tmp_path / "clean.jsonl").read_bytes()
    assert clean.items == 6


def test_a_missing_part_is_said_when_the_sink_is_written(tmp_path):
    source = write_lines(tmp_path / "in.jsonl", [asks(0)])
    job = begin(source, tmp_path / "out.jsonl", BatchCompressor(router=ROUTER))
    with pytest.raises(BatchError, match="has to be done again"):
        finish(job)


def test_two_processes_do_not_write_one_sink(tmp_path):
    source = write_lines(tmp_path / "in.jsonl", [asks(2)])
    with (
        stores.LocalStore().locked(str(tmp_path / ".out.jsonl.parts.lock")),
        pytest.raises(BatchError, match="another process is writing"),
    ):
        compress_batch(source, tmp_path / "out.jsonl", **OPTIONS)


def test_a_full_disk_is_one_clear_error_and_leaves_nothing_half_written(tmp_path, monkeypatch):
    source = write_lines(tmp_path / "in.jsonl", [asks(0)])

    def full(draft, target, *, force):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("headroom_nb.runtime.files._move", full)
    with pytest.raises(BatchError, match="No space left on device"):
        compress_batch(source, tmp_path / "out.jsonl", **OPTIONS)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["in.jsonl"]


def test_the_report_is_json_throughout(tmp_path):
    source = write_lines(tmp_path / "in.jsonl", [asks(0), "{", asks(2)])
    summary = compress_batch(source, tmp_path / "out.jsonl", **OPTIONS)
    lines = read_lines(summary.report)
    assert [line["item"] for line in lines] == [1, 2, 3]
    assert lines[0]["techniques"] == {"full_low": 1}
    assert lines[1]["error"].startswith("this is not JSON")
    stored = json.loads((tmp_path / "out.jsonl.summary.json").read_text())
    assert stored["summary"]["items"] == 3
