"""Seeds the stock: what is left today, and a ledger that explains it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import accumulate

from catalog.models import Product, Variant
from inventory import consequences
from inventory.models import Stock, StockMovement
from seeding.constants import OPENING_DAYS_AGO, chance, moment

SOLD_OUT_PRODUCTS = 0.04
LOW_PRODUCTS = 0.07
SOLD_OUT_VARIANTS = 0.05
LOW_VARIANTS = 0.08
LOW_THRESHOLD = 5


def seed_stock(*, variants: Sequence[Variant]) -> dict[int, Stock]:
    """A row for each variant with what is on hand today; the ledger is written by ``open_ledger``."""
    rows = Stock.objects.bulk_create(
        Stock(variant=variant, on_hand=_on_hand(variant), low_threshold=LOW_THRESHOLD) for variant in variants
    )
    consequences.refresh_products(variant_ids=[variant.pk for variant in variants])
    _feature_what_can_be_bought()
    return {row.pk: row for row in rows}


def open_ledger(*, stocks: Mapping[int, Stock], movements: Sequence[StockMovement]) -> None:
    """Opening lines such that each variant's movements sum to its ``on_hand`` and never fall below nothing.

    ``movements`` are those of the past orders. Where returned goods would leave too much, a correction takes it away.
    """
    by_stock: dict[int, list[StockMovement]] = {}
    for movement in sorted(movements, key=lambda movement: movement.at):
        by_stock.setdefault(movement.stock_id, []).append(movement)
    opened = moment(days_ago=OPENING_DAYS_AGO, minutes=600)
    counted = moment(days_ago=0) - timedelta(seconds=1)
    ledger = []
    for key, stock in stocks.items():
        running = list(accumulate(movement.delta for movement in by_stock.get(key, ())))
        explained = stock.on_hand - (running[-1] if running else 0)
        opening = max(explained, -min(running, default=0))
        ledger += [
            StockMovement(stock_id=key, delta=delta, reason=reason, at=at)
            for delta, reason, at in (
                (opening, StockMovement.Reason.OPENING, opened),
                (explained - opening, StockMovement.Reason.CORRECTION, counted),
            )
            if delta
        ]
    StockMovement.objects.bulk_create(ledger)


def _on_hand(variant: Variant) -> int:
    product_luck = chance("stock", variant.product.slug).random()
    dice = chance("stock", variant.sku)
    luck = dice.random()
    if product_luck < SOLD_OUT_PRODUCTS or luck < SOLD_OUT_VARIANTS:
        return 0
    if product_luck < SOLD_OUT_PRODUCTS + LOW_PRODUCTS or luck < SOLD_OUT_VARIANTS + LOW_VARIANTS:
        return dice.randint(1, LOW_THRESHOLD)
    return dice.randint(8, 120)


def _feature_what_can_be_bought() -> None:
    """Sold-out products go to the end of the shop's own order."""
    last = Product.objects.count()
    for product in Product.objects.filter(stock=Product.Stock.OUT):
        product.featured_rank += last
        product.save(update_fields=["featured_rank"])
