"""What payments do when something happens to an order."""

from typing import Any

from django.dispatch import receiver

from orders.models import Order
from orders.signals import paid_order_cancelled
from payments import refunds


@receiver(paid_order_cancelled, dispatch_uid="payments.refund_cancelled_order")
def refund_cancelled_order(*, order: Order, reason: str, **_: Any) -> None:
    """Give the money of a cancelled order back, in the transaction that cancels it."""
    refunds.request_for_order(order=order, reason=reason)
