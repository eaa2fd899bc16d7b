"""A renewed certificate is served without a restart, and what is broken changes nothing."""

import pytest

from dhakacart.operations.secrets import create_development_secrets
from dhakacart.pytest_tls import MOUNTS, shown_certificate

PORT = 5432


@pytest.fixture(params=MOUNTS.values(), ids=MOUNTS)
def own(request, tmp_path, certificate):
    """A certificate that the test may renew, with the secrets that every test has."""
    for path in certificate.secrets.iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    create_development_secrets(tmp_path)
    mounted = request.param(tmp_path, "postgres")
    mounted.make()
    return mounted


def test_a_renewed_certificate_is_served_without_a_restart_and_open_sessions_go_on(start, connect, own):
    """New connections see the new one; the container, the server and an open session are those of before."""
    server = start(own).until_healthy()
    port, began = server.port(PORT), server.inspect("{{.State.StartedAt}}")
    before = shown_certificate(port, own.authority)
    with connect(server, sslrootcert=str(own.authority)) as session:
        session.execute("CREATE TEMPORARY TABLE kept AS SELECT 1 AS one")

        own.make()
        server.until(lambda: shown_certificate(port, own.authority) != before, "the new one is served")
        second = shown_certificate(port, own.authority)
        own.make()
        server.until(lambda: shown_certificate(port, own.authority) not in (before, second), "the third one")

        assert session.execute("SELECT one FROM kept").fetchone() == (1,)
    with connect(server, sslrootcert=str(own.authority)) as session:
        assert session.execute("SELECT 1").fetchone() == (1,)
    assert server.inspect("{{.State.StartedAt}}") == began


@pytest.mark.parametrize("name", ["tls.crt", "tls.key"])
def test_a_broken_certificate_changes_nothing_and_the_next_good_one_is_taken(start, own, name):
    """What the server refuses it says, and goes on with what it has."""
    server = start(own).until_healthy()
    port = server.port(PORT)
    before = shown_certificate(port, own.authority)

    own.replace(name, b"neither certificate nor key")
    server.until(lambda: "SSL configuration was not reloaded" in server.log(), "the server refuses it")
    assert shown_certificate(port, own.authority) == before

    own.make()
    server.until(lambda: shown_certificate(port, own.authority) != before, "the next one is served")
