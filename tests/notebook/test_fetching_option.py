"""Pictures behind addresses, from a cell: never by themselves, on the line or by a setting."""

import socket

import pytest

MESSAGES = [
    {
        "role": "user",
        "content": [{"type": "image_url", "image_url": {"url": "http://pictures.example/a.png"}}],
    }
]


@pytest.fixture
def ready(shell, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: pytest.fail("a host was looked up"))
    shell.user_ns["messages"] = MESSAGES
    return shell


def note(shell, line):
    return shell.run_line_magic("headroom", line).images[0].note


def test_a_cell_fetches_nothing_by_itself(ready):
    assert "sent by reference: not fetched" in note(ready, "compress messages --router rules")


def test_a_switch_on_the_line_asks_for_it(ready):
    assert "only https is fetched" in note(ready, "compress messages --router rules --fetch-urls")


def test_a_setting_asks_for_it_until_it_is_turned_off(ready):
    ready.run_line_magic("headroom", "config fetch_urls on")
    assert "only https is fetched" in note(ready, "compress messages --router rules")
    ready.run_line_magic("headroom", "config fetch_urls off")
    assert "sent by reference" in note(ready, "compress messages --router rules")


def test_the_environment_asks_for_it(ready, monkeypatch):
    monkeypatch.setenv("HEADROOM_NB_FETCH_URLS", "on")
    assert "only https is fetched" in note(ready, "compress messages --router rules")
