"""What the database of the tests' cluster has of the orders that a crowd was told of."""

from servers.buyers import Purchase
from servers.cluster import ClusterShop
from servers.cluster_report import report


def assert_all_kept(shop: ClusterShop, purchases: list[Purchase]) -> None:
    """Each acknowledged order is there once, and took one piece once."""
    numbers = [purchase.number for purchase in purchases]
    assert all(numbers)
    assert len(set(numbers)) == len(numbers)
    listed = ", ".join(f"'{number}'" for number in numbers)
    kept = shop.query(f"SELECT number FROM orders_order WHERE number IN ({listed})")
    assert sorted(number for [number] in kept) == sorted(numbers)
    phones = ", ".join(f"'{phone}'" for phone in {purchase.buyer.phone for purchase in purchases})
    ordered = shop.query(f"SELECT number FROM orders_order WHERE contact_phone IN ({phones})")
    assert sorted(number for [number] in ordered) == sorted(numbers), "an order that nobody asked for"
    taken = shop.query(
        f"SELECT reference, sum(delta), count(*) FROM inventory_stockmovement WHERE reference IN ({listed}) GROUP BY 1"
    )
    assert sorted(taken) == sorted([number, "-1", "1"] for number in numbers)
    report(
        f"{len(purchases)} orders acknowledged and kept; {sum(len(one.attempts) for one in purchases)} requests"
    )
