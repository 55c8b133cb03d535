"""A working folder full of hostile modules: none of them runs in any process of ours."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from headroom_nb.runtime.processes import PACKAGE, command, module_path
from tests.batch.lines import asks, write_lines
from tests.support import png, text_image

HOSTILE = [
    f"{name}.py"
    for name in (
        *("json", "pickle", "socket", "struct", "_strptime", "sitecustomize", "usercustomize", "onnxruntime", "cv2"),
        *("numpy/__init__", "PIL/__init__", "multiprocessing/__init__", "headroom_nb/__init__"),
    )
]

READ = """
    from PIL import Image
    from headroom_nb.ocr import IsolatedOcr
    page = Image.open("page.png").convert("RGB")
    os.chdir({folder!r})
    assert IsolatedOcr().read(page).lines
"""

BATCH = """
    from headroom_nb import compress_batch
    options = dict(router="rules", progress=False, cache="off")
    compress_batch("{folder}/in.jsonl", "first.jsonl", **options)  # what this process imports itself, it has imported
    os.chdir({folder!r})
    summary = compress_batch("in.jsonl", "out.jsonl", executor=2, **options)
    assert summary.items == 3 and not summary.error_count, summary
"""


@pytest.fixture
def folder(tmp_path):
    """A working folder whose modules leave a trace when they are imported."""
    place = tmp_path / "work"
    for name in HOSTILE:
        file = place / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"open({str(tmp_path / 'ran')!r}, 'a').write({name!r} + chr(10))\n")
    return place


def run(program, tmp_path, folder, *, notebook):
    """Run a program whose parent looks into the working folder first, as a notebook's kernel or a script there does."""
    body = textwrap.dedent(program).format(folder=str(folder))
    first = "''" if notebook else repr(str(folder))
    text = f"import os, sys\nif __name__ == '__main__':\n{textwrap.indent(body, '    ')}"
    text = text.replace(f"os.chdir({str(folder)!r})", f"os.chdir({str(folder)!r}); sys.path.insert(0, {first})")
    script = tmp_path / "script.py"
    script.write_text(text)
    start = ["-c", text] if notebook else [str(script)]
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run(
        [sys.executable, *start],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("notebook", [True, False], ids=["notebook", "script"])
@pytest.mark.parametrize("program", [READ, BATCH], ids=["isolated-ocr", "batch"])
def test_no_module_of_the_working_folder_runs_in_a_child(folder, tmp_path, program, notebook):
    (tmp_path / "page.png").write_bytes(png(text_image(["Total 9.00"])))
    write_lines(folder / "in.jsonl", [asks(number) for number in range(3)])
    run(program, tmp_path, folder, notebook=notebook)
    assert not (tmp_path / "ran").exists(), (tmp_path / "ran").read_text()


def test_a_command_runs_nothing_of_the_folder_it_is_started_in(folder, tmp_path):
    done = subprocess.run(
        command("json", "dumps", "1"),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": "."},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("entry", ["", ".", "src"])
def test_the_working_folder_comes_last_or_not_at_all(tmp_path, monkeypatch, entry):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [entry, *sys.path])
    place = str(tmp_path / entry) if entry != "." else str(tmp_path)
    assert (
        Path(module_path(working_folder=True)[-1]) == Path(place)
        or str(PACKAGE.parent) == module_path(working_folder=True)[-1]
    )
    assert not {entry, place, place.rstrip("/")} & set(module_path(working_folder=False))
    assert str(PACKAGE.parent) in module_path(working_folder=False)


def test_the_package_is_found_where_it_is_the_working_folder(monkeypatch):
    monkeypatch.chdir(PACKAGE.parent)
    monkeypatch.setattr(sys, "path", ["", *(entry for entry in sys.path if Path(entry) != PACKAGE.parent)])
    assert module_path(working_folder=False)[-1] == str(PACKAGE.parent)


def test_the_commands_arguments_are_data():
    call = json.loads(command("module", "function", "'; import os #")[-1])
    assert call[0::3] == ["module", ["'; import os #"]]
