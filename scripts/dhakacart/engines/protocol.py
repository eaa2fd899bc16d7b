"""What every engine offers to the verbs."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Protocol

from dhakacart.operations.events import OnEvent
from dhakacart.operations.paths import Checkout


@dataclass(frozen=True)
class Address:
    """One row of the table that `make dev` ends with."""

    name: str
    url: str
    what: str
    login: str = ""

    def to_json(self) -> dict[str, str]:
        return asdict(self)


@dataclass(frozen=True)
class Status:
    """Whether the engine runs this checkout, whether all of it is ready, and a sentence on it."""

    running: bool
    ready: bool = False
    text: str = ""


@dataclass(frozen=True)
class UpOptions:
    """isolated: free ports. detach: return when all is ready. on_line gets the output of an attached run."""

    isolated: bool
    detach: bool
    on_event: OnEvent
    on_line: Callable[[str, str], None]


class Engine(Protocol):
    """One way to run the shop."""

    name: str

    def __init__(self, checkout: Checkout) -> None: ...

    def available(self) -> tuple[bool, str]:
        """Whether it can run on this machine, and why (not)."""

    def up(self, options: UpOptions) -> int:
        """Starts everything: returns when all is ready (detached) or when all has ended; the exit status."""

    def down(self, on_event: OnEvent) -> bool:
        """Stops what runs; False when nothing ran. Keeps the data."""

    def reset(self, on_event: OnEvent) -> None:
        """Stops, and removes this checkout's data."""

    def urls(self) -> list[Address]:
        """The table of what runs."""

    def status(self) -> Status:
        """What is so now."""

    def environment(self) -> dict[str, str]:
        """The environment contract's values for a command beside the processes (a shell, a seed)."""

    def database_shell(self) -> tuple[list[str], dict[str, str]]:
        """The command of an SQL prompt on the shop's database, and its environment."""
