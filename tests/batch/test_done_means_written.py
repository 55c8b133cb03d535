"""A batch that was finished is done as long as what it wrote is there as it was written."""

import os
import shutil

import pytest

from headroom_nb import compress_batch
from headroom_nb.batch.finishing import finish
from headroom_nb.batch.journal import begin
from headroom_nb.batch.worker import BatchCompressor
from headroom_nb.errors import BatchError
from tests.batch.lines import OPTIONS, asks, write_lines


@pytest.fixture
def source(tmp_path):
    return write_lines(tmp_path / "in.jsonl", [asks(number) for number in range(3)])


@pytest.mark.parametrize("end", ["", ".report.jsonl"])
@pytest.mark.parametrize("damage", ["cut", "missing", "empty"])
def test_what_is_missing_or_cut_is_made_again(source, tmp_path, end, damage):
    sink = tmp_path / "out.jsonl"
    compress_batch(source, sink, **OPTIONS)
    file = tmp_path / f"out.jsonl{end}"
    whole = file.read_bytes()
    if damage == "missing":
        file.unlink()
    else:
        os.truncate(file, 0 if damage == "empty" else len(whole) // 2)
    assert compress_batch(source, sink, **OPTIONS).resumed_items == 0
    assert file.read_bytes() == whole
    assert compress_batch(source, sink, **OPTIONS).resumed_items == 3


@pytest.mark.parametrize("end", ["", ".report.jsonl"])
@pytest.mark.parametrize("content", ["short", '{"custom_id": "mine"}\n'])
def test_a_shorter_file_that_is_not_ours_is_not_taken_for_one_that_was_cut(source, tmp_path, end, content):
    sink = tmp_path / "out.jsonl"
    compress_batch(source, sink, **OPTIONS)
    file = tmp_path / f"out.jsonl{end}"
    file.write_text(content)
    for _ in range(2):  # the second time goes on with the first
        with pytest.raises(BatchError, match="something else"):
            compress_batch(source, sink, **OPTIONS)
        assert file.read_text() == content
    compress_batch(source, sink, overwrite=True, **OPTIONS)
    assert file.read_text() != content


def test_a_file_that_appears_while_a_batch_runs_is_not_replaced(source, tmp_path):
    sink = tmp_path / "out.jsonl"
    job = begin(source, sink, BatchCompressor(router=OPTIONS["router"], model="gpt-4o"))
    for part in job.parts:
        job.compressor(part)
    sink.write_text("theirs")
    with pytest.raises(BatchError, match="something else"):
        finish(job)
    assert sink.read_text() == "theirs"
    sink.unlink()
    assert finish(job).items == 3


def test_a_report_of_an_earlier_batch_that_somebody_changed_is_not_replaced_unasked(source, tmp_path):
    sink, report = tmp_path / "out.jsonl", tmp_path / "out.jsonl.report.jsonl"
    compress_batch(source, sink, **OPTIONS)
    sink.unlink()
    report.write_text("my notes")
    with pytest.raises(BatchError, match="not of a batch"):
        compress_batch(source, sink, **{**OPTIONS, "quality": "safe"})
    assert report.read_text() == "my notes"


def test_a_file_of_a_folder_that_is_missing_is_made_again(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a.jsonl", "b.jsonl"):
        write_lines(folder / name, [asks(0)])
    compress_batch(folder, tmp_path / "out", **OPTIONS)
    whole = (tmp_path / "out" / "b.jsonl").read_bytes()
    (tmp_path / "out" / "b.jsonl").unlink()
    compress_batch(folder, tmp_path / "out", **OPTIONS)
    assert (tmp_path / "out" / "b.jsonl").read_bytes() == whole


@pytest.mark.parametrize("change", [lambda text: text + "{}\n", lambda text: text.replace("user", "USER", 1)])
def test_a_sink_that_somebody_changed_is_not_replaced_unasked(source, tmp_path, change):
    sink = tmp_path / "out.jsonl"
    compress_batch(source, sink, **OPTIONS)
    whole = sink.read_text()
    sink.write_text(change(whole))
    with pytest.raises(BatchError, match="was changed since"):
        compress_batch(source, sink, **OPTIONS)
    assert sink.read_text() == change(whole)
    compress_batch(source, sink, overwrite=True, **OPTIONS)
    assert sink.read_text() == whole


def test_another_source_of_the_same_size_and_time_is_another_batch(source, tmp_path):
    sink = tmp_path / "out.jsonl"
    compress_batch(source, sink, **OPTIONS)
    facts = source.stat()
    shutil.copy(source, tmp_path / "before")
    source.write_text(source.read_text().replace("number 0", "NUMBER 0"))
    os.utime(source, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert source.stat().st_size == facts.st_size
    with pytest.raises(BatchError, match="exists"):
        compress_batch(source, sink, **OPTIONS)


@pytest.mark.parametrize("length", [243, 255])
def test_a_name_that_leaves_no_room_for_the_report_is_refused_before_any_work(source, tmp_path, length):
    with pytest.raises(BatchError, match="too long"):
        compress_batch(source, tmp_path / f"{'x' * (length - 6)}.jsonl", **OPTIONS)
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def test_the_longest_name_that_leaves_room_is_written(source, tmp_path):
    sink = tmp_path / f"{'x' * 236}.jsonl"
    assert compress_batch(source, sink, **OPTIONS).items == 3
    assert sink.exists()
