"""SSLCommerz as a PaymentProvider: what its fields mean. https://developer.sslcommerz.com/doc/v4/"""

import logging
from decimal import Decimal, InvalidOperation
from email.utils import parseaddr
from typing import Any, Final

from django.conf import settings

from payments.errors import GatewayUnavailable
from payments.providers import (
    Receipt,
    RefundAnswer,
    RefundRequest,
    RefundState,
    Session,
    SessionRequest,
    Standing,
)
from payments.sslcommerz import client

log = logging.getLogger(__name__)

CURRENCY: Final = "BDT"
POISHA_PER_TAKA: Final = 100
PAID: Final = frozenset({"VALID", "VALIDATED"})  # VALIDATED: the same, asked about once more
FAILED: Final = frozenset({"FAILED", "CANCELLED", "EXPIRED", "UNATTEMPTED"})
CALLBACKS_PATH: Final = "/api/v1/payments/sslcommerz"
LONGEST_REDIRECT_CHARACTERS: Final = 500


class SSLCommerz:
    """Redirects the customer to SSLCommerz' page; cards and mobile banking stay there, no card data comes here."""

    name: Final = "sslcommerz"

    def open_session(self, request: SessionRequest) -> Session:
        answer = client.open_session(_session_parameters(request))
        if answer.get("status") != "SUCCESS":
            reason = str(answer.get("failedreason"))[:200]
            log.error("the gateway refused to open a session", extra={"reason": reason})
            raise GatewayUnavailable(reason)
        key, page = str(answer.get("sessionkey") or ""), str(answer.get("GatewayPageURL") or "")
        if (
            not key
            or not page.startswith(("https://", "http://"))
            or len(page) > LONGEST_REDIRECT_CHARACTERS
            or len(key) > 80
        ):
            raise GatewayUnavailable("a session without a usable page")
        return Session(key=key, redirect_url=page)

    def receipt(self, *, validation_id: str) -> Receipt | None:
        answer = client.validate(val_id=validation_id)
        if answer.get("status") not in PAID or answer.get("val_id") != validation_id:
            return None
        return read_receipt(answer)

    def standing(self, *, transaction_id: str) -> Standing:
        elements = client.transactions(tran_id=transaction_id).get("element")
        ours = [
            element
            for element in (elements if isinstance(elements, list) else [])
            if isinstance(element, dict) and element.get("tran_id") == transaction_id
        ]
        paid = [
            str(element["val_id"])
            for element in ours
            if element.get("status") in PAID and element.get("val_id")
        ]
        failed = bool(ours) and not paid and all(element.get("status") in FAILED for element in ours)
        failure = str(ours[-1].get("error") or ours[-1].get("status"))[:200] if failed else ""
        return Standing(paid=paid, failed=failed, failure=failure)

    def refund(self, request: RefundRequest) -> RefundAnswer:
        answer = client.refund(
            {
                "bank_tran_id": request.bank_transaction_id,
                "refund_trans_id": request.refund_id,
                "refund_amount": taka(request.amount_poisha),
                "refund_remarks": request.reason[:255] or "refund",
            }
        )
        # "success": begun; "processing": had been begun before. Neither says that the money has arrived.
        reference = str(answer.get("refund_ref_id") or "")[:80]
        if answer.get("status") in {"success", "processing"} and reference:
            return RefundAnswer(accepted=True, reference=reference)
        if answer.get("status") == "failed":
            return RefundAnswer(
                accepted=False, reference="", failure=str(answer.get("errorReason") or "refused")[:200]
            )
        raise GatewayUnavailable("a refund without a status")

    def refund_state(self, *, reference: str) -> RefundState:
        match client.refund_status(refund_ref_id=reference).get("status"):
            case "refunded":
                return RefundState.REFUNDED
            case "cancelled":
                return RefundState.CANCELLED
            case _:
                return RefundState.PENDING


def read_receipt(answer: dict[str, Any]) -> Receipt:
    """The receipt in an answer of the validation API.

    ``amount`` and ``currency`` are what was settled after conversion, ``currency_amount`` and ``currency_type`` what
    was asked for: the documentation's own example shows 10.00 BDT beside 10.00 USD. Both must be the same taka.
    """
    return Receipt(
        transaction_id=str(answer.get("tran_id") or ""),
        validation_id=str(answer.get("val_id") or ""),
        bank_transaction_id=str(answer.get("bank_tran_id") or "")[:80],
        amount_poisha=_paid_poisha(answer),
        risky=str(answer.get("risk_level")) == "1",
    )


def taka(amount_poisha: int) -> str:
    """``12345`` poisha as ``123.45``: decimal (10,2), as the gateway writes amounts."""
    return f"{amount_poisha // POISHA_PER_TAKA}.{amount_poisha % POISHA_PER_TAKA:02d}"


def _paid_poisha(answer: dict[str, Any]) -> int | None:
    if answer.get("currency_type") != CURRENCY or answer.get("currency") != CURRENCY:
        return None
    asked, settled = _poisha(answer.get("currency_amount")), _poisha(answer.get("amount"))
    return asked if asked == settled else None


def _poisha(value: object) -> int | None:
    try:
        poisha = Decimal(str(value)) * POISHA_PER_TAKA
        return int(poisha) if poisha == poisha.to_integral_value() else None
    except (InvalidOperation, ValueError, OverflowError):
        return None


def _session_parameters(request: SessionRequest) -> dict[str, str]:
    """Every mandatory parameter, cut to its documented length."""
    callbacks = settings.ENV.origin + CALLBACKS_PATH
    returns = f"{callbacks}/return"
    # An e-mail address is mandatory there, not here; the shop's own stands in.
    email = request.email if 0 < len(request.email) <= 50 else parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return {
        "total_amount": taka(request.amount_poisha),
        "currency": CURRENCY,
        "tran_id": request.transaction_id,
        "success_url": f"{returns}/success?order={request.token}",
        "fail_url": f"{returns}/fail?order={request.token}",
        "cancel_url": f"{returns}/cancel?order={request.token}",
        "ipn_url": f"{callbacks}/ipn",
        "cus_name": request.name[:50],
        "cus_email": email,
        "cus_add1": request.address[:50],
        "cus_city": request.city[:50],
        "cus_postcode": request.postcode or "1000",
        "cus_country": "Bangladesh",
        "cus_phone": request.phone,
        "shipping_method": "NO",
        "num_of_item": str(request.item_count),
        "product_name": f"Order {request.order_number}",
        "product_category": "electronics",
        "product_profile": "physical-goods",
        "value_a": request.order_number,
    }
