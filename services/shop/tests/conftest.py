"""Fixtures of the shop's tests: real PostgreSQL and Redis, given by the environment or by dhakacart.pytest_servers."""

import pytest
from django.core.cache import cache
from django.test import Client


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Rate limits and cached answers of one test do not reach the next."""
    cache.clear()


@pytest.fixture
def api() -> Client:
    """A browser that speaks JSON to the API and is held to CSRF's rules."""
    return Client(enforce_csrf_checks=True, headers={"accept": "application/json"})
