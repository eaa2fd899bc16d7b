"""The simulated payment gateway, as a test drives it."""

from typing import Any
from urllib.parse import urlsplit

import httpx

ANSWER_SECONDS = 30.0


def approve_without_browser(simulator: str, payment_page: str) -> dict[str, Any]:
    """Approves the payment of this page of the gateway's; its notification alone tells the shop. Returns what was sent."""
    session = urlsplit(payment_page).path.rpartition("/")[2]
    answer = httpx.post(
        f"{simulator}/control/pay/{session}/approve",
        params={"browser": "false"},
        trust_env=False,
        timeout=ANSWER_SECONDS,
    )
    told: dict[str, Any] = answer.json()
    return told
