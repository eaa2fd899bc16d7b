"""Whether a notification was made by someone who knows the store's password.

``verify_sign`` is an MD5 over the fields that ``verify_key`` lists and the MD5 of the store's password. The
documentation names the two fields only (https://developer.sslcommerz.com/doc/v4/#validate-payment-with-ipn); the
algorithm stands in https://support.sslwireless.com/portal/en/kb/articles/hash-validation and in the vendor's code,
https://github.com/sslcommerz/SSLCommerz-PHP (lib/SslCommerzNotification.php). ``verify_sign_sha2`` is sent too, but
how it is made is not published.

A good signature is not a payment: the customer's own browser carries one for each. It says who speaks, and what was
paid is then asked of the gateway.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from typing import Final

# The sender chooses what verify_key covers. Without these a signature of one message would fit another.
COVERED_ALWAYS: Final = frozenset({"tran_id", "status", "store_id"})
COVERED_IF_PAID: Final = COVERED_ALWAYS | {"val_id", "amount", "currency_type", "currency_amount"}


def signed_text(fields: Mapping[str, str], *, keys: Iterable[str], store_password: str) -> str:
    """What is hashed: ``key=value`` sorted by key, joined by ``&``, values as they came (empty ones too)."""
    pairs = {key: fields[key] for key in keys if key in fields}
    pairs["store_passwd"] = _md5(store_password)
    return "&".join(f"{key}={value}" for key, value in sorted(pairs.items()))


def signature_holds(fields: Mapping[str, str], *, store_password: str) -> bool:
    """Whether the message is signed with the store's password, and the signature covers all that matters."""
    keys = fields.get("verify_key", "").split(",")
    needed = COVERED_IF_PAID if fields.get("status") == "VALID" else COVERED_ALWAYS
    if not needed <= {key for key in keys if key in fields}:
        return False
    expected = _md5(signed_text(fields, keys=keys, store_password=store_password))
    return hmac.compare_digest(expected.encode(), fields.get("verify_sign", "").encode())


def _md5(text: str) -> str:
    # The protocol prescribes MD5.
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
