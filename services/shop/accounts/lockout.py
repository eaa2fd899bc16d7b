"""django-axes' lockout, per (account, address): who is counted, and what a locked-out client is told.

The pair protects the owner: an attacker elsewhere locks out only their own address. The account is named by its id,
so that every way to write an e-mail address or a phone number counts as one, and no attempt keeps personal data.
"""

from datetime import timedelta
from typing import Any

from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts import selectors
from accounts.errors import LockedOut
from accounts.login import fingerprint
from accounts.models import User
from ops import client_address
from ops.api import problem_response

_CACHE = "_lockout_account"
ADMIN_PREFIX = "/admin/"


def account_of_user(user: User) -> str:
    """The name under which attempts on this account are counted."""
    return f"user:{user.pk}"


def account(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """AXES_USERNAME_CALLABLE: the account that an attempt is made on, looked up once for each request."""
    known: str | None = getattr(request, _CACHE, None)
    if known is None:
        given = credentials or {}
        login = str(given.get("username") or given.get("email") or "")
        user = selectors.user_by_login(login=login)
        known = account_of_user(user) if user else f"unknown:{fingerprint(login)}"
        setattr(request, _CACHE, known)
    return known


def seconds_left(request: HttpRequest, credentials: dict[str, Any] | None) -> int:
    """Seconds until the last counted failure is old enough; at least 1."""
    last = (
        AccessAttempt.objects.filter(
            username=account(request, credentials), ip_address=client_address.network_of(request)
        )
        .order_by("-attempt_time")
        .values_list("attempt_time", flat=True)
        .first()
    )
    cool_off: timedelta = settings.AXES_COOLOFF_TIME
    left = (last + cool_off - timezone.now()) if last else cool_off
    return max(1, int(left.total_seconds()) + 1)


def response(
    request: HttpRequest, _original: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    """AXES_LOCKOUT_CALLABLE: a problem document for the API, a page for the admin; both say when to come back."""
    seconds = seconds_left(request, credentials)
    if request.path.startswith(ADMIN_PREFIX):
        return wait_page(request, seconds=seconds)
    return problem_response(request, LockedOut(retry_after_seconds=seconds))


def wait_page(request: HttpRequest, *, seconds: int) -> HttpResponse:
    """The admin's page for a client that has tried too often."""
    answer = render(request, "accounts/wait.html", {"minutes": -(-seconds // 60)}, status=429)
    answer["Retry-After"] = str(seconds)
    return answer


def forgive(*, user: User) -> None:
    """Forget the failures on an account, at every address: its owner has proved to be the owner."""
    reset(username=account_of_user(user))
