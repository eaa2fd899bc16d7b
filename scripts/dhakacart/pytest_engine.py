"""pytest plugin: the images of `services/` under test, on a real Docker engine.

Loaded by `-p dhakacart.pytest_engine` (pyproject.toml). A test that uses the fixture `engine`, also by way of another
one here, gets the marker `engine`: `make test-containers` runs it, `make test` leaves it alone.
"""

import os
import subprocess
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from dhakacart.operations.docker import call, docker_environment, engine_lacks
from dhakacart.operations.paths import Checkout
from dhakacart.operations.ports import LOOPBACK
from dhakacart.operations.suites import ENGINE_MARKER
from dhakacart.operations.waiting import wait_for

BUILD_SECONDS = 900.0
COMMAND_SECONDS = 60.0
WAIT_SECONDS = 60.0
# As in compose.yaml, and as a cluster's `restricted` demands.
HARDENED = (
    *("--read-only", "--tmpfs", "/tmp:mode=1777"),  # noqa: S108 - inside the container
    *("--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
)
SECRETS_FOLDER = "/run/secrets/dhakacart"
CERTIFICATE_FOLDER = "/run/secrets/certificate"
# The images have no ps.
_LIST_PROCESSES = (
    r"""for p in /proc/[0-9]*; do echo "${p#/proc/} $(tr '\0' ' ' < $p/cmdline)"; done 2> /dev/null"""
)


@dataclass(frozen=True)
class Container:
    """A container of a test."""

    name: str

    def port(self, inside: int) -> int:
        """Where on loopback this port of the container is published."""
        return int(call(["docker", "port", self.name, f"{inside}/tcp"]).splitlines()[0].rpartition(":")[2])

    def inspect(self, form: str) -> str:
        """`docker inspect --format`."""
        return call(["docker", "inspect", "--format", form, self.name]).strip()

    def exec(self, *command: str, standard_input: str | None = None) -> "subprocess.CompletedProcess[str]":
        """Runs it inside, under the container's user."""
        interactive = [] if standard_input is None else ["--interactive"]
        return run_docker("exec", *interactive, self.name, *command, standard_input=standard_input)

    def output(self, *command: str) -> str:
        """Standard output of a command inside that must succeed."""
        result = self.exec(*command)
        if result.returncode != 0:
            pytest.fail(f"{command}: {result.stdout}{result.stderr}{self.log()[-2000:]}")
        return result.stdout.strip()

    def processes(self) -> dict[str, str]:
        """The command line of each process by its id inside, without this question's own."""
        rows = [row.partition(" ") for row in self.output("sh", "-c", _LIST_PROCESSES).splitlines()]
        ours = ("sh -c for p in", "tr ")
        return {pid: command for pid, _, command in rows if command and not command.startswith(ours)}

    def log(self) -> str:
        """All that it has printed."""
        result = run_docker("logs", self.name)
        return result.stdout + result.stderr

    def signal(self, name: str) -> None:
        call(["docker", "kill", "--signal", name, self.name])

    def start(self) -> "Container":
        """Again, after it has ended."""
        call(["docker", "start", self.name])
        return self

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Waits; fails with the end of its output."""
        if not wait_for(condition, timeout_seconds=WAIT_SECONDS):
            pytest.fail(f"not within {WAIT_SECONDS:g} s: {what}\n{self.log()[-3000:]}")

    def until_healthy(self) -> "Container":
        """Its image's own check, asked at once instead of every few seconds."""
        self.until(lambda: self.exec("healthy").returncode == 0, f"{self.name} is healthy")
        return self


class Containers:
    """Starts hardened containers, and removes them with all that they have written."""

    def __init__(self) -> None:
        self._names: list[str] = []

    def start(self, image: str, *arguments: str, options: Sequence[str] = (), port: int = 0) -> Container:
        """A container of the image with these arguments; `options` are docker's, `port` is published on loopback."""
        name = f"dhakacart-image-test-{uuid.uuid4().hex[:10]}"
        self._names.append(name)
        published = ["--publish", f"{LOOPBACK}::{port}"] if port else []
        call(
            ["docker", "run", "--detach", "--name", name, *HARDENED, *published, *options, image, *arguments],
            timeout_seconds=COMMAND_SECONDS,
        )
        return Container(name)

    def run(
        self, image: str, *arguments: str, options: Sequence[str] = ()
    ) -> "subprocess.CompletedProcess[str]":
        """One that is expected to end by itself."""
        return run_docker("run", "--rm", *HARDENED, *options, image, *arguments)

    def remove(self) -> None:
        while self._names:
            run_docker("rm", "--force", "--volumes", self._names.pop())


def run_docker(*arguments: str, standard_input: str | None = None) -> "subprocess.CompletedProcess[str]":
    """A docker command, whatever its end."""
    return subprocess.run(
        ["docker", *arguments],
        env=docker_environment(),
        input=standard_input,
        stdin=subprocess.DEVNULL if standard_input is None else None,
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
    )


def mounts(folder: Path, *names: str, certificate: Path | None = None) -> list[str]:
    """Options that mount these secrets of `dhakacart secrets init`, and a folder with a server's certificate."""
    pairs = [(folder / name, f"{SECRETS_FOLDER}/{name}") for name in names]
    if certificate:
        pairs.append((certificate, CERTIFICATE_FOLDER))
    return [part for outside, inside in pairs for part in ("--volume", f"{outside}:{inside}:ro")]


def pytest_itemcollected(item: pytest.Item) -> None:
    if "engine" in getattr(item, "fixturenames", ()):
        item.add_marker(ENGINE_MARKER)


@pytest.fixture(scope="session")
def engine() -> None:
    """A Docker engine with Compose answers; else the test is skipped, or fails where one is required."""
    lacks = engine_lacks()
    if lacks and os.environ.get("REQUIRE_ENGINE") == "1":
        pytest.fail(f"REQUIRE_ENGINE=1, but {lacks}")
    if lacks:
        pytest.skip(f"no Docker engine to use: {lacks}")


@pytest.fixture(scope="session")
def build_image(engine: None) -> Callable[[str], str]:
    """A function: builds the image of a service, as compose.yaml does, under a tag of its own; returns its name."""

    @cache
    def build(service: str) -> str:
        image = f"dhakacart/{service}:test"
        compose = Checkout.here().root / "compose" / "compose.yaml"
        call(
            ["docker", "compose", "--file", str(compose), "--progress", "plain", "build", "--quiet", service],
            environment={**docker_environment(), f"{service.upper()}_IMAGE": image},
            timeout_seconds=BUILD_SECONDS,
        )
        return image

    return build


@pytest.fixture
def containers(engine: None) -> Iterator[Containers]:
    """For containers that one test needs for itself."""
    started = Containers()
    yield started
    started.remove()


@pytest.fixture(scope="module")
def shared_containers(engine: None) -> Iterator[Containers]:
    """For containers that the tests of a module share."""
    started = Containers()
    yield started
    started.remove()
