"""Where a batch may read and write: the source stays as it is, and what stands in the way is said before any work."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import fsspec
import pytest

from headroom_nb import compress_batch
from headroom_nb.batch.stores import LocalStore
from headroom_nb.errors import BatchError
from tests.batch.lines import OPTIONS, asks, write_lines


@pytest.fixture
def source(tmp_path):
    return write_lines(tmp_path / "in.jsonl", [asks(0), asks(2)])


def test_a_source_is_never_written_over_by_whatever_name_it_goes(tmp_path, source):
    before = source.read_bytes()
    (tmp_path / "alias").symlink_to(tmp_path)
    for name in (tmp_path / "alias" / "in.jsonl", f"local://{source}", f"{tmp_path}/x/../in.jsonl"):
        with pytest.raises(BatchError, match="must stand outside of the source"):
            compress_batch(source, name, overwrite=True, **OPTIONS)
    (tmp_path / "linked.jsonl").symlink_to(source)
    with pytest.raises(BatchError, match="must stand outside of the source"):
        compress_batch(tmp_path / "linked.jsonl", source, overwrite=True, **OPTIONS)
    assert source.read_bytes() == before
    assert not list(tmp_path.glob(".*"))


def test_in_memory_too_a_place_has_one_name():
    files = fsspec.filesystem("memory")
    files.pipe_file("/same.jsonl", b"[]\n")
    with pytest.raises(BatchError, match="must stand outside of the source"):
        compress_batch("memory://same.jsonl", "memory:///same.jsonl", overwrite=True, **OPTIONS)
    files.rm("/same.jsonl")


@pytest.mark.parametrize("name", ["x.summary.json", "x.report.jsonl"])
def test_what_is_written_beside_the_sink_is_never_the_source(tmp_path, name):
    source = tmp_path / name
    source.write_text(json.dumps(asks(0)))
    before = source.read_bytes()
    with pytest.raises(BatchError, match="written beside it"):
        compress_batch(source, tmp_path / "x", **OPTIONS)
    assert source.read_bytes() == before


def test_a_sink_of_another_kind_is_said_before_any_work(tmp_path, source):
    (tmp_path / "folder").mkdir()
    (tmp_path / "in").mkdir()
    write_lines(tmp_path / "in" / "a.jsonl", [asks(0)])
    (tmp_path / "file").write_text("mine")
    for given, sink, says in (
        (source, "folder", "folder is a folder, and a file becomes a file"),
        (tmp_path / "in", "file", "file is a file, and a folder becomes a folder"),
        (source, "out.parquet", "ends in .parquet, and a .jsonl file becomes a .jsonl file"),
        (source, "n" * 300, "is too long"),
    ):
        with pytest.raises(BatchError, match=says):
            compress_batch(given, tmp_path / sink, overwrite=True, **OPTIONS)
    assert (tmp_path / "file").read_text() == "mine"
    assert not list(tmp_path.glob(".*"))


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path, source):
    (tmp_path / "file").write_text("")
    with pytest.raises(BatchError, match="cannot be written"):
        compress_batch(source, tmp_path / "file" / "out.jsonl", **OPTIONS)


def test_what_is_not_read_in_a_folder_is_named(tmp_path):
    source, other = tmp_path / "in", tmp_path / "other"
    source.mkdir()
    other.mkdir()
    good = write_lines(source / "good.jsonl", [asks(0)])
    write_lines(other / "deep.jsonl", [asks(0)])
    (source / "packed.jsonl.gz").write_bytes(gzip.compress(good.read_bytes()))
    (source / "round.jsonl").symlink_to("round.jsonl")
    (source / "gone.jsonl").symlink_to("missing")
    (source / "linked").symlink_to(other)
    summary = compress_batch(source, tmp_path / "out", **OPTIONS)
    assert summary.skipped_files == ("gone.jsonl", "linked", "packed.jsonl.gz", "round.jsonl")
    assert "4 files or links of the folder were not read: gone.jsonl, linked, packed.jsonl.gz, …" in str(summary)
    good.unlink()
    with pytest.raises(BatchError, match=r"no file in .* that ends in .*; unpack packed\.jsonl\.gz and others like it"):
        compress_batch(source, tmp_path / "again", **OPTIONS)


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="takes rights away from a child process")
def test_a_folder_that_cannot_be_listed_is_not_passed_over(tmp_path):
    source = tmp_path / "in"
    (source / "closed").mkdir(parents=True)
    write_lines(source / "good.jsonl", [asks(2)])
    (source / "closed").chmod(0)
    for parent in (tmp_path, *list(tmp_path.parents)[:2]):
        parent.chmod(0o755)
    code = (
        "import os, sys\nfrom headroom_nb.batch.stores import LocalStore\nos.setuid(65534)\n"
        "try:\n    LocalStore().find(sys.argv[1])\nexcept PermissionError as error:\n    print('said')"
    )
    done = subprocess.run([sys.executable, "-c", code, str(source)], check=True, capture_output=True, text=True)
    assert done.stdout == "said\n"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("[]".encode("utf-16"), "is in UTF-16; save it as UTF-8"),
        (gzip.compress(b"[]", mtime=0), "is packed with gzip; unpack it first"),
        (b"PAR1....", "is a Parquet file; give it the suffix"),
    ],
)
@pytest.mark.parametrize("name", ["in.json", "in.jsonl"])
def test_a_file_that_is_not_what_its_name_says_is_refused_whole(tmp_path, data, says, name):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(BatchError, match=says):
        compress_batch(tmp_path / name, tmp_path / "out", **OPTIONS)


@pytest.mark.parametrize("folder", [False, True])
def test_a_source_that_changes_while_it_is_read_gives_no_sink(tmp_path, monkeypatch, folder):
    monkeypatch.setattr("headroom_nb.batch.sources.LEAST_PART", 1000)
    monkeypatch.setattr("headroom_nb.batch.progress.EVERY", 0)
    (tmp_path / "in").mkdir()
    source = write_lines(tmp_path / "in" / "a.jsonl", [asks(number) for number in range(6)])
    given, sink = (tmp_path / "in", tmp_path / "out") if folder else (source, tmp_path / "out.jsonl")

    before = source.read_text()

    def grow(state):
        source.write_text(before + "[]\n")

    with pytest.raises(BatchError, match=r"a\.jsonl was changed while it was read; begin again with overwrite=True"):
        compress_batch(given, sink, **{**OPTIONS, "progress": grow})
    assert not sink.exists()
    with pytest.raises(BatchError, match="differs in the source"):
        compress_batch(given, sink, **OPTIONS)
    assert compress_batch(given, sink, overwrite=True, **OPTIONS).items == 7


LOCK = """
import os, sys, time
from headroom_nb.batch.stores import LocalStore
with LocalStore().locked(sys.argv[1]) as held:
    child = os.fork()
    if child == 0:
        os.close(1)
        time.sleep(600)
    print(held, child, flush=True)
    os.kill(os.getpid(), 9)
"""


@pytest.mark.skipif(os.name != "posix", reason="this system does not fork")
def test_what_a_killed_process_had_forked_holds_no_lock(tmp_path):
    lock = tmp_path / "lock"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOCK, str(lock)], stdout=subprocess.PIPE, text=True, check=False
    )
    held, child = done.stdout.split()
    try:
        assert held == "True"
        assert lock.exists()
        with LocalStore().locked(str(lock)) as free:
            assert free
    finally:
        os.kill(int(child), 9)


def test_a_lock_on_a_file_that_is_gone_is_none(tmp_path, monkeypatch):
    fcntl = pytest.importorskip("fcntl")
    real, taken = fcntl.flock, []

    def slow(file, how):
        if not taken:
            Path(file.name).unlink()  # by whoever held it before, between our opening and our locking
        taken.append(how)
        real(file, how)

    monkeypatch.setattr(fcntl, "flock", slow)
    with LocalStore().locked(str(tmp_path / "lock")) as free:
        assert free
        assert (tmp_path / "lock").exists()
        with LocalStore().locked(str(tmp_path / "lock")) as also:
            assert not also
    assert len(taken) == 3
    assert not (tmp_path / "lock").exists()


def test_where_files_cannot_be_locked_work_is_done_without(tmp_path, source, monkeypatch):
    fcntl = pytest.importorskip("fcntl")

    def unable(file, how):
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", unable)
    assert compress_batch(source, tmp_path / "out.jsonl", **OPTIONS).items == 2


@pytest.mark.parametrize(
    "content",
    [b"[" * 100_000, b'{"fingerprint": ' + b"9" * 5000 + b"}", b"\xff\xfe"],
    ids=["nested", "number", "no text"],
)
def test_sums_that_stand_in_the_way_and_cannot_be_read_are_not_of_a_batch(tmp_path, source, content):
    place = tmp_path / "out.jsonl.summary.json"
    place.write_bytes(content)
    with pytest.raises(BatchError, match="is not of a batch"):
        compress_batch(source, tmp_path / "out.jsonl", **OPTIONS)
    assert place.read_bytes() == content
