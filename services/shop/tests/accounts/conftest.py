"""A browser that talks to the account API as the storefront does."""

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client


class Browser:
    """Cookies, CSRF token, JSON; ``address`` is where it is, seen through a trusted proxy."""

    def __init__(self, address: str = "203.0.113.7") -> None:
        self.client = Client(
            enforce_csrf_checks=True, headers={"accept": "application/json", "x-forwarded-for": address}
        )

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1/account/{path}")

    def token(self) -> str:
        return str(self.get("session").json()["csrf_token"])

    def send(self, method: str, path: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
        """An unsafe call with the CSRF token that the session endpoint gave."""
        return self.client.generic(
            method,
            f"/api/v1/account/{path}",
            data="" if body is None else json.dumps(body),
            content_type="application/json",
            headers={"x-csrftoken": self.token(), **headers},
        )

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        return self.send("POST", path, body)

    def log_in(self, login: str, password: str) -> HttpResponse:
        answer: HttpResponse = self.post("login", {"login": login, "password": password})
        return answer


@pytest.fixture
def browser() -> Browser:
    return Browser()


@pytest.fixture
def new_browser() -> type[Browser]:
    """For a test with several of them."""
    return Browser
