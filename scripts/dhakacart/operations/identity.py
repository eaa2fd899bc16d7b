"""Names of processes that stay true: a pid alone may be recycled, a pid with its start time may not."""

import contextlib
import os
import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

_POLL_SECONDS = 0.02
_HAS_PROC = Path("/proc/self/stat").exists()


@dataclass(frozen=True)
class Identity:
    """A process: its pid and when it started (seconds; on Linux since boot, which no clock adjustment moves)."""

    pid: int
    started: float

    @classmethod
    def of(cls, pid: int) -> "Identity | None":
        """The process that runs under this pid now, or None."""
        started = _started(pid)
        return None if started is None else cls(pid, started)

    @classmethod
    def of_this_process(cls) -> "Identity":
        return cls(os.getpid(), _started(os.getpid()) or 0.0)

    @classmethod
    def from_json(cls, value: Any) -> "Identity":
        return cls(int(value["pid"]), float(value["started"]))

    def to_json(self) -> dict[str, float]:
        return {"pid": self.pid, "started": self.started}

    def alive(self) -> bool:
        """Whether it still runs: an ended process, a zombie and another process under its pid do not count."""
        return self == Identity.of(self.pid)

    def send_signal(self, number: int) -> None:
        """Signals it; one that has ended is no error."""
        if self.alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


def _started(pid: int) -> float | None:
    if not _HAS_PROC:
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(pid)
            return None if process.status() == psutil.STATUS_ZOMBIE else float(process.create_time())
        return None
    try:
        # proc(5): after the name in parentheses, the state is field 3 and the start (clock ticks) field 22.
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[19]) / os.sysconf("SC_CLK_TCK")


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


def stop_groups(
    leaders: list[Identity], *, stop_signal: int = signal.SIGTERM, grace_seconds: float = 8.0
) -> None:
    """Ends the groups of these leaders, last first: the signal, then SIGKILL for what is left after the grace.

    A leader whose pid now belongs to another process is left alone.
    """
    for leader in reversed(leaders):
        if leader.alive():
            signal_group(leader.pid, stop_signal)
            wait_until_gone([leader], timeout_seconds=grace_seconds)
            signal_group(leader.pid, signal.SIGKILL)
            wait_until_gone([leader], timeout_seconds=1.0)
