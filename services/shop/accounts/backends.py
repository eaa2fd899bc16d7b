"""Signing in by e-mail or phone."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from accounts import selectors
from accounts.models import User


class EmailOrPhoneBackend(ModelBackend):
    """Does the same work whether the account exists, is inactive or neither: the time tells nothing."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> User | None:
        """``username`` is the e-mail address or phone number, as it was typed."""
        if username is None or password is None:
            return None
        user = selectors.user_by_login(login=username)
        if user is None or not user.has_usable_password():
            User().set_password(password)  # the hash that would have been compared
            return None
        return user if user.check_password(password) and self.user_can_authenticate(user) else None
