"""Beginning payments, and believing in them: only what the gateway itself, asked by us, says was paid is paid.

No call to a gateway is made inside a transaction. Locks are taken as in ``orders.services``: order, payment, stock.
"""

import logging
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from orders import services as orders
from orders.documents import can_pay
from orders.locations import DISTRICTS
from orders.models import Order, OrderLine
from payments import refunds
from payments.errors import GatewayUnavailable, NotPayable
from payments.models import Payment
from payments.providers import Receipt, Session, SessionRequest, provider_named

log = logging.getLogger(__name__)

SESSION_REUSE_MINUTES: Final = 20
FIRST_CHECK_AFTER: Final = timedelta(minutes=2)
SHORTEST_CHECK_INTERVAL: Final = timedelta(minutes=1)
STOP_CHECKING_AFTER: Final = timedelta(days=3)

Status = Payment.Status
UNSETTLED: Final = frozenset({Status.INITIATED, Status.FAILED})


class Outcome(StrEnum):
    """What a receipt led to."""

    CONFIRMED = "confirmed"
    KNOWN = "known"
    TOO_LATE = "too_late"
    SURPLUS = "surplus"
    REFUSED = "refused"


def start_payment(*, token: str) -> str:
    """Where the customer pays this order: a new page of the gateway, or the one that is still open.

    Raises:
        NotFound: no such order.
        NotPayable: it awaits no payment, its deadline has passed, or it is paid in cash.
        GatewayUnavailable: try again later; the order is as payable as before.
    """
    payment, request = _begin(token)
    if request is None:
        return payment.redirect_url
    try:
        session = provider_named(payment.provider).open_session(request)
    except GatewayUnavailable as error:
        # Only while nothing is known of it: the answer may be all that was lost, and a receipt have come since.
        Payment.objects.filter(pk=payment.pk, status=Status.INITIATED).update(
            status=Status.FAILED, failure=error.reason[:200], next_check_at=None
        )
        raise
    _keep_session(payment, session)
    return session.redirect_url


def _keep_session(payment: Payment, session: Session) -> None:
    # Not the status: a notification may have been quicker than this answer.
    Payment.objects.filter(pk=payment.pk).update(session_key=session.key, redirect_url=session.redirect_url)


@transaction.atomic
def _begin(token: str) -> tuple[Payment, SessionRequest | None]:
    """The order's open attempt, or a new one and what to ask the gateway for."""
    order = orders.lock_order(token=token)
    now = timezone.now()
    if order.payment_method == Order.PaymentMethod.CASH_ON_DELIVERY or not can_pay(order, now=now):
        raise NotPayable
    attempts = list(Payment.objects.filter(order=order))
    for attempt in attempts:
        fresh = attempt.created_at > now - timedelta(minutes=SESSION_REUSE_MINUTES)
        if attempt.status == Status.INITIATED and attempt.redirect_url and fresh:
            return attempt, None
    payment = Payment.objects.create(
        order=order,
        provider=order.payment_method,
        transaction_id=f"{order.number}-{len(attempts) + 1}",
        amount_poisha=order.total_poisha,
        next_check_at=now + FIRST_CHECK_AFTER,
    )
    if order.payment_status != Order.PaymentStatus.UNPAID:
        orders.set_payment_status(order=order, status=Order.PaymentStatus.UNPAID)
    return payment, _session_request(payment, order)


def _session_request(payment: Payment, order: Order) -> SessionRequest:
    items = OrderLine.objects.filter(order=order).aggregate(count=Sum("quantity"))["count"]
    return SessionRequest(
        transaction_id=payment.transaction_id,
        amount_poisha=payment.amount_poisha,
        order_number=order.number,
        token=order.token,
        name=order.contact_name,
        phone=order.contact_phone,
        email=order.contact_email,
        address=f"{order.address_line1}, {order.address_area}",
        city=DISTRICTS[order.address_district].name_en,
        postcode=order.address_postcode,
        item_count=items or 1,
    )


def check(*, payment: Payment) -> None:
    """Ask the gateway what became of an attempt, and act on it. Safe to repeat, at any time.

    Raises:
        GatewayUnavailable: nothing is known, nothing was changed.
    """
    provider = provider_named(payment.provider)
    standing = provider.standing(transaction_id=payment.transaction_id)
    for validation_id in standing.paid:
        receipt = provider.receipt(validation_id=validation_id)
        if receipt is not None:
            accept(payment=payment, receipt=receipt)
    if standing.failed:
        mark_failed(payment=payment, failure=standing.failure)


@transaction.atomic
def accept(*, payment: Payment, receipt: Receipt) -> Outcome:
    """Believe a receipt of the gateway about an attempt: once, for exactly what was asked, in taka.

    Money that comes too late for its order, or a second time, is given back.
    """
    if receipt.transaction_id != payment.transaction_id or receipt.amount_poisha != payment.amount_poisha:
        log.error(
            "a receipt does not fit its payment",
            extra={
                "transaction": payment.transaction_id,
                "receipt_transaction": receipt.transaction_id[:40],
                "amount_poisha": payment.amount_poisha,
                "receipt_amount_poisha": receipt.amount_poisha,
            },
        )
        return Outcome.REFUSED
    order = orders.lock_order(id=payment.order_id)
    payment = Payment.objects.select_for_update(no_key=True).get(pk=payment.pk)
    if Payment.objects.filter(validation_id=receipt.validation_id).exists():
        return Outcome.KNOWN
    if payment.status not in UNSETTLED:
        surplus = _surplus(payment, receipt)
        refunds.request(payment=surplus, order=order, reason="paid more than once")
        return Outcome.SURPLUS
    _settle(payment, receipt)
    payment.save()
    if orders.mark_paid(order=order):
        log.info("payment accepted", extra={"transaction": payment.transaction_id, "order": order.number})
        return Outcome.CONFIRMED
    refunds.request(payment=payment, order=order, reason=f"paid when the order was {order.status}")
    return Outcome.TOO_LATE


@transaction.atomic
def mark_failed(*, payment: Payment, failure: str) -> None:
    """Note that an attempt came to nothing. The order stays payable, and a later receipt is still believed."""
    order = orders.lock_order(id=payment.order_id)
    changed = Payment.objects.filter(pk=payment.pk, status=Status.INITIATED).update(
        status=Status.FAILED, failure=failure[:200]
    )
    newest = Payment.objects.filter(order=order).first()
    if changed and newest and newest.pk == payment.pk and order.status == Order.Status.AWAITING_PAYMENT:
        orders.set_payment_status(order=order, status=Order.PaymentStatus.FAILED)


def next_check(*, created_at: datetime, now: datetime) -> datetime | None:
    """When to ask about an attempt again: each minute at first, then every quarter of its age; at last never."""
    age = now - created_at
    if age > STOP_CHECKING_AFTER:
        return None
    return now + max(SHORTEST_CHECK_INTERVAL, age / 4)


def _settle(payment: Payment, receipt: Receipt) -> None:
    payment.status = Status.PAID
    payment.validation_id = receipt.validation_id
    payment.bank_transaction_id = receipt.bank_transaction_id
    payment.risk_flagged = receipt.risky
    payment.failure = ""
    payment.next_check_at = None
    payment.paid_at = timezone.now()
    if receipt.risky:
        log.warning("the gateway calls a payment risky", extra={"transaction": payment.transaction_id})


def _surplus(payment: Payment, receipt: Receipt) -> Payment:
    """A payment of its own for money that came a second time under one transaction id, so that it can go back."""
    count = Payment.objects.filter(transaction_id__startswith=f"{payment.transaction_id}+").count()
    surplus = Payment(
        order_id=payment.order_id,
        provider=payment.provider,
        transaction_id=f"{payment.transaction_id}+{count + 1}",
        amount_poisha=payment.amount_poisha,
    )
    _settle(surplus, receipt)
    surplus.save()
    return surplus
