"""Callbacks to a shop whose public address leads elsewhere from here, as between containers."""

import asyncio
import ssl
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from dhakacart.operations.certificates import Server, create_certificates
from simulator.callbacks import callback_client
from simulator.settings import Settings
from simulator.sslcommerz.notification import deliver

# Nothing listens on port 1, so that whoever connects to the address itself is refused.
PUBLIC_URL = "https://shop.localhost:1/ipn"


@pytest.fixture
def certificates(tmp_path):
    """Certificates for shop.localhost, signed by an authority of their own."""
    create_certificates(tmp_path, servers=(Server("shop", ("shop.localhost",)),))
    return tmp_path


@pytest.fixture
def secure_shop(certificates):
    """A shop behind TLS on loopback: its port, and for each POST (name in the handshake, Host, body)."""
    names, received = [], []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            received.append((names[-1], self.headers["Host"], body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "shop" / "tls.crt", certificates / "shop" / "tls.key")
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server.server_port, received
        server.shutdown()
        thread.join()


@pytest.fixture
def settings(certificates, secure_shop):
    """Settings of a simulator that connects to that shop and trusts its authority."""
    return Settings(
        host="127.0.0.1",
        port=1,
        smtp_port=2,
        public_url="http://127.0.0.1:1",
        store_id="store",
        store_password="password",
        sms_token="token",
        callback_hosts=frozenset({"shop.localhost"}),
        callback_connect=("127.0.0.1", secure_shop[0]),
        ca_file=certificates / "authority" / "ca.crt",
    )


def send(settings, url=PUBLIC_URL):
    """One notification."""

    async def post():
        async with asyncio.timeout(10), callback_client(settings) as client:
            return await deliver(client, url=url, fields={"status": "VALID"}, settings=settings)

    return asyncio.run(post())


def test_it_connects_elsewhere_and_asks_for_the_public_name(settings, secure_shop):
    """The handshake and the Host header have the public name, and the certificate is checked for it."""
    delivery = send(settings)

    assert (delivery.status_code, delivery.error) == (200, "")
    assert secure_shop[1] == [("shop.localhost", "shop.localhost:1", "status=VALID")]


def test_an_unknown_authority_is_refused(settings, secure_shop):
    """Without the authority's file nothing is sent."""
    delivery = send(replace(settings, ca_file=None))

    assert "CERTIFICATE_VERIFY_FAILED" in delivery.error
    assert secure_shop[1] == []


def test_a_certificate_for_another_name_is_refused(settings, secure_shop):
    """Connecting elsewhere does not widen what is trusted: the public name must be in the certificate."""
    others = replace(settings, callback_hosts=frozenset({"other.example"}))

    delivery = send(others, url="https://other.example/ipn")

    assert "CERTIFICATE_VERIFY_FAILED" in delivery.error
    assert secure_shop[1] == []


def test_only_allowed_hosts_are_called_back(settings, secure_shop):
    """The list of hosts holds for the address itself, wherever the connection goes."""
    delivery = send(settings, url="https://other.example/ipn")

    assert delivery.error == "not an address this simulator may call"
    assert secure_shop[1] == []
