import pytest

from headroom_nb.fetching import fetcher
from tests.fetching.bad_hosts import BadHost, certificate


@pytest.fixture(scope="session")
def _certified(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def host(_certified):
    """A server of the test's own: a connection that another test gave up is none of its."""
    fetcher.forget_fetched()
    host = BadHost(_certified)
    yield host
    host.close()
