"""The one record of sums: a result, a wrapped client, the session and a batch add up the same way."""

from dataclasses import replace
from functools import partial

import headroom_nb
from headroom_nb.batch.items import item_result
from headroom_nb.batch.records import BatchTotals, ItemResult
from headroom_nb.integrations.metering import Meter
from headroom_nb.integrations.session import Session
from headroom_nb.records import Totals
from tests.support import gradient, openai_message, png

compress = partial(headroom_nb.compress, model="gpt-4o", router="rules", quality="safe")
LARGE = png(gradient(1030, 512))
FIELDS = tuple(vars(Totals()))


def test_results_clients_sessions_and_batches_have_the_same_sums():
    result = compress([openai_message("", LARGE)])
    meter, session = Meter(audit=True), Session()
    meter.add(result)
    session.add_compressed(result)
    batch = item_result(result, {}).totals
    sums = [result.totals, meter.totals, session.totals, batch]
    assert [[getattr(one, name) for name in FIELDS] for one in sums] == [list(vars(result.totals).values())] * 4
    assert result.totals.saved_tokens == result.original_tokens - result.compressed_tokens > 0


def test_a_sum_is_exact_only_where_every_part_is():
    exact, estimated = Totals(images=1), Totals(images=2, exact=False)
    assert exact + exact == Totals(images=2)
    assert exact + estimated == estimated + exact == Totals(images=3, exact=False)


def test_dollars_are_known_as_soon_as_one_price_is():
    result = compress([openai_message("", LARGE)])
    unpriced = replace(result, usd_per_million_tokens=None)
    assert unpriced.totals.savings_usd is None
    assert (result.totals + unpriced.totals).savings_usd == result.savings_usd
    assert Totals().savings_usd == 0


def test_a_batch_counts_errors_warnings_techniques_and_models():
    items = [
        ItemResult(images=2, techniques={"crop": 2}, model="gpt-4o", warnings=["a", "b"]),
        ItemResult(images=1, techniques={"crop": 1, "preserve": 1}, model="gpt-4o"),
        ItemResult(error="no JSON", kind="MessageError"),
    ]
    found = sum((item.totals for item in items), BatchTotals())
    assert (found.conversations, found.images, found.errors, found.warned) == (3, 3, 1, 1)
    assert found.techniques == {"crop": 3, "preserve": 1}
    assert found.models == {"gpt-4o": 2}
