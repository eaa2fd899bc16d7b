"""Notify the shop: the fields of an Instant Payment Notification (IPN), and its delivery.

Documentation: https://developer.sslcommerz.com/doc/v4/#validate-payment-with-ipn (fields, statuses, example). The browser
carries the same fields to success_url, fail_url or cancel_url. `error` and `card_sub_brand` are not in the documented
table but in real notifications: https://github.com/sslcommerz/SSLCommerz-Python/pull/1
`verify_sign_sha2`, which is there too, is left out: how it is computed is not published.
"""

import asyncio
from dataclasses import dataclass

import httpx

from simulator.callbacks import post
from simulator.clock import gateway_time
from simulator.settings import Settings
from simulator.sslcommerz.ledger import Session, Transaction
from simulator.sslcommerz.session import callback_allowed
from simulator.sslcommerz.signature import signed

CALLBACK_TIMEOUT_SECONDS = 5.0
ANSWER_KEPT_CHARACTERS = 2_000
WRONG_PASSWORD = "not the store's password"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Delivery:
    """One POST to the shop and what came back: status_code and answer, or the error that prevented it."""

    url: str
    status_code: int | None
    answer: str
    error: str

    def as_json(self) -> dict[str, str | int | None]:
        """The delivery as the control API shows it."""
        return {
            "url": self.url,
            "status_code": self.status_code,
            "answer": self.answer,
            "error": self.error,
        }

    def summary(self) -> str:
        """One line for people."""
        return f"{self.url}: {self.error or f'answered {self.status_code}'}"


def card_fields(transaction: Transaction) -> dict[str, str]:
    """The card that every simulated customer pays with; a card of the documentation's examples."""
    known = transaction.status != "CANCELLED"
    return {
        "card_type": "VISA-Dutch Bangla" if known else "",
        "card_no": "418117XXXXXX6675" if known else "",
        "card_issuer": "TRUST BANK, LTD." if known else "",
        "card_brand": "VISA" if known else "",
        "card_issuer_country": "Bangladesh" if known else "",
        "card_issuer_country_code": "BD" if known else "",
    }


def risk_fields(transaction: Transaction) -> dict[str, str]:
    """risk_level and risk_title."""
    return {
        "risk_level": "1" if transaction.risky else "0",
        "risk_title": "Not Safe" if transaction.risky else "Safe",
    }


def notification_fields(
    session: Session, transaction: Transaction, *, settings: Settings, signature_holds: bool
) -> dict[str, str]:
    """The fields that are sent for `transaction`. Its money is said to be what was asked, whatever was moved."""
    fields = {
        "tran_id": session.tran_id,
        "val_id": transaction.val_id if transaction.status == "VALID" else "",
        "store_amount": transaction.store_amount,
        "bank_tran_id": transaction.bank_tran_id,
        "status": transaction.status,
        "tran_date": gateway_time(transaction.at),
        "error": transaction.error,
        "store_id": settings.store_id,
        "card_sub_brand": "Classic",
        **session.asked.as_fields(),
        **card_fields(transaction),
        **risk_fields(transaction),
        **session.merchant_values(),
    }
    return signed(fields, store_password=settings.store_password if signature_holds else WRONG_PASSWORD)


async def deliver(
    client: httpx.AsyncClient, *, url: str, fields: dict[str, str], settings: Settings
) -> Delivery:
    """POST `fields` to `url` once, within CALLBACK_TIMEOUT_SECONDS, without following redirects. Never raises."""
    if not callback_allowed(url, settings):
        return Delivery(url=url, status_code=None, answer="", error="not an address this simulator may call")
    try:
        async with asyncio.timeout(CALLBACK_TIMEOUT_SECONDS):
            response = await post(client, url=url, fields=fields, settings=settings)
    except (TimeoutError, httpx.HTTPError, httpx.InvalidURL) as error:
        reason = f"{type(error).__name__}: {error}".rstrip(": ")
        return Delivery(url=url, status_code=None, answer="", error=reason)
    return Delivery(
        url=url, status_code=response.status_code, answer=response.text[:ANSWER_KEPT_CHARACTERS], error=""
    )
