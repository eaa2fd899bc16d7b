"""Shoppers at a steady rate, from this machine through edge by TLS: half of them on kept connections, half on new ones.

The rate is the clock's, not the shop's: a slow answer does not make fewer requests. Nothing is ever asked twice, and most
of it is of a kind that edge's cache cannot answer: it would hide that web fails.
"""

import asyncio
import secrets
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import httpx
from servers.cluster import ClusterShop
from servers.orders import one_piece, order_body
from servers.process import eventually

API = "/api/v1"
# A slow answer is one; none for so long is a hang.
HANG_SECONDS = 60.0
END_SECONDS = 90.0
# The shop takes 120 orders a minute from one address (its limit CHECKOUT), 600 searches (SEARCH): all here come from one.
ORDER_SECONDS = 1.0
SEARCH_SHARE = 20
_MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Asked:
    """One request, and what came of it: a status, or the kind of a connection error. ended: of time.time()."""

    what: str
    kept: bool
    seconds: float
    ended: float
    outcome: int | str
    text: str = ""
    cache: str = ""

    @property
    def failed(self) -> bool:
        return self.outcome not in (200, 201)

    def __str__(self) -> str:
        when = time.strftime("%H:%M:%S", time.gmtime(self.ended))
        connection = "kept" if self.kept else "new"
        return f"{when} {self.what} ({connection} connection): {self.outcome} after {self.seconds:.2f} s {self.text}"


@dataclass
class SteadyLoad:
    """From entering the block until leaving it. Without `sku` nobody buys."""

    shop: ClusterShop
    requests_per_second: float
    sku: str = ""
    hang_seconds: float = HANG_SECONDS
    asked: list[Asked] = field(default_factory=list)
    fault: BaseException | None = None

    def __enter__(self) -> "SteadyLoad":
        self._over = threading.Event()
        self._began = time.monotonic()
        self._thread = threading.Thread(target=self._run, daemon=True, name="load")
        self._thread.start()
        self.wait_for_more(int(self.requests_per_second))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(END_SECONDS)
        self.seconds = time.monotonic() - self._began
        if self._thread.is_alive() and error is None:
            raise AssertionError(f"requests are still under way {END_SECONDS:g} s after the last was sent")
        if self.fault is not None and error is None:
            raise self.fault

    def wait_for_more(self, requests: int, *, seconds: float = END_SECONDS) -> None:
        """Until so many more have been answered."""
        wanted = len(self.asked) + requests
        eventually("the load is under way", lambda: len(self.asked) >= wanted or self.fault, seconds=seconds)

    @property
    def failures(self) -> list[str]:
        return [str(one) for one in self.asked if one.failed]

    def kinds(self) -> dict[tuple[str, bool], int]:
        """How many of each kind, on kept connections (True) and on new ones."""
        return dict(Counter((one.what, one.kept) for one in self.asked))

    @property
    def by_the_shop(self) -> float:
        """Requests a second that web has answered, or failed to: edge's cache had no part in them."""
        return sum(one.cache in ("", "MISS", "BYPASS") for one in self.asked) / self.seconds

    def summary(self) -> str:
        slow = sorted(one.seconds for one in self.asked)
        orders = sum(one.what == "order" and not one.failed for one in self.asked)
        rate = len(slow) / self.seconds
        return (
            f"{len(slow)} requests, {rate:.0f}/s ({self.by_the_shop:.0f}/s past the cache), {orders} orders, {len(self.failures)} failed;"
            f" median {slow[len(slow) // 2] * 1000:.0f} ms, p99 {slow[int(len(slow) * 0.99)] * 1000:.0f} ms,"
            f" longest {slow[-1]:.1f} s"
        )

    def _run(self) -> None:
        try:
            asyncio.run(self._ask_all())
        except BaseException as fault:
            self.fault = fault

    async def _ask_all(self) -> None:
        everything = httpx.Limits(max_connections=_MOST_AT_ONCE, keepalive_expiry=60)
        nothing = httpx.Limits(max_connections=_MOST_AT_ONCE, max_keepalive_connections=0)
        async with (
            self.shop.async_client(timeout=self.hang_seconds, limits=everything) as kept,
            self.shop.async_client(timeout=self.hang_seconds, limits=nothing) as new,
        ):
            clients = {True: kept, False: new}
            under_way: set[asyncio.Task[None]] = set()
            number, ordered = 0, time.monotonic()
            while not self._over.is_set():
                way = _Way(clients[number % 2 == 0], kept=number % 2 == 0, asked=self.asked)
                work = self._work(number // 2)
                if self.sku and time.monotonic() - ordered >= ORDER_SECONDS:
                    work, ordered = self._order, time.monotonic()
                task = asyncio.create_task(work(way))
                under_way.add(task)
                task.add_done_callback(under_way.discard)
                task.add_done_callback(self._look)
                number += 1
                due = self._began + number / self.requests_per_second
                await asyncio.sleep(max(0.0, due - time.monotonic()))
            await asyncio.gather(*under_way)

    def _look(self, task: "asyncio.Task[None]") -> None:
        """A fault of the load's own must not look like requests that went well."""
        if not task.cancelled() and (error := task.exception()) is not None:
            self.fault = error
            self._over.set()

    def _work(self, number: int) -> "Callable[[_Way], Awaitable[None]]":
        match number % SEARCH_SHARE:
            case 0:
                return self._search
            case 3 | 8 | 13 | 18:
                return self._session
            case 5 | 15 if self.sku:
                return self._quote
            case 7 | 17:
                return self._list
            case _:
                return self._page

    async def _list(self, way: "_Way") -> None:
        await way.ask("list", "GET", "/catalog/products", params={"in_stock": "true"})

    async def _page(self, way: "_Way") -> None:
        await way.ask("page", "GET", "/catalog/products", params={"page_size": 4, **_never_asked()})

    async def _search(self, way: "_Way") -> None:
        await way.ask(
            "search", "GET", "/catalog/products", params={"q": "phone", "page_size": 8, **_never_asked()}
        )

    async def _session(self, way: "_Way") -> None:
        await way.ask("session", "GET", "/account/session")

    async def _quote(self, way: "_Way") -> httpx.Response | None:
        body = {"lines": one_piece(self.sku), "district": "dhaka"}
        return await way.ask("quote", "POST", "/cart/quote", json=body)

    async def _order(self, way: "_Way") -> None:
        quote = await self._quote(way)
        if quote is None or not quote.is_success:
            return  # counted already
        body = order_body(
            one_piece(self.sku),
            total_poisha=quote.json()["total_poisha"],
            phone=f"+88018{secrets.randbelow(10**8):08d}",
            email=f"{secrets.token_hex(6)}@example.com",
        )
        await way.ask(
            "order", "POST", "/orders", json=body, headers={"Idempotency-Key": secrets.token_urlsafe(24)}
        )


def _never_asked() -> dict[str, str]:
    """The shop ignores it; edge's cache has no answer to it, not even an old one."""
    return {"unseen": secrets.token_hex(8)}


@dataclass(frozen=True)
class _Way:
    """One client, and where what came of its requests is written down."""

    client: httpx.AsyncClient
    kept: bool
    asked: list[Asked]

    async def ask(self, what: str, method: str, path: str, **options: Any) -> httpx.Response | None:
        began = time.monotonic()
        try:
            answer = await self.client.request(method, f"{API}{path}", **options)
        except (httpx.HTTPError, httpx.StreamError) as error:
            self._note(what, began, type(error).__name__, str(error))
            return None
        text = "" if answer.is_success else answer.text[:200]
        self._note(what, began, answer.status_code, text, answer.headers.get("x-cache", ""))
        return answer

    def _note(self, what: str, began: float, outcome: int | str, text: str, cache: str = "") -> None:
        ended = time.time()
        self.asked.append(Asked(what, self.kept, time.monotonic() - began, ended, outcome, text, cache))
