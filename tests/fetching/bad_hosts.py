"""An HTTPS server on this machine that behaves as each test wants, and a fetcher that may reach it."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import ssl
import threading
from ipaddress import ip_address

import trustme

from headroom_nb.fetching import ImageFetcher

HOSTS = ("pictures.example", "other.example")


def certificate(folder):
    """What a host shows, and the file of the authority that issued it."""
    authority = trustme.CA()
    file = str(folder / "authority.pem")
    authority.cert_pem.write_to_path(file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*HOSTS, "127.0.0.1").configure_cert(context)
    return context, file


class BadHost:
    """Answers each path with what ``answers`` holds: bytes, or a function that is given ``send``."""

    def __init__(self, certified):
        self._context, self.authorities = certified
        self.answers = {}
        self.requests = []
        self.connections = 0
        self.stopped = threading.Event()
        host = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                host.connections += 1
                with contextlib.suppress(OSError), host._context.wrap_socket(self.request, server_side=True) as secure:
                    secure.settimeout(60)
                    host.serve(secure)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def serve(self, secure):
        request = b""
        while b"\r\n\r\n" not in request:
            request += secure.recv(65536)
        self.requests.append(request.decode())
        path = request.split(b" ")[1].decode()
        answer = self.answers[path]
        if callable(answer):
            answer(secure.sendall)
        else:
            secure.sendall(answer)

    def close(self):
        self.stopped.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def url(self, path="/a.png", host=HOSTS[0]):
        return f"https://{host}:{self.port}{path}"

    def fetcher(self, **options):
        """A fetcher whose names all lead to this machine, which it is allowed to reach."""
        here = {
            "authorities": self.authorities,
            "ports": frozenset({self.port}),
            "resolver": this_machine,
            "allowed_networks": ("127.0.0.1/32",),
            "seconds": 60.0,
        }
        return ImageFetcher(**{**here, **options})


def this_machine(host, port):
    return [ip_address("127.0.0.1")]


def answer(body=b"", *headers, status="200 OK", length=True):
    """An HTTP answer; its length is said unless told otherwise."""
    said = [f"Content-Length: {len(body)}"] if length else []
    return "\r\n".join([f"HTTP/1.1 {status}", *said, *headers, "", ""]).encode() + body


def redirect(location, status="302 Found"):
    return answer(b"", f"Location: {location}", status=status)


def closed_port():
    """A port of this machine where nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]
