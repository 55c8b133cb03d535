"""What stands beside a sink and is not of a batch stays as it is."""

import sys

import pytest

from headroom_nb import compress_batch
from headroom_nb.errors import BatchError
from tests.batch.lines import OPTIONS, asks, write_lines

posix = pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")


@pytest.fixture
def source(tmp_path):
    return write_lines(tmp_path / "in.jsonl", [asks(0)])


@posix
@pytest.mark.parametrize("overwrite", [False, True])
def test_a_link_in_the_place_of_the_parts_loses_no_file_behind_it(source, tmp_path, overwrite):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in ("plan.json", "00000000.data", "20260101.json", "draft-notes"):
        (elsewhere / name).write_text("theirs")
    (tmp_path / ".out.jsonl.parts").symlink_to(elsewhere)
    with pytest.raises(BatchError, match="is a link"):
        compress_batch(source, tmp_path / "out.jsonl", overwrite=overwrite, **OPTIONS)
    assert sorted(path.read_text() for path in elsewhere.iterdir()) == ["theirs"] * 4


@pytest.mark.parametrize("name", ["00000000.data", "draft-notes", "notes.txt"])
@pytest.mark.parametrize("overwrite", [False, True])
def test_a_folder_without_a_plan_is_not_a_batch_s(source, tmp_path, name, overwrite):
    folder = tmp_path / ".out.jsonl.parts"
    folder.mkdir()
    (folder / name).write_text("theirs")
    with pytest.raises(BatchError, match="not of a batch"):
        compress_batch(source, tmp_path / "out.jsonl", overwrite=overwrite, **OPTIONS)
    assert (folder / name).read_text() == "theirs"


def test_what_a_kill_left_before_there_was_a_plan_is_no_obstacle(source, tmp_path):
    folder = tmp_path / ".out.jsonl.parts"
    folder.mkdir()
    (folder / f"draft-{'0' * 32}").touch()
    assert compress_batch(source, tmp_path / "out.jsonl", **OPTIONS).items == 1
    assert not folder.exists()


def test_other_names_in_the_folder_of_a_batch_stay(source, tmp_path):
    folder = tmp_path / ".out.jsonl.parts"
    folder.mkdir()
    (folder / "plan.json").write_text("{}")
    for name in ("00000000.data.bak", "2026-report.json", "draft-notes"):
        (folder / name).write_text("theirs")
    compress_batch(source, tmp_path / "out.jsonl", overwrite=True, **OPTIONS)
    assert sorted(path.name for path in folder.iterdir()) == ["00000000.data.bak", "2026-report.json", "draft-notes"]


@pytest.mark.parametrize("end", ["summary.json", "report.jsonl"])
def test_somebody_s_own_file_in_the_place_of_the_report_or_the_sums_is_kept_unasked(source, tmp_path, end):
    own = tmp_path / f"out.jsonl.{end}"
    own.write_text('{"mine": 1}')
    with pytest.raises(BatchError, match="not of a batch"):
        compress_batch(source, tmp_path / "out.jsonl", **OPTIONS)
    assert own.read_text() == '{"mine": 1}'
    assert not (tmp_path / "out.jsonl").exists()
    compress_batch(source, tmp_path / "out.jsonl", overwrite=True, **OPTIONS)
    assert own.read_text() != '{"mine": 1}'


@posix
def test_a_broken_link_at_the_sink_is_something_that_stands_there(source, tmp_path):
    (tmp_path / "out.jsonl").symlink_to(tmp_path / "nowhere")
    with pytest.raises(BatchError, match="exists"):
        compress_batch(source, tmp_path / "out.jsonl", **OPTIONS)
    assert not (tmp_path / "nowhere").exists()


@posix
def test_a_link_in_a_folder_that_is_replaced_leads_nowhere_else(tmp_path):
    (tmp_path / "in" / "day").mkdir(parents=True)
    write_lines(tmp_path / "in" / "day" / "a.jsonl", [asks(0)])
    (tmp_path / "out").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.jsonl").write_text("theirs")
    (tmp_path / "out" / "day").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BatchError, match="leads out of the sink"):
        compress_batch(tmp_path / "in", tmp_path / "out", overwrite=True, **OPTIONS)
    assert (tmp_path / "elsewhere" / "a.jsonl").read_text() == "theirs"
