"""Real edge containers, hardened as in production, before a stand-in of the shop."""

import json
import re
import socket
import ssl
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from dhakacart.operations.certificates import Server, create_certificates
from dhakacart.pytest_engine import HARDENED

EDGE_IMAGE = "dhakacart/edge:test"
UPSTREAM_IMAGE = "dhakacart/edge-test-upstream:test"
PUBLIC_URL = "https://shop.example"
BUILD_SECONDS = 600
DEADLINE_SECONDS = 20.0


def run_docker(*arguments: str, timeout_seconds: float = 60, both: bool = False) -> str:
    """Standard output of a docker command, with `both` standard error too; a failure fails the test."""
    result = subprocess.run(
        ["docker", *arguments], capture_output=True, text=True, timeout=timeout_seconds, check=False
    )
    assert result.returncode == 0, (
        f"docker {' '.join(arguments)}\n{result.stdout[-2000:]}{result.stderr[-4000:]}"
    )
    return (result.stdout + (result.stderr if both else "")).strip()


def wait(condition: Callable[[], Any], what: str) -> Any:
    """Polls until the condition holds and returns its value; a refused connection counts as no."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        try:
            if value := condition():
                return value
        except (httpx.TransportError, OSError):
            pass
        time.sleep(0.05)
    pytest.fail(f"not within {DEADLINE_SECONDS} s: {what}")


@dataclass
class Edge:
    """One running edge container."""

    name: str
    secrets: Path

    def port(self, inside: int) -> int:
        return int(run_docker("port", self.name, f"{inside}/tcp").splitlines()[0].rpartition(":")[2])

    @property
    def authority(self) -> Path:
        return self.secrets / "authority" / "ca.crt"

    def tls_context(self, **versions: ssl.TLSVersion) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.authority))
        for name, version in versions.items():
            setattr(context, name, version)
        return context

    def client(self, **options: Any) -> httpx.Client:
        """Speaks to HTTPS, trusting the local authority."""
        address = f"https://localhost:{self.port(8443)}"
        return httpx.Client(
            base_url=address, verify=self.tls_context(), timeout=15, trust_env=False, **options
        )

    def curl(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        command = [
            "curl",
            "-sS",
            "--max-time",
            "15",
            "--noproxy",
            "*",
            "--cacert",
            str(self.authority),
            *arguments,
        ]
        result = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        assert not check or result.returncode == 0, result.stderr
        return result

    def url(self, path: str) -> str:
        return f"https://localhost:{self.port(8443)}{path}"

    def handshake(self, context: ssl.SSLContext, session: ssl.SSLSession | None = None) -> ssl.SSLSocket:
        """A TLS connection on which one request was answered (TLS 1.3 sends its tickets after the handshake)."""
        plain = socket.create_connection(("127.0.0.1", self.port(8443)), timeout=10)
        secure = context.wrap_socket(plain, server_hostname="localhost", session=session)
        secure.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert secure.recv(4096).startswith(b"HTTP/1.1 200")
        return secure

    def log(self) -> list[dict[str, Any]]:
        return [
            json.loads(line) for line in run_docker("logs", self.name).splitlines() if line.startswith("{")
        ]

    def workers(self) -> set[str]:
        """Process ids of the workers that take new connections."""
        rows = run_docker("top", self.name, "-eo", "pid,args").splitlines()
        return {
            row.split()[0] for row in rows if "nginx: worker process" in row and "shutting down" not in row
        }


@pytest.fixture
def docker() -> Callable[..., str]:
    return run_docker


@pytest.fixture
def wait_until() -> Callable[[Callable[[], Any], str], Any]:
    return wait


@pytest.fixture(scope="session")
def images(build_image: Callable[[str], str]) -> None:
    assert build_image("edge") == EDGE_IMAGE
    run_docker(
        "build",
        "-q",
        "-t",
        UPSTREAM_IMAGE,
        str(Path(__file__).parent / "upstream"),
        timeout_seconds=BUILD_SECONDS,
    )


@pytest.fixture(scope="session")
def network(images: None) -> Iterator[str]:
    name = f"edge-test-{uuid.uuid4().hex[:8]}"
    run_docker("network", "create", name)
    yield name
    run_docker("network", "rm", name)


def _mounts(secrets: Path) -> list[str]:
    pairs = (("edge", "certificate"), ("tickets", "tickets"))
    return [part for own, inside in pairs for part in ("-v", f"{secrets / own}:/run/secrets/{inside}:ro")]


class Starter:
    """Starts containers on a network and removes them at the end."""

    def __init__(self, network: str) -> None:
        self.network = network
        self.started: list[str] = []

    def upstream(self, alias: str, **environment: str) -> str:
        """A stand-in of the shop; returns the container's name."""
        return self._run(UPSTREAM_IMAGE, "--network-alias", alias, environment=environment)

    def edge(self, secrets: Path, *, web: str, options: Sequence[str] = (), **environment: str) -> Edge:
        """An edge before `web`, once it answers; `options` are docker's."""
        values = {
            "PUBLIC_URL": PUBLIC_URL,
            "WEB_UPSTREAM": f"{web}:8000",
            "EDGE_WATCH_SECONDS": "1",
            **environment,
        }
        ports = [part for port in (8080, 8443, 9113) for part in ("-p", f"127.0.0.1::{port}")]
        name = self._run(EDGE_IMAGE, *_mounts(secrets), *ports, *options, environment=values)
        edge = Edge(name, secrets)
        wait(
            lambda: httpx.get(f"http://127.0.0.1:{edge.port(9113)}/healthz").status_code == 200,
            f"edge is up: {run_docker('logs', name)}",
        )
        return edge

    def remove(self, name: str) -> None:
        self.started.remove(name)
        run_docker("rm", "-f", name)

    def stop_all(self) -> None:
        for name in list(self.started):
            self.remove(name)

    def _run(self, image: str, *arguments: str, environment: dict[str, str]) -> str:
        name = f"edge-test-{uuid.uuid4().hex[:8]}"
        variables = [part for key, value in environment.items() for part in ("-e", f"{key}={value}")]
        run_docker(
            "run", "-d", "--name", name, "--network", self.network, *HARDENED, *arguments, *variables, image
        )
        self.started.append(name)
        return name


@pytest.fixture(scope="session")
def session_starter(network: str) -> Iterator[Starter]:
    starter = Starter(network)
    yield starter
    starter.stop_all()


@pytest.fixture
def starter(network: str) -> Iterator[Starter]:
    """For containers that one test needs for itself."""
    starter = Starter(network)
    yield starter
    starter.stop_all()


@pytest.fixture(scope="session")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("secrets")
    create_certificates(folder, servers=(Server("edge", ("localhost", "127.0.0.1")),))
    return folder


@pytest.fixture(scope="session")
def shop(session_starter: Starter) -> str:
    """The stand-in that every test may use; its name on the network."""
    session_starter.upstream("shop")
    return "shop"


@pytest.fixture(scope="session")
def edge(session_starter: Starter, secrets: Path, shop: str) -> Edge:
    """The edge that every test may use: nothing trusted, limits too high to be met."""
    return session_starter.edge(
        secrets,
        web=shop,
        EDGE_REQUESTS_PER_SECOND="1000",
        EDGE_BURST="1000",
        EDGE_CONNECTIONS_PER_CLIENT="1000",
    )


@pytest.fixture
def asset(edge: Edge) -> str:
    """The path of a built script that is large enough to be compressed."""
    with edge.client() as client:
        return re.findall(r'src="(/assets/[^"]+\.js)"', client.get("/").text)[0]


@pytest.fixture
def run_edge(images: None) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs an edge that is expected to end by itself."""

    def run(secrets: Path, **environment: str) -> subprocess.CompletedProcess[str]:
        values = {"PUBLIC_URL": PUBLIC_URL, **environment}
        variables = [part for key, value in values.items() for part in ("-e", f"{key}={value}")]
        command = ["docker", "run", "--rm", *HARDENED, *_mounts(secrets), *variables, EDGE_IMAGE]
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)

    return run
