"""Which Compose projects a checkout has, on which ports, and whose data a project's volumes hold."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dhakacart.operations.compose import PROJECT, Stack, StackPorts
from dhakacart.operations.paths import Checkout

_FILE = "containers.json"


@dataclass
class StackRecords:
    """The checkout's projects: the one that was started last, and the ports of each. In `.dhakacart/`."""

    checkout: Checkout
    current: str = ""
    ports: dict[str, StackPorts] = field(default_factory=dict)

    @classmethod
    def read(cls, checkout: Checkout) -> "StackRecords":
        """Empty when nothing was ever started, or the file cannot be read."""
        try:
            value: dict[str, Any] = json.loads((checkout.private / _FILE).read_text())
            ports = {name: StackPorts(**one) for name, one in value["ports"].items()}
            return cls(checkout, str(value["current"]), ports)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls(checkout)

    def stacks(self) -> list[Stack]:
        """Every project that was ever started, the last one first."""
        names = sorted(self.ports, key=lambda name: name != self.current)
        return [Stack(self.checkout, name, self.ports[name]) for name in names]

    def remember(self, stack: Stack) -> None:
        """Makes it the current one."""
        self.current = stack.project
        self.ports[stack.project] = stack.ports
        self.checkout.private.mkdir(parents=True, exist_ok=True)
        path = self.checkout.private / _FILE
        temporary = path.with_name(f".{_FILE}.{os.getpid()}")
        value = {"current": self.current, "ports": {name: one.named() for name, one in self.ports.items()}}
        temporary.write_text(json.dumps(value, indent=1))
        temporary.replace(path)

    def forget(self) -> None:
        (self.checkout.private / _FILE).unlink(missing_ok=True)


def isolated_project(checkout: Checkout) -> str:
    """A project's name that no other checkout on this machine has."""
    return f"{PROJECT}-{checkout.key[-10:]}"


def owner_of(stack: Stack) -> Path | None:
    """The checkout whose data the project's volumes hold, as far as is known."""
    try:
        return Path(json.loads(_owner_file(stack).read_text())["root"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def claim(stack: Stack) -> None:
    """From now on the project's volumes are this checkout's."""
    path = _owner_file(stack)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"root": str(stack.checkout.root)}))


def release(stack: Stack) -> None:
    _owner_file(stack).unlink(missing_ok=True)


def _owner_file(stack: Stack) -> Path:
    # In the cache, which the checkouts of a user share: a volume itself does not say whose it is.
    return stack.checkout.cache / "compose-projects" / f"{stack.project}.json"
