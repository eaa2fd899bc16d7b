"""Believable checkouts for tests."""

import secrets
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from catalog.models import Variant
from inventory.models import Reservation, Stock, StockMovement
from notify.models import Effect
from orders import services
from orders.checkout import Checkout, place_order
from orders.models import Order
from orders.pricing import CartLine, totals


def checkout_of(*lines: tuple[Variant, int], **changes: Any) -> Checkout:
    """A guest in Dhaka who pays cash, and who was shown the right total."""
    district = changes.get("district", "dhaka")
    cost = totals(lines=[(variant.price_poisha, quantity) for variant, quantity in lines], district=district)
    fields: dict[str, Any] = {
        "lines": [CartLine(sku=variant.sku, quantity=quantity) for variant, quantity in lines],
        "name": "Rahima Khatun",
        "phone": "+8801712345678",
        "email": "rahima@example.com",
        "line1": "House 7, Road 3",
        "area": "Dhanmondi",
        "district": district,
        "postcode": "1205",
        "payment_method": Order.PaymentMethod.CASH_ON_DELIVERY,
        "expected_total_poisha": cost.total_poisha,
        "language": "bn",
    }
    return Checkout(**{**fields, **changes})


def new_key() -> str:
    return secrets.token_urlsafe(24)


def placed(*lines: tuple[Variant, int], **changes: Any) -> Order:
    """An order that was just placed."""
    customer_id = changes.pop("customer_id", None)
    document = place_order(key=new_key(), checkout=checkout_of(*lines, **changes), customer_id=customer_id)
    return Order.objects.get(token=document["token"])


def unpaid(*lines: tuple[Variant, int], **changes: Any) -> Order:
    """An order that awaits its payment at the gateway."""
    return placed(*lines, payment_method=Order.PaymentMethod.SSLCOMMERZ, **changes)


def body_of(checkout: Checkout) -> dict[str, Any]:
    """The same checkout as a browser sends it."""
    return {
        "lines": [{"sku": line.sku, "quantity": line.quantity} for line in checkout.lines],
        "contact": {"name": checkout.name, "phone": checkout.phone, "email": checkout.email or None},
        "address": {
            "line1": checkout.line1,
            "area": checkout.area,
            "district": checkout.district,
            "postcode": checkout.postcode or None,
        },
        "payment_method": str(checkout.payment_method),
        "expected_total_poisha": checkout.expected_total_poisha,
        "language": checkout.language,
    }


def assert_books_balance() -> None:
    """Every variant's numbers are what its ledger and its held reservations sum to, and nothing is oversold."""
    for stock in Stock.objects.all():
        moved = StockMovement.objects.filter(stock=stock).aggregate(sum=Sum("delta"))["sum"] or 0
        held = Reservation.objects.filter(stock=stock, state=Reservation.State.HELD)
        assert stock.on_hand == moved
        assert stock.reserved == (held.aggregate(sum=Sum("quantity"))["sum"] or 0)
        assert 0 <= stock.reserved <= stock.on_hand


def overdue(*lines: tuple[Variant, int]) -> Order:
    """An order whose time to pay has just passed."""
    order = unpaid(*lines)
    Order.objects.filter(pk=order.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    return order


def pay(order: Order) -> bool:
    """The money for an order has arrived."""
    with transaction.atomic():
        return services.mark_paid(order=services.lock_order(id=order.id))


def told(order: Order) -> list[str]:
    """The events that a customer was told of by SMS."""
    keys = Effect.objects.filter(kind="sms", key__startswith=f"order:{order.number}:")
    return sorted(key.split(":")[2] for key in keys.values_list("key", flat=True))
