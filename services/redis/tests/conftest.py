"""Real redis containers, hardened as in production."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import redis

from dhakacart.operations.ports import LOOPBACK
from dhakacart.pytest_engine import Container, Containers, mounts

PORT = 6379
# What its file, its configuration and its check read in ways of their own.
PASSWORD = 'a "quoted" \\ word $1 `x` # €'

Connect = Callable[..., "redis.Redis[bytes]"]


@pytest.fixture(scope="session")
def image(build_image: Callable[[str], str]) -> str:
    return build_image("redis")


@pytest.fixture(scope="session")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("secrets")
    (folder / "redis_password").write_text(f"{PASSWORD}\n")
    return folder


@pytest.fixture(scope="module")
def server(shared_containers: Containers, image: str, secrets: Path) -> Container:
    """The one that every test may use."""
    return shared_containers.start(
        image, options=mounts(secrets, "redis_password"), port=PORT
    ).until_healthy()


@pytest.fixture
def connect() -> Connect:
    """A function: a client of a container, with this password, else with the right one."""

    def client(server: Container, password: str | None = PASSWORD) -> Any:
        return redis.Redis(host=LOOPBACK, port=server.port(PORT), password=password)

    return client
