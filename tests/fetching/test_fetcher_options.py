"""What a fetcher may be given: limits, ports, networks, authorities, a resolver."""

import pickle

import pytest

from headroom_nb.errors import OptionError
from headroom_nb.fetching import ImageFetcher, fetcher
from tests.fetching.bad_hosts import answer
from tests.support import gradient, png

PICTURE = png(gradient(60, 40))


def test_a_fetcher_can_be_pickled_and_compared(host):
    fetching = host.fetcher()
    assert pickle.loads(pickle.dumps(fetching)) == fetching
    assert ImageFetcher() == ImageFetcher()


@pytest.mark.parametrize("name", ["max_bytes", "seconds", "max_images", "total_seconds", "total_bytes"])
def test_a_limit_of_nothing_is_refused(name):
    with pytest.raises(OptionError, match=name):
        ImageFetcher(**{name: 0})


def test_a_network_or_a_file_of_authorities_that_is_none_is_an_error_of_the_option(host, tmp_path):
    with pytest.raises(OptionError, match="allowed_networks"):
        ImageFetcher(allowed_networks=("somewhere",))
    (tmp_path / "ca.pem").write_text("no certificate")
    for file in ("ca.pem", "missing.pem"):
        with pytest.raises(OptionError, match="file of certificates"):
            host.fetcher(authorities=str(tmp_path / file)).fetch(host.url())


def test_the_defaults_reach_the_public_internet_alone():
    usual = ImageFetcher()
    assert usual.allowed_networks == ()
    assert usual.ports == {443}
    assert usual.resolver is None


def test_a_time_without_end_is_a_long_one(host):
    host.answers["/a.png"] = answer(PICTURE)
    for seconds in (float("inf"), 1e300, 10**400):
        fetcher.forget_fetched()
        assert host.fetcher(seconds=seconds, total_seconds=seconds).fetch(host.url()).data == PICTURE


def test_options_may_be_given_as_lists_and_sets(host):
    host.answers["/a.png"] = answer(PICTURE)
    given = host.fetcher(ports={host.port}, allowed_networks=["127.0.0.1/32"])
    assert given == host.fetcher()
    assert given.fetch(host.url()).data == PICTURE


@pytest.mark.parametrize(
    "wrong",
    [
        {"ports": 443},
        {"ports": [[443]]},
        {"max_redirects": "many"},
        {"max_redirects": -1},
        {"max_images": 2.5},
        {"resolver": "8.8.8.8"},
        {"authorities": 3},
        {"authorities": []},
        {"allowed_networks": 3},
        {"allowed_networks": ["nowhere"]},
        {"seconds": float("nan")},
    ],
    ids=str,
)
def test_an_option_of_the_wrong_kind_is_refused_when_it_is_given(wrong):
    with pytest.raises(OptionError, match=next(iter(wrong))):
        ImageFetcher(**wrong)
