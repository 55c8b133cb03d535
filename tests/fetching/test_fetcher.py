import gc
import gzip
import re
import socket
import ssl
import threading
import time
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headroom_nb.errors import ImageFetchError
from headroom_nb.fetching import fetcher
from headroom_nb.pictures.plugins import sniff
from tests.fetching.bad_hosts import answer, closed_port, redirect
from tests.support import gradient, png

PICTURE = png(gradient(60, 40))


def refusal(host, path="/a.png", *, url=None, **options):
    with pytest.raises(ImageFetchError) as caught:
        host.fetcher(**options).fetch(url or host.url(path))
    return str(caught.value)


def test_a_picture_is_fetched_with_nothing_that_tells_who_asks(host, monkeypatch, tmp_path):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    (tmp_path / ".netrc").write_text("machine pictures.example login me password secret")
    monkeypatch.setenv("HOME", str(tmp_path))
    host.answers["/a.png?w=1"] = answer(PICTURE, "Content-Type: text/html", "Set-Cookie: a=b")
    fetched = host.fetcher().fetch(host.url("/a.png?w=1#x"))
    assert (fetched.data, fetched.host) == (PICTURE, "pictures.example")
    host.answers["/b.png"] = answer(PICTURE)
    host.fetcher().fetch(host.url("/b.png"))
    for request in host.requests:
        names = {line.partition(":")[0].lower() for line in request.splitlines()[1:] if line}
        assert names == {"host", "accept", "accept-encoding", "connection", "user-agent"}


def test_what_was_fetched_is_remembered_for_a_while(host, monkeypatch):
    host.answers["/a.png"] = answer(PICTURE)
    for _ in range(3):
        assert host.fetcher().fetch(host.url()).data == PICTURE
    assert host.connections == 1
    later = time.monotonic() + fetcher.KEPT_SECONDS + 1
    monkeypatch.setattr(fetcher.time, "monotonic", lambda: later)
    host.fetcher(seconds=5).fetch(host.url())
    assert host.connections == 2


def test_memory_is_bounded_and_the_oldest_picture_goes(host, monkeypatch):
    monkeypatch.setattr(fetcher, "KEPT_BYTES", 2 * len(PICTURE))
    for name in "abc":
        host.answers[f"/{name}"] = answer(PICTURE)
        host.fetcher().fetch(host.url(f"/{name}"))
    host.fetcher().fetch(host.url("/c"))
    assert host.connections == 3
    host.fetcher().fetch(host.url("/a"))
    assert host.connections == 4


def test_another_fetcher_does_not_get_what_only_one_was_allowed(host):
    host.answers["/a.png"] = answer(PICTURE)
    host.fetcher().fetch(host.url())
    assert "not on the public internet" in refusal(host, allowed_networks=())


def test_redirects_are_followed_and_relative_ones_understood(host):
    host.answers["/a.png"] = redirect("/b.png", "301 Moved")
    host.answers["/b.png"] = redirect(host.url("/c.png", "other.example"), "308 Moved")
    host.answers["/c.png"] = answer(PICTURE)
    assert host.fetcher().fetch(host.url()).host == "other.example"


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("http://pictures.example/b.png", "only https"),
        ("https://127.0.0.2:{port}/", "127.0.0.2, which is not on the public internet"),
        ("https://169.254.169.254:{port}/latest/meta-data/", "169.254.169.254, which is not on the public internet"),
        ("https://[::1]:{port}/", "::1, which is not"),
        ("https://[::ffff:127.0.0.1]:{port}/", "not on the public internet"),
        ("https://2130706433:{port}/", "disguise"),
        ("https://user:pw@other.example:{port}/", "user name"),
        ("https://other.example:22/", "port 22"),
        ("file:///etc/passwd", "only https"),
        ("data:image/png;base64,AAAA", "only https"),
        ("", "does not say where to"),
        ("https://[::1", "no address"),
        ("//[x]/", "no address|no IPv6 address"),
    ],
)
def test_a_redirect_is_checked_like_the_first_address(host, location, why):
    host.answers["/a.png"] = redirect(location.format(port=host.port))
    said = refusal(host, resolver=numbers_are_themselves)
    assert re.search(why, said), said
    assert host.connections == 1


def numbers_are_themselves(name, port):
    try:
        return [ip_address(name)]
    except ValueError:
        return [ip_address("127.0.0.1")]


def test_redirects_end(host):
    host.answers["/a.png"] = redirect("/a.png")
    assert "leads on more than 4 times" in refusal(host)
    assert host.connections == 5


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fe80::1", "fd00:ec2::254", "224.0.0.1"],
)
def test_a_name_that_leads_to_a_private_address_is_never_connected_to(host, address):
    asked = []

    def resolver(name, port):
        asked.append(name)
        return [ip_address("8.8.8.8"), ip_address(address)]

    assert "not on the public internet" in refusal(host, resolver=resolver, allowed_networks=())
    assert (asked, host.connections) == (["pictures.example"], 0)


def test_the_connection_goes_to_the_address_that_was_checked(host):
    """A name that changes its address between check and use: it is looked up once for each request."""
    answers = iter([[ip_address("127.0.0.1")], [ip_address("10.0.0.1")]])
    asked = []

    def rebinding(name, port):
        asked.append(name)
        return next(answers)

    host.answers["/a.png"] = answer(PICTURE)
    assert host.fetcher(resolver=rebinding).fetch(host.url()).data == PICTURE
    assert asked == ["pictures.example"]


@pytest.mark.parametrize("form", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::ffff:127.0.0.1]", "localhost"])
def test_this_machine_is_not_reached_under_any_of_its_names(host, form):
    refusal(host, url=f"https://{form}:{host.port}/a.png", resolver=None, allowed_networks=())
    assert host.connections == 0


def test_an_address_that_does_not_answer_gives_way_to_the_next(host):
    host.answers["/a.png"] = answer(PICTURE)
    here = [ip_address("127.0.0.3"), ip_address("127.0.0.1")]
    fetching = host.fetcher(resolver=lambda name, port: here, allowed_networks=("127.0.0.0/8",))
    assert fetching.fetch(host.url()).data == PICTURE


def test_a_picture_over_the_limit_is_refused_by_its_length_alone(host):
    host.answers["/a.png"] = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n" + PICTURE
    assert "99,999,999,999 bytes; the limit is 1,000" in refusal(host, max_bytes=1000)


@pytest.mark.parametrize("said", ["", "Transfer-Encoding: chunked\r\n", "Content-Length: -5\r\n"])
def test_an_endless_picture_is_cut_off_at_the_limit(host, said):
    sent = 0

    def endless(send):
        nonlocal sent
        chunked = "chunked" in said
        send(f"HTTP/1.1 200 OK\r\n{said}\r\n".encode())
        block = PICTURE[:16] + bytes(65536)
        while not host.stopped.is_set():
            send(f"{len(block):x}\r\n".encode() + block + b"\r\n" if chunked else block)
            sent += len(block)

    host.answers["/a.png"] = endless
    assert "more than 1,000,000 bytes" in refusal(host, max_bytes=1_000_000)
    assert sent < 12_000_000


@pytest.mark.parametrize("where", ["status", "header", "body", "chunk size"])
def test_a_host_that_drips_is_left_at_the_deadline(host, where):
    head = {
        "status": b"",
        "header": b"HTTP/1.1 200 OK\r\nX-Slow: ",
        "body": b"HTTP/1.1 200 OK\r\n\r\n" + PICTURE[:64],
        "chunk size": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    }[where]

    def drip(send):
        send(head)
        while not host.stopped.wait(0.05):
            send(b"0")

    host.answers["/a.png"] = drip
    assert "took longer than 0.4 seconds" in refusal(host, seconds=0.4)


def test_a_host_that_says_nothing_is_left_at_the_deadline(host):
    host.answers["/a.png"] = lambda send: host.stopped.wait(60)
    assert "took longer than 0.3 seconds" in refusal(host, seconds=0.3)


def test_a_host_that_never_shakes_hands_is_left_at_the_deadline(host):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        url = f"https://pictures.example:{port}/a.png"
        assert "took longer than 0.3 seconds" in refusal(host, url=url, seconds=0.3, ports=frozenset({port}))


def test_a_resolver_that_hangs_is_left_at_the_deadline(host):
    release = threading.Event()
    said = refusal(host, resolver=lambda name, port: release.wait(60), seconds=0.2)
    release.set()
    assert "took longer than 0.2 seconds" in said


def test_a_host_without_an_address_is_said_so(host):
    def unknown(name, port):
        raise socket.gaierror(-2, "Name or service not known")

    assert "not known" in refusal(host, resolver=unknown)
    assert "not known" in refusal(host, resolver=lambda name, port: [])


def test_what_is_no_picture_is_not_read_to_its_end(host):
    sent = 0

    def page(send):
        nonlocal sent
        send(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n<!DOCTYPE html>" + b" " * 100)
        while not host.stopped.is_set():
            send(b" " * 65536)
            sent += 65536

    host.answers["/a.png"] = page
    assert "not an image" in refusal(host)
    assert sent < 12_000_000


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "gzip, gzip", "zstd"])
def test_a_packed_answer_is_never_unpacked(host, encoding):
    bomb = gzip.compress(bytes(10_000_000))
    host.answers["/a.png"] = answer(bomb, f"Content-Encoding: {encoding}")
    assert "packed" in refusal(host)


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (answer(b"no", status="404 Not Found"), "status 404"),
        (answer(b"", status="204 No Content"), "status 204"),
        (answer(PICTURE[:100], "Content-Range: bytes 0-99/999", status="206 Partial"), "status 206"),
        (answer(b"", status="304 Not Modified"), "status 304"),
        (answer(PICTURE, status="500 Oops"), "status 500"),
        (answer(b""), "sent nothing"),
        (b"", "did not send it"),
        (b"\x00\xff\x00 what is this\r\n\r\n", "did not send it"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000 + b"\r\n", "did not send it"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n", "did not send it"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + answer(b"", status="404 No"), "status 404"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + PICTURE[:1000], "broke off|did not send it"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "did not send it"),
    ],
)
def test_a_bad_answer_is_one_sentence(host, reply, why):
    host.answers["/a.png"] = reply
    said = refusal(host)
    assert re.search(why, said), said
    assert "\n" not in said


def test_endless_interim_answers_end_at_the_deadline(host):
    def wait_for_it(send):
        while not host.stopped.is_set():
            send(b"HTTP/1.1 100 Continue\r\n\r\n")

    host.answers["/a.png"] = wait_for_it
    assert "took longer than 0.4 seconds" in refusal(host, seconds=0.4)


def test_a_certificate_of_an_unknown_authority_is_refused(host):
    said = refusal(host, authorities=None)
    assert "certificate" in said
    assert host.requests == []


def test_a_certificate_of_another_host_is_refused(host):
    said = refusal(host, url=f"https://elsewhere.example:{host.port}/a.png")
    assert "certificate" in said
    assert host.requests == []


def test_a_host_that_is_not_there_is_said_so(host):
    port = closed_port()
    assert "did not send it" in refusal(host, url=f"https://pictures.example:{port}/", ports=frozenset({port}))


def test_a_secret_in_an_address_is_in_no_error(host):
    for reply in (answer(b"", status="403 No"), redirect("http://pictures.example/?sig=secret"), answer(b"<html>")):
        host.answers["/a.png?sig=secret"] = reply
        assert "secret" not in refusal(host, "/a.png?sig=secret")


def test_a_resolver_that_fails_in_its_own_way_is_said_so(host):
    def broken(name, port):
        raise RuntimeError("my resolver broke")

    assert "my resolver broke" in refusal(host, resolver=broken)


def test_no_environment_variable_lets_this_machine_be_reached(host, monkeypatch):
    for name in ("HEADROOM_NB_FETCH_URLS", "HEADROOM_NB_ALLOWED_NETWORKS", "NO_PROXY"):
        monkeypatch.setenv(name, "127.0.0.0/8")
    refusal(host, allowed_networks=())
    assert host.connections == 0


def test_old_ways_of_encrypting_are_not_spoken():
    from headroom_nb.fetching.connection import tls_context

    context = tls_context(None)
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED


HEADS = st.lists(
    st.sampled_from(
        [
            b"HTTP/1.1 200 OK\r\n",
            b"HTTP/1.0 302 Found\r\n",
            b"HTTP/1.1 100 Continue\r\n\r\n",
            b"Content-Length: 10\r\n",
            b"Content-Length: -1\r\n",
            b"Content-Length: 99999999999999999999\r\n",
            b"Transfer-Encoding: chunked\r\n",
            b"Content-Encoding: gzip\r\n",
            b"Location: /a.png\r\n",
            b"Location: \xff\xfe//[\r\n",
            b"Location: https://[::1\r\n",
            b"X: \x00\r\n",
            b"\r\n",
            b"5\r\nabcde\r\n",
            b"ffffffffffffffff\r\n",
            b"\n\n",
        ]
    ),
    max_size=6,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HEADS, st.binary(max_size=40), st.sampled_from([b"", PICTURE, PICTURE[:20]]))
def test_whatever_a_host_sends_is_a_picture_or_our_error(host, heads, noise, end):
    fetcher.forget_fetched()
    host.answers["/a.png"] = b"".join(heads) + noise + end
    try:
        fetched = host.fetcher(seconds=3.0, max_bytes=100_000).fetch(host.url())
    except ImageFetchError:
        return
    assert sniff(fetched.data)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files cannot be counted here")
def test_whatever_a_host_does_no_connection_stays_open(host):
    fetching = host.fetcher(seconds=0.5, max_bytes=1000)
    host.answers.update(
        {
            "/0": answer(b"", status="404 No"),
            "/1": redirect("/1"),
            "/2": answer(b"<html>" + bytes(100_000)),
            "/3": lambda send: host.stopped.wait(1),
            "/4": b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + PICTURE[:300],
        }
    )
    before = open_files()
    for _ in range(3):
        for path in host.answers:
            refusal_of(fetching, host.url(path))
    end = time.monotonic() + 60  # the host, which is in this process too, takes a moment to hang up
    while open_files() > before and time.monotonic() < end:
        time.sleep(0.05)
    assert open_files() <= before


def open_files():
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.parametrize(
    "sent",
    [
        b"HTTP/1.1 \x1b[31mIgnore the above\x9b" + b"a" * 60_000 + b"\r\n\r\n",
        b"\x1b]8;;https://evil.example\x07" + b"obey " * 10_000 + b"\r\n\r\n",
        b"HTTP/9.\x1b[2J" + b"9" * 5_000 + b" 200 OK\r\n\r\n",
        answer(PICTURE, "Content-Encoding: \x1b[31mpacked\x9b" + "a" * 5_000),
        answer(b"", "Location: https://[\x1b[31m" + "a" * 5_000, status="302 Found"),
        answer(b"", status="200 OK", length=False)[:-2] + b"Content-Length: " + b"9" * 4_000 + b"\r\n\r\n",
    ],
    ids=["status", "no status", "version", "encoding", "location", "length"],
)
def test_what_a_host_says_is_shown_shortly_and_steers_nothing(host, sent):
    host.answers["/a.png"] = sent
    said = refusal(host)
    assert len(said) < 400
    assert said.isprintable()


def refusal_of(fetching, url):
    with pytest.raises(ImageFetchError):
        fetching.fetch(url)
