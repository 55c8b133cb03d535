"""Ctrl-C and Interrupt give what is done; no process is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from jupyter_client.manager import start_new_kernel

from headroom_nb import compress_batch
from tests.batch.lines import OPTIONS, asks, read_lines, write_lines
from tests.batch.slow_router import SlowRouter

pytestmark = pytest.mark.slow

SCRIPT = """
import multiprocessing, os, sys
from headroom_nb import compress_batch
from headroom_nb.batch import sources
from tests.batch.lines import OPTIONS
from tests.batch.slow_router import SlowRouter

if __name__ == "__main__":
    sources.LEAST_PART = 1000
    folder = sys.argv[1]
    def show(state):
        pids = [child.pid for child in multiprocessing.active_children()]
        print(state.items, *pids, flush=True)
    options = {**OPTIONS, "router": SlowRouter(0.05, later=120), "progress": show}
    summary = compress_batch(folder + "/in.jsonl", folder + "/out.jsonl", executor=2, **options)
    print("interrupted" if summary.interrupted else "done", summary.items, flush=True)
"""
ROOT = Path(__file__).parents[2]


@pytest.fixture
def source(tmp_path):
    return write_lines(tmp_path / "in.jsonl", [asks(3 * number) for number in range(150)])


@pytest.fixture
def running(source, tmp_path):
    """The script in a session of its own, as a terminal runs it, once some items are done; and its workers."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, script, tmp_path],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
    ) as process:
        items, *workers = process.stdout.readline().split()
        while int(items) < 4:
            items, *workers = process.stdout.readline().split()
        time.sleep(1)  # by now each worker is at a picture that takes two minutes
        yield process, [int(worker) for worker in workers]
        process.kill()


def gone(pid: int) -> bool:
    """Whether a process ends within a minute."""
    for _ in range(600):
        status = Path(f"/proc/{pid}/stat")
        if not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.1)
    return False


def test_ctrl_c_in_a_terminal_ends_the_workers_and_gives_what_is_done(running, source, tmp_path, monkeypatch):
    process, workers = running
    os.killpg(process.pid, signal.SIGINT)
    *_, last = process.stdout.read().splitlines()
    word, items = last.split()
    assert word == "interrupted"
    assert 4 <= int(items) < 150
    assert process.wait(60) == 0
    assert len(workers) == 2
    assert all(map(gone, workers))
    monkeypatch.setattr("headroom_nb.batch.sources.LEAST_PART", 1000)
    summary = compress_batch(source, tmp_path / "out.jsonl", **{**OPTIONS, "router": SlowRouter(0)})
    assert summary.resumed_items >= int(items)
    assert len(read_lines(tmp_path / "out.jsonl")) == 150


def test_workers_end_when_their_parent_was_killed(running, tmp_path):
    process, workers = running
    process.kill()
    process.wait(60)
    assert len(workers) == 2
    assert all(map(gone, workers))
    assert not (tmp_path / "out.jsonl").exists()


def test_a_script_without_the_guard_is_told_of_it_and_blames_no_item(source, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\nfrom headroom_nb import compress_batch\n"
        f"compress_batch({str(source)!r}, {str(tmp_path / 'out.jsonl')!r}, executor=1, router='rules')\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, script], check=False, capture_output=True, text=True, env=environment)
    assert done.returncode == 1
    assert 'if __name__ == "__main__": as each process imports the script again' in done.stderr.splitlines()[-1]
    assert not (tmp_path / "out.jsonl").exists()


def test_interrupting_the_kernel_gives_what_is_done(source, tmp_path):
    manager, client = start_new_kernel(cwd=str(ROOT))
    try:
        setup = (
            "%load_ext headroom_nb\n"
            "from tests.batch.slow_router import SlowRouter\n"
            "import headroom_nb\n"
            "from headroom_nb.batch import sources\n"
            "sources.LEAST_PART = 1000\n"
            f"paths = {str(source)!r}, {str(tmp_path / 'out.jsonl')!r}"
        )
        client.execute_interactive(setup, timeout=60)
        client.execute("headroom_nb.compress_batch(*paths, router=SlowRouter(0.05), model='gpt-4o')")
        shown = []
        while True:
            message = client.get_iopub_msg(timeout=60)
            shown.append((message["msg_type"], message["content"]))
            if (
                message["msg_type"] == "update_display_data"
                and sum(kind == "update_display_data" for kind, _ in shown) == 2
            ):
                manager.interrupt_kernel()
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle" and len(shown) > 4:
                break
        kinds = [kind for kind, _ in shown]
        assert "error" not in kinds, json.dumps(shown[-2][1])
        (result,) = [content for kind, content in shown if kind == "execute_result"]
        assert result["data"]["text/plain"].startswith("Stopped at ")
        assert "Run the same call again" in result["data"]["text/html"]
        assert kinds.count("display_data") == 1
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert not (tmp_path / "out.jsonl").exists()
