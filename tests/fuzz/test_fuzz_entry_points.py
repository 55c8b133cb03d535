"""Every public entry point, on anything JSON can say: a result or our error, and nothing it was given is changed."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import headroom_nb
from tests.fuzz.entry_points import ENTRIES, RECORDS, arguments, entry, keeps_its_promise, names

moderate = settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)


def test_every_public_name_is_an_entry_point_or_a_record():
    assert set(headroom_nb.__all__) <= set(names()) | RECORDS.keys()
    assert ENTRIES.keys() - set(headroom_nb.__all__) == {"result", "rendered"}


@pytest.mark.slow
@pytest.mark.parametrize("name", names())
def test_an_entry_point_returns_or_raises_our_error_and_leaves_its_arguments(name):
    done = []

    @moderate
    @given(st.data())
    def run(data):
        found = entry(name)
        done.append(keeps_its_promise(found, *data.draw(arguments(found))))

    run()
    assert len(done) > 20 or not entry(name).positional  # what takes nothing is called one way
