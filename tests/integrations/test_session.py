"""The session's sums: what counts once, what counts each time, and who hears of it."""

from functools import partial

import headroom_nb
from headroom_nb.integrations.meter import Meter
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
    assert totals.original_tokens - totals.compressed_tokens == 2 * (595 - 425)
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
