"""Views that fail while they hold personal data."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from ninja import Body, NinjaAPI

from config.urls import handler400, handler403, handler404, handler500, urlpatterns  # noqa: F401
from ops.api import install_handlers

api = NinjaAPI(urls_namespace="probe", openapi_url=None, docs_url=None)
install_handlers(api)


@api.post("/orders/{token}")
def fail_in_the_api(request: HttpRequest, token: str, contact: Body[dict[str, Any]]) -> None:
    name, phone = contact["name"], contact["phone"]
    raise RuntimeError(f"cannot deliver to {name}, {phone}, {token}")


def fail_in_django(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    address = request.GET["address"]
    password = request.POST["password"]
    return HttpResponse({}[f"{address} {password}"])


def fail_at_last(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError("the last")


urlpatterns = [
    *urlpatterns,
    path("probe/", api.urls),
    path("probe/reset/<uid>/<token>", fail_in_django),
    path("probe/last", fail_at_last),
]
