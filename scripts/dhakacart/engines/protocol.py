"""What every engine offers to the verbs."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
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
class Command:
    """A program beside the processes: its words, its whole environment, the folder that it runs in."""

    words: list[str]
    environment: dict[str, str]
    folder: Path


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
    # Why it must be asked for by name; empty when it may be chosen by itself.
    not_automatic: str

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

    def output(self, name: str, *, lines: int, follow: bool) -> Iterator[tuple[str, str]]:
        """What runs prints, as (process, line): its last lines, of one process or all (""), then what is new."""

    def manage(self, arguments: list[str]) -> Command:
        """Django's manage.py with the settings of what runs (or would run)."""

    def database_shell(self) -> Command:
        """An SQL prompt on the shop's database."""
