"""``await-migrations``, as Kubernetes runs it before web, worker and beat: it ends when they may begin, not before."""

import signal
from collections.abc import Callable

from dhakacart.operations.postgres import PostgresServer

from .conftest import Role


def waited_for(role: Role) -> str:
    """Its last words."""
    said = [line for line in role.output().splitlines() if "waiting: " in line]
    return said[-1] if said else ""


def test_it_waits_for_the_database_then_for_the_migrations(
    start_role: Callable[..., Role], own_postgres: tuple[PostgresServer, dict[str, str]]
) -> None:
    """It says what it waits for, and ends well as soon as the last migration is applied."""
    postgres, environment = own_postgres
    role = start_role("await-migrations", **environment)
    role.until(lambda: "the database does not answer" in waited_for(role))

    postgres.start()
    role.until(lambda: "migrations are not applied yet" in waited_for(role))
    assert role.process.poll() is None

    assert start_role("migrate", **environment).process.wait(60) == 0
    assert role.process.wait(30) == 0, role.output()


def test_it_ends_on_sigterm_while_it_waits(
    start_role: Callable[..., Role], own_postgres: tuple[PostgresServer, dict[str, str]]
) -> None:
    """A pod that is deleted while it waits goes at once, not after its grace period."""
    _postgres, environment = own_postgres
    role = start_role("await-migrations", **environment)
    role.until(lambda: "the database does not answer" in waited_for(role))

    assert role.stop(signal.SIGTERM) < 5


def test_it_is_an_errand_that_needs_no_live_reload(start_role: Callable[..., Role]) -> None:
    """With LIVE_RELOAD it ends all the same; it would otherwise never let a role begin."""
    role = start_role("await-migrations", LIVE_RELOAD="true")

    assert role.process.wait(30) == 0, role.output()
    assert waited_for(role) == ""
