"""What the supervisor must know of a process that it runs."""

import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dhakacart.operations.probes import Probe


@dataclass(frozen=True)
class Service:
    """A process that stays, or (`once`) one that does a job and ends.

    command, folder, environment: how it is started. user: the numeric user to run it under, None for ours.
    after: names of services that must be ready first. prepare: work before the start, in a thread.
    ready: the probe; a `once` service is ready when it has ended with status 0.
    ready_file: removed before each start, for probes that look at it.
    """

    name: str
    command: list[str]
    folder: Path
    environment: Mapping[str, str]
    what: str = ""
    after: tuple[str, ...] = ()
    ready: Probe | None = None
    ready_file: Path | None = None
    ready_seconds: float = 60.0
    prepare: Callable[[], object] | None = None
    once: bool = False
    user: int | None = None
    stop_signal: signal.Signals = field(default=signal.SIGTERM)
    grace_seconds: float = 10.0


def in_start_order(services: list[Service]) -> list[list[Service]]:
    """Levels: each service stands in the first level after all that it needs. Raises ValueError for a cycle."""
    levels: list[list[Service]] = []
    placed: set[str] = set()
    left = list(services)
    while left:
        level = [service for service in left if placed.issuperset(service.after)]
        if not level:
            raise ValueError(
                f"services that wait for each other or for none: {[service.name for service in left]}"
            )
        levels.append(level)
        placed.update(service.name for service in level)
        left = [service for service in left if service not in level]
    return levels
