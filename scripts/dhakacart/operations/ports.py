"""Ports on loopback: the fixed ones, free ones, and who holds a taken one."""

import contextlib
import fcntl
import os
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

LOOPBACK = "127.0.0.1"
_FREE_RANGE = range(20000, 30000)


@dataclass(frozen=True)
class Ports:
    """Every port that an engine opens on loopback."""

    postgres: int = 54329
    redis: int = 63799
    simulator_http: int = 8090
    simulator_smtp: int = 8025
    web: int = 8000
    web_metrics: int = 9101
    worker_metrics: int = 9102
    beat_metrics: int = 9103
    storefront: int = 5173

    def named(self) -> dict[str, int]:
        return dict(vars(self))

    @classmethod
    def free(cls) -> "Ports":
        """Ports that nobody holds at this moment."""
        names = list(cls.__dataclass_fields__)
        return cls(**dict(zip(names, free_ports(len(names)), strict=True)))


@dataclass(frozen=True)
class Holder:
    """The process behind a taken port, as far as this user may know."""

    port: int
    pid: int | None
    name: str
    folder: str

    def __str__(self) -> str:
        who = f"process {self.pid} ({self.name})" if self.pid else "a process that this user may not see"
        return f"port {self.port} is held by {who}{f' in {self.folder}' if self.folder else ''}"


def free_ports(count: int) -> list[int]:
    """So many different free ports, all below those that the system hands to outgoing connections.

    All processes of a user take them in turn: a port comes again only after every other one, so that nobody is given
    what another has chosen and not opened yet, or has closed to open it again. Raises OSError when there are too few.
    """
    found: list[int] = []
    with _turn() as turn:
        last = turn.read_text()
        start = int(last) + 1 if last.isdecimal() else _FREE_RANGE.start
        for step in range(len(_FREE_RANGE)):
            if len(found) == count:
                break
            port = _FREE_RANGE[(start - _FREE_RANGE.start + step) % len(_FREE_RANGE)]
            with contextlib.suppress(OSError), socket.socket() as one:
                one.bind((LOOPBACK, port))
                found.append(port)
        if len(found) < count:
            raise OSError(f"fewer than {count} free ports between {_FREE_RANGE.start} and {_FREE_RANGE.stop}")
        if found:
            turn.write_text(str(found[-1]))
    return found


@contextlib.contextmanager
def _turn() -> Iterator[Path]:
    """The file with the port that was given last, for one process at a time."""
    path = Path(tempfile.gettempdir()) / f"dhakacart-ports-{os.getuid()}"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield path


def is_taken(port: int) -> bool:
    """Whether a server could not listen there: on loopback or on every address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen(1)
        except OSError:
            return True
    return answers(port)


def answers(port: int, *, timeout_seconds: float = 1.0) -> bool:
    """Whether somebody accepts connections on this port of loopback."""
    with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=timeout_seconds):
        return True
    return False


def holders(ports: list[int]) -> list[Holder]:
    """Who holds those of these ports that are taken, in their order."""
    taken = [port for port in ports if is_taken(port)]
    if not taken:
        return []
    owners: dict[int, int | None] = {}
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            for connection in process.net_connections(kind="tcp"):
                if connection.status == psutil.CONN_LISTEN and connection.laddr.port in taken:
                    owners.setdefault(connection.laddr.port, process.pid)
    return [_holder(port, owners.get(port)) for port in taken]


def _holder(port: int, pid: int | None) -> Holder:
    name = folder = ""
    if pid is not None:
        with contextlib.suppress(psutil.Error, OSError):
            process = psutil.Process(pid)
            name = process.name()
            folder = str(Path(process.cwd()))
    return Holder(port=port, pid=pid, name=name or "name unknown", folder=folder)
