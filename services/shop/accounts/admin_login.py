"""The admin's login page, rate limited like the shop's; the lockout is django-axes' (accounts.lockout)."""

from django.contrib import admin
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.lockout import wait_page
from ops.errors import RateLimited
from ops.ratelimit import RATES, check


def login(request: HttpRequest) -> HttpResponseBase:
    """Stands before ``admin.site.login``; only attempts count, not looking at the form."""
    if request.method == "POST":
        try:
            check(request, group="admin login", rate=RATES.ADMIN_LOGIN)
        except RateLimited as refusal:
            return wait_page(request, seconds=refusal.retry_after_seconds or 1)
    return admin.site.login(request)
