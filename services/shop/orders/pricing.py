"""What a cart costs. All money is integer poisha; the server's word is the only one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from catalog.availability import orderable_quantity
from catalog.selectors import VariantForSale, variants_by_sku
from inventory.selectors import NOTHING, availability
from orders.locations import DISTRICTS

# SSLCommerz takes from 10 to 500,000 taka: https://developer.sslcommerz.com/doc/v4/#initiate-payment (total_amount).
# The lower bound needs no rule: delivery alone costs more.
ONLINE_PAYMENT_MAXIMUM_POISHA: Final = 50_000_000

Problem = Literal["unknown_sku", "out_of_stock", "insufficient_stock"]


@dataclass(frozen=True, slots=True)
class CartLine:
    """What a browser says of one line of a cart."""

    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """A line with what the server knows of it; ``variant`` is None for a SKU that is not for sale."""

    line: CartLine
    variant: VariantForSale | None
    max_quantity: int
    problem: Problem | None

    @property
    def unit_price_poisha(self) -> int:
        return self.variant.price_poisha if self.variant else 0

    @property
    def total_poisha(self) -> int:
        return self.unit_price_poisha * self.line.quantity


@dataclass(frozen=True, slots=True)
class Totals:
    """``delivery_poisha`` is None while no district is chosen, and then not part of the total."""

    subtotal_poisha: int
    delivery_poisha: int | None

    @property
    def total_poisha(self) -> int:
        return self.subtotal_poisha + (self.delivery_poisha or 0)


@dataclass(frozen=True, slots=True)
class Quote:
    lines: Sequence[QuotedLine]
    totals: Totals

    @property
    def orderable(self) -> bool:
        return bool(self.lines) and all(line.problem is None for line in self.lines)


def totals(*, lines: Iterable[tuple[int, int]], district: str | None) -> Totals:
    """Sum of (unit price in poisha, quantity), and the delivery to a district's code (KeyError if there is none)."""
    return Totals(
        subtotal_poisha=sum(price * quantity for price, quantity in lines),
        delivery_poisha=DISTRICTS[district].delivery_poisha if district is not None else None,
    )


def quote(*, lines: Sequence[CartLine], district: str | None) -> Quote:
    """Price and check a cart; two queries. Nothing is promised: the stock may be gone a moment later."""
    variants = variants_by_sku(line.sku for line in lines)
    stock = availability(variant_ids=[variant.variant_id for variant in variants.values()])
    quoted = []
    for line in lines:
        variant = variants.get(line.sku)
        available = stock.get(variant.variant_id, NOTHING).available if variant else 0
        maximum = orderable_quantity(available=available)
        quoted.append(
            QuotedLine(
                line=line,
                variant=variant,
                max_quantity=maximum,
                problem=_problem(line, variant, maximum),
            )
        )
    return Quote(
        lines=quoted,
        totals=totals(
            lines=[(line.unit_price_poisha, line.line.quantity) for line in quoted], district=district
        ),
    )


def _problem(line: CartLine, variant: VariantForSale | None, maximum: int) -> Problem | None:
    if variant is None:
        return "unknown_sku"
    if maximum == 0:
        return "out_of_stock"
    return "insufficient_stock" if line.quantity > maximum else None
