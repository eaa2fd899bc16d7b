"""Outages on demand: the next n requests to the gateway, the SMS provider or the mail server go wrong."""

import asyncio
import contextlib
import functools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from simulator.world import world_of

HANG_SECONDS = 60
SLOW_SECONDS = 1
LONGEST_OUTAGE_REQUESTS = 100_000
GARBAGE = '<html><body>502 Bad Gateway</body></html>\x00\ufffd{"status":'

Endpoint = Callable[[Request], Awaitable[Response]]


class Target(StrEnum):
    """Who goes wrong."""

    GATEWAY = "gateway"
    SMS = "sms"
    MAIL = "mail"


class Kind(StrEnum):
    """How it goes wrong."""

    ERROR = "error"  # an error answer, nothing done
    HANG = "hang"  # no answer for HANG_SECONDS, nothing done
    GARBAGE = "garbage"  # an answer that is not of the protocol, nothing done
    SLOW = "slow"  # the work is done, SLOW_SECONDS late
    LOST_ANSWER = "lost-answer"  # the work is done, and then an error answer: the caller cannot know


@dataclass(slots=True)
class Outages:
    """The outages under way: for each target what goes wrong and for how many requests more."""

    under_way: dict[Target, tuple[Kind, int]] = field(default_factory=dict)

    def begin(self, *, target: Target, kind: Kind, for_requests: int) -> None:
        """Let the next `for_requests` requests to `target` go wrong; 0 ends its outage."""
        if for_requests:
            self.under_way[target] = (kind, for_requests)
        else:
            self.under_way.pop(target, None)

    def take(self, target: Target) -> Kind | None:
        """How this request to `target` goes wrong (and count it), or None."""
        outage = self.under_way.get(target)
        if outage is None:
            return None
        kind, remaining = outage
        self.begin(target=target, kind=kind, for_requests=remaining - 1)
        return kind

    def as_json(self) -> dict[str, dict[str, str | int]]:
        """The outages under way, by target."""
        return {
            target.value: {"kind": kind.value, "for_requests": remaining}
            for target, (kind, remaining) in self.under_way.items()
        }


def breakable(target: Target) -> Callable[[Endpoint], Endpoint]:
    """Decorate an HTTP endpoint so that an outage of `target` breaks it."""

    def decorate(endpoint: Endpoint) -> Endpoint:
        @functools.wraps(endpoint)
        async def guarded(request: Request) -> Response:
            kind = world_of(request).outages.take(target)
            match kind:
                case None:
                    return await endpoint(request)
                case Kind.SLOW:
                    await asyncio.sleep(SLOW_SECONDS)
                    return await endpoint(request)
                case Kind.GARBAGE:
                    return PlainTextResponse(GARBAGE)
                case Kind.HANG:
                    await _hang(request)
                case Kind.LOST_ANSWER:
                    await endpoint(request)
                case Kind.ERROR:
                    pass
            return PlainTextResponse(f"simulated outage: {kind.value}", status_code=500)

        return guarded

    return decorate


async def _hang(request: Request) -> None:
    """Return after HANG_SECONDS, or when the client has gone."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(HANG_SECONDS):
            while (await request.receive())["type"] != "http.disconnect":
                pass
