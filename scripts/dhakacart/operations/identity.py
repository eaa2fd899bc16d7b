"""Names of processes that stay true: a pid alone may be recycled, a pid with its start time may not."""

import contextlib
import os
import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import psutil

_SAME_START_SECONDS = 0.05
_POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Identity:
    """A process: its pid and when it started (seconds since the epoch)."""

    pid: int
    started: float

    @classmethod
    def of(cls, pid: int) -> "Identity | None":
        """The process that has this pid now, or None."""
        try:
            return cls(pid, psutil.Process(pid).create_time())
        except psutil.Error:
            return None

    @classmethod
    def from_json(cls, value: Any) -> "Identity":
        return cls(int(value["pid"]), float(value["started"]))

    def to_json(self) -> dict[str, float]:
        return {"pid": self.pid, "started": self.started}

    def process(self) -> psutil.Process | None:
        """The living process, or None when it has ended (a zombie has) or the pid is another's now."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < _SAME_START_SECONDS
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.Error:
            return None

    def alive(self) -> bool:
        return self.process() is not None


def group_members(group: int) -> list[int]:
    """The pids of a process group that are still running."""
    members = []
    for pid in psutil.pids():
        with contextlib.suppress(OSError, psutil.Error):
            if os.getpgid(pid) == group and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                members.append(pid)
    return members


def signal_group(group: int, number: int) -> None:
    """Signals a whole process group; one that is gone is no error."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def wait_until_gone(identities: Iterable[Identity], *, timeout_seconds: float) -> list[Identity]:
    """Waits for processes to end; returns those that have not."""
    deadline = time.monotonic() + timeout_seconds
    left = [identity for identity in identities if identity.alive()]
    while left and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
        left = [identity for identity in left if identity.alive()]
    return left


def stop_groups(leaders: list[Identity], *, stop_signal: int = signal.SIGTERM, grace_seconds: float = 8.0) -> None:
    """Ends the groups of these leaders, last first: the signal, then SIGKILL for what is left after the grace.

    A leader whose pid now belongs to another process is left alone.
    """
    for leader in reversed(leaders):
        if leader.alive():
            signal_group(leader.pid, stop_signal)
            wait_until_gone([leader], timeout_seconds=grace_seconds)
            signal_group(leader.pid, signal.SIGKILL)
            wait_until_gone([leader], timeout_seconds=1.0)
