"""SMS, over HTTP to a provider on loopback."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from notify.outbox import Refused
from notify.sms import send_sms
from ops import context


class Provider(ThreadingHTTPServer):
    """Answers each message with ``status`` and remembers path, headers and body."""

    status = 201

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.requests: list[tuple[str, dict[str, str], Any]] = []


class Answer(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    with Provider() as provider:
        threading.Thread(target=provider.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{provider.server_port}/"
        settings.ENV = settings.ENV.model_copy(update={"sms_url": url})
        yield provider
        provider.shutdown()


SMS = {"to": "+8801712345678", "text": "আপনার অর্ডার নিশ্চিত হয়েছে"}


def test_a_message_carries_its_key_the_token_and_the_trace(provider, settings):
    """The provider can recognise it, knows who asks, and can be found in the trace."""
    trace = context.begin()

    send_sms(key="order-1", payload=SMS)

    ((path, headers, body),) = provider.requests
    assert (path, body) == ("/sms/messages", SMS)
    assert headers["Idempotency-Key"] == "order-1"
    assert headers["Authorization"] == f"Bearer {settings.ENV.sms_token.get_secret_value()}"
    assert headers["traceparent"] == trace.traceparent


@pytest.mark.parametrize("status", [400, 404, 413, 422])
def test_a_message_that_is_wrong_is_for_ever(provider, status):
    """What the provider says of the message itself is not asked again."""
    provider.status = status

    with pytest.raises(Refused, match=str(status)):
        send_sms(key="order-1", payload=SMS)


@pytest.mark.parametrize("status", [401, 403, 408, 429, 500, 503])
def test_everything_else_is_for_now(provider, status):
    """A provider that is away, busy, or does not know us today is asked again."""
    provider.status = status

    with pytest.raises(httpx.HTTPStatusError):
        send_sms(key="order-1", payload=SMS)
