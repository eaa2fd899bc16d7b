"""Checkout, cash on delivery, told by mail and SMS: through the outbox, and with a direct `.delay()` to Celery."""

import json
import secrets

import httpx
from bench import http_load, shared_shop
from servers.process import Process
from servers.shop import Shop
from servers.visitors import NextVisitor

from dhakacart.operations.ports import LOOPBACK

ORDERS = 80
# So many different products, so that buyers do not wait for each other's row.
PRODUCTS = 40
PLENTY = 1_000_000


class Checkout:
    """POST of orders for one piece each, by one Granian process with these settings."""

    def __init__(self, name: str, *, settings_module: str) -> None:
        self.name = name
        self._settings_module = settings_module
        self._web: Process | None = None
        self._port = 0
        self._goods: list[tuple[str, int]] = []
        self._visitors = NextVisitor()
        self._acquired = False

    def setup(self) -> None:
        shop = shared_shop.acquire()
        self._acquired = True
        self._web, self._port = shared_shop.start_web(shop, settings_module=self._settings_module)
        self._goods = _priced(self._port, _stock_up(shop))

    def run_once(self) -> int:
        requests = [self._order(*self._goods[number % len(self._goods)]) for number in range(ORDERS)]
        return http_load.send_all(port=self._port, requests=requests, status=201)

    def teardown(self) -> None:
        if self._web:
            self._web.stop()
        if self._acquired:
            shared_shop.release()

    def _order(self, sku: str, total_poisha: int) -> bytes:
        """A request from a buyer of its own (a shop limits how often one address may order)."""
        body = json.dumps(
            {
                "lines": [{"sku": sku, "quantity": 1}],
                "contact": {"name": "Rahima", "phone": "+8801712345678", "email": "rahima@example.com"},
                "address": {
                    "line1": "12 Green Road",
                    "area": "Dhanmondi",
                    "district": "dhaka",
                    "postcode": "1205",
                },
                "payment_method": "cod",
                "expected_total_poisha": total_poisha,
                "language": "bn",
            }
        ).encode()
        headers = {
            "Host": "127.0.0.1",
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "Idempotency-Key": secrets.token_urlsafe(24),
            **self._visitors.headers(),
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"POST /api/v1/orders HTTP/1.1\r\n{lines}\r\n".encode() + body


def _stock_up(shop: Shop) -> list[str]:
    """Plenty of PRODUCTS different products; returns their SKUs."""
    rows = shop.query(
        "UPDATE inventory_stock SET on_hand = reserved + %s WHERE variant_id IN"
        " (SELECT v.id FROM catalog_variant v JOIN catalog_product p ON p.id = v.product_id"
        "  WHERE v.is_active AND p.is_active ORDER BY v.id LIMIT %s)"
        " RETURNING (SELECT sku FROM catalog_variant v WHERE v.id = variant_id)",
        PLENTY,
        PRODUCTS,
    )
    return [sku for (sku,) in rows]


def _priced(port: int, skus: list[str]) -> list[tuple[str, int]]:
    """Each SKU with the total of an order of one to Dhaka, in poisha."""
    with httpx.Client(base_url=f"http://{LOOPBACK}:{port}", trust_env=False) as client:
        carts = [{"lines": [{"sku": sku, "quantity": 1}], "district": "dhaka"} for sku in skus]
        quotes = [client.post("/api/v1/cart/quote", json=cart).json() for cart in carts]
    return [(sku, quote["total_poisha"]) for sku, quote in zip(skus, quotes, strict=True)]


def through_the_outbox() -> Checkout:
    return Checkout("through the outbox", settings_module="config.settings")


def direct_delay() -> Checkout:
    return Checkout("with a direct delay()", settings_module="direct_settings")
