"""The API keeps its own description: requests generated from it get only described answers, and never a 5xx."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from servers.running_shop import RunningShop
from servers.shop import Shop
from servers.shopper import API, HANG_SECONDS
from servers.visitors import NextVisitor

# Of each kind (valid and not) for each operation. With a fixed seed, so that a failure is the same for everybody.
EXAMPLES = 12
# Fewer would mean that the document is not the shop's.
LEAST_OPERATIONS = 20
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    response_schema_conformance,
    response_headers_conformance,
    negative_data_rejection,
]


def operations(document_url: str, *, verify: str | bool = True) -> Iterator[Any]:
    """Every operation of an OpenAPI document, as its server serves it. verify: the authority of its HTTPS."""
    for result in schemathesis.openapi.from_url(document_url, verify=verify).get_all_operations():
        yield result.ok()


def test_generated_requests(
    served_shop: Shop | RunningShop, visitor: NextVisitor, subtests: pytest.Subtests
) -> None:
    """Valid requests and invalid ones: a described status and body, and for each refusal a problem document."""
    count: Counter[GenerationMode] = Counter()
    verify = served_shop.authority or True
    for operation in operations(f"{served_shop.url}{API}/openapi.json", verify=verify):
        for mode in GenerationMode:
            with subtests.test(operation=operation.label, mode=mode.value):
                try:
                    check(operation.as_strategy(generation_mode=mode), visitor, verify=verify)
                    count[mode] += 1
                except Unsatisfiable:
                    # An operation without any parameter cannot be asked wrongly.
                    assert mode is GenerationMode.NEGATIVE
    assert count[GenerationMode.POSITIVE] > LEAST_OPERATIONS
    assert count[GenerationMode.NEGATIVE] > LEAST_OPERATIONS / 2


def check(cases: st.SearchStrategy[Any], visitor: NextVisitor, *, verify: str | bool = True) -> None:
    @given(case=cases)
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def run(case: schemathesis.Case) -> None:
        response = case.call_and_validate(
            headers=visitor.headers(), checks=CHECKS, verify=verify, timeout=HANG_SECONDS
        )
        if response.status_code >= 400:
            assert response.headers["content-type"] == ["application/problem+json"]
            document = response.json()
            assert document["status"] == response.status_code
            assert document["code"]
            assert document["messages"]["bn"]

    run()


class LyingApi(BaseHTTPRequestHandler):
    """Says that it answers with a number, and answers with none."""

    DOCUMENT = {
        "openapi": "3.1.0",
        "info": {"title": "lies", "version": "1"},
        "paths": {
            "/thing": {
                "get": {
                    "responses": {
                        "200": {
                            "description": "",
                            "content": {
                                "application/json": {
                                    "schema": {
                                        "type": "object",
                                        "required": ["n"],
                                        "properties": {"n": {"type": "integer"}},
                                    }
                                }
                            },
                        }
                    }
                }
            }
        },
    }

    def do_GET(self) -> None:
        body = json.dumps(self.DOCUMENT if self.path == "/openapi.json" else {"n": "none"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


def test_an_api_that_lies_is_found_out(visitor: NextVisitor) -> None:
    """The pair: an answer that is not as described fails the same check."""
    with ThreadingHTTPServer(("127.0.0.1", 0), LyingApi) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        (operation,) = operations(f"http://127.0.0.1:{server.server_port}/openapi.json")
        with pytest.raises(FailureGroup, match="violates schema"):
            check(operation.as_strategy(generation_mode=GenerationMode.POSITIVE), visitor)
        server.shutdown()
