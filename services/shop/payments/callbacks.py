"""Messages about payments that come in from outside: the gateway's notifications, and browsers that return.

Both only make us ask the gateway; neither is believed in what it says of money.
"""

import logging
import re
from collections.abc import Mapping
from typing import Final, Literal

from django.conf import settings

from ops.errors import NotFound
from orders.models import Order
from payments import services
from payments.errors import GatewayUnavailable, InvalidNotification
from payments.models import Payment
from payments.providers import provider_named
from payments.sslcommerz.provider import FAILED
from payments.sslcommerz.signature import signature_holds

log = logging.getLogger(__name__)

Way = Literal["success", "fail", "cancel"]
Shown = Literal["success", "fail", "cancel", "pending"]

_TRANSACTION_ID: Final = re.compile(r"[A-Z0-9+-]{1,30}")
_VALIDATION_ID: Final = re.compile(r"[A-Za-z0-9]{1,50}")
_PAID_STATUSES: Final = frozenset(
    {Order.PaymentStatus.PAID, Order.PaymentStatus.REFUND_REQUESTED, Order.PaymentStatus.REFUNDED}
)


def receive_sslcommerz(*, fields: Mapping[str, str]) -> None:
    """Act on an instant payment notification (IPN); the same one again changes nothing.

    https://developer.sslcommerz.com/doc/v4/#validate-payment-with-ipn

    Raises:
        InvalidNotification: forged, or not about a payment of ours; nothing was changed.
        GatewayUnavailable: it could not be checked now; nothing was changed, reconciliation will ask again.
    """
    env = settings.ENV
    password = env.sslcommerz_store_password.get_secret_value()
    if not signature_holds(fields, store_password=password):
        raise _refused("bad signature", fields)
    if fields["store_id"] != env.sslcommerz_store_id:
        raise _refused("another store's", fields)
    payment = _payment(fields["tran_id"])
    if payment is None:
        raise _refused("unknown transaction", fields)
    if fields["status"] == "VALID":
        _validate(payment, fields)
    elif fields["status"] in FAILED:
        services.mark_failed(payment=payment, failure=fields.get("error") or fields["status"])
    else:
        raise _refused("unknown status", fields)


def settle_return(*, token: str, way: Way) -> Shown:
    """A browser came back from the gateway's page: ask the gateway, and say what to show.

    What the browser carries is not even read: anyone can send it.

    Raises:
        NotFound: no such order.
    """
    order = Order.objects.filter(token=token).first()
    if order is None:
        raise NotFound
    payment = Payment.objects.filter(order=order, status__in=services.UNSETTLED).first()
    if payment is not None and order.payment_status not in _PAID_STATUSES:
        try:
            services.check(payment=payment)
        except GatewayUnavailable:
            log.info("a returning browser could not be answered", extra={"order": order.number})
        order.refresh_from_db(fields=["payment_status"])
        payment.refresh_from_db(fields=["status"])
    if order.payment_status in _PAID_STATUSES:
        return "success"
    if way == "success":
        return "fail" if payment is not None and payment.status == Payment.Status.FAILED else "pending"
    return way


def _validate(payment: Payment, fields: Mapping[str, str]) -> None:
    if not _VALIDATION_ID.fullmatch(fields["val_id"]):
        raise _refused("malformed val_id", fields)
    receipt = provider_named(payment.provider).receipt(validation_id=fields["val_id"])
    if receipt is None:
        raise _refused("the gateway knows no such payment", fields)
    if services.accept(payment=payment, receipt=receipt) is services.Outcome.REFUSED:
        raise _refused("the receipt does not fit", fields)


def _payment(transaction_id: str) -> Payment | None:
    if not _TRANSACTION_ID.fullmatch(transaction_id):
        return None
    return Payment.objects.filter(transaction_id=transaction_id).first()


def _refused(reason: str, fields: Mapping[str, str]) -> InvalidNotification:
    log.warning(
        "payment notification refused",
        extra={"reason": reason, "transaction": fields.get("tran_id", "")[:40]},
    )
    return InvalidNotification()
