"""The magic in a real kernel, as a notebook runs it."""

from __future__ import annotations

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from headroom_nb.notebook.autoload import config_file, enable
from headroom_nb.rendering.display import JSON_MIME

pytestmark = pytest.mark.slow

MESSAGES = """\
import base64, io
from PIL import Image, ImageDraw
picture = Image.linear_gradient("L").resize((1600, 1200)).convert("RGB")
ImageDraw.Draw(picture).text((40, 40), "Total: 12.50 EUR", fill="black", font_size=40)
buffer = io.BytesIO()
picture.save(buffer, "PNG")
url = "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
question = {"type": "text", "text": "Describe <b>this</b> {url} $url"}
messages = [{"role": "user", "content": [question, {"type": "image_url", "image_url": {"url": url}}]}]
"""


def run(*cells: str, allow_errors: bool = False) -> nbformat.NotebookNode:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    NotebookClient(notebook, timeout=120, allow_errors=allow_errors).execute()
    return notebook


@pytest.fixture(scope="module")
def compressed() -> nbformat.NotebookNode:
    return run(
        "%load_ext headroom_nb",
        MESSAGES,
        "%headroom compress messages --model gpt-4o --router rules",
        "r = %headroom compress messages --model gpt-4o --router rules",
        "%headroom compress messages --model gpt-4o --router rules -o kept;",
        "print(type(r).__name__, kept.messages == r.messages)",
        "%headroom estimate messages --model gpt-4o",
    )


def test_loading_the_extension_says_nothing(compressed):
    assert compressed.cells[0].outputs == []


def shown(cell):
    """Return the one result of a cell; a slow machine also leaves the emptied line of progress."""
    (result,) = (output for output in cell.outputs if output.output_type == "execute_result")
    return result


def test_the_magic_shows_one_table_in_every_form(compressed):
    output = shown(compressed.cells[2])
    assert {"text/plain", "text/html", "text/markdown", JSON_MIME} <= output.data.keys()
    assert "message 1" in output.data["text/plain"]
    assert output.data[JSON_MIME]["images"][0]["path"] == "messages[0].content[1]"
    assert "<table>" in output.data["text/html"]
    assert output.data[JSON_MIME]["totals"]["images"] == 1


def test_the_question_arrives_unexpanded_and_escaped(compressed):
    data = shown(compressed.cells[2]).data
    assert data[JSON_MIME]["images"][0]["question"] == "Describe <b>this</b> {url} $url"
    assert "<b>this</b>" not in data["text/html"]


def test_assigning_the_magic_keeps_the_result_and_shows_nothing(compressed):
    assert compressed.cells[3].outputs == []
    assert compressed.cells[5].outputs[0].text == "CompressionResult True\n"


def test_a_semicolon_silences_and_the_name_is_bound_all_the_same(compressed):
    assert compressed.cells[4].outputs == []


def test_the_line_of_progress_leaves_nothing_behind():
    notebook = run(
        "%load_ext headroom_nb",
        f"import headroom_nb\nfrom headroom_nb.pipeline import watch\nwatch.QUIET = watch.EVERY = 0.001\n{MESSAGES}",
        "%headroom compress messages --model gpt-4o",
        "print('mine')\nr = headroom_nb.compress(messages, model='gpt-4o', quality='safe')",
    )
    assert [output.output_type for output in notebook.cells[2].outputs] == ["execute_result"]
    mine, *emptied = notebook.cells[3].outputs
    assert mine.text == "mine\n"
    assert all(not output.data for output in emptied)


def test_an_output_stays_under_200_kilobytes(compressed):
    assert len(nbformat.writes(compressed).encode()) - len(MESSAGES) < 200_000


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("%headroom compress messges", "did you mean messages?"),
        ("%headroom comprss messages", "did you mean compress?"),
        ("%headroom compress messages --modle gpt-4o", "did you mean --model?"),
        ("%headroom compress messages --model gpt-4oo --strict", "gpt-4o"),
        ("x = %headroom compress 'unclosed", "not closed"),
        ("%%headroom compress\n{broken", "{broken"),
    ],
)
def test_a_mistake_is_one_line_with_the_fix_and_stops_run_all(line, says):
    with pytest.raises(CellExecutionError) as failure:
        run("%load_ext headroom_nb\nmessages = []", line, "print('not reached')")
    assert says in failure.value.evalue
    assert failure.value.ename in {"OptionError", "UnknownModelError"}
    assert "magics.py" not in str(failure.value)


def test_an_error_output_is_a_proper_one_of_our_own_type():
    notebook = run("%load_ext headroom_nb", "%headroom compress nothing", allow_errors=True)
    (output,) = notebook.cells[1].outputs
    assert output.output_type == "error"
    assert output.ename == "OptionError"
    assert output.traceback == [f"OptionError: {output.evalue}"]


def test_once_enabled_the_first_use_loads_the_extension(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    enable(config_file())
    notebook = run("h = %headroom help", "print(type(h).__name__)")
    assert notebook.cells[1].outputs[0].text == "Table\n"
