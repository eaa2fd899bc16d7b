"""Who reaches whom among containers: every pair tried by a TCP connection from inside the one's own network."""

import contextlib
import json
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from servers.containers import COMMAND_SECONDS, docker

from dhakacart.operations.docker import docker_environment

# A refusal comes at once; what is dropped on the way says nothing at all.
PATIENCE_SECONDS = 2.0
_AT_ONCE = 4
# What listens for others, and where, in every environment; written by hand.
PORTS = {
    "edge": {8080, 8443, 9113},
    "web": {8000, 9100},
    "worker": {9100},
    "beat": {9100},
    "pgbouncer": {5432},
    "postgres": {5432},
    "redis": {6379},
    "prometheus": {9090},
    "simulator": {8090, 8025},
}

# Reads [[address, port], ...]; prints, for each, the own [address, port] of a connection that was accepted, or null; and
# keeps the connections until its standard input ends.
_CONNECT = r"""
import json, socket, sys
from concurrent.futures import ThreadPoolExecutor
targets, patience = json.loads(sys.argv[1]), float(sys.argv[2])
kept = []

def connect(target):
    try:
        kept.append(socket.create_connection(tuple(target), timeout=patience))
    except OSError:
        return None
    return kept[-1].getsockname()

with ThreadPoolExecutor(max(1, len(targets))) as pool:
    print(json.dumps(list(pool.map(connect, targets))), flush=True)
sys.stdin.read()
"""
# Prints [own port, the other's address, the other's port, state] of every socket (/proc/net/tcp: hexadecimal, addresses
# in words of this machine's byte order, which is little-endian wherever Docker runs).
_SOCKETS = r"""
import json, socket
found = []
for name in ("tcp", "tcp6"):
    try:
        lines = open("/proc/net/" + name).read().splitlines()[1:]
    except FileNotFoundError:
        continue
    for line in lines:
        _, local, remote, state = line.split()[:4]
        address = lambda text: socket.inet_ntoa(bytes.fromhex(text.partition(":")[0][-8:])[::-1])
        loopback = address(local).startswith("127.") or local.startswith("0" * 24 + "01000000")
        found.append([int(local.rpartition(":")[2], 16), address(remote), int(remote.rpartition(":")[2], 16), state, loopback])
print(json.dumps(found))
"""
_LISTENS = "0A"


@dataclass(frozen=True)
class Target:
    """One port of a container at one of its addresses; name: `service:port`."""

    name: str
    container: str
    address: str
    port: int


class Probes:
    """Programs in the network of a container, from an image that has Python: what the container itself would meet."""

    def __init__(self, image: str) -> None:
        self._image = image

    def listening(self, container: str) -> set[int]:
        """The ports on which something in there listens for others (the engine's own resolver is on loopback)."""
        return {
            port
            for port, _address, _port, state, is_loopback in self._sockets(container)
            if state == _LISTENS and not is_loopback
        }

    def matrix(self, containers: Mapping[str, str], targets: Sequence[Target]) -> dict[str, set[str]]:
        """Service -> the names that it reaches, its own left out. containers: service -> id.

        An accepted connection counts when the target has its other end: on the way to an address that this machine
        does not know, anybody may accept for it.
        """
        with contextlib.ExitStack() as stack, ThreadPoolExecutor(_AT_ONCE) as pool:
            rows = {
                service: stack.enter_context(_Connections(self._command(one, _CONNECT), targets))
                for service, one in containers.items()
            }
            accepted = {service: row.accepted() for service, row in rows.items()}
            servers = sorted({target.container for target in targets})
            ends = dict(zip(servers, pool.map(self._other_ends, servers), strict=True))
        return {
            service: {
                target.name
                for target, end in accepted[service].items()
                if end in ends[target.container] and target.container != containers[service]
            }
            for service in containers
        }

    def _other_ends(self, container: str) -> set[tuple[str, int]]:
        return {(address, port) for _port, address, port, _state, _is_loopback in self._sockets(container)}

    def _sockets(self, container: str) -> list[tuple[int, str, int, str, bool]]:
        found = json.loads(docker(*self._command(container, _SOCKETS)[1:]))
        return [tuple(row) for row in found]

    def _command(self, container: str, program: str) -> list[str]:
        return [
            *("docker", "run", "--rm", "--interactive", "--network", f"container:{container}"),
            *("--entrypoint", "python", self._image, "-c", program),
        ]


class _Connections:
    """One container's connections to all targets; they are tried from the start, and held until the end."""

    def __init__(self, command: list[str], targets: Sequence[Target]) -> None:
        self._targets = targets
        wanted = json.dumps([[target.address, target.port] for target in targets])
        self._process = subprocess.Popen(
            [*command, wanted, str(PATIENCE_SECONDS)],
            env=docker_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> "_Connections":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=COMMAND_SECONDS)

    def accepted(self) -> dict[Target, tuple[str, int]]:
        """The own address and port of each connection that was accepted."""
        assert self._process.stdout is not None
        ends = json.loads(self._process.stdout.readline())
        return {target: tuple(end) for target, end in zip(self._targets, ends, strict=True) if end}


def differences(found: Mapping[str, set[str]], expected: Mapping[str, set[str]]) -> list[str]:
    """What the one has and the other lacks, a line each."""
    lines = []
    for service in sorted(found.keys() | expected.keys()):
        there, wish = found.get(service, set()), expected.get(service, set())
        lines += [f"{service} reaches {target}, which it must not" for target in sorted(there - wish)]
        lines += [f"{service} does not reach {target}, which it needs" for target in sorted(wish - there)]
    return lines
