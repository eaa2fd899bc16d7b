"""The outermost middleware: whose request this is, and the one log line about it."""

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from ops import client_address, context

log = logging.getLogger("shop.request")


def request_context(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        client_address.settle(request)
        identity = context.begin(
            traceparent=request.META.get("HTTP_TRACEPARENT", ""),
            request_id=request.META.get("HTTP_X_REQUEST_ID", ""),
        )
        response = get_response(request)
        response["X-Request-ID"] = identity.request_id
        match = request.resolver_match
        log.info(
            "request",
            extra={
                "http.request.method": request.method,
                "http.route": f"/{match.route}" if match else None,
                "http.response.status_code": response.status_code,
                "duration_ms": round((time.perf_counter() - started) * 1000, 1),
            },
        )
        return response

    return middleware
