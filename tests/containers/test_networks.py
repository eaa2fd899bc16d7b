"""Who reaches whom: every pair tried from inside, against lists written by hand. One connection more or less fails."""

import json
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from containers.shapes import JOBS, SERVERS
from servers.connections import PORTS, Probes, Target, differences
from servers.containers import docker
from servers.process import eventually
from servers.production_shape import ProductionShop, inspect

# A server of the engine's machine, which stands here for all that is outside.
HOST = "host"
METRICS_OF_DATA = {"web:9100", "worker:9100", "beat:9100"}
DATA = {"pgbouncer:5432", "postgres:5432", "redis:6379", "prometheus:9090", "web:8000", *METRICS_OF_DATA}
EDGE = {"edge:8080", "edge:8443", "edge:9113"}
SIMULATOR = {"simulator:8090", "simulator:8025"}
# The connections without which the shop does not work.
NEEDED = {
    "edge": {"web:8000"},
    "web": {"pgbouncer:5432", "redis:6379", *SIMULATOR, HOST},
    "worker": {"pgbouncer:5432", "redis:6379", *SIMULATOR, HOST},
    "beat": {"redis:6379"},
    "migrate": {"postgres:5432"},
    "seed": {"postgres:5432"},
    "pgbouncer": {"postgres:5432"},
    "prometheus": {*METRICS_OF_DATA, "edge:9113"},
    "simulator": {"edge:8443", HOST},
    "postgres": set(),
    "redis": set(),
}
# Nobody needs these; Docker has nothing finer than a network, and these two are on one. (The cluster's policies have.)
# A published port needs a bridge with an address of the machine, by which edge reaches that too; nothing beyond it.
SHARED = {
    "edge": {"web:9100", "prometheus:9090", *SIMULATOR, HOST},
    "web": {"postgres:5432", "prometheus:9090", "worker:9100", "beat:9100", *EDGE},
    "worker": {"postgres:5432", "prometheus:9090", "web:8000", "web:9100", "beat:9100"},
    "beat": DATA - {"beat:9100", "redis:6379"},
    "migrate": DATA - {"postgres:5432"},
    "seed": DATA - {"postgres:5432"},
    "pgbouncer": DATA - {"pgbouncer:5432", "postgres:5432"},
    "prometheus": {"pgbouncer:5432", "postgres:5432", "redis:6379", "web:8000", "edge:8080", "edge:8443"},
    "simulator": {"edge:8080", "edge:9113", "web:8000", "web:9100", "worker:9100"},
    "postgres": DATA - {"postgres:5432"},
    "redis": DATA - {"redis:6379"},
}
EXPECTED = {service: NEEDED[service] | SHARED[service] for service in NEEDED}
# Said by name as well, so that no edit of the lists above gives them away in passing.
FORBIDDEN = {
    "edge": {"postgres:5432", "pgbouncer:5432", "redis:6379", "worker:9100", "beat:9100"},
    "simulator": {"postgres:5432", "pgbouncer:5432", "redis:6379", "prometheus:9090"},
    **{service: {HOST, *EDGE} for service in ("beat", "migrate", "seed", "postgres", "pgbouncer", "redis")},
    "prometheus": {HOST},
    "worker": EDGE,
}
START_SECONDS = 30.0
PRINTS_ITS_PORT = "import socket, time; s = socket.create_server(('0.0.0.0', 0)); print(s.getsockname()[1], flush=True); time.sleep(900)"

# Prints, for each IPv4 address of the machine, which of these ports accept there.
OWN_ADDRESSES = r"""
import json, re, socket, sys

def accepts(address, port):
    try:
        socket.create_connection((address, port), timeout=2).close()
    except OSError:
        return False
    return True

table = open("/proc/net/fib_trie").read()
own = set(re.findall(r"\|-- (\S+)\n\s+/32 host LOCAL", table))
print(json.dumps({one: sorted(p for p in map(int, sys.argv[1:]) if accepts(one, p)) for one in own}))
"""


@pytest.fixture(scope="module")
def image(production: ProductionShop) -> str:
    """Any image with Python."""
    return str(production.inspect("web")["Image"])


@pytest.fixture(scope="module")
def probes(image: str) -> Probes:
    return Probes(image)


@pytest.fixture(scope="module")
def started(image: str) -> Iterator[Callable[..., str]]:
    """Starts a container with these options of `docker run` that sleeps or runs a program; returns its id."""
    found = []

    def start(*options: str, program: str = "import time; time.sleep(900)") -> str:
        name = f"dhakacart-probe-{secrets.token_hex(4)}"
        run = ("run", "--detach", "--name", name, *options, "--entrypoint", "python", image, "-c", program)
        found.append(docker(*run).strip())
        return found[-1]

    yield start
    for one in found:
        docker("rm", "--force", one)


@pytest.fixture(scope="module")
def containers(production: ProductionShop) -> Iterator[dict[str, str]]:
    """Service -> id. Of a job, which has ended, a container that is made as its was, and sleeps."""
    jobs = {}
    for job in JOBS:
        options = ("run", "--detach", "--no-deps", "--entrypoint", "sleep", job, "900")
        jobs[job] = production.stack.call(*options).strip()
    yield {**{service: production.container(service) for service in SERVERS}, **jobs}
    for one in jobs.values():
        docker("rm", "--force", one)


@pytest.fixture(scope="module")
def listener(started: Callable[..., str]) -> tuple[str, int]:
    """(container, port) of a server of the engine's machine, on all of its addresses."""
    container = started("--network", "host", program=PRINTS_ITS_PORT)
    return container, printed_port(container)


@pytest.fixture(scope="module")
def targets(containers: dict[str, str], listener: tuple[str, int]) -> list[Target]:
    """Every server at each of its addresses, and the machine's at each address that it has on a bridge of theirs."""
    found = [
        Target(f"{service}:{port}", containers[service], network["IPAddress"], port)
        for service, ports in PORTS.items()
        for network in networks(containers[service])
        for port in ports
    ]
    bridges = {network["Gateway"] for one in containers.values() for network in networks(one)}
    return found + [Target(HOST, listener[0], address, listener[1]) for address in bridges if address]


def networks(container: str) -> list[dict[str, Any]]:
    return list(inspect(container)["NetworkSettings"]["Networks"].values())


def printed_port(container: str) -> int:
    return int(eventually("it listens", lambda: docker("logs", container).strip(), seconds=START_SECONDS))


def test_the_lists_are_whole() -> None:
    """Each service has a row, no connection is both needed and not, and no list gives away what must not be."""
    assert set(NEEDED) == set(SHARED) == {*SERVERS, *JOBS}
    assert set(PORTS) == set(SERVERS)
    assert [service for service in NEEDED if NEEDED[service] & SHARED[service]] == []
    assert [service for service in FORBIDDEN if FORBIDDEN[service] & EXPECTED[service]] == []


@pytest.mark.parametrize("service", SERVERS)
def test_what_listens(service: str, probes: Probes, containers: dict[str, str]) -> None:
    """No container listens on a port that is not on the list, so none goes untried."""
    assert probes.listening(containers[service]) == PORTS[service]


def test_every_pair(probes: Probes, containers: dict[str, str], targets: list[Target]) -> None:
    """All that is needed connects, and nothing but what is on the lists."""
    assert differences(probes.matrix(containers, targets), EXPECTED) == []


def test_a_connection_too_many_is_seen(
    production: ProductionShop, probes: Probes, targets: list[Target], started: Callable[..., str]
) -> None:
    """An edge that is in `data` as well: each server there is named."""
    project = production.stack.project
    another = started("--network", f"{project}_app")
    docker("network", "connect", f"{project}_data", another)

    lines = differences(probes.matrix({"edge": another}, targets), EXPECTED)

    for target in ("postgres:5432", "pgbouncer:5432", "redis:6379", "worker:9100", "beat:9100"):
        assert f"edge reaches {target}, which it must not" in lines


def test_a_connection_too_few_is_seen(
    probes: Probes, targets: list[Target], started: Callable[..., str]
) -> None:
    """An edge without a network: what it needs is named."""
    found = probes.matrix({"edge": started("--network", "none")}, targets)

    assert "edge does not reach web:8000, which it needs" in differences(found, EXPECTED)


def test_a_hidden_server_is_seen(probes: Probes, started: Callable[..., str]) -> None:
    """A container that listens on one port more."""
    hidden = started("--network", "none", program=PRINTS_ITS_PORT)

    assert probes.listening(hidden) == {printed_port(hidden)}


def test_networks_without_a_way_out(production: ProductionShop, containers: dict[str, str]) -> None:
    """Only `outside` leads out: app and data are closed, to the machine too; what leaves by edge comes back to nobody."""
    project = production.stack.project

    def settings(name: str) -> tuple[bool, dict[str, str]]:
        found = docker("network", "inspect", f"{project}_{name}", "--format", "{{json .}}")
        values = json.loads(found)
        return values["Internal"], values["Options"]

    closed = {"com.docker.network.bridge.inhibit_ipv4": "true"}
    assert settings("app") == settings("data") == (True, closed)
    assert settings("edge") == (False, {"com.docker.network.bridge.enable_ip_masquerade": "false"})
    members = {
        service: set(inspect(one)["NetworkSettings"]["Networks"]) for service, one in containers.items()
    }
    assert {service for service in members if f"{project}_outside" in members[service]} == {
        "web",
        "worker",
        "simulator",
    }


def test_published_ports_are_this_machines_alone(production: ProductionShop, image: str) -> None:
    """They accept on 127.0.0.1, and on no other address that the engine's machine has."""
    ports = [production.stack.ports.http, production.stack.ports.https, production.stack.ports.simulator]

    output = docker(
        "run",
        "--rm",
        "--network",
        "host",
        "--entrypoint",
        "python",
        image,
        "-c",
        OWN_ADDRESSES,
        *map(str, ports),
    )

    accepting: dict[str, list[int]] = json.loads(output)
    assert len(accepting) > 1
    assert {address: found for address, found in accepting.items() if found} == {"127.0.0.1": sorted(ports)}
