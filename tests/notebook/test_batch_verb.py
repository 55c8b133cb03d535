from __future__ import annotations

import nbformat
import pytest
from nbclient import NotebookClient

from headroom_nb.errors import BatchError, OptionError
from tests.batch.lines import asks, read_lines, write_lines


@pytest.fixture
def source(shell, tmp_path):
    return write_lines(tmp_path / "in.jsonl", [asks(0), "{broken", {"model": "gpt-4.1", "messages": asks(1)}])


def run(shell, line):
    return shell.run_line_magic("headroom", f"batch {line}")


def test_a_line_compresses_a_file_into_another(shell, source, tmp_path):
    summary = run(shell, "in.jsonl out.jsonl --model gpt-4o --router rules")
    assert (summary.items, summary.error_count) == (3, 1)
    assert summary.models == {"gpt-4o": 2}
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 3


def test_a_variable_may_hold_a_path_or_the_workers(shell, source, tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        shell.user_ns.update(source=source, sink=str(tmp_path / "b.jsonl"), pool=pool)
        run(shell, "source sink --router rules --workers pool --on-error skip")
    assert len(read_lines(tmp_path / "b.jsonl")) == 2


def test_the_setting_of_a_model_gives_way_to_the_requests_own(shell, source, monkeypatch):
    monkeypatch.setenv("HEADROOM_NB_MODEL", "gpt-4o")
    assert run(shell, "in.jsonl out.jsonl --router rules").models == {"gpt-4.1": 1, "gpt-4o": 1}


@pytest.mark.parametrize(
    ("line", "error", "says"),
    [
        ("", OptionError, "needs IN OUT, such as"),
        ("in.jsonl", OptionError, "needs IN OUT, such as"),
        ("in.jsonl out.jsonl third", OptionError, "takes IN OUT"),
        ("missing.jsonl out.jsonl", BatchError, "no file or folder"),
        ("in.jsonl out.jsonl --on-error skp", OptionError, "did you mean skip"),
        ("in.jsonl out.jsonl --workers nobody", OptionError, "no variable nobody"),
        ("in.jsonl in.jsonl", BatchError, "outside of the source"),
    ],
)
def test_a_mistake_is_one_line_with_the_fix(shell, source, line, error, says):
    with pytest.raises(error, match=says):
        run(shell, line)


@pytest.mark.slow
def test_in_a_kernel_one_line_shows_progress_and_the_table_follows(tmp_path):
    write_lines(tmp_path / "in.jsonl", [asks(number) for number in range(4)])
    cells = [
        "%load_ext headroom_nb",
        "%headroom batch in.jsonl out.jsonl --router rules --model gpt-4o",
        "s = %headroom batch in.jsonl out.jsonl --router rules --model gpt-4o\nprint(s.resumed_items)",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    line, table = notebook.cells[1].outputs
    assert line.output_type == "display_data"
    assert line.data["text/plain"].startswith("100 % · 4 items · ")
    assert table.output_type == "execute_result"
    assert "<table>" in table.data["text/html"]
    assert "4 items, 3 images" in table.data["text/plain"]
    assert notebook.cells[2].outputs[0].text == "4\n"
