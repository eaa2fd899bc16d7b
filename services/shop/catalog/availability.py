"""What "in stock" means to a shopper: one rule, for lists, product pages and carts."""

from catalog.models import Product

MAXIMUM_QUANTITY_PER_LINE = 10


def stock_state(*, available: int, low_threshold: int) -> Product.Stock:
    """The word for a number of units that may still be sold; at or below the threshold there are few left."""
    if available <= 0:
        return Product.Stock.OUT
    return Product.Stock.LOW if available <= low_threshold else Product.Stock.IN_STOCK


def orderable_quantity(*, available: int) -> int:
    """How many one order line may hold: 0 to ``MAXIMUM_QUANTITY_PER_LINE``."""
    return max(0, min(available, MAXIMUM_QUANTITY_PER_LINE))
