"""Health for probes, and problem documents where no view of the API was reached."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from ops.api import problem_response
from ops.errors import CsrfFailed, InternalError, MalformedRequest, NotFound


def healthz(_request: HttpRequest) -> HttpResponse:
    """The process lives; asks nothing of anything else."""
    return JsonResponse({"status": "ok"})


def readyz(_request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok"})


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem_response(request, MalformedRequest())


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem_response(request, CsrfFailed())


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem_response(request, NotFound())


def server_error(request: HttpRequest) -> HttpResponse:
    return problem_response(request, InternalError())
