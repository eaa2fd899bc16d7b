"""The shop as a Compose project: its command line, its ports, its containers."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from dhakacart.operations.docker import call, docker_environment
from dhakacart.operations.paths import Checkout
from dhakacart.operations.ports import free_ports

PROJECT = "dhakacart"  # compose.yaml's own name: `docker compose` by hand and Tilt mean the same containers
_FOLDER_LABEL = "com.docker.compose.project.working_dir="
_ONE_OFF_LABEL = "com.docker.compose.oneoff=True"
_DOWN_SECONDS = 180.0
_FOLLOWED_LINE = re.compile(r"(?P<service>\S+?)(?:-\d+)?\s+\| ?(?P<text>.*)")


@dataclass(frozen=True)
class StackPorts:
    """The ports that the containers publish on loopback."""

    http: int = 8080
    https: int = 8443
    simulator: int = 8090
    prometheus: int = 9090

    def named(self) -> dict[str, int]:
        return dict(vars(self))

    @classmethod
    def free(cls) -> Self:
        names = list(cls.__dataclass_fields__)
        return cls(**dict(zip(names, free_ports(len(names)), strict=True)))


@dataclass(frozen=True)
class Container:
    """What Compose says of one container. state: running, exited, restarting ...; health: empty without a check (jobs)."""

    service: str
    name: str
    state: str
    health: str
    exit_status: int
    folder: str

    @property
    def lives(self) -> bool:
        return self.state in ("running", "restarting", "paused")

    @property
    def ready(self) -> bool:
        """It serves, or (a job, which alone has no health check) it has ended well."""
        if self.state == "running":
            return self.health == "healthy"
        return self.state == "exited" and self.exit_status == 0


@dataclass(frozen=True)
class Stack:
    """One Compose project of a checkout."""

    checkout: Checkout
    project: str
    ports: StackPorts

    @property
    def files(self) -> list[Path]:
        """What Compose reads; a later file goes before an earlier one."""
        folder = self.checkout.root / "compose"
        return [folder / "compose.yaml", folder / "dev.yaml"]

    def command(self, *arguments: str) -> list[str]:
        """`docker compose` for this project, plain and without colours."""
        return [
            *("docker", "compose", "--project-name", self.project, "--ansi", "never", "--progress", "plain"),
            *(part for file in self.files for part in ("--file", str(file))),
            *arguments,
        ]

    def environment(self) -> dict[str, str]:
        """The variables of compose.yaml, and those that docker may have."""
        return {
            **docker_environment(),
            "BUILDKIT_PROGRESS": "plain",
            "SECRETS": str(self.checkout.secrets),
            **{f"{name.upper()}_PORT": str(port) for name, port in self.ports.named().items()},
        }

    def call(self, *arguments: str, timeout_seconds: float = 60.0) -> str:
        """Runs it; standard output. Raises ProblemError."""
        return call(self.command(*arguments), environment=self.environment(), timeout_seconds=timeout_seconds)

    def images(self) -> dict[str, str]:
        """Each image that is built here, with one service that it is built for."""
        services: dict[str, Any] = json.loads(self.call("config", "--format", "json"))["services"]
        found: dict[str, str] = {}
        for name, service in services.items():
            if "build" in service:
                found.setdefault(service["image"], name)
        return found

    def containers(self) -> list[Container]:
        """Every container of the project, those that have ended too."""
        return compose_containers(self.call("ps", "--all", "--no-trunc", "--format", "json"))

    def down(self, *, volumes: bool = False, grace_seconds: int | None = None) -> None:
        """Stops and removes the containers, each with its own grace or this one; with `volumes` the data too."""
        options = ["--volumes"] if volumes else []
        if grace_seconds is not None:
            options += ["--timeout", str(grace_seconds)]
        self.call("down", "--remove-orphans", *options, timeout_seconds=_DOWN_SECONDS)

    def has_data(self) -> bool:
        """Whether the database's volume is there."""
        volume = f"{self.project}_postgres-data"
        listed = call(["docker", "volume", "ls", "--quiet", "--filter", f"name=^{volume}$"])
        return volume in listed.split()

    def last_lines(self, service: str, count: int) -> list[str]:
        """The end of a service's output."""
        return self.call("logs", "--no-color", "--no-log-prefix", "--tail", str(count), service).splitlines()


def compose_containers(output: str) -> list[Container]:
    """The containers of `docker compose ps --format json`, without those of `docker compose run`."""
    return [_container(one) for one in _documents(output) if _ONE_OFF_LABEL not in str(one.get("Labels", ""))]


def followed_line(line: str) -> tuple[str, str]:
    """(service, text) of a line of `docker compose logs`."""
    found = _FOLLOWED_LINE.fullmatch(line.rstrip("\r\n"))
    return (found["service"], found["text"]) if found else ("", line.rstrip("\r\n"))


def _documents(output: str) -> Iterator[dict[str, Any]]:
    """One JSON document per line, or (Compose before 2.21, and some builds after) an array."""
    for line in output.splitlines():
        if line.strip():
            value = json.loads(line)
            yield from value if isinstance(value, list) else [value]


def _container(value: dict[str, Any]) -> Container:
    labels = str(value.get("Labels", "")).split(",")
    restarting = re.match(r"Restarting \((\d+)\)", str(value.get("Status", "")))
    return Container(
        service=value["Service"],
        name=value["Name"],
        state=value["State"],
        health=value.get("Health", ""),
        exit_status=int(restarting[1]) if restarting else int(value.get("ExitCode", 0)),
        folder=next(
            (
                str(Path(label.removeprefix(_FOLDER_LABEL)))
                for label in labels
                if label.startswith(_FOLDER_LABEL)
            ),
            "",
        ),
    )
