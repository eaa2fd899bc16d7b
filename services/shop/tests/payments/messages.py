"""Notifications as the gateway would send them, for tests that need to forge one."""

import hashlib

from django.conf import settings

from payments.models import Payment
from payments.sslcommerz.signature import signed_text


def notification(payment: Payment, **changes: str) -> dict[str, str]:
    """The fields of a message that says ``payment`` is paid, unsigned."""
    taka = f"{payment.amount_poisha / 100:.2f}"
    return {
        "status": "VALID",
        "tran_id": payment.transaction_id,
        "val_id": "2611231200000AbCdEfGhIjKlMn",
        "amount": taka,
        "currency": "BDT",
        "currency_type": "BDT",
        "currency_amount": taka,
        "store_id": settings.ENV.sslcommerz_store_id,
        "bank_tran_id": "2611231200000Bank",
        "error": "",
        **changes,
    }


def signed(fields: dict[str, str], *, keys: list[str] | None = None) -> dict[str, str]:
    """The message with a good signature over ``keys`` (default: everything)."""
    keys = sorted(fields) if keys is None else keys
    password = settings.ENV.sslcommerz_store_password.get_secret_value()
    text = signed_text(fields, keys=keys, store_password=password)
    return {
        **fields,
        "verify_key": ",".join(keys),
        "verify_sign": hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(),
    }
