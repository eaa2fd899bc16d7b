"""PostgreSQL late, lost and back, under the real web process: ready once, then 503 where it is needed, then well again."""

import re
from collections.abc import Callable

from dhakacart.operations.ports import free_ports
from dhakacart.operations.postgres import PostgresServer

from .conftest import Role

NEEDS_DATABASE = ("/api/v1/catalog/categories", "/api/v1/account/orders", "/admin/")
COOKIE = {"session": "m" * 32}


def test_web_through_the_loss_of_its_database(
    start_role: Callable[..., Role], own_postgres: tuple[PostgresServer, dict[str, str]]
) -> None:
    """Unready without database or migrations; ready with them; then never unready again, but 503 where it is needed."""
    postgres, environment = own_postgres
    web = start_role("web", **environment).ready()
    unready = web.get("/readyz")
    assert (unready.status_code, unready.json()["reason"]) == (503, "database")

    postgres.start()
    unready = web.get("/readyz")
    assert (unready.status_code, unready.json()["reason"]) == (503, "migrations")
    assert "orders.0001_initial" in unready.json()["unapplied"]

    assert start_role("migrate", **environment).process.wait(60) == 0
    assert web.get("/readyz").json() == {"status": "ok", "redis": "ok"}
    assert web.get("/api/v1/catalog/categories").status_code == 200

    postgres.stop()
    for path in NEEDS_DATABASE:
        answer = web.get(path, cookies=COOKIE)
        assert answer.status_code == 503, path
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "temporarily_unavailable"
        assert int(answer.headers["retry-after"]) > 0
    assert web.get("/readyz").status_code == 200
    assert web.get("/healthz").status_code == 200

    postgres.start()
    for _ in range(8):  # more requests than threads: none of them keeps a dead connection
        assert web.get("/api/v1/catalog/categories").status_code == 200
    assert web.get("/api/v1/account/orders", cookies=COOKIE).status_code == 401
    web.stop()


def test_a_lost_redis_is_reported_and_no_more(start_role: Callable[..., Role]) -> None:
    """Ready with ``redis: degraded``: readiness that needs Redis would take the whole fleet down with it."""
    [port] = free_ports(1)
    web = start_role("web", REDIS_URL=f"redis://127.0.0.1:{port}").ready()

    answer = web.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "redis": "degraded"})


def test_a_database_from_the_future_is_no_fault(start_role: Callable[..., Role]) -> None:
    """After a rollback the database knows migrations that this code does not: ready all the same."""
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    MigrationRecorder(connection).record_applied("orders", "0999_from_a_newer_release")
    try:
        assert start_role("web").ready().get("/readyz").status_code == 200
    finally:
        MigrationRecorder(connection).record_unapplied("orders", "0999_from_a_newer_release")


def test_probes_need_no_host_name(start_role: Callable[..., Role]) -> None:
    """A kubelet asks by the pod's address, which is no allowed host; pages are refused under that name."""
    web = start_role("web").ready()
    headers = {"host": "10.1.2.3:8000"}

    assert web.get("/healthz", headers=headers).status_code == 200
    assert web.get("/readyz", headers=headers).status_code == 200
    refused = web.get("/api/v1/catalog/categories", headers=headers)
    assert refused.status_code == 400
    assert refused.json()["code"] == "malformed_request"
    assert not re.search("Traceback", web.output())
