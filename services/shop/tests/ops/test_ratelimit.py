"""Rate limits over HTTP: counted per client, refused with Retry-After, not to be got round."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from ops.ratelimit import RATES

pytestmark = pytest.mark.django_db
WEAK = {
    "name": "A",
    "email": "a@example.com",
    "password": "short",
}  # counted, then refused before any hashing
LOGIN = {"login": "a@example.com", "password": "x"}


@pytest.fixture(autouse=True)
def _one_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """No window ends in the middle of a test."""
    monkeypatch.setattr("django_ratelimit.core.time", SimpleNamespace(time=lambda: 1_800_000_000))


def post(path: str, body: dict[str, Any], address: str = "203.0.113.7", **headers: str) -> Any:
    client = Client(enforce_csrf_checks=True)
    return client.post(
        f"/api/v1/account/{path}",
        body,
        content_type="application/json",
        headers={"x-forwarded-for": address, **headers},
    )


def times(rate: str) -> int:
    return int(rate.split("/", maxsplit=1)[0])


def uses_up(rate: str, send: Callable[[int], Any]) -> Any:
    """Send as often as the rate allows, see that nothing was limited, and return the answer to one more."""
    allowed = [send(number).status_code for number in range(times(rate))]
    assert 429 not in allowed
    return send(times(rate))


CASES: list[tuple[str, str, Callable[[int], Any]]] = [
    ("register", RATES.REGISTRATION, lambda _: post("register", WEAK)),
    ("login", RATES.LOGIN_PER_ADDRESS, lambda n: post("login", {**LOGIN, "login": f"a{n}@example.com"})),
    ("login", RATES.LOGIN_PER_ADDRESS_AND_ACCOUNT, lambda n: post("login", LOGIN)),
    (
        "password-reset",
        RATES.PASSWORD_RESET_PER_ADDRESS,
        lambda n: post("password-reset", {"login": f"a{n}@example.com"}),
    ),
    (
        "password-reset",
        RATES.PASSWORD_RESET_PER_ADDRESS_AND_ACCOUNT,
        lambda n: post("password-reset", {"login": ["A@example.com", "a@Example.com"][n % 2]}),
    ),
    (
        "password-reset/confirm",
        RATES.PASSWORD_RESET_CONFIRMATION,
        lambda _: post("password-reset/confirm", {"uid": "MQ", "token": "x", "new_password": "y"}),
    ),
]


@pytest.mark.parametrize(("path", "rate", "send"), CASES)
def test_one_request_more_than_the_rate_is_refused(path: str, rate: str, send: Callable[[int], Any]) -> None:
    """429 rate_limited as a problem document, in both languages, with the seconds to wait."""
    answer = uses_up(rate, send)

    assert answer.status_code == 429
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "rate_limited"
    assert 1 <= int(answer["Retry-After"]) <= 601


def test_another_client_is_not_concerned() -> None:
    """The counter is the client's own."""
    assert uses_up(RATES.REGISTRATION, lambda _: post("register", WEAK)).status_code == 429

    assert post("register", WEAK, address="203.0.113.8").status_code == 403


def test_forging_the_address_does_not_help() -> None:
    """The parts that the client wrote itself, left of what the trusted proxy appended, are not looked at."""

    def send(number: int) -> Any:
        return post("register", WEAK, address=f"10.9.8.{number}, 203.0.113.7")

    assert uses_up(RATES.REGISTRATION, send).status_code == 429


def test_hopping_within_an_ipv6_network_does_not_help() -> None:
    """All addresses of a /64 are one client."""
    assert (
        uses_up(RATES.REGISTRATION, lambda n: post("register", WEAK, address=f"2001:db8::{n:x}")).status_code
        == 429
    )
