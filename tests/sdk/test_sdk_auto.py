"""``%headroom auto`` with real clients, in a real shell, against the local server."""

import atexit

import pytest

pytest.importorskip("IPython")

from IPython.core.interactiveshell import InteractiveShell

from headroom_nb import user_message
from headroom_nb.errors import OptionError
from headroom_nb.integrations import is_wrapped
from headroom_nb.notebook.completion import suggest
from tests.support import gradient, png

PHOTO = png(gradient(1400, 1000))


@pytest.fixture
def shell():
    shell = InteractiveShell()
    shell.run_line_magic("load_ext", "headroom_nb")
    yield shell
    shell.history_manager.end_session()
    atexit.unregister(shell.atexit_operations)  # each would collect garbage at exit, for a second
    InteractiveShell.clear_instance()


def ask(client):
    message = user_message("Is it sunny?", PHOTO)
    return client.chat.completions.create(model="gpt-4o", messages=[message])


def test_on_wraps_every_client_once_and_off_restores_them(shell, openai_client, anthropic_client):
    shell.user_ns.update(client=openai_client, same=openai_client, claude=anthropic_client, number=7)
    table = shell.run_line_magic("headroom", "auto on")
    assert is_wrapped(openai_client)
    assert is_wrapped(anthropic_client)
    assert [row[0] for row in table.rows] == ["client (OpenAI)", "claude (Anthropic)"]
    ask(openai_client)
    table = shell.run_line_magic("headroom", "auto")
    assert table.rows[0][1:3] == ("1", "1")
    assert "is on" in table.headline
    shell.run_line_magic("headroom", "auto off")
    assert not is_wrapped(openai_client)
    assert not is_wrapped(anthropic_client)
    assert "is off" in shell.run_line_magic("headroom", "auto").headline


def test_check_shows_each_estimate_beside_the_bill(shell, openai_client):
    shell.user_ns["client"] = openai_client
    shell.run_line_magic("headroom", "auto on --audit")
    billed = ask(openai_client).usage.prompt_tokens
    table = shell.run_line_magic("headroom", "auto --check")
    assert table.rows[0][4] == f"{billed:,}"
    assert "audit" in str(shell.run_line_magic("headroom", "auto"))


def test_without_a_client_it_says_what_to_do(shell):
    with pytest.raises(OptionError, match="make one"):
        shell.run_line_magic("headroom", "auto on")
    with pytest.raises(OptionError, match="on or off"):
        shell.run_line_magic("headroom", "auto onn")


def test_a_client_made_anew_by_its_cell_is_wrapped_too_and_goes_on_counting(shell, provider):
    make = f"import openai; client = openai.OpenAI(api_key='t', base_url='{provider.url}/v1', max_retries=0)"
    shell.run_cell(make).raise_error()
    shell.run_cell("%headroom auto on").raise_error()
    ask(shell.user_ns["client"])
    first = shell.user_ns["client"]
    shell.run_cell(make).raise_error()
    assert shell.user_ns["client"] is not first
    assert is_wrapped(shell.user_ns["client"])
    ask(shell.user_ns["client"])
    assert shell.run_line_magic("headroom", "auto").rows[0][1] == "2"
    shell.run_cell("%headroom auto off").raise_error()
    shell.run_cell(make).raise_error()
    assert not is_wrapped(shell.user_ns["client"])
    first.close()
    shell.user_ns["client"].close()


def test_on_and_off_are_completed():
    assert suggest("%headroom auto o", {}) == [("on", "keyword"), ("off", "keyword")]
