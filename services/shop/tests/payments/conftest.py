"""The gateway as a process of its own (services/simulator), a shop that it can call back, and canned answers."""

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from django.conf import settings as django_settings

from dhakacart.operations.ports import free_ports
from tests.factories import VariantFactory
from tests.orders.carts import unpaid

SIMULATOR = Path(__file__).parents[3] / "simulator"
EXAMPLES = SIMULATOR / "tests" / "documentation"
START_SECONDS = 30


@dataclass(frozen=True)
class Gateway:
    """The running simulator, as the bank and the customer use it."""

    url: str
    http: httpx.Client

    def pay(self, session_key, behaviour):
        """Press a button of the payment page; what was sent to the shop and what came back."""
        answer = self.http.post(f"/control/pay/{session_key}/{behaviour}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def release(self, session_key):
        """Settle a payment that was pending."""
        return self.http.post(f"/control/release/{session_key}").json()

    def break_down(self, kind, *, for_requests=1):
        self.http.post(
            "/control/outage", json={"target": "gateway", "kind": kind, "for_requests": for_requests}
        ).raise_for_status()

    def end_refund(self, reference, outcome):
        self.http.post(f"/control/refunds/{reference}/{outcome}").raise_for_status()


@pytest.fixture(scope="session")
def simulator_process(tmp_path_factory):
    """One simulator for all tests, with the shop's own secrets."""
    secrets = tmp_path_factory.mktemp("simulator-secrets")
    env = django_settings.ENV
    (secrets / "sslcommerz_store_password").write_text(env.sslcommerz_store_password.get_secret_value())
    (secrets / "sms_token").write_text(env.sms_token.get_secret_value())
    port, smtp_port = map(str, free_ports(2))
    process = subprocess.Popen(
        [sys.executable, "-m", "simulator"],
        cwd=SIMULATOR,
        env={
            "PATH": os.environ["PATH"],
            "SIMULATOR_HOST": "127.0.0.1",
            "SIMULATOR_PORT": port,
            "SIMULATOR_SMTP_PORT": smtp_port,
            "SIMULATOR_SECRETS_DIR": str(secrets),
            "SIMULATOR_STORE_ID": env.sslcommerz_store_id,
        },
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_healthy(process, url)
        with httpx.Client(base_url=url, trust_env=False, timeout=20) as http:
            yield Gateway(url=url, http=http)
    finally:
        process.terminate()
        process.wait(10)


def _wait_until_healthy(process, url):
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up:
        assert process.poll() is None, "the simulator ended"
        try:
            if httpx.get(f"{url}/healthz", timeout=1, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    pytest.fail(f"no answer from {url} in {START_SECONDS} s")


@pytest.fixture
def gateway_alone(simulator_process, settings):
    """The simulator, empty, and a shop that knows it but listens nowhere: for requests by Django's client."""
    simulator_process.http.post("/control/reset").raise_for_status()
    url = simulator_process.url
    settings.ENV = settings.ENV.model_copy(update={"sslcommerz_url": url, "sms_url": url})
    return simulator_process


@pytest.fixture
def gateway(gateway_alone, live_server, settings):
    """The simulator, empty, and a shop that it can call back."""
    settings.ENV = settings.ENV.model_copy(update={"public_url": live_server.url})
    return gateway_alone


class _Canned(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        body = self.server.answers.pop(0) if len(self.server.answers) > 1 else self.server.answers[0]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_):
        pass


@pytest.fixture
def canned(settings):
    """A gateway on loopback that gives the answers it is told, the last one for ever: canned(answer, ...)."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Canned)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    settings.ENV = settings.ENV.model_copy(
        update={"sslcommerz_url": f"http://127.0.0.1:{server.server_address[1]}"}
    )

    def answer_with(*answers):
        server.answers, server.asked = list(answers), []
        return server

    yield answer_with
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def example():
    """An example of the documentation, https://developer.sslcommerz.com/doc/v4/: example("validation_response")."""
    return lambda name: json.loads((EXAMPLES / f"{name}.json").read_text())


@pytest.fixture
def order():
    """Two units of five, to be paid: 2,060 taka."""
    return unpaid((VariantFactory(stock=5, product__price_poisha=100_000), 2))


@pytest.fixture
def shop(live_server):
    """The shop as the gateway and a browser reach it."""
    with httpx.Client(base_url=live_server.url, trust_env=False, timeout=30) as http:
        yield http
