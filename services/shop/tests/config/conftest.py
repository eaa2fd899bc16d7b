"""Roles as real processes: started from the checkout or from a copy that a test may edit."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from django.db import connection

from config.celery import app
from dhakacart.operations.paths import Checkout
from dhakacart.operations.ports import answers, free_ports
from dhakacart.operations.postgres import PostgresServer
from dhakacart.operations.redis import RedisServer
from dhakacart.operations.secrets import read_secret
from dhakacart.operations.waiting import wait_for
from tests.config.contract import Contract

SHOP = Path(__file__).resolve().parents[2]
START_SECONDS = 30
STOP_SECONDS = 20


class Role:
    """One ``python -m config.run <role>`` and all that it has started."""

    def __init__(
        self,
        name: str,
        *,
        code: Path,
        folder: Path,
        environment: dict[str, str],
        inside: Sequence[str] = (),
    ) -> None:
        self.name = name
        self.code = code
        self.log = folder / f"{name}.log"
        self.ready_file = folder / f"{name}.ready"
        self.port, self.metrics_port = free_ports(2)
        self.environment = {
            **os.environ,
            "PYTHONUNBUFFERED": "1",
            "DATABASE_NAME": str(connection.settings_dict["NAME"]),
            "WEB_PORT": str(self.port),
            "METRICS_PORT": str(self.metrics_port),
            "PROMETHEUS_MULTIPROC_DIR": str(folder / "metrics"),
            "READY_FILE": str(self.ready_file),
            "WEB_PROCESSES": "1",
            "WORKER_PROCESSES": "1",
            **environment,
        }
        self.seen: dict[int, psutil.Process] = {}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*inside, sys.executable, "-m", "config.run", name],
                cwd=code,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, **kwargs: Any) -> httpx.Response:
        return httpx.get(self.url + path, timeout=10, **kwargs)

    def post(self, path: str, **kwargs: Any) -> httpx.Response:
        return httpx.post(self.url + path, timeout=10, **kwargs)

    def output(self) -> str:
        return self.log.read_text()

    def lines(self, message: str) -> list[dict[str, Any]]:
        """JSON lines of the log with this message."""
        found = [json.loads(line) for line in self.output().splitlines() if line.startswith("{")]
        return [line for line in found if line["message"] == message]

    def until(self, condition: Callable[[], bool], *, seconds: float = START_SECONDS) -> None:
        assert wait_for(condition, timeout_seconds=seconds), self.output()[-3000:]

    def ready(self) -> "Role":
        """Wait until it works."""
        if self.name == "web":
            self.until(lambda: answers(self.port) and self.get("/healthz").status_code == 200)
        else:
            self.until(self.ready_file.exists)
        self.family()
        return self

    def family(self) -> list[psutil.Process]:
        """This process and every descendant that was ever seen, those that still run."""
        try:
            root = psutil.Process(self.process.pid)
            for process in [root, *root.children(recursive=True)]:
                self.seen.setdefault(process.pid, process)
        except psutil.NoSuchProcess:
            pass
        return [process for process in self.seen.values() if _runs(process)]

    def stop(self, number: int = signal.SIGTERM) -> float:
        """Signal it and wait until nothing of it runs; seconds that this took."""
        self.family()
        started = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(STOP_SECONDS + 20)
        assert wait_for(lambda: not self.family(), timeout_seconds=STOP_SECONDS), self.family()
        return time.monotonic() - started


class Probe:
    """Sends a task by a broker connection of its own, and sees whether it is performed."""

    def __init__(self, redis: RedisServer, folder: Path) -> None:
        self.url = redis.login_url(1)
        self.folder = folder

    def send(self, name: str, seconds: float = 0.0, *, task: str = "probe.touch") -> None:
        options = {"socket_timeout": 1, "socket_connect_timeout": 1}
        with app.connection_for_write(url=self.url, transport_options=options) as connection:
            app.send_task(task, args=[str(self.folder / name), seconds], connection=connection, retry=False)

    def is_performed(self, name: str) -> bool:
        self.send(name)
        return wait_for((self.folder / name).exists, timeout_seconds=45)


def _runs(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def start_role(transactional_db: None, tmp_path: Path) -> Iterator[Callable[..., Role]]:
    """``start_role("web", code=..., LIVE_RELOAD="true")``: against this test's database and Redis; ended afterwards.

    ``inside``: the command that runs it, such as ``unshare``.
    """
    # A worker would perform what an earlier test has left, and report tasks that it does not know as errors.
    app.connection_for_write().default_channel.client.flushdb()
    started: list[Role] = []

    def start(
        name: str,
        *,
        code: Path = SHOP,
        folder: Path = tmp_path,
        inside: Sequence[str] = (),
        **environment: str,
    ) -> Role:
        started.append(Role(name, code=code, folder=folder, environment=environment, inside=inside))
        return started[-1]

    yield start
    for role in started:
        for process in role.family():
            process.kill()
        role.process.wait()


@pytest.fixture
def copied_code(tmp_path: Path) -> Path:
    """A copy of the shop's code that a test may edit."""
    ignored = shutil.ignore_patterns("__pycache__", ".*", "tests")
    return Path(shutil.copytree(SHOP, tmp_path / "shop", ignore=ignored))


@pytest.fixture
def settings_with_probes() -> dict[str, str]:
    """Environment of a worker that knows the tests' own tasks."""
    return {"DJANGO_SETTINGS_MODULE": "tests.config.probe_settings"}


@pytest.fixture
def own_postgres(tmp_path: Path) -> Iterator[tuple[PostgresServer, dict[str, str]]]:
    """A PostgreSQL that the test may start and stop, not started yet, and the environment of a role that uses it.

    Its secrets are none of development's: a role in production's environment takes them. The Redis with that password runs.
    """
    port, redis_port = free_ports(2)
    secrets = tmp_path / "own secrets"
    secrets.mkdir(mode=0o700)
    for name in (
        "secret_key",
        "database_password",
        "redis_password",
        "sslcommerz_store_password",
        "sms_token",
    ):
        (secrets / name).write_text(f"planted-{name}-" + "k" * 50)
    checkout = Checkout.here()
    server = PostgresServer(
        # Below the checkout's cache: under root the server runs as another user, who may not enter pytest's folder.
        folder=checkout.cache / "test-runs" / f"own-{os.getpid()}-{port}",
        port=port,
        password=read_secret(secrets, "database_password"),
        superuser_password="planted-superuser-password",
        cache=checkout.cache,
        durable=False,
    )
    redis = RedisServer(
        folder=tmp_path / "redis", port=redis_port, password=read_secret(secrets, "redis_password")
    )
    redis.start()
    yield (
        server,
        {
            "DATABASE_PORT": str(port),
            "DATABASE_NAME": "dhakacart",
            "REDIS_URL": redis.url,
            "SECRETS_DIR": str(secrets),
        },
    )
    redis.stop()
    server.stop()
    shutil.rmtree(server.folder, ignore_errors=True)
    server.folder.with_name(f"{server.folder.name}.log").unlink(missing_ok=True)


@pytest.fixture
def contract(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Contract:
    """A valid environment contract in this process' environment, in which a test breaks one thing."""
    return Contract(monkeypatch, tmp_path)
