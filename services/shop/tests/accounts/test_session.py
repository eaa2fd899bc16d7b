"""Login, logout, sessions and CSRF."""

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session

from tests.factories import PASSWORD, CustomerFactory

from .conftest import Browser

pytestmark = pytest.mark.django_db


def test_a_guest_has_a_token_and_no_customer(browser: Browser) -> None:
    """The session endpoint tells a guest so, gives the CSRF cookie, touches no database row and is not cached."""
    answer = browser.get("session")

    assert answer.json()["customer"] is None
    assert answer.json()["csrf_token"]
    assert settings.CSRF_COOKIE_NAME in answer.cookies
    assert settings.SESSION_COOKIE_NAME not in answer.cookies
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "login",
    [
        "Rahima@Example.com",
        " rahima@example.com ",
        "01711223344",
        "+880 1711-223344",
        "০১৭১১২২৩৩৪৪",
        "8801711223344",
    ],
)
def test_login_by_every_way_to_write_it(browser: Browser, login: str) -> None:
    """E-mail in any case, phone in any format: the same customer."""
    customer = CustomerFactory(email="rahima@example.com", phone="+8801711223344")

    answer = browser.log_in(login, PASSWORD)

    assert answer.status_code == 200, answer.content
    assert answer.json()["customer"] == {
        "id": customer.pk,
        "name": customer.name,
        "email": "rahima@example.com",
        "phone": "+8801711223344",
        "language": customer.language,
    }
    assert browser.get("session").json()["customer"]["id"] == customer.pk


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("known@example.com", "wrong password"),
        ("unknown@example.com", PASSWORD),
        ("01799999999", PASSWORD),
        ("neither", PASSWORD),
        ("known@example.com\u202e", PASSWORD),
        ("inactive@example.com", PASSWORD),
    ],
)
def test_every_failed_login_looks_the_same(browser: Browser, login: str, password: str) -> None:
    """Unknown account, wrong password, inactive account: one answer."""
    CustomerFactory(email="known@example.com")
    CustomerFactory(email="inactive@example.com", is_active=False)

    answer = browser.log_in(login, password)

    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "invalid_credentials"


def test_login_begins_a_new_session(browser: Browser) -> None:
    """A session id that was there before the login (fixation) is not the one afterwards, and dies."""
    CustomerFactory(email="one@example.com")
    CustomerFactory(email="two@example.com")
    browser.log_in("one@example.com", PASSWORD)
    before = browser.client.cookies[settings.SESSION_COOKIE_NAME].value
    secret_before = browser.client.cookies[settings.CSRF_COOKIE_NAME].value

    browser.log_in("two@example.com", PASSWORD)

    assert browser.client.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert not Session.objects.filter(session_key=before).exists()
    assert browser.client.cookies[settings.CSRF_COOKIE_NAME].value != secret_before


def test_logout_ends_the_session(browser: Browser) -> None:
    """After logout the old cookie is worth nothing."""
    CustomerFactory(email="one@example.com")
    browser.log_in("one@example.com", PASSWORD)
    cookie = browser.client.cookies[settings.SESSION_COOKIE_NAME].value

    answer = browser.post("logout")

    assert answer.status_code == 200
    assert answer.json()["customer"] is None
    browser.client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    assert browser.get("session").json()["customer"] is None
    assert browser.get("addresses").status_code == 401


def test_logout_without_a_session_does_nothing(browser: Browser) -> None:
    """Logging out twice is no error."""
    assert browser.post("logout").status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "login"),
        ("POST", "register"),
        ("POST", "logout"),
        ("PATCH", "profile"),
        ("POST", "password"),
        ("POST", "addresses"),
        ("DELETE", "addresses/1"),
    ],
)
@pytest.mark.parametrize("token", ["", "x" * 32, "\u0663" * 32, "A" * 10_000])
def test_unsafe_calls_need_the_csrf_token(browser: Browser, method: str, path: str, token: str) -> None:
    """With a session, and at login and registration without one, a missing or foreign token is 403."""
    CustomerFactory(email="one@example.com")
    browser.log_in("one@example.com", PASSWORD)
    bodies = {
        "login": {"login": "one@example.com", "password": PASSWORD},
        "register": {"name": "A", "email": "a@example.com", "password": PASSWORD},
        "profile": {"name": "B"},
        "password": {"current_password": PASSWORD, "new_password": "another good one"},
        "addresses": {"name": "A", "phone": "01711111111", "line1": "1", "area": "a", "district": "dhaka"},
    }

    answer = browser.send(method, path, bodies.get(path), **{"x-csrftoken": token})

    assert answer.status_code == 403
    assert answer.json()["code"] == "csrf_failed"


def test_a_token_in_the_body_does_not_count(browser: Browser) -> None:
    """Only the header: a cross-site form can set a body, not a header."""
    CustomerFactory(email="one@example.com")
    browser.log_in("one@example.com", PASSWORD)

    answer = browser.client.post("/api/v1/account/logout", {"csrfmiddlewaretoken": browser.token()})

    assert answer.status_code == 403


def test_a_foreign_origin_is_refused(browser: Browser) -> None:
    """The right token from another site's page is still refused."""
    CustomerFactory(email="one@example.com")
    browser.log_in("one@example.com", PASSWORD)

    answer = browser.send("POST", "logout", origin="https://evil.example")

    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["addresses", "orders"])
def test_without_a_session_there_is_nothing_to_read(browser: Browser, path: str) -> None:
    """401 for a guest, and for a made-up session cookie."""
    assert browser.get(path).status_code == 401
    browser.client.cookies[settings.SESSION_COOKIE_NAME] = "m" * 32
    assert browser.get(path).status_code == 401
