"""Lines of ``%headroom`` that end with a question mark are run, and not taken for a request for help."""

import pytest

from headroom_nb.errors import OptionError
from headroom_nb.notebook.magics import unload_ipython_extension


def test_a_question_without_quotes_is_told_that_it_needs_them(shell, tmp_path, messages):
    shell.user_ns["messages"] = messages
    with pytest.raises(OptionError, match=r"^a question of several words needs quotes"):
        shell.run_cell("%headroom compress messages --question What is the total?").raise_error()


def test_one_word_may_be_a_question(shell):
    from PIL import Image

    shell.user_ns["photo"] = Image.linear_gradient("L").convert("RGB")
    found = shell.run_cell("r = %headroom compress photo --router rules --question Total?")
    assert found.success
    assert shell.user_ns["r"][0].question == "Total?"


def test_a_verb_with_a_question_mark_is_explained(shell):
    shown = shell.run_cell("%headroom estimate?").result
    assert "%headroom estimate" in shown.headline


@pytest.mark.parametrize("cell", ["%headroom?", "len?", 'x = """\n%headroom "open?\n"""', "1"])
def test_other_lines_are_left_to_ipython(shell, cell):
    with_ours = shell.transform_cell(cell)
    unload_ipython_extension(shell)
    assert with_ours == shell.transform_cell(cell)
