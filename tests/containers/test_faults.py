"""What the production shape makes of a sudden death: each service killed with -9 in turn, while shoppers go on buying.

Nobody helps: the restart policy starts what has died, and everything else has to bear its absence. Shoppers ask again
with the same key, as their browser does; what the shop has acknowledged must be there afterwards, once, and told once.
"""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from servers.buyers import Crowd, Purchase
from servers.containers import docker
from servers.process import eventually
from servers.production_shape import ProductionShop

BUYERS = 3
PIECES = 2_000
HEAL_SECONDS = 60.0
# A killed worker's leases run out after 35 s; then there is the rest to send.
DRAIN_SECONDS = 75.0
# pgbouncer lets a request wait for 5 s, a connection may take 3 s: longer for one answer is a shopper left hanging.
ANSWER_SECONDS = 9.0
# What was sent may be under way for 5 s; then one more connection may be tried.
GIVEN_UP_SECONDS = 12.0
SERVICES = ("web", "worker", "beat", "redis", "pgbouncer", "edge", "postgres")


@pytest.fixture
def sku(production: ProductionShop) -> str:
    """Of a variant of which enough was delivered just now."""
    [(number, code)] = production.query(
        "SELECT v.id, v.sku FROM catalog_variant v JOIN inventory_stock s ON s.variant_id = v.id"
        " WHERE s.on_hand > s.reserved ORDER BY v.id LIMIT 1"
    )
    production.query(
        "WITH delivered AS (UPDATE inventory_stock SET on_hand = on_hand + %s WHERE variant_id = %s)"
        " INSERT INTO inventory_stockmovement (stock_id, delta, reason, reference) VALUES (%s, %s, 'delivery', 'test')",
        *(PIECES, number, number, PIECES),
    )
    return str(code)


@pytest.fixture
def crowd(production: ProductionShop, sku: str) -> Iterator[Crowd]:
    """Shoppers who buy from now on; at the end everything is whole again."""
    production.healthy()
    with Crowd(production, sku=sku, buyers=BUYERS) as crowd:
        crowd.wait_for_sales(since=0.0, seconds=HEAL_SECONDS)
        yield crowd
    production.healthy()


def kill_and_heal(production: ProductionShop, crowd: Crowd, service: str) -> dict[str, object]:
    """Kills it and waits for it; what that was like for a shopper."""
    killed = time.monotonic()
    production.kill(service)
    production.healthy(service, seconds=HEAL_SECONDS)
    healthy = time.monotonic()
    crowd.wait_for_sales(since=healthy, seconds=HEAL_SECONDS)
    return {
        "killed": service,
        "healthy_after_seconds": round(healthy - killed, 1),
        "shoppers_failed_for_seconds": round(crowd.failing_seconds(since=killed), 1),
        "slowest_request_seconds": round(crowd.slowest(since=killed), 1),
        "outcomes": crowd.outcomes(since=killed, until=time.monotonic()),
    }


def assert_nothing_lost(production: ProductionShop, purchases: list[Purchase]) -> None:
    """Every acknowledged order is there once, its piece was taken once, and its buyer was told once."""
    numbers = [purchase.number for purchase in purchases]
    assert all(numbers)
    assert len(set(numbers)) == len(numbers), "two keys, one order"

    kept = production.query(
        "SELECT k.key, o.number FROM orders_idempotencykey k JOIN orders_order o ON o.id = k.order_id"
        " WHERE k.key = ANY(%s)",
        [purchase.key for purchase in purchases],
    )
    assert {purchase.key: purchase.number for purchase in purchases} == dict(kept)
    phones = [buyer.phone for buyer in {purchase.buyer for purchase in purchases}]
    ordered = production.query("SELECT number FROM orders_order WHERE contact_phone = ANY(%s)", phones)
    assert sorted(number for (number,) in ordered) == sorted(numbers), "an order that nobody asked for"

    sold = production.query(
        "SELECT reference, sum(delta), count(*) FROM inventory_stockmovement WHERE reference = ANY(%s) GROUP BY 1",
        numbers,
    )
    assert sorted(sold) == sorted((number, -1, 1) for number in numbers)
    assert not production.query(
        "SELECT s.variant_id, s.on_hand FROM inventory_stock s LEFT JOIN inventory_stockmovement m"
        " ON m.stock_id = s.variant_id GROUP BY 1, 2 HAVING s.on_hand <> coalesce(sum(m.delta), 0)"
    ), "the ledger does not explain the stock"

    eventually(
        "the outbox is empty",
        lambda: production.query("SELECT count(*) FROM notify_effect WHERE state <> 'done'") == [(0,)],
        seconds=DRAIN_SECONDS,
    )
    for buyer in {purchase.buyer for purchase in purchases}:
        own = [purchase.number for purchase in purchases if purchase.buyer is buyer]
        for to in (buyer.email, buyer.phone):
            texts = [f"{m.subject}\n{m.text}" for m in production.inbox.messages(to=to)]
            told = Counter(number for number in own for text in texts if number in text)
            assert told == dict.fromkeys(own, 1)


def assert_proper_refusals(crowd: Crowd) -> None:
    """No 500 (a buyer gives up on one), no hang, and every refusal in the API's own words."""
    assert [str(a) for a in crowd.attempts if a.is_refusal and not a.is_proper_refusal] == []
    assert [str(a) for a in crowd.attempts if a.ended - a.began > ANSWER_SECONDS] == []


def test_a_killed_service_heals_and_no_order_is_lost(production: ProductionShop, crowd: Crowd) -> None:
    """One after the other; shoppers see refusals for now or broken connections, never anything false."""
    for service in SERVICES:
        print(kill_and_heal(production, crowd, service))

    purchases = crowd.finish(seconds=HEAL_SECONDS)
    print({"purchases": len(purchases), "requests": len(crowd.attempts)})
    assert_proper_refusals(crowd)
    assert_nothing_lost(production, purchases)


@pytest.mark.parametrize("service", ["pgbouncer", "postgres"])
def test_what_vanishes_without_a_word_is_given_up(
    production: ProductionShop, crowd: Crowd, service: str
) -> None:
    """As when its machine loses power: packets go nowhere, nothing is refused. No thread waits for it longer than seconds."""
    container = production.container(service)
    network = f"{production.stack.project}_data"
    vanished = time.monotonic()
    docker("network", "disconnect", network, container)
    try:
        crowd.wait_for_refusals(since=vanished, seconds=HEAL_SECONDS)
    finally:
        docker("network", "connect", "--alias", service, network, container)
    crowd.wait_for_sales(since=time.monotonic(), seconds=HEAL_SECONDS)

    print({"vanished": service, "slowest_request_seconds": round(crowd.slowest(since=vanished), 1)})
    purchases = crowd.finish(seconds=HEAL_SECONDS)
    assert [str(a) for a in crowd.attempts if a.ended - a.began > GIVEN_UP_SECONDS] == []
    assert {a.outcome for a in crowd.attempts} == {201, 503}
    assert_nothing_lost(production, purchases)


def test_a_database_that_is_killed_and_stays_away(production: ProductionShop, crowd: Crowd) -> None:
    """Shoppers are told to come again, and quickly; once it is back the shop sells by itself, and nothing is lost."""
    others = [service for service in SERVICES if service != "postgres"]
    started = {service: production.inspect(service)["State"]["StartedAt"] for service in others}
    killed = time.monotonic()

    docker("kill", production.container("postgres"))  # after which no restart policy holds
    crowd.wait_for_refusals(since=killed, seconds=HEAL_SECONDS)
    production.stack.call("start", "postgres")
    back = time.monotonic()
    crowd.wait_for_sales(since=back, seconds=HEAL_SECONDS)

    print(
        {
            "away_for_seconds": round(back - killed, 1),
            "shoppers_failed_for_seconds": round(crowd.failing_seconds(since=killed), 1),
            "slowest_request_seconds": round(crowd.slowest(since=killed), 1),
            "outcomes": crowd.outcomes(since=killed, until=time.monotonic()),
        }
    )
    purchases = crowd.finish(seconds=HEAL_SECONDS)
    assert {a.outcome for a in crowd.attempts} == {201, 503}
    assert_proper_refusals(crowd)
    assert_nothing_lost(production, purchases)
    # The pair: an order that was acknowledged and is not there would be seen.
    with pytest.raises(AssertionError):
        assert_nothing_lost(production, [*purchases, replace(purchases[0], key="lost", number="DC-00-LOST")])
    assert {service: production.inspect(service)["State"]["StartedAt"] for service in others} == started
