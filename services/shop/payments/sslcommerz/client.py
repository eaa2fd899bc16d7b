"""SSLCommerz over HTTP: its addresses, its time limits, and its habit of answering 200 to everything.

An answer that is no JSON object, another status than 200, a time-out or ``APIConnect`` other than DONE is no verdict
on any payment, and becomes GatewayUnavailable.
"""

import logging
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import httpx
from django.conf import settings

from payments.errors import GatewayUnavailable

log = logging.getLogger(__name__)

CONNECT_TIMEOUT_SECONDS: Final = 2.0
ANSWER_TIMEOUT_SECONDS: Final = 6.0
LARGEST_ANSWER_BYTES: Final = 1_000_000

SESSION_PATH: Final = "/gwprocess/v4/api.php"
VALIDATION_PATH: Final = "/validator/api/validationserverAPI.php"
MERCHANT_PATH: Final = "/validator/api/merchantTransIDvalidationAPI.php"

Answer = dict[str, Any]


def open_session(parameters: Mapping[str, str]) -> Answer:
    """POST the parameters of a payment: https://developer.sslcommerz.com/doc/v4/#initiate-payment"""
    return _answer("POST", SESSION_PATH, data={**parameters, **_credentials()})


def validate(*, val_id: str) -> Answer:
    """GET what was paid: https://developer.sslcommerz.com/doc/v4/#order-validation-api"""
    return _connected(_answer("GET", VALIDATION_PATH, params={"val_id": val_id, **_query()}))


def transactions(*, tran_id: str) -> Answer:
    """GET every attempt at a transaction: https://developer.sslcommerz.com/doc/v4/#transaction-query-api"""
    return _connected(_answer("GET", MERCHANT_PATH, params={"tran_id": tran_id, **_query()}))


def refund(parameters: Mapping[str, str]) -> Answer:
    """GET, and so ask for, a refund: https://developer.sslcommerz.com/doc/v4/#initiate-the-refund"""
    return _connected(_answer("GET", MERCHANT_PATH, params={**parameters, **_query()}))


def refund_status(*, refund_ref_id: str) -> Answer:
    """GET how a refund goes: https://developer.sslcommerz.com/doc/v4/#query-refund-status"""
    return _connected(_answer("GET", MERCHANT_PATH, params={"refund_ref_id": refund_ref_id, **_query()}))


def _credentials() -> dict[str, str]:
    return {
        "store_id": settings.ENV.sslcommerz_store_id,
        "store_passwd": settings.ENV.sslcommerz_store_password.get_secret_value(),
    }


def _query() -> dict[str, str]:
    return {**_credentials(), "format": "json"}


@cache
def _http() -> httpx.Client:
    """One client for this process, made at its first call, so that no connection is shared over a fork."""
    return httpx.Client(
        timeout=httpx.Timeout(ANSWER_TIMEOUT_SECONDS, connect=CONNECT_TIMEOUT_SECONDS),
        follow_redirects=False,  # the store's password goes to no other address
        trust_env=False,  # the environment contract names everything that is read from outside
    )


def _answer(
    method: str,
    path: str,
    *,
    data: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
) -> Answer:
    address = str(settings.ENV.sslcommerz_url).rstrip("/") + path
    try:
        response = _http().request(method, address, data=data, params=params)
    except httpx.HTTPError as error:
        # Never the error's own text, nor its address: the query carries the store's password.
        raise _unavailable(path, type(error).__name__) from None
    if response.status_code != httpx.codes.OK:
        raise _unavailable(path, f"status {response.status_code}")
    if len(response.content) > LARGEST_ANSWER_BYTES:
        raise _unavailable(path, "the answer is too large")
    try:
        answer = response.json()
    except ValueError:
        raise _unavailable(path, "the answer is no JSON") from None
    if not isinstance(answer, dict):
        raise _unavailable(path, "the answer is no object")
    return answer


def _connected(answer: Answer) -> Answer:
    if answer.get("APIConnect") != "DONE":
        raise _unavailable(MERCHANT_PATH, f"APIConnect is {str(answer.get('APIConnect'))[:40]!r}")
    return answer


def _unavailable(path: str, reason: str) -> GatewayUnavailable:
    log.warning("the payment gateway gave no usable answer", extra={"path": path, "reason": reason})
    return GatewayUnavailable(reason)
