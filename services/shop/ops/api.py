"""Problem documents for everything that the API refuses, and the helpers that every router shares."""

import hashlib
import logging
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from ops import context
from ops.errors import (
    CsrfFailed,
    FieldError,
    InternalError,
    InvalidInput,
    MalformedRequest,
    MethodNotAllowed,
    NotFound,
    NotSignedIn,
    ShopError,
    TemporarilyUnavailable,
)

log = logging.getLogger(__name__)
PROBLEM_TYPE = "urn:dhakacart:problem:"
DATABASE_RETRY_SECONDS = 5


def problem_response(request: HttpRequest, error: ShopError) -> HttpResponse:
    """RFC 9457 document of a refusal; ``detail`` is in the language that the client asked for."""
    language = "bn" if request.META.get("HTTP_ACCEPT_LANGUAGE", "").lower().startswith("bn") else "en"
    messages = {"en": error.en, "bn": error.bn}
    document: dict[str, Any] = {
        "type": PROBLEM_TYPE + error.code,
        "title": error.title,
        "status": error.status,
        "code": error.code,
        "detail": messages[language],
        "messages": messages,
        "request_id": context.current.get().request_id,
    }
    if error.errors:
        document["errors"] = [
            {"field": e.field, "code": e.code, "messages": {"en": e.en, "bn": e.bn}} for e in error.errors
        ]
    response = JsonResponse(document, status=error.status, content_type="application/problem+json")
    response["Cache-Control"] = "no-store"
    if error.retry_after_seconds is not None:
        response["Retry-After"] = str(error.retry_after_seconds)
    return response


def _field_errors(error: ValidationError) -> list[FieldError]:
    return [
        FieldError(
            field=".".join(
                str(part)
                for part in item["loc"]
                if part not in {"body", "query", "path", "payload", "header"}
            ),
            code=item["type"],
            en=str(item["msg"]),
            bn="মানটি সঠিক নয়।",
        )
        for item in error.errors
    ]


def install_handlers(api: NinjaAPI) -> None:
    """Render every exception that a view may raise as a problem document."""

    @api.exception_handler(ShopError)
    def _shop_error(request: HttpRequest, error: ShopError) -> HttpResponse:
        return problem_response(request, error)

    @api.exception_handler(ValidationError)
    def _validation(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return problem_response(request, InvalidInput(errors=_field_errors(error)))

    @api.exception_handler(AuthenticationError)
    def _authentication(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
        return problem_response(request, NotSignedIn())

    @api.exception_handler(PermissionDenied)
    def _permission(request: HttpRequest, _error: PermissionDenied) -> HttpResponse:
        return problem_response(request, CsrfFailed())

    @api.exception_handler(Http404)
    def _missing(request: HttpRequest, _error: Http404) -> HttpResponse:
        return problem_response(request, NotFound())

    @api.exception_handler(HttpError)
    def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem_response(request, CsrfFailed() if error.status_code == 403 else MalformedRequest())

    # What Django answers with 400: too large, too many fields, a broken form, a body cut short.
    @api.exception_handler(SuspiciousOperation)
    @api.exception_handler(BadRequest)
    @api.exception_handler(MultiPartParserError)
    @api.exception_handler(UnreadablePostError)
    def _unreadable(request: HttpRequest, _error: Exception) -> HttpResponse:
        return problem_response(request, MalformedRequest())

    @api.exception_handler(OperationalError)
    @api.exception_handler(InterfaceError)
    def _database(request: HttpRequest, error: Exception) -> HttpResponse:
        log.warning("database unavailable", exc_info=error)
        return problem_response(request, TemporarilyUnavailable(retry_after_seconds=DATABASE_RETRY_SECONDS))

    @api.exception_handler(Exception)
    def _unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
        match = request.resolver_match
        route = f"/{match.route}" if match else None
        log.error("unhandled exception", exc_info=error, extra={"http.route": route})
        return problem_response(request, InternalError())


def method_not_allowed(request: HttpRequest, refusal: HttpResponseBase) -> HttpResponse:
    """django-ninja's bare 405 as a problem document; ``Allow`` stays."""
    response = problem_response(request, MethodNotAllowed())
    response["Allow"] = refusal.get("Allow", "")
    return response


def with_etag(request: HttpRequest, response: HttpResponse, *, max_age_seconds: int) -> HttpResponse:
    """Add a strong ETag of the body and a public lifetime; answer 304 when the client has it already (RFC 9110)."""
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    presented = [
        tag.strip().removeprefix("W/") for tag in request.META.get("HTTP_IF_NONE_MATCH", "").split(",")
    ]
    if etag in presented or presented == ["*"]:
        response = HttpResponse(status=304)
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={max_age_seconds}"
    return response
