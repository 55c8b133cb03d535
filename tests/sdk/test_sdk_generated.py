"""No request that a provider takes is refused once its images were rewritten, whatever its format, model and SDK."""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.sdk.generated import Clients, know_the_tight_model, run

for name in ("openai", "anthropic", "google.genai"):
    pytest.importorskip(name)


@pytest.fixture
def clients(provider):
    know_the_tight_model()
    made = Clients(provider.url)
    yield made
    made.close()


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_what_the_original_passes_the_rewritten_request_passes_at_once(clients, provider, seed):
    passes, at_once, said, _ = run(seed, clients, provider)
    assume(passes)
    assert at_once, said
    assert not said
    provider.bodies.clear()
    provider.seen.clear()
