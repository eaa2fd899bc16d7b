"""What follows from a change of the stock: the word that shoppers see, and the alert to operations.

Most sales cross no line, and cost nothing here. One that does locks the product's row after the stock's rows, in
the order of the ids, so that two variants that sell out at the same moment do not each count on the other.
"""

from collections.abc import Iterable
from typing import Final

from catalog.availability import stock_state
from catalog.models import Product, Variant
from catalog.services import set_stock_state
from inventory.models import Stock
from inventory.rows import Changed
from notify import outbox

ALERT_KIND: Final = "stock_alert"
_BEST_FIRST: Final = (Product.Stock.IN_STOCK, Product.Stock.LOW, Product.Stock.OUT)


def follow(changed: Iterable[Changed], *, cause: str) -> None:
    """Correct the products' stock states, and tell operations of every variant that has just become low or sold out."""
    lines = [(line, _state(line.before, line), _state(line.after, line)) for line in changed]
    refresh_products(variant_ids=[line.variant_id for line, before, after in lines if before != after])
    for line, before, after in lines:
        if _BEST_FIRST.index(after) > _BEST_FIRST.index(before):
            outbox.enqueue(
                kind=ALERT_KIND,
                key=f"stock-alert:{line.variant_id}:{cause}",
                payload={"variant_id": line.variant_id, "available": line.after},
            )


def refresh_products(*, variant_ids: Iterable[int]) -> None:
    """Set the stock state of these variants' products: a product is as well stocked as its best active variant."""
    wanted = set(variant_ids)
    if not wanted:
        return
    products = list(
        Product.objects.select_for_update(no_key=True)
        .filter(id__in=Variant.objects.filter(id__in=wanted).values("product_id"))
        .order_by("id")
        .values_list("id", flat=True)
    )
    states: dict[int, set[Product.Stock]] = {product: {Product.Stock.OUT} for product in products}
    stocks = Stock.objects.filter(variant__product_id__in=products, variant__is_active=True)
    for product, on_hand, reserved, low_threshold in stocks.values_list(
        "variant__product_id", "on_hand", "reserved", "low_threshold"
    ):
        states[product].add(stock_state(available=on_hand - reserved, low_threshold=low_threshold))
    for product in products:
        best = next(state for state in _BEST_FIRST if state in states[product])
        set_stock_state(product_id=product, state=best)


def _state(available: int, line: Changed) -> Product.Stock:
    return stock_state(available=available, low_threshold=line.low_threshold)
