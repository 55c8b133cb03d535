from __future__ import annotations

import subprocess
import sys

import pytest

from headroom_nb.errors import OptionError
from headroom_nb.notebook.completion import suggest
from headroom_nb.records import CompressionResult

pytest.importorskip("anywidget")

from headroom_nb import CompressionView


def test_compress_shows_a_widget_where_asked(shell, messages):
    shell.user_ns["messages"] = messages
    view = shell.run_line_magic("headroom", "compress messages --router rules --widget -o smaller")
    assert isinstance(view, CompressionView)
    assert shell.user_ns["smaller"] is view
    assert isinstance(view.result, CompressionResult)
    assert view.messages is view.result.messages


def test_a_setting_makes_it_so_always(shell, messages):
    shell.user_ns["messages"] = messages
    assert isinstance(shell.run_line_magic("headroom", "compress messages --router rules"), CompressionResult)
    shell.run_line_magic("headroom", "config widget on")
    assert isinstance(shell.run_line_magic("headroom", "compress messages --router rules"), CompressionView)


def test_other_verbs_take_the_view_for_its_current_result(shell, messages, tmp_path):
    shell.user_ns["messages"] = messages
    view = shell.run_line_magic("headroom", "compress messages --router rules --widget -o view")
    view.override(view.result.images[0].path, "preserve")
    shell.run_line_magic("headroom", "export view --to report")
    assert '"chosen": "preserve"' in (tmp_path / "report.headroom.json").read_text("utf-8")
    assert "1 image" in str(shell.run_line_magic("headroom", "estimate view"))
    assert ("view", "instance") in suggest("%headroom export vi", shell.user_ns)


def test_without_anywidget_a_sentence_says_what_to_install():
    code = """
import sys
sys.modules["anywidget"] = None
import headroom_nb
from headroom_nb.errors import OptionError
result = headroom_nb.compress([])
try:
    headroom_nb.CompressionView(result)
except OptionError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "CompressionView needs anywidget: pip install 'headroom-nb[lab]'"


def test_the_setting_is_on_or_off(shell):
    with pytest.raises(OptionError, match="off, on"):
        shell.run_line_magic("headroom", "config widget yes")
