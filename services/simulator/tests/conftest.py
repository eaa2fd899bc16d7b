"""Fixtures: the simulator as a process of its own, a shop that it calls back, the documentation's examples."""

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl

import httpx
import pytest

from dhakacart.operations.ports import free_ports

SERVICE = Path(__file__).parents[1]
DOCUMENTATION = Path(__file__).parent / "documentation"
START_SECONDS = 20
STORE_PASSWORD = "store & password="
SMS_TOKEN = "token-for-tests"


@dataclass
class Simulator:
    """A running simulator and what a shop knows about it."""

    url: str
    smtp_port: int
    process: subprocess.Popen
    client: httpx.Client
    store: dict[str, str] = field(
        default_factory=lambda: {"store_id": "dhakacarttest", "store_passwd": STORE_PASSWORD}
    )

    def initiate(self, shop, **changes):
        """The answer to a request for a session, complete but for `changes` (None leaves a parameter out)."""
        parameters = {
            **self.store,
            "total_amount": "1150.50",
            "currency": "BDT",
            "tran_id": "DC-26-ABCDEFGH-1",
            "success_url": f"{shop.url}/success",
            "fail_url": f"{shop.url}/fail",
            "cancel_url": f"{shop.url}/cancel",
            "ipn_url": f"{shop.url}/ipn",
            "cus_name": "রহিমা খাতুন",
            "cus_email": "rahima@example.com",
            "cus_add1": "House 7",
            "cus_city": "Dhaka",
            "cus_country": "Bangladesh",
            "cus_phone": "01711111111",
            "shipping_method": "NO",
            "product_name": "ফোন",
            "product_category": "electronics",
            "product_profile": "physical-goods",
            "value_a": "DC-26-ABCDEFGH",
            **changes,
        }
        parameters = {name: value for name, value in parameters.items() if value is not None}
        return self.client.post("/gwprocess/v4/api.php", data=parameters).json()

    def open_session(self, shop, **changes):
        """The key of a new session."""
        return self.initiate(shop, **changes)["sessionkey"]

    def pay(self, sessionkey, behaviour, *, browser=False):
        """What the control API answers when a behaviour is asked for."""
        query = {"browser": str(browser).lower()}
        return self.client.post(f"/control/pay/{sessionkey}/{behaviour}", params=query).json()

    def validate(self, val_id):
        """What order validation answers."""
        path = "/validator/api/validationserverAPI.php"
        return self.client.get(path, params={**self.store, "val_id": val_id, "format": "json"}).json()

    def query(self, **parameters):
        """What the endpoint of transaction queries and refunds answers."""
        path = "/validator/api/merchantTransIDvalidationAPI.php"
        return self.client.get(path, params={**self.store, **parameters, "format": "json"}).json()

    def send_sms(self, *, key, to="+8801711111111", text="hello", token=SMS_TOKEN):
        """The response to an SMS."""
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        return self.client.post("/sms/messages", json={"to": to, "text": text}, headers=headers)

    def messages(self, **query):
        """The inbox."""
        return self.client.get("/api/messages", params=query).json()


@dataclass
class Shop:
    """A shop that records every POST as (path, fields) and answers `status_code`."""

    url: str
    received: list = field(default_factory=list)
    status_code: int = 200

    def fields_of(self, path):
        """The fields of every POST to `path`, in order."""
        return [fields for received_path, fields in self.received if received_path == path]


def on_free_ports(environment):
    """`environment` with other ports."""
    port, smtp_port = free_ports(2)
    return {**environment, "SIMULATOR_PORT": str(port), "SIMULATOR_SMTP_PORT": str(smtp_port)}


@pytest.fixture(scope="session")
def simulator_environment(tmp_path_factory):
    """The environment of a simulator on free ports."""
    secrets = tmp_path_factory.mktemp("secrets")
    (secrets / "sslcommerz_store_password").write_text(STORE_PASSWORD + "\n")
    (secrets / "sms_token").write_text(SMS_TOKEN + "\n")
    return {
        "PATH": os.environ["PATH"],
        "SIMULATOR_HOST": "127.0.0.1",
        **on_free_ports({}),
        "SIMULATOR_SECRETS_DIR": str(secrets),
        "SIMULATOR_STORE_ID": "dhakacarttest",
    }


def start(environment):
    """A simulator's process, without waiting for it."""
    return subprocess.Popen(
        [sys.executable, "-m", "simulator"],
        cwd=SERVICE,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_until_healthy(process, url):
    """Return when /healthz answers; fail if the process ends or START_SECONDS pass."""
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up:
        assert process.poll() is None, process.communicate()
        try:
            if httpx.get(f"{url}/healthz", timeout=1, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.02)
    pytest.fail(f"no answer from {url} in {START_SECONDS} s")


@pytest.fixture(scope="session")
def running_simulator(simulator_environment):
    """One simulator for all tests."""
    url = f"http://127.0.0.1:{simulator_environment['SIMULATOR_PORT']}"
    process = start(simulator_environment)
    try:
        wait_until_healthy(process, url)
        with httpx.Client(base_url=url, trust_env=False, timeout=10) as client:
            yield Simulator(
                url=url,
                smtp_port=int(simulator_environment["SIMULATOR_SMTP_PORT"]),
                process=process,
                client=client,
            )
    finally:
        process.terminate()
        process.communicate(timeout=10)


@pytest.fixture
def simulator(running_simulator):
    """The simulator, empty."""
    assert running_simulator.client.post("/control/reset").status_code == 200
    return running_simulator


@pytest.fixture
def launch():
    """Start a simulator with an environment: launch(environment) -> process; ended after the test."""
    processes = []

    def launch_one(environment):
        process = start(environment)
        processes.append(process)
        return process

    launch_one.wait_until_healthy = wait_until_healthy
    launch_one.on_free_ports = on_free_ports
    yield launch_one
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=10)


@pytest.fixture
def shop():
    """A shop on loopback."""
    shop = Shop(url="")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            shop.received.append((self.path, dict(parse_qsl(body, keep_blank_values=True))))
            self.send_response(shop.status_code)
            self.end_headers()
            self.wfile.write(b"noted")

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        shop.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield shop
        server.shutdown()
        thread.join()


@pytest.fixture
def documented():
    """documented(name) is an example of the SSLCommerz documentation, see documentation/README.md."""
    return lambda name: json.loads((DOCUMENTATION / f"{name}.json").read_text(encoding="utf-8"))
