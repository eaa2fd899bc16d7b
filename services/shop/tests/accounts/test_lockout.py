"""The lockout: per (account, address), for a while, told clearly, and no weapon against the owner."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.utils import timezone

from tests.factories import PASSWORD, CustomerFactory

from .conftest import Browser

pytestmark = pytest.mark.django_db
LIMIT = settings.AXES_FAILURE_LIMIT
ATTACKER = "198.51.100.66"


def fail(browser: Browser, *logins: str) -> list[int]:
    return [browser.log_in(login, "wrong password").status_code for login in logins]


def test_the_fifth_failure_locks_and_says_for_how_long(browser: Browser) -> None:
    """429 locked_out with Retry-After, and then even the right password does not help from that address."""
    CustomerFactory(email="owner@example.com")

    assert fail(browser, *["owner@example.com"] * LIMIT) == [401] * (LIMIT - 1) + [429]

    answer = browser.log_in("owner@example.com", PASSWORD)
    assert answer.status_code == 429
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "locked_out"
    assert 0 < int(answer["Retry-After"]) <= settings.AXES_COOLOFF_TIME.total_seconds() + 1


def test_an_attacker_elsewhere_does_not_lock_out_the_owner(new_browser: type[Browser]) -> None:
    """Locked for the attacker's address, open for the owner's."""
    CustomerFactory(email="owner@example.com")
    fail(new_browser(ATTACKER), *["owner@example.com"] * (LIMIT + 2))

    assert new_browser("203.0.113.7").log_in("owner@example.com", PASSWORD).status_code == 200
    assert new_browser(ATTACKER).log_in("owner@example.com", PASSWORD).status_code == 429


def test_a_locked_address_may_use_other_accounts(new_browser: type[Browser]) -> None:
    """Behind one address of a mobile operator are many shoppers: the others still get in."""
    CustomerFactory(email="owner@example.com")
    CustomerFactory(email="neighbour@example.com")
    fail(new_browser(ATTACKER), *["owner@example.com"] * LIMIT)

    assert new_browser(ATTACKER).log_in("neighbour@example.com", PASSWORD).status_code == 200


def test_every_way_to_write_an_account_counts_as_one(browser: Browser) -> None:
    """Five ways to write the same account are five failures of one account."""
    CustomerFactory(email="owner@example.com", phone="+8801711223344")

    statuses = fail(
        browser,
        "owner@example.com",
        "OWNER@example.com",
        " Owner@Example.COM",
        "01711223344",
        "+880 1711 223344",
    )

    assert statuses == [401] * (LIMIT - 1) + [429]


def test_an_unknown_account_is_locked_like_a_known_one(browser: Browser) -> None:
    """Whether the account exists does not show in the lockout either, nor is the typed text kept."""
    assert fail(browser, *["Nobody@example.com", "nobody@example.com"] * 3)[LIMIT - 1] == 429
    assert not AccessAttempt.objects.filter(username__icontains="nobody").exists()


def test_the_lock_ends_by_itself(browser: Browser) -> None:
    """After the cool-off the right password works."""
    CustomerFactory(email="owner@example.com")
    fail(browser, *["owner@example.com"] * LIMIT)

    AccessAttempt.objects.update(
        attempt_time=timezone.now() - settings.AXES_COOLOFF_TIME - timedelta(seconds=1)
    )

    assert browser.log_in("owner@example.com", PASSWORD).status_code == 200


def test_trying_on_does_not_lengthen_the_lock(browser: Browser) -> None:
    """Attempts while locked do not push the end away."""
    CustomerFactory(email="owner@example.com")
    fail(browser, *["owner@example.com"] * LIMIT)
    before = AccessAttempt.objects.get().attempt_time

    fail(browser, "owner@example.com", "owner@example.com")

    assert AccessAttempt.objects.get().attempt_time == before


@pytest.mark.parametrize(
    "identity", [{"email": "owner@example.com"}, {"email": None, "phone": "+8801711223344"}]
)
def test_a_success_forgets_the_failures(browser: Browser, identity: dict[str, str | None]) -> None:
    """Four failures, a success, four failures: not locked, for an account with only a phone too."""
    CustomerFactory(**identity)
    login = identity["email"] or "01711223344"
    for _ in range(2):
        assert fail(browser, *[login] * (LIMIT - 1)) == [401] * (LIMIT - 1)
        assert browser.log_in(login, PASSWORD).status_code == 200
    assert not AccessAttempt.objects.exists()


def test_one_ipv6_customer_is_one_address(new_browser: type[Browser]) -> None:
    """Hopping through the addresses of a /64 does not give new attempts."""
    CustomerFactory(email="owner@example.com")

    statuses = [fail(new_browser(f"2001:db8:1:2::{n}"), "owner@example.com")[0] for n in range(1, LIMIT + 1)]

    assert statuses[-1] == 429
    assert new_browser("2001:db8:1:3::1").log_in("owner@example.com", PASSWORD).status_code == 200


def test_the_admin_locks_and_limits_too(new_browser: type[Browser]) -> None:
    """Five failures at the admin's login lock this address, there and in the shop; the page says when to return."""
    CustomerFactory(email="staff@example.com", is_staff=True)
    browser = new_browser(ATTACKER)

    def attempt(password: str) -> int:
        page = browser.client.get("/admin/login/")
        token = page.cookies[settings.CSRF_COOKIE_NAME].value
        form = {"username": "Staff@example.com", "password": password, "csrfmiddlewaretoken": token}
        return browser.client.post("/admin/login/", form).status_code

    assert [attempt("wrong password") for _ in range(LIMIT)] == [200] * (LIMIT - 1) + [429]
    assert attempt(PASSWORD) == 429
    assert browser.log_in("staff@example.com", PASSWORD).status_code == 429
    assert new_browser("203.0.113.7").log_in("staff@example.com", PASSWORD).status_code == 200


def test_the_admin_login_is_rate_limited(new_browser: type[Browser], monkeypatch: pytest.MonkeyPatch) -> None:
    """Many attempts on many accounts from one address: 429 with Retry-After, before any password is looked at."""
    monkeypatch.setattr("ops.ratelimit.RATES.ADMIN_LOGIN", "3/h")
    browser = new_browser(ATTACKER)
    answers = []
    for number in range(4):
        page = browser.client.get("/admin/login/")
        form = {"username": f"a{number}@example.com", "password": "x"}
        form["csrfmiddlewaretoken"] = page.cookies[settings.CSRF_COOKIE_NAME].value
        answers.append(browser.client.post("/admin/login/", form))

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[-1]["Retry-After"]) > 0
