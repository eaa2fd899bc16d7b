"""Bringing a Compose project up: who starts, who is ready, and why one is not, as it happens."""

import json
import os
import subprocess
import time
from pathlib import Path

from dhakacart.operations.compose import Container, Stack
from dhakacart.operations.docker import call, explain
from dhakacart.operations.events import Event, Kind, OnEvent
from dhakacart.operations.images import end
from dhakacart.operations.problem import ProblemError
from dhakacart.operations.stack_failure import StackFailure

START_SECONDS = 300.0
_POLL_SECONDS = 0.5
_TELL_SECONDS = 1.0
_ASK_SECONDS = 2.0
# A container that ended, was started again and ended again so often will not heal by itself.
_MOST_RESTARTS = 3
_SHOWN_LINES = 15
# What the images' own checks say when no waiting helps (data of another version or password).
_WAY_OUT = "make reset"

WHAT = {
    "edge": "HTTPS, in front of all (nginx)",
    "web": "API and admin (Granian)",
    "worker": "background tasks (Celery)",
    "beat": "periodic tasks (Celery beat)",
    "migrate": "the database's schema",
    "seed": "the demonstration shop, if it is not there yet",
    "postgres": "PostgreSQL 17",
    "pgbouncer": "few connections to PostgreSQL for many",
    "redis": "cache and broker (Redis)",
    "prometheus": "metrics",
    "storefront": "the shop in the browser (Vite)",
    "simulator": "payment gateway, SMS and mail",
}


def start(stack: Stack, *, log: Path, on_event: OnEvent, timeout_seconds: float = START_SECONDS) -> None:
    """Starts every container and returns when all are ready. Raises StackFailure, ProblemError; stops nothing then."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            stack.command("up", "--detach", "--no-build", "--remove-orphans"),
            env=stack.environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for us: we end it, and tell the end
        )
    try:
        _Watch(stack, process, log, on_event, timeout_seconds).run()
    finally:
        end(process)


class _Watch:
    """Looks at the containers until all are ready or one cannot become so."""

    def __init__(
        self,
        stack: Stack,
        process: "subprocess.Popen[bytes]",
        log: Path,
        on_event: OnEvent,
        timeout_seconds: float,
    ) -> None:
        self._stack = stack
        self._process = process
        self._log = log
        self._on_event = on_event
        self._began = time.monotonic()
        self._deadline = self._began + timeout_seconds
        self._started: dict[str, float] = {}
        self._ready: set[str] = set()
        self._restarts: dict[str, int] = {}
        self._asked: dict[str, float] = {}
        self._told = self._began

    def run(self) -> None:
        while True:
            # First whether it has ended, then the containers: what it did last is seen.
            status = self._process.poll()
            containers = self._stack.containers()
            for container in containers:
                self._look_at(container)
            if status:
                self._explain_status(containers)
            if status == 0 and containers and all(container.ready for container in containers):
                return
            awaited = [container for container in containers if not container.ready]
            if time.monotonic() > self._deadline:
                names = ", ".join(container.service for container in awaited)
                raise self._failure(
                    awaited[0], f"not ready after {time.monotonic() - self._began:.0f} s: {names}"
                )
            if time.monotonic() - self._told > _TELL_SECONDS:
                self._told = time.monotonic()
                text = ", ".join(container.service for container in awaited) or "containers"
                self._on_event(Event(Kind.WAITING, seconds=self._told - self._began, text=text))
            time.sleep(_POLL_SECONDS)

    def _look_at(self, container: Container) -> None:
        name = container.service
        if container.state == "created":
            return
        if name not in self._started:
            self._started[name] = time.monotonic()
            self._on_event(Event(Kind.STARTING, name=name, text=WHAT.get(name, "")))
        if container.ready and name not in self._ready:
            self._ready.add(name)
            seconds = time.monotonic() - self._started[name]
            self._on_event(Event(Kind.READY, name=name, seconds=seconds))
        if container.state == "restarting":
            self._restarts[name] = self._restarts.get(name, 0) + 1
            # EX_CONFIG (sysexits.h) says that the configuration is at fault: the next try will end alike.
            if container.exit_status == os.EX_CONFIG or self._restarts[name] > _MOST_RESTARTS:
                raise self._failure(container, f"ends with status {container.exit_status}")
        elif container.state == "exited" and container.exit_status and self._process.poll() is not None:
            raise self._failure(container, f"ended with status {container.exit_status}")
        elif container.health == "unhealthy" or (container.health == "starting" and self._is_lost(container)):
            raise self._failure(container, "is not healthy")

    def _is_lost(self, container: Container) -> bool:
        """Whether its own check says that no waiting helps; asked now and then."""
        now = time.monotonic()
        if now - self._asked.get(container.service, 0.0) < _ASK_SECONDS:
            return False
        self._asked[container.service] = now
        return _WAY_OUT in _health_output(container)

    def _explain_status(self, containers: list[Container]) -> None:
        """`up` itself has failed: the container that is to blame, else docker's own words."""
        for container in containers:
            if container.state == "exited" and container.exit_status:
                raise self._failure(container, f"ended with status {container.exit_status}")
        output = self._log.read_text(errors="replace")
        lines = [line.strip() for line in output.splitlines() if line.strip()]
        problem = explain(output) or ProblemError(
            f"docker compose up failed: {lines[-1] if lines else 'without a word'}"
        )
        raise StackFailure("compose", problem.message, hint=problem.hint, lines=lines[-_SHOWN_LINES:])

    def _failure(self, container: Container, what: str) -> StackFailure:
        """Its own words where they are meant for people (`postgres: the data ...: make reset`), else what was seen."""
        name = container.service
        lines = [line for line in self._stack.last_lines(name, _SHOWN_LINES) if line.strip()]
        said = [*lines, *_health_output(container).splitlines()]
        own = [line.strip() for line in said if line.startswith((f"{name}: ", "environment contract: "))]
        problem = explain("\n".join(said))
        if problem is not None:
            return StackFailure(name, f"{name}: {problem.message}", hint=problem.hint, lines=lines)
        hint = f"its output: {' '.join(self._stack.command('logs', name)[-2:])}" if not own else ""
        return StackFailure(name, own[-1] if own else f"{name} {what}", hint=hint, lines=lines)


def _health_output(container: Container) -> str:
    """What the last health check said; empty when there was none."""
    form = "{{json .State.Health}}"
    health = json.loads(call(["docker", "inspect", "--format", form, container.name]))
    log = (health or {}).get("Log") or []
    return str(log[-1]["Output"]).strip() if log else ""
