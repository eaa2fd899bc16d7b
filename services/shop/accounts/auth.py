"""Who is asking: the session's customer, held to CSRF's rules.

django-ninja exempts its views from Django's CSRF middleware, so every operation that trusts a cookie checks here.
An operation has one of three shapes::

    @router.get("/addresses", auth=session_customer)     # required: request.auth is the customer
    customer = optional_customer(request)                # in the view: guest or customer
    require_csrf(request)                                # in the view: login, registration
"""

from typing import NoReturn

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware
from ninja.security import APIKeyCookie

from accounts.models import User
from ops.errors import CsrfFailed


class _HeaderCsrf(CsrfViewMiddleware):
    """Django's own check of origin and token, that raises a refusal of ours instead of rendering a page."""

    def _check_token(self, request: HttpRequest) -> None:
        # For POST, Django first looks for the token in a form body, and so parses a hostile one before anything is
        # verified; for every other method only the header counts. The API has no forms: the header counts always.
        method, request.method = request.method, "PUT"
        try:
            super()._check_token(request)  # type: ignore[misc]  # private, and so unknown to the stubs
        finally:
            request.method = method

    def _reject(self, request: HttpRequest, reason: str) -> NoReturn:
        raise CsrfFailed


def _never_called(_request: HttpRequest) -> NoReturn:
    """Stands for the view in Django's check: one without ``csrf_exempt``."""
    raise NotImplementedError("only the check is used")


_csrf = _HeaderCsrf(_never_called)


def require_csrf(request: HttpRequest) -> None:
    """Refuse an unsafe call whose ``X-CSRFToken`` does not match its cookie, or that comes from another origin.

    Raises:
        CsrfFailed: 403 csrf_failed.
    """
    request.csrf_processing_done = False  # type: ignore[attr-defined]
    _csrf.process_view(request, _never_called, (), {})


def optional_customer(request: HttpRequest) -> User | None:
    """The signed-in customer or None; an unsafe call that carries a session cookie must pass CSRF's check.

    Raises:
        CsrfFailed: 403 csrf_failed.
    """
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    require_csrf(request)
    return request.user if isinstance(request.user, User) else None


class SessionCustomer(APIKeyCookie):
    """django-ninja's ``auth=``: the session's customer as ``request.auth``, else 401 not_signed_in."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self) -> None:
        super().__init__(csrf=False)  # checked in optional_customer, where a refusal is one of ours

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        return optional_customer(request) if key else None


session_customer = SessionCustomer()
