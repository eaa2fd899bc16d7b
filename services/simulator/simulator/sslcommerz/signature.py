"""The signature over a payment notification: `verify_sign` over the fields that `verify_key` lists.

The documentation (https://developer.sslcommerz.com/doc/v4/#validate-payment-with-ipn) names the two fields only; the
algorithm is the one of SSLCOMMERZ_hash_varify() in the vendor's library,
https://github.com/sslcommerz/SSLCommerz-PHP/blob/master/lib/SslCommerzNotification.php
"""

import hashlib
from collections.abc import Mapping


def signed(fields: Mapping[str, str], *, store_password: str) -> dict[str, str]:
    """`fields` with verify_sign and verify_key added; every field is signed, the empty ones too."""
    return {
        **fields,
        "verify_sign": signature(fields, keys=list(fields), store_password=store_password),
        "verify_key": ",".join(sorted(fields)),
    }


def signature(fields: Mapping[str, str], *, keys: list[str], store_password: str) -> str:
    """The MD5 (hexadecimal) over `key=value` pairs sorted by key and joined by `&`.

    The pairs are those of `keys` that are present in `fields`, values as they are (not URL-encoded), and
    `store_passwd`, which is the MD5 of the store's password.
    """
    pairs = {key: fields[key] for key in keys if key in fields}
    pairs["store_passwd"] = _md5(store_password)
    return _md5("&".join(f"{key}={value}" for key, value in sorted(pairs.items())))


def _md5(text: str) -> str:
    # The protocol prescribes MD5.
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
