"""Payments over HTTP: where to pay, the gateway's notifications, and browsers that come back from it."""

from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from ninja import Path, Query, Router, Schema

from ops.errors import MalformedRequest
from ops.ratelimit import RATES, limited
from ops.schemas import Problem
from orders.schemas import TOKEN_PATTERN
from payments import callbacks, services

router = Router()

FORM = "application/x-www-form-urlencoded"
_FORM_BODY: dict[str, Any] = {
    "requestBody": {
        "description": "https://developer.sslcommerz.com/doc/v4/#validate-payment-with-ipn",
        "content": {FORM: {"schema": {"type": "object", "additionalProperties": {"type": "string"}}}},
    }
}

TokenPath = Annotated[str, Path(pattern=TOKEN_PATTERN)]
TokenQuery = Annotated[str, Query(alias="order", pattern=TOKEN_PATTERN)]


class PaymentStart(Schema):
    redirect_url: str


class Received(Schema):
    received: bool


@router.post(
    "/orders/{token}/payment",
    response={200: PaymentStart, 404: Problem, 409: Problem, 422: Problem, 429: Problem, 503: Problem},
    tags=["orders"],
    operation_id="start_payment",
)
@limited("payment", rate=RATES.PAYMENT)  # each call may keep a thread waiting for the gateway
def start_payment(request: HttpRequest, token: TokenPath) -> dict[str, str]:
    """Where to send the customer to pay; the page that is still open, if there is one."""
    return {"redirect_url": services.start_payment(token=token)}


@router.post(
    "/payments/sslcommerz/ipn",
    response={200: Received, 400: Problem, 503: Problem},
    openapi_extra=_FORM_BODY,
    operation_id="receive_sslcommerz_notification",
)
def receive_notification(request: HttpRequest) -> dict[str, bool]:
    """SSLCommerz tells of a payment. Signed, and then checked with SSLCommerz."""
    callbacks.receive_sslcommerz(fields=_fields(request))
    return {"received": True}


@router.post(
    "/payments/sslcommerz/return/{way}",
    response={303: None, 404: Problem, 422: Problem, 429: Problem},
    openapi_extra=_FORM_BODY,
    operation_id="return_from_sslcommerz",
)
@limited("payment", rate=RATES.PAYMENT)
def come_back(request: HttpRequest, way: Annotated[callbacks.Way, Path()], order: TokenQuery) -> HttpResponse:
    """The customer's browser comes back from SSLCommerz: on to the order's page, which shows what is true."""
    shown = callbacks.settle_return(token=order, way=way)
    response = HttpResponseRedirect(f"{settings.ENV.origin}/orders/{order}?payment={shown}")
    response.status_code = 303
    return response


def _fields(request: HttpRequest) -> dict[str, str]:
    """The form's fields, empty ones too; a field that comes twice could mean two things, so the form is refused."""
    if request.content_type != FORM:
        raise MalformedRequest
    lists = dict(request.POST.lists())
    if any(len(values) != 1 for values in lists.values()):
        raise MalformedRequest
    return {name: str(values[0]) for name, values in lists.items()}
