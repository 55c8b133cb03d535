"""``headroom-nb`` in a terminal: the same verbs and tables, exit statuses, data, completion, tutorials."""

import json
import shutil
import subprocess

import pytest
from PIL import Image

from headroom_nb.demo.pdf import report
from headroom_nb.formats import user_message
from headroom_nb.notebook.command_line import FOUND, SCRIPTS, WRONG, main
from headroom_nb.notebook.verbs import RUN


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Image.linear_gradient("L").resize((1600, 1200)).convert("RGB").save(tmp_path / "photo.png")
    document = {"model": "gpt-4o", "messages": [user_message("What is this?", tmp_path / "photo.png")]}
    (tmp_path / "request.json").write_text(json.dumps(document))
    return tmp_path


def run(capsys, *words):
    status = main(list(words))
    out, err = capsys.readouterr()
    return status, out, err


def test_compress_writes_the_messages_and_prints_the_table(folder, capsys):
    status, out, err = run(capsys, "compress", "request.json", "-o", "smaller.json", "--router", "rules")
    assert status == 0
    assert out.startswith("Image tokens: ")
    assert "Wrote smaller.json" in err
    assert json.loads((folder / "smaller.json").read_text())["model"] == "gpt-4o"
    assert run(capsys, "compress", "request.json", "-o", "smaller.json", "--router", "rules")[0] == WRONG
    assert run(capsys, "compress", "request.json", "-o", "smaller.json", "--router", "rules", "--force")[0] == 0


def test_an_image_becomes_a_smaller_image(folder, capsys):
    Image.linear_gradient("L").resize((4000, 3000)).convert("RGB").save(folder / "large.png")
    words = ("compress", "large.png", "-o", "small.png", "--question", "Describe this photo in one sentence.")
    status, out, _ = run(capsys, *words, "--model", "gpt-5.6-sol", "--quality", "max")
    assert status == 0
    assert "image tokens" in out
    (written,) = folder.glob("small.*")
    with Image.open(written) as small:
        assert max(small.size) < 4000


def test_estimate_and_compare_give_tables_and_data(folder, capsys):
    _, table, _ = run(capsys, "estimate", "photo.png", "request.json", "--model", "gpt-4o")
    assert "2 images" in table
    status, data, _ = run(capsys, "estimate", "photo.png", "--model", "gpt-4o", "--json")
    assert status == 0
    assert json.loads(data)[0]["width"] == 1600
    _, data, _ = run(capsys, "compare", "photo.png", "--models", "gpt-4o", "--json")
    assert json.loads(data)["lines"][0]["model"] == "gpt-4o"


def test_check_has_a_status_of_its_own_for_what_it_finds(folder, capsys):
    assert run(capsys, "check", "request.json")[0] == 0
    huge = [user_message("x", Image.new("L", (9000, 20)), provider="anthropic")]
    (folder / "huge.json").write_text(json.dumps(huge))
    status, out, _ = run(capsys, "check", "huge.json")
    assert status == FOUND
    assert "8,000" in out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("estimate", "poto.png"), "did you mean photo.png?"),
        (("estimate",), "needs files"),
        (("comprss", "photo.png"), "there is no verb comprss"),
        (("compress", "photo.png", "--modle", "x"), "did you mean --model?"),
        (("estimate", "__import__('os')"), "there is no"),
        (("estimate", "photo.png", "-o", "x.json"), "-o goes with compress"),
        (("completion", "cmd"), "bash|zsh|fish"),
    ],
)
def test_a_mistake_is_one_line_on_standard_error(folder, capsys, words, says):
    status, out, err = run(capsys, *words)
    assert (status, out) == (WRONG, "")
    assert says in err
    assert err.count("\n") == 1
    assert "%headroom" not in err


def test_help_and_version(capsys):
    for words in ((), ("--help",), ("-h",), ("help",)):
        status, out, _ = run(capsys, *words)
        assert status == 0
        assert "headroom-nb VERB FILES" in out
    assert "--quality" in run(capsys, "help", "compress")[1]
    assert run(capsys, "--version")[1].startswith("headroom-nb 0")


def test_words_are_completed_for_every_shell(folder, capsys):
    assert "compress" in run(capsys, "__complete", "com")[1].split()
    assert "photo.png" in run(capsys, "__complete", "compress", "pho")[1].split()
    assert run(capsys, "__complete", "compress", "photo.png", "--qual")[1].split() == ["--quality"]
    for shell in SCRIPTS:
        assert "headroom-nb __complete" in run(capsys, "completion", shell)[1]


@pytest.mark.parametrize("shell", SCRIPTS)
def test_a_shell_that_is_installed_reads_its_script(shell):
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    checked = subprocess.run([program, "-n"], input=SCRIPTS[shell].encode(), capture_output=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, b"")


def test_the_tutorials_are_copied_and_what_is_there_is_left_alone(folder, capsys):
    status, out, _ = run(capsys, "tutorials", "learn")
    first = next(iter(sorted((folder / "learn").glob("*.ipynb"))))
    assert status == 0
    assert first.name in out
    first.write_text("mine")
    assert run(capsys, "tutorials", "learn")[0] == 0
    assert first.read_text() == "mine"


@pytest.mark.parametrize(("name", "says"), [("there.json", "exists"), ("small.pdf", "names no format")])
def test_a_name_that_cannot_be_written_is_refused_before_the_work(folder, capsys, monkeypatch, name, says):
    (folder / "there.json").write_text("{}")
    monkeypatch.setitem(RUN, "compress", lambda call: pytest.fail("nothing is compressed"))
    status, _, err = run(capsys, "compress", "request.json", "-o", name)
    assert status == WRONG
    assert says in err


def test_a_pdf_is_not_written_as_one_file_and_the_line_says_what_to_write(folder, capsys):
    (folder / "report.pdf").write_bytes(report())
    status, _, error = run(capsys, "compress", "report.pdf", "-o", "smaller.pdf", "--model", "claude-opus-5-5")
    assert status != 0
    assert "-o smaller.json" in error
    assert not (folder / "smaller.pdf").exists()


@pytest.mark.parametrize("verb", ["estimate", "compress"])
def test_a_file_without_messages_is_a_mistake_that_is_named(folder, capsys, verb):
    (folder / "odd.json").write_text('{"a": 1}')
    status, out, err = run(capsys, verb, "odd.json")
    assert (status, out) == (WRONG, "")
    assert "odd.json" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("verb", ["estimate", "compress"])
def test_an_image_that_cannot_be_read_has_a_status(folder, capsys, verb):
    broken = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
    (folder / "broken.json").write_text(json.dumps([{"role": "user", "content": [broken]}]))
    assert run(capsys, verb, "broken.json")[0] == FOUND


def test_a_widget_needs_a_notebook_and_a_bill_its_file(folder, capsys):
    assert "notebook" in run(capsys, "compress", "photo.png", "--widget")[2]
    assert "kernel" not in run(capsys, "bill")[2]


def test_completion_knows_the_words_of_a_terminal(folder, capsys):
    assert run(capsys, "__complete", "completion", "")[1].split() == list(SCRIPTS)
    assert set(run(capsys, "__complete", "compress", "photo.png", "--")[1].split()) >= {"--json", "--force", "--model"}
    assert "config" not in run(capsys, "__complete", "help", "")[1].split()
