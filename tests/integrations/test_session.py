"""The session's sums: what counts once, what counts each time, and who hears of it."""

import os
import signal
from functools import partial

import pytest

import headroom_nb
from headroom_nb.integrations.metering import Meter
from headroom_nb.integrations.session import SESSION, Session
from tests.support import gradient, openai_message, png

compress = partial(headroom_nb.compress, model="gpt-4o", router="rules", quality="safe")
LARGE = png(gradient(1030, 512))


def test_a_request_counts_each_time_it_is_sent():
    session, result = Session(), compress([openai_message("", LARGE)])
    session.add_sent(result)
    session.add_sent(result)
    totals = session.totals
    assert (totals.conversations, totals.images) == (2, 2)
    assert (
        totals.original_tokens - totals.compressed_tokens == 2 * (result.original_tokens - result.compressed_tokens) > 0
    )
    assert totals.usd == 2 * result.savings_usd


def test_a_conversation_compressed_again_replaces_what_was_counted():
    session = Session()
    session.add_compressed(compress([openai_message("", LARGE)]))
    session.add_compressed(compress([openai_message("", LARGE)], model="gpt-4o-mini"))
    session.add_compressed(compress([openai_message("", LARGE, LARGE)]))
    assert session.totals.conversations == 2
    assert session.totals.images == 3


def test_listeners_hear_of_each_change_until_they_forget():
    session, result, heard = Session(), compress([openai_message("", LARGE)]), []
    forget = session.listen(lambda: heard.append(session.totals.images))
    session.add_sent(result)
    session.add_compressed(result)
    forget()
    forget()
    session.add_sent(result)
    assert heard == [1, 2]


def test_an_audit_saves_nothing_in_the_session():
    before, result = SESSION.totals, compress([openai_message("", LARGE)])
    Meter(audit=True).add(result)
    assert SESSION.totals == before
    Meter().add(result)
    assert SESSION.totals.images == before.images + 1


def test_a_listener_that_raises_is_dropped_and_the_others_hear_what_was_counted():
    session, heard = Session(), []

    def broken():
        raise ZeroDivisionError

    session.listen(broken)
    session.listen(lambda: heard.append(session.totals.conversations))
    with pytest.warns(UserWarning, match="ZeroDivisionError"):
        session.tell()
    session.tell()
    assert len(heard) == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_child_forked_while_a_request_is_counted_can_count_its_own():
    meter = Meter()
    with meter._lock:
        child = os.fork()
        if child == 0:
            signal.alarm(20)
            meter.fail("in the child")
            os._exit(len(meter.failures) != 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
