"""The link to a new password, by mail or, where there is no e-mail address, by SMS.

What waits in the outbox is only whom it is for, and when it was asked for. The link is made at the moment of sending,
so it stands in no database row that staff or a backup could show; and it is the same at each attempt, since a
receiver that has seen the key refuses another text under it.
"""

import time
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts import selectors
from accounts.models import User
from notify import outbox
from notify.mail import send_mail
from notify.sms import send_sms

KIND: Final = "password_reset"
WINDOW_SECONDS: Final = 300  # within it, asking again sends nothing more: nobody's inbox can be flooded
NOBODY: Final = 0

_TEXTS: Final = {
    "en": {
        "subject": "A new password for DhakaCart",
        "text": "Dear {name},\n\nset a new password here within an hour:\n\n{link}\n\n"
        "If you did not ask for this, do nothing: your password stays as it is.\n\nDhakaCart",
        "sms": "DhakaCart: set a new password within an hour: {link}",
    },
    "bn": {
        "subject": "DhakaCart-এর নতুন পাসওয়ার্ড",
        "text": "প্রিয় {name},\n\nএক ঘণ্টার মধ্যে এই লিংকে গিয়ে নতুন পাসওয়ার্ড দিন:\n\n{link}\n\n"
        "আপনি না চেয়ে থাকলে কিছু করার দরকার নেই: আপনার পাসওয়ার্ড আগের মতোই থাকবে।\n\nDhakaCart",
        "sms": "DhakaCart: এক ঘণ্টার মধ্যে নতুন পাসওয়ার্ড দিন: {link}",
    },
}


class _ResetTokens(PasswordResetTokenGenerator):
    """Django's tokens (its default generator checks them), made as of a moment instead of now."""

    def make_token_at(self, user: User, *, seconds: int) -> str:
        """The token that `make_token` would have made at that moment."""
        return self._make_token_with_timestamp(user, seconds, self.secret)


_tokens: Final = _ResetTokens()


def seconds_now() -> int:
    """This moment, as Django's tokens count it: seconds since 2001-01-01."""
    return _tokens._num_seconds(_tokens._now())


def request_reset(*, login: str) -> None:
    """Have a link sent to the active account of this login, if there is one. Does the same work if there is none."""
    user = selectors.user_by_login(login=login)
    known = user is not None and user.is_active
    with transaction.atomic():
        outbox.enqueue(
            kind=KIND,
            key=_key(user if user else User(pk=NOBODY)),
            payload={"user": user.pk if user else NOBODY, "asked_at_seconds": seconds_now()},
        )
        if not known:
            transaction.set_rollback(True)


def _key(user: User) -> str:
    """Changes with the window and with the password: after a reset, the next one may be asked for at once."""
    state = salted_hmac("accounts.password_reset", f"{user.password}{user.last_login}").hexdigest()[:16]
    return f"password-reset:{user.pk}:{state}:{int(time.time()) // WINDOW_SECONDS}"


def link(user: User, *, asked_at_seconds: int) -> str:
    """The page of the shop on which this user sets a new password; good once and for PASSWORD_RESET_TIMEOUT."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    token = _tokens.make_token_at(user, seconds=asked_at_seconds)
    return f"{settings.ENV.origin}/account/reset/{uid}/{token}"


@outbox.handler(KIND)
def send_link(*, key: str, payload: dict[str, Any]) -> None:
    """Send the link, as of ``{asked_at_seconds}``, to ``{user}``; an account that is gone or inactive by now gets none.

    Raises:
        What notify.mail.send_mail and notify.sms.send_sms raise.
    """
    user = User.objects.filter(pk=payload["user"], is_active=True).first()
    if user is None:
        return
    words = _TEXTS[user.language]
    address = link(user, asked_at_seconds=payload["asked_at_seconds"])
    filled = {name: text.format(name=user.name, link=address) for name, text in words.items()}
    if user.email:
        send_mail(key=key, payload={"to": user.email, "subject": filled["subject"], "text": filled["text"]})
    elif user.phone:
        send_sms(key=key, payload={"to": user.phone, "text": filled["sms"]})
