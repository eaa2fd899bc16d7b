"""Shoppers who go on buying whatever happens to the shop, as a browser would: the same key again until it is answered."""

import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol

import httpx
from servers.orders import one_piece, order_body
from servers.process import eventually
from servers.visitors import NextVisitor

API = "/api/v1"
# Without an answer for longer, it counts as a hang.
HANG_SECONDS = 20.0
# The shop takes 120 orders and tries a minute from one address (its limit CHECKOUT).
ONE_ADDRESS_REQUESTS_PER_SECOND = 1.3
TEMPORARY = frozenset({502, 503, 504})


class SellingShop(Protocol):
    """What has an address to buy at."""

    def client(self, **options: Any) -> httpx.Client: ...


@dataclass(frozen=True)
class Pace:
    """Seconds of one buyer between two orders, and until he asks again for one that was refused."""

    between: float = 0.5
    again: float = 0.25

    @classmethod
    def from_one_address(cls, buyers: int) -> "Pace":
        """Where the shop cannot be told that each request is somebody else's."""
        seconds = buyers / ONE_ADDRESS_REQUESTS_PER_SECOND
        return cls(between=seconds, again=seconds)


@dataclass(frozen=True)
class Attempt:
    """One request, and what came of it: a status, or the kind of connection error. Times are of time.monotonic()."""

    began: float
    ended: float
    outcome: int | str
    answer: httpx.Response | None = None

    @property
    def is_refusal(self) -> bool:
        return self.outcome in TEMPORARY

    @property
    def is_proper_refusal(self) -> bool:
        """Whether it says so in the API's own words, and when to come again."""
        assert self.answer is not None
        return (
            self.answer.headers.get("content-type") == "application/problem+json"
            and self.answer.json()["code"] == "temporarily_unavailable"
            and int(self.answer.headers.get("retry-after", "0")) > 0
        )

    def __str__(self) -> str:
        text = self.answer.text[:300] if self.answer is not None else ""
        return f"{self.outcome} after {self.ended - self.began:.2f} s: {text}"


@dataclass
class Purchase:
    """One order that a buyer wants; ``number`` once the shop has said that it has it."""

    key: str
    buyer: "Buyer"
    attempts: list[Attempt] = field(default_factory=list)
    number: str = ""


class Buyer(threading.Thread):
    """Buys one piece of a product after the other, each as a guest from a new address."""

    def __init__(self, shop: SellingShop, *, sku: str, visitor: NextVisitor, pace: Pace) -> None:
        super().__init__(daemon=True, name="buyer")
        self.email = f"{secrets.token_hex(6)}@example.com"
        self.phone = f"+88018{secrets.randbelow(10**8):08d}"
        self.purchases: list[Purchase] = []
        self.fault: BaseException | None = None
        self._lines = one_piece(sku)
        self._client = shop.client(timeout=HANG_SECONDS, event_hooks={"request": [visitor.mark]})
        self._pace = pace
        self._over = threading.Event()

    def run(self) -> None:
        try:
            with self._client:
                quote = self._client.post(
                    f"{API}/cart/quote", json={"lines": self._lines, "district": "dhaka"}
                )
                total: int = quote.raise_for_status().json()["total_poisha"]
                while not self._over.wait(self._pace.between):
                    self._buy(Purchase(secrets.token_urlsafe(24), self), total)
        except BaseException as fault:
            self.fault = fault

    def stop(self) -> None:
        """After the purchase that is under way."""
        self._over.set()

    def _buy(self, purchase: Purchase, total_poisha: int) -> None:
        self.purchases.append(purchase)
        body = order_body(
            self._lines, total_poisha=total_poisha, phone=self.phone, email=self.email, language="en"
        )
        while True:
            attempt = self._ask(purchase.key, body)
            purchase.attempts.append(attempt)
            if attempt.outcome == 201:
                assert attempt.answer is not None
                purchase.number = attempt.answer.json()["number"]
                return
            assert attempt.is_refusal or isinstance(attempt.outcome, str), str(attempt)
            time.sleep(self._pace.again)

    def _ask(self, key: str, body: object) -> Attempt:
        began = time.monotonic()
        try:
            answer = self._client.post(f"{API}/orders", json=body, headers={"Idempotency-Key": key})
        except httpx.TransportError as error:
            return Attempt(began, time.monotonic(), type(error).__name__)
        return Attempt(began, time.monotonic(), answer.status_code, answer)


class Crowd:
    """Several buyers at once, from entering the block until `finish`."""

    def __init__(self, shop: SellingShop, *, sku: str, buyers: int, pace: Pace | None = None) -> None:
        visitor, pace = NextVisitor(), pace or Pace()
        self.buyers = [Buyer(shop, sku=sku, visitor=visitor, pace=pace) for _ in range(buyers)]

    def __enter__(self) -> "Crowd":
        for buyer in self.buyers:
            buyer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for buyer in self.buyers:
            buyer.stop()

    @property
    def purchases(self) -> list[Purchase]:
        return [purchase for buyer in self.buyers for purchase in list(buyer.purchases)]

    @property
    def attempts(self) -> list[Attempt]:
        return [attempt for purchase in self.purchases for attempt in list(purchase.attempts)]

    def wait_for_sales(self, *, since: float, seconds: float) -> None:
        """Until each buyer has had an order taken that was asked for after `since`."""
        self._wait("everybody buys", lambda attempt: attempt.outcome == 201, since=since, seconds=seconds)

    def wait_for_refusals(self, *, since: float, seconds: float) -> None:
        """Until each buyer has been refused, for now, what was asked for after `since`."""
        self._wait("everybody is refused", lambda attempt: attempt.is_refusal, since=since, seconds=seconds)

    def _wait(self, what: str, meant: Callable[[Attempt], bool], *, since: float, seconds: float) -> None:
        def seen(buyer: Buyer) -> bool:
            return any(meant(a) for p in list(buyer.purchases) for a in list(p.attempts) if a.began >= since)

        def by_everybody() -> bool:
            self.check()
            return all(seen(buyer) for buyer in self.buyers)

        eventually(what, by_everybody, seconds=seconds)

    def failing_seconds(self, *, since: float) -> float:
        """From `since` until the last request that was no order; 0 when all were."""
        return max(
            (a.ended - since for a in self.attempts if a.ended >= since and a.outcome != 201), default=0.0
        )

    def finish(self, *, seconds: float) -> list[Purchase]:
        """Let everybody finish what they buy; all purchases, each of them acknowledged."""
        for buyer in self.buyers:
            buyer.stop()
        eventually(
            "everybody has finished", lambda: not any(b.is_alive() for b in self.buyers), seconds=seconds
        )
        self.check()
        return self.purchases

    def check(self) -> None:
        """Raises what made a buyer give up: an answer that is neither an order nor a refusal for now."""
        for buyer in self.buyers:
            if buyer.fault is not None:
                raise buyer.fault

    def outcomes(self, *, since: float, until: float) -> dict[str, int]:
        """How often what came of the requests that ended in this time."""
        return dict(Counter(str(a.outcome) for a in self.attempts if since <= a.ended <= until))

    def slowest(self, *, since: float) -> float:
        """Seconds of the request that took longest."""
        return max((a.ended - a.began for a in self.attempts if a.ended >= since), default=0.0)
