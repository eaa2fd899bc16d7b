"""What a supervisor tells those who watch it, in memory or as JSON lines through a pipe."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    NOTE = "note"
    STARTING = "starting"
    READY = "ready"
    WAITING = "waiting"
    DIED = "died"
    ALL_READY = "all_ready"
    FAILED = "failed"
    STOPPING = "stopping"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Event:
    """kind; the process's name, if it is about one; seconds that it took; a sentence; a process's last lines."""

    kind: Kind
    name: str = ""
    seconds: float = 0.0
    text: str = ""
    lines: list[str] = field(default_factory=list)

    def to_line(self) -> str:
        return json.dumps(asdict(self)) + "\n"

    @classmethod
    def from_line(cls, line: str) -> "Event":
        values = json.loads(line)
        return cls(**{**values, "kind": Kind(values["kind"])})


OnEvent = Callable[[Event], None]
