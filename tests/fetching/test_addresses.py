from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headroom_nb.errors import ImageFetchError
from headroom_nb.fetching.addresses import check_addresses, is_public, read_url

PORTS = frozenset({443})

PUBLIC = ["93.184.215.14", "8.8.8.8", "1.1.1.1", "172.32.0.1", "2606:4700:4700::1111", "2a00:1450:4001::200e"]
NOT_PUBLIC = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:a9fe:a9fe",
    "64:ff9b::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "2606:4700::1%1",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", [*PUBLIC, "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"])
def test_an_address_of_the_public_internet_may_be_asked(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_of_the_public_internet_may_not_be_asked(address):
    assert not is_public(ip_address(address))


@given(st.ip_addresses())
def test_no_address_is_public_that_python_calls_private_reserved_or_local(address):
    if is_public(address) and address not in ip_network("64:ff9b::/96"):
        shown = getattr(address, "ipv4_mapped", None) or address
        kinds = ("private", "loopback", "link_local", "multicast", "unspecified", "reserved")
        assert [kind for kind in kinds if getattr(shown, f"is_{kind}")] == []


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_alike_in_every_ipv6_form(address):
    assert is_public(ip_address(f"::ffff:{address}")) is is_public(address)
    assert is_public(ip_address(f"64:ff9b::{address}")) is is_public(address)


def test_one_address_that_is_not_public_is_enough_to_refuse_a_host():
    with pytest.raises(ImageFetchError, match=r"rebind\.example leads to 127\.0\.0\.1"):
        check_addresses("rebind.example", [ip_address("8.8.8.8"), ip_address("127.0.0.1")])


def test_an_allowance_holds_for_its_network_alone():
    check_addresses("x", [ip_address("127.0.0.1")], ("127.0.0.1/32",))
    with pytest.raises(ImageFetchError, match=r"127\.0\.0\.2"):
        check_addresses("x", [ip_address("127.0.0.2")], ("127.0.0.1/32",))


def test_a_plain_address_is_read():
    found = read_url("https://Pictures.Example/a%20b/ü.png?w=1&h=é#there", PORTS)
    assert (found.host, found.port) == ("pictures.example", 443)
    assert found.target == "/a%20b/%C3%BC.png?w=1&h=%C3%A9"


@pytest.mark.parametrize(
    "url", ["https://pictures.example", "https://pictures.example:443/", "https://93.184.215.14/x"]
)
def test_the_usual_port_may_be_said_or_left_out(url):
    assert read_url(url, PORTS).port == 443


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://pictures.example/a.png", "only https"),
        ("ftp://pictures.example/a.png", "only https"),
        ("file:///etc/passwd", "only https"),
        ("gopher://pictures.example/", "only https"),
        ("//pictures.example/a.png", "without a scheme"),
        ("https:pictures.example", "names no host"),
        ("https:///a.png", "names no host"),
        ("https://user@pictures.example/", "user name"),
        ("https://user:secret@pictures.example/", "user name"),
        ("https://pictures.example@127.0.0.1/", "user name"),
        ("https://pictures.example:8443/", "port 8443"),
        ("https://pictures.example:22/", "port 22"),
        ("https://pictures.example:0/", "port 0"),
        ("https://pictures.example:99999/", "cannot be read"),
        ("https://pictures.example:4 43/", "spaces"),
        ("https://pictures.example\\@127.0.0.1/", "backslashes"),
        ("https://pictures.example/a\r\nHost: other.example", "control characters"),
        ("https://pictures.example/\x00", "control characters"),
        (" https://pictures.example/", "spaces"),
        ("https://2130706433/", "disguise"),
        ("https://0x7f000001/", "disguise"),
        ("https://0x7f.1/", "disguise"),
        ("https://127.1/", "disguise"),
        ("https://0177.0.0.1/", "disguise"),
        ("https://127.0.0.1./", "disguise"),
        ("https://[::1", "cannot be read"),
        ("https://[::1%25lo]/", "no IPv6 address"),
        ("https://[v1.fe80]/", "no IPv6 address|cannot be read"),
        ("https://１２７.0.0.1/", "ASCII"),
        ("https://bücher.example/", "ASCII"),
        ("https://pictures.example%2eevil/", "not a host name"),
        ("https://-a.example/", "not a host name"),
        ("https://a..example/", "not a host name"),
        ("https://" + "a" * 9000, "limit"),
    ],
)
def test_what_is_not_plain_https_is_refused_with_the_reason(url, why):
    with pytest.raises(ImageFetchError, match=why):
        read_url(url, PORTS)


@given(st.text(max_size=60), st.sampled_from(["https://", "https://pictures.example", "https:", ""]))
def test_any_text_is_read_as_an_address_that_fits_in_one_request_line_or_refused(text, start):
    try:
        found = read_url(start + text, PORTS)
    except ImageFetchError:
        return
    assert found.port == 443
    assert found.target.isascii()
    assert found.target.startswith("/")
    assert not set(found.target) & set(" \r\n\t\x00\\#")
    assert found.host.isascii()


@pytest.mark.parametrize(
    "url", ["https://me:sec\u2100ret@h.example/", "https://me:secret/x@h.example/", "https://secret:secret:1/"]
)
def test_an_address_that_cannot_be_read_is_not_repeated(url):
    with pytest.raises(ImageFetchError, match="cannot be read") as caught:
        read_url(url, {443})
    assert "sec" not in str(caught.value)


@pytest.mark.parametrize("url", ["https://h.example/\ud800", "https://h.example/?\udfff", "https://\ud800/"])
def test_half_a_character_in_an_address_is_refused(url):
    with pytest.raises(ImageFetchError, match="half characters"):
        read_url(url, {443})
