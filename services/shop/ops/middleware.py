"""The outermost middlewares: whose request this is, the one log line about it, and health without ceremony.

The line's fields have OpenTelemetry's names (``http.route``, ``client.address``, ``enduser.id``), beside request_id,
trace_id and span_id, which stand on every line of the request (ops.context).
"""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import Error as DatabaseError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import resolve

from ops import client_address, context, metrics
from ops.api import method_not_allowed

log = logging.getLogger("shop.request")
API_PREFIX = "/api/"
HEALTH_PATHS = frozenset({"/healthz", "/readyz"})
ROUTES_WITH_CUSTOMERS = ("api/", "admin/")


def _customer_id(request: HttpRequest, route: str, status: int) -> str | None:
    """Whose session it is; None for a guest. Reads the session if the view has not (one query, with a cookie only).

    Not after a failure: a database that does not answer must not be asked for the sake of a log line.
    """
    session = getattr(request, "session", None)  # a refusal before the session's middleware has none
    if session is None or status >= 500:
        return None
    if not session.accessed and (
        settings.SESSION_COOKIE_NAME not in request.COOKIES or not route.startswith(ROUTES_WITH_CUSTOMERS)
    ):
        return None
    try:
        customer: str | None = session.get(SESSION_KEY)
    except DatabaseError:
        return None
    return customer


def health(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Answer probes before host names, TLS and sessions are looked at: a prober knows the pod's address only."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info not in HEALTH_PATHS:
            return get_response(request)
        request.resolver_match = match = resolve(request.path_info)
        response: HttpResponseBase = match.func(request)
        return response

    return middleware


def request_context(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Settle the client's address and the trace, answer, then log and count the request once, whatever came of it."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        client_address.settle(request)
        identity = context.begin(
            traceparent=request.META.get("HTTP_TRACEPARENT", ""),
            request_id=request.META.get("HTTP_X_REQUEST_ID", ""),
        )
        response = get_response(request)  # never raises: Django has made a response of every exception
        if response.status_code == 405 and request.path_info.startswith(API_PREFIX):
            response = method_not_allowed(request, response)
        response["X-Request-ID"] = identity.request_id
        match = request.resolver_match
        route = match.route if match else ""
        seconds = time.perf_counter() - started
        status = response.status_code
        metrics.observe_request(method=request.method, route=route, status=status, seconds=seconds)
        log.info(
            "request",
            extra={
                "http.request.method": request.method,
                "http.route": f"/{route}" if match else None,
                "http.response.status_code": status,
                "duration_ms": round(seconds * 1000, 1),
                "client.address": request.META["REMOTE_ADDR"],
                "enduser.id": _customer_id(request, route, status),
            },
        )
        return response

    return middleware
