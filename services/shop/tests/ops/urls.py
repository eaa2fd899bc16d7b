"""Routes of the tests: the shop's, and views that fail in every way."""

from collections.abc import Iterator
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import include, path

from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as shop

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def broken(_request: HttpRequest) -> HttpResponse:
    raise RuntimeError("broken")


def without_database(_request: HttpRequest) -> HttpResponse:
    raise OperationalError("server closed the connection unexpectedly")


def unsaved_session(request: HttpRequest) -> HttpResponse:
    """Fails in the session's middleware, after the view."""

    class Unsaved(type(request.session)):  # type: ignore[misc]
        def save(self, *_args: Any, **_kwargs: Any) -> None:
            raise OperationalError("connection refused")

    request.session = Unsaved()
    request.session["key"] = "value"
    return HttpResponse("never seen")


def streamed(_request: HttpRequest) -> StreamingHttpResponse:
    def parts() -> Iterator[bytes]:
        yield b"one "
        yield b"two"

    return StreamingHttpResponse(parts())


urlpatterns = [
    path("probe/broken", broken),
    path("probe/database", without_database),
    path("probe/session", unsaved_session),
    path("probe/streamed", streamed),
    path("", include(shop)),
]
