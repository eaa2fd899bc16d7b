"""The whole shop as real processes on free ports, with a PostgreSQL and a Redis of its own.

The same commands and the same environment as the embedded engine starts; only here a test may kill, freeze and
restart each of them.
"""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import psycopg
from servers.inbox import Inbox
from servers.process import Process
from servers.proxy import HTTP_POST, SMTP, Proxy

from dhakacart.operations.environment import from_the_shell, on_this_machine, read_environment_file
from dhakacart.operations.paths import Checkout
from dhakacart.operations.ports import LOOPBACK, Ports
from dhakacart.operations.postgres import PostgresServer
from dhakacart.operations.probes import http_ok
from dhakacart.operations.redis import RedisServer
from dhakacart.operations.secrets import create_development_secrets, read_secret

START_SECONDS = 60.0
MIGRATE_SECONDS = 90.0
SEED_SECONDS = 90.0
ROLES = ("web", "worker", "beat")


class Shop:
    """Every process of one shop. `settings` are further values of the environment contract."""

    # It is spoken to without TLS (compare servers.running_shop).
    authority: str | None = None

    def __init__(self, folder: Path, *, settings: dict[str, str] | None = None) -> None:
        self.checkout = Checkout.here()
        self.ports = Ports.free()
        self.folder = folder
        self.secrets = folder / "secrets"
        create_development_secrets(self.secrets)
        self.postgres = PostgresServer(
            folder=folder / "postgres",
            port=self.ports.postgres,
            password=read_secret(self.secrets, "database_password"),
            superuser_password=read_secret(self.secrets, "postgres_password"),
            cache=self.checkout.cache,
            durable=False,
        )
        self.redis = RedisServer(
            folder=folder / "redis",
            port=self.ports.redis,
            password=read_secret(self.secrets, "redis_password"),
        )
        # What the shop sends goes through these, so that a test can stop it half-way.
        self.sms_proxy = Proxy(upstream_port=self.ports.simulator_http, protocol=HTTP_POST)
        self.mail_proxy = Proxy(upstream_port=self.ports.simulator_smtp, protocol=SMTP)
        self.settings = settings or {}
        self.inbox = Inbox(self.simulator_url)
        self.simulator = self._process("simulator", ["-m", "simulator"], folder=self.checkout.simulator)
        self.roles = {role: self._process(role, ["-m", "config.run", role]) for role in ROLES}

    @property
    def url(self) -> str:
        """Where web listens, without a slash at the end."""
        return f"http://{LOOPBACK}:{self.ports.web}"

    @property
    def simulator_url(self) -> str:
        return f"http://{LOOPBACK}:{self.ports.simulator_http}"

    @cached_property
    def environment(self) -> dict[str, str]:
        local = read_environment_file(self.checkout.local_environment_file)
        return {
            **from_the_shell(),
            **on_this_machine(local, ports=self.ports, secrets=self.secrets, metrics=self.folder / "metrics"),
            "ENVIRONMENT": "test",
            "LIVE_RELOAD": "false",
            "PYTHONUNBUFFERED": "1",
            "SMS_URL": f"http://{LOOPBACK}:{self.sms_proxy.port}",
            "SMTP_PORT": str(self.mail_proxy.port),
            "SIMULATOR_HOST": LOOPBACK,
            "SIMULATOR_PORT": str(self.ports.simulator_http),
            "SIMULATOR_SMTP_PORT": str(self.ports.simulator_smtp),
            "SIMULATOR_STORE_ID": local["SSLCOMMERZ_STORE_ID"],
            "SIMULATOR_SECRETS_DIR": str(self.secrets),
            **self.settings,
        }

    def start_servers(self) -> None:
        """PostgreSQL, Redis and the simulator; then the schema."""
        self.simulator.start()
        self.postgres.start()
        self.redis.start()
        self.run("migrate", ["-m", "config.run", "migrate"], seconds=MIGRATE_SECONDS)
        self.simulator.until(http_ok(self.ports.simulator_http, "/healthz"), seconds=START_SECONDS)

    def seed(self) -> None:
        """The demonstration shop, the same as in development."""
        self.run("seed", ["manage.py", "seed"], seconds=SEED_SECONDS)

    def ensure(self, *roles: str) -> None:
        """Start those of these roles that do not run, and wait until web serves."""
        for role in roles:
            if not self.roles[role].alive():
                self.roles[role].kill()
                self.roles[role].start()
        if "web" in roles:
            self.roles["web"].until(http_ok(self.ports.web, "/readyz"), seconds=START_SECONDS)

    def run(self, name: str, arguments: list[str], *, seconds: float) -> None:
        """One command of the shop, to its good end."""
        self._process(name, arguments).run_to_end(seconds=seconds)

    def stop(self) -> None:
        for process in (*self.roles.values(), self.simulator):
            process.kill()
        self.redis.stop()
        self.postgres.stop()
        self.sms_proxy.close()
        self.mail_proxy.close()

    @contextlib.contextmanager
    def database(self) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        """A connection of the shop's own role, in autocommit."""
        with psycopg.connect(
            host=LOOPBACK,
            port=self.ports.postgres,
            dbname="dhakacart",
            user="dhakacart",
            password=read_secret(self.secrets, "database_password"),
            autocommit=True,
            connect_timeout=5,
        ) as connection:
            yield connection

    def query(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """The rows of one statement; none for a statement without rows."""
        with self.database() as connection:
            cursor = connection.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    def pending_effects(self) -> int:
        """How many effects of the outbox have not happened yet."""
        return int(self.query("SELECT count(*) FROM notify_effect WHERE state = 'pending'")[0][0])

    def freeze_redis(self) -> None:
        """It accepts connections and answers nothing, as behind a network that drops packets."""
        assert self.redis.pid is not None
        os.kill(self.redis.pid, signal.SIGSTOP)

    def thaw_redis(self) -> None:
        assert self.redis.pid is not None
        os.kill(self.redis.pid, signal.SIGCONT)

    def redis_answers(self) -> bool:
        return self.redis.answers()

    def client(self, **options: Any) -> httpx.Client:
        """A client of web that goes through no proxy."""
        return httpx.Client(base_url=self.url, trust_env=False, **options)

    def _process(self, name: str, arguments: list[str], *, folder: Path | None = None) -> Process:
        metrics = getattr(self.ports, f"{name}_metrics", self.ports.web_metrics)
        return Process(
            name,
            [sys.executable, *arguments],
            folder=folder or self.checkout.shop,
            environment={**self.environment, "METRICS_PORT": str(metrics)},
            log=self.folder / f"{name}.log",
        )
