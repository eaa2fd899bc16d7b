"""What happens to an order after it was placed. Every change goes through the states of ``orders.states``.

Locks are always taken in one order: the order's row, then (payments) the payment's, and the stock's rows last.
"""

import logging
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from inventory import services as inventory
from inventory.selectors import holds
from ops.errors import NotFound
from orders import notifications
from orders.checkout import IDEMPOTENCY_HOURS
from orders.errors import IllegalTransition, NotCancellable
from orders.models import IdempotencyKey, Order, OrderEvent
from orders.signals import paid_order_cancelled
from orders.states import CANCELLABLE_BY_CUSTOMER, may_become

log = logging.getLogger(__name__)

EXPIRY_BATCH: Final = 200
FORGET_BATCH: Final = 5_000

Status = Order.Status
PaymentStatus = Order.PaymentStatus


def lock_order(**lookup: object) -> Order:
    """The order's row, locked until the transaction ends.

    Raises:
        NotFound: there is none.
    """
    order = Order.objects.select_for_update(no_key=True).filter(**lookup).first()
    if order is None:
        raise NotFound
    return order


@transaction.atomic
def cancel_by_customer(*, token: str) -> Order:
    """Cancel before the goods are packed; a paid order's money goes back.

    Raises:
        NotFound, NotCancellable
    """
    order = lock_order(token=token)
    if order.status not in CANCELLABLE_BY_CUSTOMER:
        raise NotCancellable
    return _cancel(order, note="by the customer")


@transaction.atomic
def cancel_by_staff(*, order_id: int, note: str) -> Order:
    """Cancel before the goods are shipped; a paid order's money goes back.

    Raises:
        NotFound, NotCancellable
    """
    order = lock_order(id=order_id)
    if not may_become(order.status, Status.CANCELLED):
        raise NotCancellable
    return _cancel(order, note=note)


@transaction.atomic
def advance(*, order_id: int, to: Order.Status, note: str = "") -> Order:
    """Pack, ship or deliver an order. Cash is in hand when it is delivered.

    Raises:
        NotFound
        IllegalTransition: the order is not in the state before, or ``to`` is reached in another way.
    """
    order = lock_order(id=order_id)
    if to not in {Status.PACKED, Status.SHIPPED, Status.DELIVERED} or not may_become(order.status, to):
        raise IllegalTransition
    if to == Status.DELIVERED and order.payment_status == PaymentStatus.DUE_ON_DELIVERY:
        order.payment_status = PaymentStatus.PAID
    _become(order, to, note=note)
    if to == Status.SHIPPED:
        notifications.shipped(order)
    return order


def mark_paid(*, order: Order) -> bool:
    """The money for a locked order has arrived. False when it came too late: nothing was changed then.

    Paid after the deadline but before the order was expired is in time: the goods are still held.
    """
    if order.status != Status.AWAITING_PAYMENT or not holds(reference=order.number):
        return False
    order.payment_status = PaymentStatus.PAID
    _become(order, Status.CONFIRMED)
    notifications.paid(order)
    inventory.commit(reference=order.number)
    return True


def set_payment_status(*, order: Order, status: Order.PaymentStatus) -> None:
    """Note on a locked order what became of its money."""
    order.payment_status = status
    order.save(update_fields=["payment_status"])


def expire_unpaid_orders(*, limit: int = EXPIRY_BATCH) -> int:
    """Expire orders whose deadline has passed, and give their goods back; returns how many.

    One transaction each, and rows that another beat (or a payment) has in hand are skipped, so any number of
    these may run at once. An order that cannot be expired is reported and does not hold up the others.
    """
    overdue = Order.objects.filter(status=Status.AWAITING_PAYMENT, expires_at__lte=timezone.now())
    expired = 0
    for order_id in list(overdue.order_by("expires_at").values_list("id", flat=True)[:limit]):
        try:
            expired += _expire(order_id)
        except Exception:
            log.exception("an unpaid order could not be expired", extra={"order_id": order_id})
    return expired


@transaction.atomic
def _expire(order_id: int) -> bool:
    order = (
        Order.objects.select_for_update(skip_locked=True, no_key=True)
        .filter(id=order_id, status=Status.AWAITING_PAYMENT, expires_at__lte=timezone.now())
        .first()
    )
    if order is None:
        return False
    _become(order, Status.EXPIRED)
    notifications.expired(order)
    inventory.release(reference=order.number)
    return True


def forget_idempotency_keys() -> int:
    """Delete keys older than IDEMPOTENCY_HOURS, in batches; returns how many."""
    oldest = timezone.now() - timedelta(hours=IDEMPOTENCY_HOURS)
    forgotten = 0
    while True:
        batch = IdempotencyKey.objects.filter(created_at__lt=oldest).values("pk")[:FORGET_BATCH]
        deleted, _ = IdempotencyKey.objects.filter(pk__in=batch).delete()
        forgotten += deleted
        if deleted < FORGET_BATCH:
            return forgotten


def _cancel(order: Order, *, note: str) -> Order:
    was_paid = order.payment_status == PaymentStatus.PAID
    if order.payment_status == PaymentStatus.DUE_ON_DELIVERY:
        order.payment_status = PaymentStatus.UNPAID
    _become(order, Status.CANCELLED, note=note)
    notifications.cancelled(order)
    if was_paid:
        paid_order_cancelled.send(sender=Order, order=order, reason=f"cancelled {note}"[:200])
    inventory.release(reference=order.number)
    return order


def _become(order: Order, status: Order.Status, *, note: str = "") -> None:
    order.status = status
    order.save(update_fields=["status", "payment_status"])
    OrderEvent.objects.create(order=order, status=status, note=note[:200])
