"""PostgreSQL is the only truth: without it the shop says so, quickly and properly, and comes back by itself."""

from collections.abc import Iterator

import pytest
from servers.process import eventually
from servers.shop import Shop
from servers.shopper import API, Shopper

REQUEST_BUDGET_SECONDS = 2.0
RECOVERY_SECONDS = 30.0

READS = [
    "/catalog/categories",
    "/catalog/products",
    "/catalog/products?q=phone",
    "/catalog/filters",
    "/catalog/products/any-product",
    f"/orders/{'a' * 43}",
]


@pytest.fixture
def shop_without_database(shop: Shop) -> Iterator[Shop]:
    """Every process of the shop runs, PostgreSQL does not; all the same it serves again afterwards."""
    shop.postgres.stop()
    yield shop
    if shop.postgres.pid is None:
        shop.postgres.start()
    with shop.client() as client:
        eventually(
            "the shop serves again",
            lambda: client.get(f"{API}/catalog/products").status_code == 200,
            seconds=RECOVERY_SECONDS,
        )


def test_what_needs_the_database_is_refused_for_now(shop_without_database: Shop) -> None:
    """503, a problem document, when to come again; never 500, never a hang, on any connection that web had open."""
    with shop_without_database.client() as client:
        for path in READS * 3:
            answer = client.get(f"{API}{path}")
            assert answer.status_code == 503, f"{path}: {answer.text}"
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["code"] == "temporarily_unavailable"
            assert int(answer.headers["retry-after"]) > 0
            assert answer.elapsed.total_seconds() < REQUEST_BUDGET_SECONDS


def test_checkout_is_refused_for_now(shop_without_database: Shop) -> None:
    """A cart is not priced and an order is not taken: 503, and nothing else."""
    with Shopper(shop_without_database) as shopper:
        answer = shopper.post("/cart/quote", {"lines": [{"sku": "any", "quantity": 1}]})

    assert answer.status_code == 503
    assert answer.json()["code"] == "temporarily_unavailable"


def test_the_fleet_stays_ready(shop_without_database: Shop) -> None:
    """Taking web out of service would help nobody: both probes answer 200."""
    with shop_without_database.client() as client:
        for path in ("/healthz", "/readyz"):
            answer = client.get(path)
            assert (path, answer.status_code) == (path, 200)
            assert answer.elapsed.total_seconds() < REQUEST_BUDGET_SECONDS


def test_everything_comes_back_by_itself(shop_without_database: Shop) -> None:
    """Once PostgreSQL is back, web sells and worker and beat perform, with no process started again."""
    shop = shop_without_database
    processes = {role: process.pid for role, process in shop.roles.items()}
    shop.postgres.start()

    with Shopper(shop) as shopper:
        eventually(
            "the catalogue is there",
            lambda: shopper.get("/catalog/products").status_code == 200,
            seconds=RECOVERY_SECONDS,
        )
        order = shopper.buy(shopper.browse())

    assert shop.inbox.wait_for(to=shopper.phone, containing=order["number"]).received_count == 1
    assert all(process.alive() for process in shop.roles.values())
    assert {role: process.pid for role, process in shop.roles.items()} == processes
