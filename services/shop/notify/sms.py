"""Effects of kind ``sms``: a text to one phone, recognisable by its Idempotency-Key however often it is sent."""

from functools import cache
from typing import Any

import httpx
from django.conf import settings

from notify.outbox import Refused, handler
from ops import context

KIND = "sms"
TIMEOUT_SECONDS = 10.0
# Answers that say "never": the message itself is wrong. Everything else (401, 429, 5xx) may pass.
PERMANENT_STATUSES = frozenset({400, 404, 409, 413, 422})


@cache
def _client() -> httpx.Client:
    """One for each process that performs effects: building one reads every certificate authority."""
    # trust_env: the environment contract names everything that is read from outside, and no proxy is in it
    return httpx.Client(timeout=TIMEOUT_SECONDS, trust_env=False)


@handler(KIND)
def send_sms(*, key: str, payload: dict[str, Any]) -> None:
    """Send ``{to, text}`` through the provider at ``SMS_URL``.

    Raises:
        Refused: the provider will never accept this message.
        httpx.HTTPError: it may work later.
    """
    contract = settings.ENV
    headers = {
        "Authorization": f"Bearer {contract.sms_token.get_secret_value()}",
        "Idempotency-Key": key,
    }
    if traceparent := context.current.get().traceparent:
        headers["traceparent"] = traceparent
    response = _client().post(
        f"{str(contract.sms_url).rstrip('/')}/sms/messages",
        json={"to": payload["to"], "text": payload["text"]},
        headers=headers,
    )
    if response.status_code in PERMANENT_STATUSES:
        raise Refused(f"SMS provider answered {response.status_code}")
    response.raise_for_status()
