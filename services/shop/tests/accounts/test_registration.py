"""Opening an account."""

import threading
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import User
from tests.factories import CustomerFactory

from .conftest import Browser

GOOD = {
    "name": "রহিমা খাতুন",
    "email": "Rahima@Example.com",
    "phone": "017-1122 3344",
    "password": "slow green river stone",
    "language": "bn",
}


@pytest.mark.django_db
def test_registration_signs_in_and_keeps_normal_forms(browser: Browser) -> None:
    """201 with the session; e-mail in lower case, phone in E.164, password as Argon2id."""
    answer = browser.post("register", GOOD)

    assert answer.status_code == 201, answer.content
    user = User.objects.get()
    assert (user.email, user.phone, user.name) == ("rahima@example.com", "+8801711223344", "রহিমা খাতুন")
    assert user.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert not user.is_staff
    assert answer.json()["customer"]["id"] == user.pk
    assert browser.get("session").json()["customer"]["id"] == user.pk


@pytest.mark.django_db
@pytest.mark.parametrize("missing", ["email", "phone"])
def test_one_of_email_and_phone_is_enough(browser: Browser, missing: str) -> None:
    """An account with a phone only, and one with an e-mail only."""
    assert browser.post("register", {**GOOD, missing: None}).status_code == 201
    assert getattr(User.objects.get(), missing) is None


BAD: list[tuple[dict[str, Any], str]] = [
    ({"email": None, "phone": None}, ""),
    ({"email": "", "phone": ""}, ""),
    ({"email": "no at sign"}, "email"),
    ({"email": "a@b"}, "email"),
    ({"email": "a@b.c\r\nBcc: x@y.z"}, "email"),
    ({"email": "a" * 300 + "@example.com"}, "email"),
    ({"phone": "12345"}, "phone"),
    ({"phone": "+1 555 0100"}, "phone"),
    ({"phone": "0" * 10_000}, "phone"),
    ({"name": ""}, "name"),
    ({"name": "   "}, "name"),
    ({"name": "a\x00b"}, "name"),
    ({"name": "x" * 121}, "name"),
    ({"name": 7}, "name"),
    ({"password": "short"}, "password"),
    ({"password": "8765432198765"}, "password"),
    ({"password": "password123"}, "password"),
    ({"password": "rahima@example"}, "password"),
    ({"password": "x" * 257}, "password"),
    ({"password": None}, "password"),
    ({"language": "fr"}, "language"),
    ({"is_staff": True}, "is_staff"),
    ({"groups": [1]}, "groups"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("change", "field"), BAD)
def test_bad_input_is_refused_with_the_field(browser: Browser, change: dict[str, Any], field: str) -> None:
    """422 that names the field in both languages; nothing is written."""
    answer = browser.post("register", {**GOOD, **change})

    assert answer.status_code == 422, answer.content
    problem = answer.json()
    assert problem["code"] == "invalid_input"
    assert field in {error["field"] for error in problem["errors"]}
    assert all(error["messages"]["en"] and error["messages"]["bn"] for error in problem["errors"])
    assert not User.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"[]", b"null", b'"x"', b'{"name": "\\ud800"}', b"{" * 5000]
)
def test_a_body_that_is_no_registration(browser: Browser, body: bytes) -> None:
    """Broken JSON, foreign encodings, lone surrogates: 4xx, never 500."""
    answer = browser.client.post(
        "/api/v1/account/register",
        body,
        content_type="application/json",
        headers={"x-csrftoken": browser.token()},
    )

    assert 400 <= answer.status_code < 500
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
@pytest.mark.parametrize("taken", [{"email": "rahima@example.com"}, {"phone": "+8801711223344"}])
def test_a_taken_address_is_refused(browser: Browser, taken: dict[str, str]) -> None:
    """409 already_registered for the same e-mail in another case and the same phone in another format."""
    CustomerFactory(**taken)

    answer = browser.post("register", GOOD)

    assert answer.status_code == 409
    assert answer.json()["code"] == "already_registered"
    assert User.objects.count() == 1
    assert settings.SESSION_COOKIE_NAME not in answer.cookies


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_wins(new_browser: type[Browser]) -> None:
    """Ten registrations of one address in parallel: one account, nine 409, no 500."""
    statuses: list[int] = []
    together = threading.Barrier(10)

    def register() -> None:
        browser = new_browser()
        browser.token()
        together.wait()
        statuses.append(browser.post("register", GOOD).status_code)
        connection.close()

    threads = [threading.Thread(target=register) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [201] + [409] * 9
    assert User.objects.count() == 1
