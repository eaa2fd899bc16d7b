"""Everything the simulator remembers, in one place that every endpoint can reach."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from simulator.messages import Inbox
from simulator.sslcommerz.ledger import Ledger

if TYPE_CHECKING:
    import httpx
    from starlette.requests import Request

    from simulator.outage import Outages
    from simulator.settings import Settings


@dataclass(slots=True)
class World:
    """The simulator's state (in memory, bounded, lost at exit) and what it calls out with."""

    settings: Settings
    callbacks: httpx.AsyncClient
    outages: Outages
    inbox: Inbox = field(default_factory=Inbox)
    ledger: Ledger = field(default_factory=Ledger)


def world_of(request: Request) -> World:
    """The world of the application that serves `request`."""
    return cast("World", request.app.state.world)
