"""Production's rules, by processes with a production environment: what a browser gets, and what does not start."""

import os
import subprocess
import sys
from collections.abc import Callable
from http.cookies import SimpleCookie
from pathlib import Path

import pytest

from dhakacart.operations.postgres import PostgresServer

from .conftest import SHOP, Role

ORIGIN = "https://shop.dhakacart.example"
HOST = "shop.dhakacart.example"
OVER_TLS = {
    "host": HOST,
    "x-forwarded-proto": "https",
    "x-forwarded-for": "203.0.113.7",
    "referer": f"{ORIGIN}/",
}


@pytest.fixture
def production(own_postgres: tuple[PostgresServer, dict[str, str]]) -> dict[str, str]:
    """Environment of a production process, with a database that is not started yet."""
    return {
        **own_postgres[1],
        "ENVIRONMENT": "production",
        "PUBLIC_URL": ORIGIN,
        "SSLCOMMERZ_URL": "https://securepay.sslcommerz.com",
        "SMS_URL": "https://sms.example",
        "ALLOWED_HOSTS": HOST,
        "LIVE_RELOAD": "false",
    }


def run(*arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=SHOP,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_djangos_deployment_checks_are_clean(production: dict[str, str]) -> None:
    """``check --deploy`` finds nothing at all in production's settings."""
    result = run("manage.py", "check", "--deploy", "--fail-level", "DEBUG", environment=production)

    assert result.returncode == 0, result.stderr
    assert "no issues" in result.stdout


def test_the_deployment_checks_can_fail(production: dict[str, str]) -> None:
    """The same command finds something in development's settings: the one above is no empty gesture."""
    relaxed = {**production, "ENVIRONMENT": "development"}

    assert (
        run("manage.py", "check", "--deploy", "--fail-level", "WARNING", environment=relaxed).returncode != 0
    )


@pytest.mark.parametrize("role", ["web", "worker", "beat", "migrate"])
def test_a_role_refuses_to_start_on_a_development_secret(production: dict[str, str], role: str) -> None:
    """Exit status 78 and one line that names the value, not what it is; test_env.py tries every other rule."""
    (Path(production["SECRETS_DIR"]) / "secret_key").write_text("development-only-" + "k" * 60)

    result = run("-m", "config.run", role, environment=production)

    assert result.returncode == os.EX_CONFIG
    [line] = result.stderr.splitlines()
    assert "secret_key" in line
    assert "kkk" not in line


def test_debug_cannot_be_switched_on(production: dict[str, str]) -> None:
    """No variable does it: DEBUG is not in the contract."""
    code = "import django; django.setup(); from django.conf import settings; print(settings.DEBUG)"
    environment = {
        **production,
        "DEBUG": "true",
        "DJANGO_DEBUG": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }

    assert run("-c", code, environment=environment).stdout.strip() == "False"


def test_what_a_browser_gets(
    start_role: Callable[..., Role],
    own_postgres: tuple[PostgresServer, dict[str, str]],
    production: dict[str, str],
) -> None:
    """HSTS, a policy without unsafe-inline, ``__Host-`` cookies; plain HTTP is sent to TLS."""
    own_postgres[0].start()
    assert start_role("migrate", **production).process.wait(60) == 0
    web = start_role("web", **production).ready()

    session = web.get("/api/v1/account/session", headers=OVER_TLS)
    assert session.status_code == 200
    assert session.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains; preload"
    assert session.headers["x-content-type-options"] == "nosniff"
    assert session.headers["x-frame-options"] == "DENY"
    assert session.headers["referrer-policy"] == "same-origin"
    assert session.headers["cross-origin-opener-policy"] == "same-origin"
    policy = session.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy

    plain = web.get("/api/v1/catalog/categories", headers={"host": HOST})
    assert plain.status_code == 301
    assert plain.headers["location"] == f"{ORIGIN}/api/v1/catalog/categories"
    missing = web.get("/no/such/page", headers=OVER_TLS)
    assert missing.status_code == 404
    assert missing.headers["content-type"] == "application/problem+json"
    assert missing.headers["strict-transport-security"]

    token = session.json()["csrf_token"]
    [csrf] = SimpleCookie(session.headers["set-cookie"]).values()
    registered = web.post(
        "/api/v1/account/register",
        json={"name": "A", "email": "strict@example.com", "password": "slow green river stone"},
        headers={**OVER_TLS, "x-csrftoken": token, "cookie": f"{csrf.key}={csrf.value}"},
    )
    assert registered.status_code == 201, registered.text
    cookies = [next(iter(SimpleCookie(line).values())) for line in registered.headers.get_list("set-cookie")]
    assert {cookie.key for cookie in cookies} == {"__Host-session", "__Host-csrftoken"}
    for cookie in cookies:
        assert cookie["secure"]
        assert cookie["path"] == "/"
        assert not cookie["domain"]
        assert cookie["samesite"] == "Lax"
    assert next(cookie for cookie in cookies if cookie.key == "__Host-session")["httponly"]

    assert web.get("/static/admin/css/base.css", headers=OVER_TLS).status_code == 200


def test_a_stranger_cannot_claim_to_come_over_tls(
    start_role: Callable[..., Role], production: dict[str, str]
) -> None:
    """X-Forwarded-Proto from a peer that is no trusted proxy is dropped: still a redirect."""
    web = start_role("web", **production, TRUSTED_PROXIES="192.0.2.0/24").ready()

    assert web.get("/api/v1/catalog/categories", headers=OVER_TLS).status_code == 301
