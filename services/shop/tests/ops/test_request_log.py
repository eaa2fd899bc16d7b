"""One JSON line for each request, whatever becomes of it, with all that on-call searches by."""

import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from config.log import logging_config
from ops import context
from tests.factories import CustomerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.ops.urls")]
TRACE = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = f"00-{TRACE}-b7ad6b7169203331-01"


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    """The request lines as they are written, in the configured format."""
    configuration = logging_config(level="INFO", environment="test", release="r1")
    configurator = logging.config.DictConfigurator(configuration)
    formatter = configurator.configure_formatter(configurator.config["formatters"]["json"])
    found: list[dict[str, Any]] = []

    class Collect(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(json.loads(self.format(record)))

    handler = Collect()
    handler.addFilter(context.ContextFilter())
    handler.setFormatter(formatter)
    logger = logging.getLogger("shop.request")
    logger.addHandler(handler)
    yield found
    logger.removeHandler(handler)


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False, headers={"x-forwarded-for": "203.0.113.7"})


CASES = [
    ("GET", "/api/v1/catalog/categories", 200, "/api/v1/catalog/categories"),
    ("GET", "/api/v1/catalog/products/no-such", 404, "/api/v1/catalog/products/<slug>"),
    ("GET", "/no/such/page", 404, None),
    ("POST", "/api/v1/account/login", 422, "/api/v1/account/login"),
    ("GET", "/api/v1/account/login", 405, "/api/v1/account/login"),
    ("GET", "/probe/broken", 500, "/probe/broken"),
    ("GET", "/probe/database", 503, "/probe/database"),
    ("GET", "/probe/session", 503, "/probe/session"),
    ("GET", "/probe/streamed", 200, "/probe/streamed"),
    ("GET", "/healthz", 200, "/healthz"),
    ("GET", "/admin/", 302, "/admin/"),
    ("BREW", "/healthz", 200, "/healthz"),
]


@pytest.mark.parametrize(("method", "path", "status", "route"), CASES)
def test_exactly_one_line_for_each_request(
    client: Client, lines: list[dict[str, Any]], method: str, path: str, status: int, route: str | None
) -> None:
    """Answers, refusals, exceptions in views and in middleware, streams, probes: one line with every field."""
    answer = client.generic(
        method, path, "{}", content_type="application/json", headers={"traceparent": TRACEPARENT}
    )
    b"".join(answer)

    [line] = lines
    assert answer.status_code == status
    assert line["http.response.status_code"] == status
    assert line["http.request.method"] == method
    assert line["http.route"] == route
    assert line["client.address"] == "203.0.113.7"
    assert line["duration_ms"] >= 0
    assert line["trace_id"] == TRACE
    assert len(line["span_id"]) == 16
    assert line["span_id"] != TRACEPARENT.split("-")[2]
    assert line["request_id"] == answer["X-Request-ID"]
    assert line["enduser.id"] is None
    assert (line["message"], line["level"], line["logger"]) == ("request", "INFO", "shop.request")
    assert (line["service"], line["environment"], line["release"]) == ("shop", "test", "r1")
    assert line["at"]


@pytest.mark.parametrize("path", ["/probe/broken", "/probe/database", "/probe/session", "/no/such/page"])
def test_failures_outside_the_api_are_problem_documents(client: Client, path: str) -> None:
    """Also what escapes from a middleware; with the request's id, and nothing of the exception."""
    answer = client.get(path)

    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer["X-Request-ID"]
    assert "Error" not in answer.content.decode()


@pytest.mark.parametrize("path", ["/api/v1/account/session", "/api/v1/catalog/categories"])
def test_the_customer_stands_on_the_line(client: Client, lines: list[dict[str, Any]], path: str) -> None:
    """By id, for views that ask who it is and for those that do not."""
    customer = CustomerFactory()
    client.force_login(customer, backend="accounts.backends.EmailOrPhoneBackend")

    client.get(path)

    assert [line["enduser.id"] for line in lines] == [str(customer.pk)]


def test_a_guests_line_costs_no_query(client: Client, django_assert_num_queries: Any) -> None:
    """Who has no session cookie is not looked up."""
    with django_assert_num_queries(0):
        client.get("/api/v1/locations")


@pytest.mark.parametrize(
    "given",
    ["", "nonsense", "00-" + "0" * 32 + "-b7ad6b7169203331-01", TRACEPARENT.upper(), TRACEPARENT + "\n x"],
)
def test_a_malformed_trace_is_not_taken_over(client: Client, lines: list[dict[str, Any]], given: str) -> None:
    """A new trace begins instead, and no foreign text gets into the line."""
    client.get("/healthz", headers={"traceparent": given, "x-request-id": 'a"\n{'})

    assert len(lines[0]["trace_id"]) == 32
    assert lines[0]["trace_id"] not in {TRACE, "0" * 32}
    assert lines[0]["request_id"].isalnum()


def test_a_given_request_id_is_kept(client: Client, lines: list[dict[str, Any]]) -> None:
    """The edge's id goes through to the line and the answer."""
    answer = client.get("/healthz", headers={"x-request-id": "edge-0123456789"})

    assert lines[0]["request_id"] == answer["X-Request-ID"] == "edge-0123456789"


def test_a_hostile_path_is_one_line(client: Client, lines: list[dict[str, Any]]) -> None:
    """No path, query or header value of the client stands in the line: routes only."""
    client.get('/no/such/%0a{"level":"ERROR"}?token=secret-token')

    assert len(lines) == 1
    assert "secret-token" not in json.dumps(lines)


def test_a_wrong_method_is_a_problem_document_too(client: Client) -> None:
    """405 of the API: problem+json, with the methods that are allowed."""
    answer = client.delete("/api/v1/account/login")

    assert answer.status_code == 405
    assert answer.json()["code"] == "method_not_allowed"
    assert answer["Allow"] == "POST"
