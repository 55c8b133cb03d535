import pytest

from headroom_nb.fetching import fetcher
from tests.fetching.bad_hosts import BadHost


@pytest.fixture(scope="session")
def _server(tmp_path_factory):
    host = BadHost(tmp_path_factory.mktemp("authority"))
    yield host
    host.close()


@pytest.fixture
def host(_server):
    """A server that forgets between tests, as does what was fetched from it."""
    fetcher.forget_fetched()
    _server.answers.clear()
    _server.requests.clear()
    _server.connections = 0
    return _server
