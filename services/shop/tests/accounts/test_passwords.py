"""Changing a password, and setting a new one by a link."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core import mail
from django.utils import timezone
from django.utils.http import urlsafe_base64_encode

from accounts import password_reset
from accounts.models import User
from notify.models import Effect
from notify.outbox import handlers
from tests.factories import PASSWORD, CustomerFactory

from .conftest import Browser

pytestmark = pytest.mark.django_db
NEW = "another slow green river"


def test_a_change_keeps_this_session_and_ends_the_others(new_browser: type[Browser]) -> None:
    """The browser that changed it goes on with a new session id; every other one is signed out."""
    CustomerFactory(email="one@example.com")
    here, elsewhere = new_browser(), new_browser()
    here.log_in("one@example.com", PASSWORD)
    elsewhere.log_in("one@example.com", PASSWORD)

    answer = here.post("password", {"current_password": PASSWORD, "new_password": NEW})

    assert answer.status_code == 200, answer.content
    assert here.get("session").json()["customer"]["email"] == "one@example.com"
    assert here.send("POST", "logout", **{"x-csrftoken": answer.json()["csrf_token"]}).status_code == 200
    assert elsewhere.get("session").json()["customer"] is None
    assert elsewhere.get("addresses").status_code == 401
    assert new_browser().log_in("one@example.com", NEW).status_code == 200


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"current_password": "wrong", "new_password": NEW}, "current_password", "wrong_password"),
        ({"current_password": PASSWORD, "new_password": "short"}, "new_password", "password_too_short"),
        (
            {"current_password": PASSWORD, "new_password": "one@example.com"},
            "new_password",
            "password_too_similar",
        ),
    ],
)
def test_a_change_that_is_refused(browser: Browser, body: dict[str, str], field: str, code: str) -> None:
    """422 naming the field; the old password stays."""
    customer = CustomerFactory(email="one@example.com")
    browser.log_in("one@example.com", PASSWORD)

    answer = browser.post("password", body)

    assert answer.status_code == 422
    assert (field, code) in {(error["field"], error["code"]) for error in answer.json()["errors"]}
    customer.refresh_from_db()
    assert customer.check_password(PASSWORD)


def perform() -> None:
    """Perform what the outbox holds, as the relay does."""
    for effect in Effect.objects.filter(state="pending"):
        handlers()[effect.kind](key=effect.key, payload=effect.payload)


def link_in(text: str) -> tuple[str, str]:
    match = re.search(rf"{re.escape(settings.ENV.origin)}/account/reset/([^/\s]+)/([^/\s]+)", text)
    assert match, text
    return match[1], match[2]


@pytest.mark.parametrize("language", ["en", "bn"])
def test_the_whole_way_by_mail(new_browser: type[Browser], language: str) -> None:
    """Asked for, sent in the customer's language, followed: the new password holds and every session has ended."""
    CustomerFactory(email="one@example.com", language=language)
    signed_in, asking = new_browser(), new_browser()
    signed_in.log_in("one@example.com", PASSWORD)

    answer = asking.post("password-reset", {"login": "ONE@example.com"})
    assert answer.status_code == 202
    assert answer.content == b""
    perform()
    [message] = mail.outbox
    assert message.to == ["one@example.com"]
    uid, token = link_in(message.body)
    confirmed = asking.post("password-reset/confirm", {"uid": uid, "token": token, "new_password": NEW})

    assert confirmed.status_code == 204, confirmed.content
    assert signed_in.get("session").json()["customer"] is None
    assert new_browser().log_in("one@example.com", PASSWORD).status_code == 401
    assert new_browser().log_in("one@example.com", NEW).status_code == 200
    again = asking.post("password-reset/confirm", {"uid": uid, "token": token, "new_password": PASSWORD})
    assert again.status_code == 400
    assert again.json()["code"] == "reset_link_invalid"


def test_an_account_with_a_phone_only_gets_an_sms(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """The link goes to the phone when there is no e-mail address."""
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(password_reset, "send_sms", lambda *, key, payload: sent.append(payload))
    CustomerFactory(email=None, phone="+8801711223344")

    browser.post("password-reset", {"login": "01711 223344"})
    perform()

    assert [payload["to"] for payload in sent] == ["+8801711223344"]
    assert link_in(sent[0]["text"])


def test_a_second_attempt_sends_the_same_text(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """However late an effect is tried again: a receiver that knows its key would refuse another text."""
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(password_reset, "send_sms", lambda *, key, payload: sent.append(payload))
    CustomerFactory(email=None, phone="+8801711223344")
    browser.post("password-reset", {"login": "01711 223344"})
    effect = Effect.objects.get()

    password_reset.send_link(key=effect.key, payload=effect.payload)
    a_minute_later = timezone.now().replace(tzinfo=None) + timedelta(minutes=1)
    monkeypatch.setattr(password_reset._ResetTokens, "_now", lambda _self: a_minute_later)
    password_reset.send_link(key=effect.key, payload=effect.payload)

    assert len(sent) == 2
    assert sent[0] == sent[1]


@pytest.mark.parametrize("login", ["nobody@example.com", "01700000000", "neither", "inactive@example.com"])
def test_an_unknown_account_gets_the_same_answer_and_no_effect(browser: Browser, login: str) -> None:
    """202 whether or not there is such an account; nothing stays in the outbox."""
    CustomerFactory(email="inactive@example.com", is_active=False)

    answer = browser.post("password-reset", {"login": login})

    assert answer.status_code == 202
    assert not Effect.objects.exists()


def test_the_token_stands_in_no_row(browser: Browser) -> None:
    """Whoever can read the outbox finds no link in it."""
    customer = CustomerFactory(email="one@example.com")

    browser.post("password-reset", {"login": "one@example.com"})

    effect = Effect.objects.get()
    assert set(effect.payload) == {"user", "asked_at_seconds"}
    assert effect.payload["user"] == customer.pk
    assert "reset/" not in effect.key


def test_asking_often_sends_once(browser: Browser, new_browser: type[Browser]) -> None:
    """Within minutes one message, from however many addresses it is asked for; after a reset, a new one at once."""
    CustomerFactory(email="one@example.com")
    for number in range(8):
        asked = new_browser(f"203.0.113.{number}").post("password-reset", {"login": "one@example.com"})
        assert asked.status_code == 202
    assert Effect.objects.count() <= 2  # two, if a window ended meanwhile

    user = User.objects.get()
    user.set_password(NEW)
    user.save()
    before = Effect.objects.count()
    browser.post("password-reset", {"login": "one@example.com"})
    assert Effect.objects.count() == before + 1


def test_a_reset_lifts_the_lockout(browser: Browser) -> None:
    """Who has proved to own the account is let in from the locked address too."""
    user = CustomerFactory(email="one@example.com")
    for _ in range(settings.AXES_FAILURE_LIMIT):
        browser.log_in("one@example.com", "wrong password")
    uid, token = link_in(password_reset.link(user, asked_at_seconds=password_reset.seconds_now()))

    browser.post("password-reset/confirm", {"uid": uid, "token": token, "new_password": NEW})

    assert browser.log_in("one@example.com", NEW).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"uid": urlsafe_base64_encode(b"999999")},
        {"uid": urlsafe_base64_encode(b"9" * 25)},
        {"uid": urlsafe_base64_encode(b"-1")},
        {"uid": urlsafe_base64_encode(b"\xff\xfe")},
        {"uid": "A"},
        {"token": "x"},
        {"token": "abc-" + "0" * 90},
    ],
)
def test_a_made_up_link_is_refused(browser: Browser, change: dict[str, str]) -> None:
    """400 reset_link_invalid for every other id and token, however odd."""
    user = CustomerFactory()
    uid, token = link_in(password_reset.link(user, asked_at_seconds=password_reset.seconds_now()))

    answer = browser.post(
        "password-reset/confirm", {"uid": uid, "token": token, "new_password": NEW, **change}
    )

    assert answer.status_code == 400
    assert answer.json()["code"] == "reset_link_invalid"
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_weak_new_password_leaves_the_link_good(browser: Browser) -> None:
    """422 for a weak one; the same link then takes a better one."""
    user = CustomerFactory()
    uid, token = link_in(password_reset.link(user, asked_at_seconds=password_reset.seconds_now()))

    weak = browser.post("password-reset/confirm", {"uid": uid, "token": token, "new_password": "short"})
    good = browser.post("password-reset/confirm", {"uid": uid, "token": token, "new_password": NEW})

    assert (weak.status_code, good.status_code) == (422, 204)


def test_a_link_ends_after_an_hour(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """One made an hour and a second ago is refused."""
    from datetime import timedelta

    user = CustomerFactory()
    now = default_token_generator._now()
    with monkeypatch.context() as past:
        past.setattr(default_token_generator, "_now", lambda: now - timedelta(hours=1, seconds=1))
        token = default_token_generator.make_token(user)
    uid = urlsafe_base64_encode(str(user.pk).encode())

    answer = browser.post("password-reset/confirm", {"uid": uid, "token": token, "new_password": NEW})

    assert answer.json()["code"] == "reset_link_invalid"
