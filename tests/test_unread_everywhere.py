"""What no format reads is named by every way in: nothing says that all is well while an image was passed over."""

import json

import pytest

import headroom_nb
from headroom_nb import compress_batch, user_message
from tests.support import gradient, png

PLACE = "messages[0].content[0]"
BODY = {
    "model": "gpt-4o",
    "messages": [
        {"role": "user", "content": [{"type": "hologram", "image": "iVBORw0KGgo" + "A" * 2000}]},
        user_message("Is it sunny?", png(gradient(300, 200))),
    ],
}


def by_compress(tmp_path):
    result = headroom_nb.compress(BODY, router="rules")
    assert PLACE in str(result)
    assert PLACE in result._repr_html_()
    return " ".join(result.warnings)


def by_check(tmp_path):
    return str(headroom_nb.check(BODY))


def by_compare(tmp_path):
    return str(headroom_nb.compare(BODY, ["gpt-4o", "gpt-4o-mini"]))


def by_estimate(tmp_path):
    return str(headroom_nb.estimate(BODY, model="gpt-4o"))


def by_batch(tmp_path):
    (tmp_path / "in.jsonl").write_text(json.dumps(BODY) + "\n")
    summary = compress_batch(tmp_path / "in.jsonl", tmp_path / "out.jsonl", router="rules", progress=False)
    assert "warnings" in str(summary)
    return (tmp_path / "out.jsonl.report.jsonl").read_text()


def by_copy(tmp_path):
    from headroom_nb.server import worker

    (tmp_path / "input").write_bytes(json.dumps(BODY).encode())
    (tmp_path / "task.json").write_text(json.dumps({"name": "chat.json", "settings": {"router": "rules"}}))
    worker.work(str(tmp_path))
    return (tmp_path / "answer.json").read_text()


def by_enforcing(tmp_path):
    return " ".join(headroom_nb.compress(BODY, router="rules", enforce_limits=True).warnings)


WAYS = (by_compress, by_check, by_compare, by_estimate, by_batch, by_copy, by_enforcing)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_block_that_no_format_reads_is_named(way, tmp_path):
    assert PLACE in way(tmp_path) or "[0].content[0]" in way(tmp_path)


@pytest.mark.parametrize("verb", ["compress", "check", "compare", "estimate"])
def test_every_verb_names_it(verb, tmp_path, monkeypatch):
    pytest.importorskip("IPython")
    from IPython.core.interactiveshell import InteractiveShell

    from headroom_nb.notebook.magics import load_ipython_extension, unload_ipython_extension

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    shell = InteractiveShell()
    shell.history_manager.enabled = False
    load_ipython_extension(shell)
    try:
        shell.user_ns["body"] = BODY
        assert "[0].content[0]" in str(shell.run_line_magic("headroom", f"{verb} body"))
    finally:
        unload_ipython_extension(shell)
        shell.history_manager.end_session()
