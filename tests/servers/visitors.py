"""Many visitors from one machine: each request from an address of its own, told by a proxy that the shop trusts."""

import itertools
import threading
from ipaddress import IPv4Address

import httpx

# TEST-NET-like space that the shop does not trust, large enough for any test: 100.64.0.0/10 (RFC 6598).
_FIRST = int(IPv4Address("100.64.0.1"))


class NextVisitor:
    """Hands out addresses, so that a test with a thousand requests meets no rate limit, without switching it off."""

    def __init__(self) -> None:
        self._numbers = itertools.count(_FIRST)
        self._lock = threading.Lock()

    def headers(self) -> dict[str, str]:
        with self._lock:
            return {"X-Forwarded-For": str(IPv4Address(next(self._numbers)))}

    def mark(self, request: httpx.Request) -> None:
        """As an event hook of httpx."""
        if "X-Forwarded-For" not in request.headers:
            request.headers.update(self.headers())
