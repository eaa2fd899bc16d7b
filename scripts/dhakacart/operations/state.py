"""Who runs this checkout: written by the supervisor, read by every verb that asks or stops."""

import contextlib
import fcntl
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dhakacart.operations.identity import Identity, stop_groups
from dhakacart.operations.ports import Ports

_STATE_FILE = "state.json"
_LOCK_FILE = "lock"
_PORTS_FILE = "isolated-ports.json"


@dataclass
class State:
    """A run: its supervisor, its processes in the order of their start, its ports, and whether all is ready."""

    supervisor: Identity
    ports: Ports
    isolated: bool
    ready: bool = False
    processes: list[Identity] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {
            "supervisor": self.supervisor.to_json(),
            "ports": self.ports.named(),
            "isolated": self.isolated,
            "ready": self.ready,
            "processes": [identity.to_json() for identity in self.processes],
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "State":
        return cls(
            supervisor=Identity.from_json(value["supervisor"]),
            ports=Ports(**value["ports"]),
            isolated=bool(value["isolated"]),
            ready=bool(value["ready"]),
            processes=[Identity.from_json(one) for one in value["processes"]],
        )


class StateFolder:
    """The state of one checkout, in its run folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock: int | None = None

    def read(self) -> State | None:
        """The last run's state, whether it lives or not; None when there is none or it cannot be read."""
        try:
            return State.from_json(json.loads((self.folder / _STATE_FILE).read_text()))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def living(self) -> State | None:
        """The state of a run whose supervisor lives."""
        state = self.read()
        return state if state is not None and state.supervisor.alive() else None

    def write(self, state: State) -> None:
        temporary = self.folder / f".{_STATE_FILE}.{os.getpid()}"
        temporary.write_text(json.dumps(state.to_json(), indent=1))
        temporary.replace(self.folder / _STATE_FILE)

    def clear(self) -> None:
        (self.folder / _STATE_FILE).unlink(missing_ok=True)

    def remembered_ports(self) -> Ports | None:
        """The ports of the last isolated run."""
        try:
            return Ports(**json.loads((self.folder / _PORTS_FILE).read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def remember_ports(self, ports: Ports) -> None:
        (self.folder / _PORTS_FILE).write_text(json.dumps(ports.named()))

    def acquire(self) -> bool:
        """Takes the checkout for this process until it ends; False when another has it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.folder / _LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._lock = handle
            return True
        os.close(handle)
        return False

    def stop_leftovers(self) -> int:
        """Ends processes that a killed supervisor (and its guardian) left; returns how many there were."""
        state = self.read()
        if state is None or state.supervisor.alive():
            return 0
        left = [identity for identity in state.processes if identity.alive()]
        stop_groups(left)
        return len(left)
