"""How it goes on and ends: certificates are renewed and it is stopped without a transaction's loss."""

import threading

import pytest

from dhakacart.pytest_tls import MOUNTS, shown_certificate

PORT = 5432


@pytest.fixture(params=MOUNTS.values(), ids=MOUNTS)
def own(request, tmp_path, certificate):
    """A certificate that the test may renew, of the authority and with the password that every test has."""
    (tmp_path / "database_password").write_bytes((certificate.secrets / "database_password").read_bytes())
    (tmp_path / "authority").mkdir()
    for path in (certificate.secrets / "authority").iterdir():
        (tmp_path / "authority" / path.name).write_bytes(path.read_bytes())
    mounted = request.param(tmp_path, "pgbouncer")
    mounted.make()
    return mounted


def test_it_runs_as_a_numeric_user_and_writes_nothing(pooler):
    """Hardened as in production; the password stands in no argument and no variable."""
    assert pooler.inspect("{{.Config.User}}") == "10005:10005"
    assert pooler.output("id", "-u") == "10005"
    assert pooler.exec("touch", "/etc/x").returncode != 0
    assert "development-only" not in pooler.output("cat", "/proc/1/cmdline", "/proc/1/environ")


def test_a_renewed_certificate_is_served_without_a_restart_and_open_transactions_go_on(start, connect, own):
    """New connections see the new one; the container and an open transaction are those of before."""
    pooler = start(own)
    port, began = pooler.port(PORT), pooler.inspect("{{.State.StartedAt}}")
    before = shown_certificate(port, own.authority)
    with connect(pooler) as session, session.transaction():
        session.execute("CREATE TEMPORARY TABLE kept ON COMMIT DROP AS SELECT 1 AS one")

        own.make()
        pooler.until(lambda: shown_certificate(port, own.authority) != before, "the new one is served")

        assert session.execute("SELECT one FROM kept").fetchone() == (1,)
    with connect(pooler) as session:
        assert session.execute("SELECT 1").fetchone() == (1,)
    assert pooler.inspect("{{.State.StartedAt}}") == began


@pytest.mark.parametrize("name", ["tls.crt", "tls.key"])
def test_a_broken_certificate_changes_nothing_and_the_next_good_one_is_taken(start, own, name):
    """What it refuses it says, and goes on with what it has."""
    pooler = start(own)
    port = pooler.port(PORT)
    before = shown_certificate(port, own.authority)

    own.replace(name, b"neither certificate nor key")
    refused = "TLS configuration could not be reloaded, keeping old configuration"
    pooler.until(lambda: refused in pooler.log(), "it refuses it")
    assert shown_certificate(port, own.authority) == before

    own.make()
    pooler.until(lambda: shown_certificate(port, own.authority) != before, "the next one is served")


def test_sigterm_waits_until_the_last_client_has_left(start, connect):
    """The image's stop signal: nobody new comes in, whoever is in stays as long as they like, then it ends well."""
    pooler = start()
    with connect(pooler) as session:
        pooler.signal(pooler.inspect("{{.Config.StopSignal}}"))
        pooler.until(lambda: not is_open(pooler), "nobody new comes in")

        with session.transaction():
            assert session.execute("SELECT 1").fetchone() == (1,)
        assert session.execute("SELECT 2").fetchone() == (2,)

    pooler.until(lambda: pooler.inspect("{{.State.Running}}") == "false", "it has ended")
    assert pooler.inspect("{{.State.ExitCode}}") == "0"


def is_open(pooler) -> bool:
    return pooler.exec("healthy").returncode == 0


def test_sigint_lets_a_transaction_finish(start, connect):
    """For where it is alone: who is in a transaction gets its answer, then it ends well, whoever is connected."""
    pooler = start()
    answers = []

    def work() -> None:
        with connect(pooler) as session, session.transaction():
            session.execute("SELECT 1")
            begun.set()
            answers.append(session.execute("SELECT 1 FROM pg_sleep(2)").fetchone())

    begun = threading.Event()
    thread = threading.Thread(target=work)
    thread.start()
    assert begun.wait(10)
    pooler.signal("INT")
    thread.join(30)

    assert answers == [(1,)]
    pooler.until(lambda: pooler.inspect("{{.State.Running}}") == "false", "it has ended")
    assert pooler.inspect("{{.State.ExitCode}}") == "0"
