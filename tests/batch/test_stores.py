from __future__ import annotations

import json
import os
import stat

import fsspec
import pytest

from headroom_nb import compress_batch
from headroom_nb.batch.paths import whole_path
from headroom_nb.batch.stores import LocalStore, store_of
from headroom_nb.errors import BatchError, OptionError
from tests.batch.lines import OPTIONS, asks, write_lines


@pytest.fixture
def memory():
    files = fsspec.filesystem("memory")
    files.store.clear()
    files.pseudo_dirs[:] = [""]
    yield files
    files.store.clear()
    files.pseudo_dirs[:] = [""]


def test_a_batch_goes_from_memory_to_memory_as_it_does_on_disk(tmp_path, memory):
    source = write_lines(tmp_path / "in.jsonl", [asks(0), "{broken", asks(1)])
    on_disk = compress_batch(source, tmp_path / "out.jsonl", **OPTIONS)
    memory.pipe_file("/data/in.jsonl", source.read_bytes())
    summary = compress_batch("memory://data/in.jsonl", "memory://data/out.jsonl", **OPTIONS)
    assert memory.cat_file("/data/out.jsonl") == (tmp_path / "out.jsonl").read_bytes()
    assert summary.compressed_tokens == on_disk.compressed_tokens
    assert sorted(memory.find("/data")) == [
        "/data/in.jsonl",
        "/data/out.jsonl",
        "/data/out.jsonl.report.jsonl",
        "/data/out.jsonl.summary.json",
    ]
    again = compress_batch("memory://data/in.jsonl", "memory://data/out.jsonl", **OPTIONS)
    assert again.resumed_items == 3


def test_a_folder_goes_from_memory_to_disk_and_back(tmp_path, memory):
    memory.pipe_file("/data/in/a/one.json", json.dumps(asks(0)).encode())
    memory.pipe_file("/data/in/two.jsonl", json.dumps(asks(2)).encode())
    memory.pipe_file("/data/in/.hidden/three.json", b"[]")
    assert compress_batch("memory://data/in", tmp_path / "out", **OPTIONS).items == 2
    assert (tmp_path / "out" / "two.jsonl").read_bytes() == json.dumps(asks(2)).encode() + b"\n"
    compress_batch(tmp_path / "out", "memory://data/back", **OPTIONS)
    assert memory.cat_file("/data/back/a/one.json") == (tmp_path / "out" / "a" / "one.json").read_bytes()


def test_an_interrupt_is_raised_where_the_other_side_cannot_clean_up(memory, monkeypatch):
    def is_away(path):
        raise OSError("the other side is away")

    monkeypatch.setattr(memory, "rm_file", is_away)

    def write(path):
        with store_of(path).writing(path) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write("memory://data/out.jsonl")


def test_a_run_on_memory_goes_on_after_an_interrupt(memory, monkeypatch):
    monkeypatch.setattr("headroom_nb.batch.sources.LEAST_PART", 1000)
    monkeypatch.setattr("headroom_nb.batch.progress.EVERY", 0)
    lines = b"".join(json.dumps(asks(number)).encode() + b"\n" for number in range(6))
    memory.pipe_file("/in.jsonl", lines)

    def stop(state):
        if state.items == 2:
            raise KeyboardInterrupt

    assert compress_batch("memory://in.jsonl", "memory://out.jsonl", **{**OPTIONS, "progress": stop}).interrupted
    assert compress_batch("memory://in.jsonl", "memory://out.jsonl", **OPTIONS).resumed_items == 2


def test_options_reach_the_file_system_and_no_file(tmp_path, monkeypatch, memory):
    asked = []
    real = fsspec.filesystem

    def filesystem(protocol, **options):
        asked.append((protocol, options))
        return real(protocol)

    monkeypatch.setattr(fsspec, "filesystem", filesystem)
    source = write_lines(tmp_path / "in.jsonl", [asks(2)])
    options = {"secret": "key-123"}
    compress_batch(source, "memory://out.jsonl", storage_options=options, **OPTIONS)
    assert ("memory", options) in asked
    assert len(memory.cat_file("/out.jsonl").splitlines()) == 1
    assert all(b"key-123" not in memory.cat_file(path) for path in memory.find("/"))


def test_without_fsspec_a_url_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "fsspec", None)
    with pytest.raises(OptionError, match=r"pip install 'headroom-nb\[batch\]'"):
        store_of("s3://bucket/x")


def test_paths_mean_the_same_in_every_process(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert whole_path("in.jsonl") == whole_path(f"file://{tmp_path}/in.jsonl") == f"{tmp_path}/in.jsonl"
    assert whole_path(f"local://{tmp_path}/in.jsonl") == f"{tmp_path}/in.jsonl"
    assert whole_path("~/in.jsonl") == f"{tmp_path}/in.jsonl"
    assert whole_path("s3://bucket/in/") == "s3://bucket/in"
    with pytest.raises(OptionError, match="not a path"):
        whole_path(b"in.jsonl")
    for text in ("memory://", "file://", "s3:///"):
        with pytest.raises(OptionError, match="names no file or folder"):
            whole_path(text)
    with pytest.raises(OptionError, match=r"chain of URLs; unpack the file first"):
        whole_path("zip://in.jsonl::/data/in.zip")


def test_a_file_that_fails_while_it_is_written_leaves_nothing(tmp_path):
    store = LocalStore()

    def fail():
        with store.writing(f"{tmp_path}/out") as file:
            file.write(b"half")
            raise ValueError("interrupted")

    with pytest.raises(ValueError, match="interrupted"):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_names_of_written_files_come_from_source_names_alone(tmp_path):
    lines = [{"custom_id": "../../evil", "params": {"messages": asks(2)}, "name": "/etc/evil"}]
    source = tmp_path / "in"
    source.mkdir()
    write_lines(source / "..odd..jsonl", lines)
    write_lines(source / "back\\slash.jsonl", lines)
    compress_batch(source, tmp_path / "out", **OPTIONS)
    assert sorted(path.name for path in tmp_path.rglob("*")) == sorted(
        [
            "in",
            "out",
            *["..odd..jsonl", "back\\slash.jsonl"] * 1,
            "back\\slash.jsonl",
            "out.report.jsonl",
            "out.summary.json",
        ]
    )


def test_a_source_that_shrinks_while_it_is_read_is_an_error(tmp_path):
    source = write_lines(tmp_path / "in.jsonl", [[{"role": "user", "content": "x" * 5000}], asks(2)])
    from headroom_nb.batch import BatchCompressor, begin
    from headroom_nb.batch.stores import copy_range

    job = begin(source, tmp_path / "out.jsonl", BatchCompressor(max_item_bytes=100))
    with source.open("rb") as file, (tmp_path / "copy").open("wb") as copy, pytest.raises(OSError, match="shorter"):
        copy_range(file, 0, 10**6, copy)
    source.write_text(source.read_text() + "[]\n")
    with pytest.raises(BatchError, match="differs in the source"):
        begin(source, tmp_path / "out.jsonl", BatchCompressor(max_item_bytes=100))
    assert job.parts


def test_what_a_batch_wrote_is_on_the_disk_before_its_parts_go(tmp_path, monkeypatch):
    source, sink = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    write_lines(source, asks(3))
    on_disk = set()

    def note(descriptor):
        assert list(tmp_path.glob(".out.jsonl.parts/*.data")), "a power cut now finds what is done"
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            on_disk.add(os.fstat(descriptor).st_size)

    monkeypatch.setattr(os, "fsync", note)
    compress_batch(source, sink, **OPTIONS)
    written = [path for path in tmp_path.iterdir() if path != source]
    assert {path.stat().st_size for path in written} == on_disk
    assert len(written) == 3
