"""Fixtures of the shop's tests: real PostgreSQL and Redis, given by the environment or by dhakacart.pytest_servers."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client

from dhakacart.operations.ports import free_ports
from dhakacart.operations.redis import RedisServer
from dhakacart.operations.secrets import read_secret
from ops import context


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Rate limits and cached answers of one test do not reach the next."""
    cache.clear()


@pytest.fixture(autouse=True)
def _outside() -> None:
    """Neither does the identity of a request or task that it has begun."""
    context.current.set(context.OUTSIDE)


@pytest.fixture
def api() -> Client:
    """A browser that speaks JSON to the API and is held to CSRF's rules."""
    return Client(enforce_csrf_checks=True, headers={"accept": "application/json"})


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis that the test may stop, freeze (SIGSTOP) and start again."""
    [port] = free_ports(1)
    # The roles that a test starts on it have the run's secrets.
    password = read_secret(Path(os.environ["SECRETS_DIR"]), "redis_password")
    redis = RedisServer(folder=tmp_path / "redis", port=port, password=password)
    redis.start()
    yield redis
    if redis.pid:
        os.kill(redis.pid, signal.SIGCONT)
    redis.stop()
