"""A working folder that was removed, or may not be looked into: everything that needs none works, the rest says why."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from headroom_nb.notebook import project_file
from headroom_nb.notebook.settings import SETTINGS, resolve

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems keep a folder that is in use")

PROGRAM = """
import os, sys
import headroom_nb
from headroom_nb.demo.pdf import Page, make_pdf
from tests.support import FixedRouter, openai_message, png, text_image
from headroom_nb import ImageCompressor, Technique, compress, compress_batch, user_message
from headroom_nb.errors import BatchError, OptionError
from headroom_nb.notebook.project_file import trust
from headroom_nb.notebook.settings import SETTINGS, resolve
from headroom_nb.runtime.files import working_folder
from tests.batch.lines import asks, write_lines

if __name__ == "__main__":
    place = sys.argv[1]
    os.mkdir(f"{place}/gone")
    os.chdir(f"{place}/gone")
    os.rmdir(f"{place}/gone")
    assert working_folder() is None
    text = [openai_message("Read the text", png(text_image(["Total 9.00", "Sum 12.50"], size=24)))]
    pdf = make_pdf([Page((f"Page {number}", "words")) for number in range(6)])
    for ocr in ("auto", "isolated"):
        (image,) = ImageCompressor("gpt-4o", FixedRouter(Technique.TRANSCODE), ocr=ocr).run(text).images
        assert (image.error, image.technique) == (None, Technique.TRANSCODE), image
        asked = [user_message("What stands on page 3?", pdf, provider="anthropic")]
        (document,) = compress(asked, model="claude-opus-5-5", router="rules", ocr=ocr).documents
        assert document.error is None and document.parts, document
    assert compress(asks(0), model="gpt-4o", router="rules", cache=f"{place}/cache").compressed_tokens
    assert resolve({}, {}, working_folder())["quality"].source == "default"
    try:
        trust(working_folder(), SETTINGS)
    except OptionError as error:
        assert "the working folder" in str(error)
    lines = write_lines(__import__("pathlib").Path(place, "in.jsonl"), [asks(number) for number in range(3)])
    options = dict(router="rules", model="gpt-4o", progress=False)
    assert compress_batch(lines, f"{place}/one.jsonl", **options).items == 3
    try:
        compress_batch(lines, f"{place}/two.jsonl", executor=2, **options)
    except BatchError as error:
        assert "processes cannot be started" in str(error)
    else:
        raise AssertionError("its processes have no folder to start in")
"""


def test_in_a_folder_that_was_removed_everything_works_that_needs_none(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(PROGRAM)
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("closed", ["here", "above"])
def test_a_folder_that_may_not_be_looked_into_ends_the_search_for_a_project(tmp_path, monkeypatch, closed):
    (tmp_path / "pyproject.toml").write_text('[tool.headroom_nb]\nquality = "max"\n')
    folder = tmp_path / "above" / "here"
    folder.mkdir(parents=True)
    real_stat, real_access = Path.stat, os.access

    def refuse(path, **named):
        if closed in Path(path).parts[:-1]:
            raise PermissionError(13, "Permission denied", str(path))
        return real_stat(path, **named)

    monkeypatch.setattr(Path, "stat", refuse)
    monkeypatch.setattr(
        project_file.os, "access", lambda path, mode: Path(path).name != closed and real_access(path, mode)
    )
    with pytest.warns() if closed == "above" else pytest.warns(UserWarning, match="Permission denied"):
        found = resolve({}, {}, folder)
    assert found["quality"].source == "default"
    assert set(found) == set(SETTINGS)
