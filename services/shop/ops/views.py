"""Health for probes, and problem documents where no view of the API was reached."""

import logging
import sys

from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from ops.api import DATABASE_RETRY_SECONDS, problem_response
from ops.errors import CsrfFailed, InternalError, MalformedRequest, NotFound, TemporarilyUnavailable

log = logging.getLogger(__name__)


class _Readiness:
    """Latched: once every migration that this code knows was applied, this process stays ready.

    A database that is lost later gives 503 on the pages that need it; an unready fleet would take away the others
    too. Migrations that this code does not know are no fault: after a rollback there are some.
    """

    def __init__(self) -> None:
        self._latched = False

    def unapplied(self) -> list[str]:
        """Names of the migrations that this code needs and the database lacks; empty for good once it was empty."""
        if self._latched:
            return []
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        self._latched = not plan
        return [str(migration) for migration, _backwards in plan]


readiness = _Readiness()


def healthz(_request: HttpRequest) -> HttpResponse:
    """The process lives; asks nothing of anything else."""
    return JsonResponse({"status": "ok"})


def readyz(_request: HttpRequest) -> HttpResponse:
    """200 when requests may come: ``{status: ok, redis: ok | degraded}``; else 503 with the reason."""
    try:
        unapplied = readiness.unapplied()
    except DatabaseError as error:
        log.warning("not ready: the database does not answer: %s", type(error).__name__)
        return JsonResponse({"status": "unready", "reason": "database"}, status=503)
    if unapplied:
        reason = {"status": "unready", "reason": "migrations", "unapplied": unapplied}
        return JsonResponse(reason, status=503)
    ping = getattr(cache, "ping", None)
    return JsonResponse({"status": "ok", "redis": "ok" if ping is None or ping() else "degraded"})


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem_response(request, MalformedRequest())


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem_response(request, CsrfFailed())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW: for the admin's forms, the only ones that Django's own check guards."""
    return problem_response(request, CsrfFailed())


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem_response(request, NotFound())


def server_error(request: HttpRequest) -> HttpResponse:
    """Whatever escaped outside the API's own handlers: in a middleware, the admin, a session that cannot be stored.

    Django calls this while it handles the exception, so that it can be asked for: a lost database is a 503.
    """
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return problem_response(request, TemporarilyUnavailable(retry_after_seconds=DATABASE_RETRY_SECONDS))
    return problem_response(request, InternalError())
