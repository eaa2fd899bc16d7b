"""Money that goes back: noted in the transaction that makes it due, asked for through the outbox, followed up.

The gateway is told an id of ours, so that asking twice is one refund.
"""

import logging
import time
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from notify import outbox
from orders import notifications
from orders import services as orders
from orders.models import Order
from payments.errors import GatewayUnavailable
from payments.models import Payment, Refund
from payments.providers import RefundRequest, RefundState, provider_named

log = logging.getLogger(__name__)

EFFECT_KIND: Final = "refund"
FOLLOW_UP_INTERVAL: Final = timedelta(hours=1)
FOLLOW_UP_BATCH: Final = 50
FOLLOW_UP_BUDGET_SECONDS: Final = 40.0

Status = Refund.Status


def request(*, payment: Payment, order: Order, reason: str) -> Refund:
    """Owe a paid payment back. Both rows are locked by the caller, whose transaction this belongs to."""
    refund = Refund.objects.create(payment=payment, amount_poisha=payment.amount_poisha, reason=reason[:200])
    payment.status = Payment.Status.REFUND_REQUESTED
    payment.save(update_fields=["status"])
    if not _another_is_kept(payment):
        orders.set_payment_status(order=order, status=Order.PaymentStatus.REFUND_REQUESTED)
    _enqueue(refund)
    notifications.refund_requested(
        order, amount_poisha=refund.amount_poisha, reference=payment.transaction_id
    )
    log.warning("refund requested", extra={"transaction": payment.transaction_id, "reason": reason})
    return refund


def request_for_order(*, order: Order, reason: str) -> None:
    """Owe back whatever was paid for a locked order."""
    payments = list(
        Payment.objects.select_for_update(no_key=True).filter(order=order, status=Payment.Status.PAID)
    )
    if not payments:
        log.error("a paid order was cancelled, but no payment is known", extra={"order": order.number})
    for payment in payments:
        request(payment=payment, order=order, reason=reason)


@transaction.atomic
def ask_again(*, refund_id: int) -> bool:
    """Have a refused refund asked for once more; False when it is not refused."""
    refund = Refund.objects.select_for_update(no_key=True).filter(pk=refund_id, status=Status.FAILED).first()
    if refund is None:
        return False
    refund.status = Status.REQUESTED
    refund.attempt += 1
    refund.failure = ""
    refund.save()
    _enqueue(refund)
    return True


@outbox.handler(EFFECT_KIND)
def perform(*, key: str, payload: dict[str, Any]) -> None:
    """Ask the gateway for the money back. A refusal is for people to look at, an outage for the outbox to repeat.

    Raises:
        GatewayUnavailable: try again later.
    """
    refund = Refund.objects.select_related("payment").get(pk=payload["refund"])
    if refund.status != Status.REQUESTED:
        return
    payment = refund.payment
    answer = provider_named(payment.provider).refund(
        RefundRequest(
            refund_id=refund_id_of(payment),
            bank_transaction_id=payment.bank_transaction_id,
            amount_poisha=refund.amount_poisha,
            reason=refund.reason,
        )
    )
    requested = Refund.objects.filter(pk=refund.pk, status=Status.REQUESTED)
    if answer.accepted:
        requested.update(
            status=Status.ACCEPTED,
            gateway_reference=answer.reference,
            next_check_at=timezone.now() + FOLLOW_UP_INTERVAL,
        )
    else:
        requested.update(status=Status.FAILED, failure=answer.failure)
        log.error("the gateway refused a refund", extra={"transaction": payment.transaction_id})


def follow_up(*, limit: int = FOLLOW_UP_BATCH) -> int:
    """Ask the gateway about refunds it has taken on; returns how many came to an end. Any number may run at once."""
    now = timezone.now()
    due = Refund.objects.filter(status=Status.ACCEPTED, next_check_at__lte=now).select_related("payment")
    ended = 0
    ends = time.monotonic() + FOLLOW_UP_BUDGET_SECONDS
    for refund in due.order_by("next_check_at")[:limit]:
        if time.monotonic() > ends:
            break
        claimed = Refund.objects.filter(pk=refund.pk, next_check_at=refund.next_check_at)
        if not claimed.update(next_check_at=now + FOLLOW_UP_INTERVAL):
            continue
        try:
            state = provider_named(refund.payment.provider).refund_state(reference=refund.gateway_reference)
        except GatewayUnavailable:
            break
        ended += _end(refund, state)
    return ended


def refund_id_of(payment: Payment) -> str:
    """``refund_trans_id``: ours, at most 30 characters, the same for every attempt at one refund."""
    return f"R-{payment.transaction_id}"


@transaction.atomic
def _end(refund: Refund, state: RefundState) -> bool:
    if state is RefundState.PENDING:
        return False
    order = orders.lock_order(id=refund.payment.order_id)
    status = Status.REFUNDED if state is RefundState.REFUNDED else Status.FAILED
    failure = "" if state is RefundState.REFUNDED else "cancelled by the gateway"
    ended = Refund.objects.filter(pk=refund.pk, status=Status.ACCEPTED).update(
        status=status, failure=failure, next_check_at=None
    )
    if not ended:
        return False
    if status is Status.FAILED:
        log.error("the gateway cancelled a refund", extra={"transaction": refund.payment.transaction_id})
        return True
    Payment.objects.filter(pk=refund.payment_id).update(status=Payment.Status.REFUNDED)
    if order.payment_status == Order.PaymentStatus.REFUND_REQUESTED and not _another_is_owed(refund.payment):
        orders.set_payment_status(order=order, status=Order.PaymentStatus.REFUNDED)
    return True


def _another_is_kept(payment: Payment) -> bool:
    others = Payment.objects.filter(order_id=payment.order_id, status=Payment.Status.PAID)
    return others.exclude(pk=payment.pk).exists()


def _another_is_owed(payment: Payment) -> bool:
    others = Payment.objects.filter(order_id=payment.order_id, status=Payment.Status.REFUND_REQUESTED)
    return others.exclude(pk=payment.pk).exists()


def _enqueue(refund: Refund) -> None:
    outbox.enqueue(
        kind=EFFECT_KIND,
        key=f"refund:{refund.pk}:{refund.attempt}",
        payload={"refund": refund.pk},
    )
