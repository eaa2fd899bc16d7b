"""A shopper who speaks HTTP: browses, searches, signs in, buys; every request is remembered with its time."""

import secrets
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import httpx
from servers.buyers import SellingShop
from servers.orders import one_piece, order_body

API = "/api/v1"
PASSWORD = "ইলিশ-মাছ-আর-পান্তা-ভাত"
# No answer at all within this is a hang, whatever budget a test sets.
HANG_SECONDS = 20.0


@dataclass(frozen=True)
class Visit:
    """One request, what was answered, and how long it took."""

    method: str
    path: str
    status: int
    seconds: float
    body: str

    def __str__(self) -> str:
        return f"{self.method} {self.path} -> {self.status} in {self.seconds:.2f} s: {self.body[:300]}"


class Shopper:
    """One browser with its cookies. ``visits`` holds every request so far."""

    def __init__(self, shop: SellingShop) -> None:
        self.visits: list[Visit] = []
        self.name = secrets.token_hex(6)
        self.email = f"{self.name}@example.com"
        self.phone = f"+88018{secrets.randbelow(10**8):08d}"
        self._client = shop.client(timeout=HANG_SECONDS)
        self._csrf_token = ""

    def __enter__(self) -> "Shopper":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def get(self, path: str, **parameters: Any) -> httpx.Response:
        return self._request("GET", path, params=parameters)

    def post(self, path: str, body: object = None, **headers: str) -> httpx.Response:
        return self._request("POST", path, json=body, headers={"X-CSRFToken": self._csrf_token, **headers})

    def browse(self) -> dict[str, Any]:
        """Home, a list, and the page of a product that can be had; returns the product."""
        self.get("/catalog/categories")
        items = self.get("/catalog/products", in_stock="true", sort="price_asc").json()["items"]
        product: dict[str, Any] = self.get(f"/catalog/products/{items[0]['slug']}").json()
        return product

    def search(self, question: str) -> None:
        self.get("/catalog/products", q=question)
        self.get("/catalog/filters", q=question)

    def register(self) -> None:
        self._session(self.get("/account/session"))
        body = {
            "name": "রহিমা",
            "email": self.email,
            "phone": self.phone,
            "password": PASSWORD,
            "language": "bn",
        }
        self._session(self.post("/account/register", body))
        self._session(self.post("/account/logout"))

    def log_in(self) -> None:
        self._session(self.get("/account/session"))
        self._session(self.post("/account/login", {"login": self.email, "password": PASSWORD}))

    def buy(self, product: dict[str, Any], *, payment_method: str = "cod") -> dict[str, Any]:
        """One piece of the product's first variant that can be had, by default cash on delivery; returns the order."""
        sku = next(variant["sku"] for variant in product["variants"] if variant["max_quantity"] > 0)
        lines = one_piece(sku)
        quote = self.post("/cart/quote", {"lines": lines, "district": "dhaka"}).json()
        answer = self.post(
            "/orders",
            order_body(
                lines,
                total_poisha=quote["total_poisha"],
                phone=self.phone,
                email=self.email,
                payment_method=payment_method,
            ),
            **{"Idempotency-Key": secrets.token_urlsafe(24)},
        )
        assert answer.status_code == 201, self.visits[-1]
        order: dict[str, Any] = answer.json()
        return order

    def _session(self, answer: httpx.Response) -> None:
        assert answer.is_success, self.visits[-1]
        self._csrf_token = answer.json()["csrf_token"]

    def _request(self, method: str, path: str, **options: Any) -> httpx.Response:
        answer = self._client.request(method, f"{API}{path}", **options)
        self.visits.append(
            Visit(method, path, answer.status_code, answer.elapsed.total_seconds(), answer.text)
        )
        return answer
