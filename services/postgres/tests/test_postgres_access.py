"""Who comes in: over TLS 1.2 or newer, with a password by SCRAM, and in no other way."""

import ssl

import psycopg
import pytest

from dhakacart.operations.secrets import read_secret
from dhakacart.pytest_tls import postgres_handshake, tls_1_1, tls_1_2


def test_the_shop_comes_in_by_verified_tls_and_scram(server, connect):
    """The password's proof is bound to this very TLS connection, so nobody can stand between."""
    with connect(server, require_auth="scram-sha-256", channel_binding="require") as session:
        assert session.execute("SELECT current_user").fetchone() == ("dhakacart",)


def test_plain_text_is_refused(server, connect):
    """With the right password, too: for a connection without TLS there is no line in pg_hba.conf."""
    with pytest.raises(psycopg.OperationalError, match="no encryption"):
        connect(server, sslmode="disable")


@pytest.mark.parametrize("user", ["dhakacart", "postgres", "nobody"])
def test_a_wrong_password_is_refused(server, connect, user):
    """Whether the role is there or not."""
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect(server, user=user, password="guessed")


def test_no_other_way_in_is_configured(server, connect, certificate):
    """No trust, no md5, no line without TLS but the container's own socket, which wants a password as well."""
    password = read_secret(certificate.secrets, "postgres_password")
    with connect(server, user="postgres", dbname="postgres", password=password) as session:
        rules = session.execute("SELECT type, auth_method, error FROM pg_hba_file_rules").fetchall()
        stored = session.execute("SELECT rolpassword FROM pg_authid WHERE rolcanlogin").fetchall()

    assert set(rules) == {("local", "scram-sha-256", None), ("hostssl", "scram-sha-256", None)}
    assert len(stored) == 2
    assert all(password.startswith("SCRAM-SHA-256$") for [password] in stored)
    assert server.exec("psql", "-h", "/tmp", "-U", "postgres", "-w", "-c", "SELECT 1").returncode == 2


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_tls_versions_are_refused(server, certificate):
    """TLS 1.1 fails in the handshake although this client would speak it; TLS 1.2 does not."""
    port = server.port(5432)
    with postgres_handshake(port, tls_1_2(certificate.authority)) as connection:
        assert connection.version() == "TLSv1.2"

    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        postgres_handshake(port, tls_1_1(certificate.authority))


def test_the_log_keeps_nobodys_data(server, connect):
    """Neither the statement nor the detail of an error, nor a slow statement: a value stands in each."""
    values = ["twice@example.com", "slow@example.com"]
    with connect(server) as session:
        session.autocommit = True
        session.execute("CREATE TEMPORARY TABLE person (email text UNIQUE)")
        session.execute(f"INSERT INTO person VALUES ('{values[0]}')")
        with pytest.raises(psycopg.errors.UniqueViolation, match=values[0]):
            session.execute(f"INSERT INTO person VALUES ('{values[0]}')")
        session.execute(f"SELECT pg_sleep(0.6), '{values[1]}'")

    server.until(lambda: "duplicate key value violates" in server.log(), "the error is logged")
    assert [value for value in values if value in server.log()] == []


def test_the_shops_role_is_the_owner_of_its_database_and_no_more(server, connect):
    """No superuser, no new roles or databases, nothing of the maintenance database."""
    with connect(server) as session:
        role = session.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls FROM pg_roles"
            " WHERE rolname = current_user"
        ).fetchone()
    assert role == (False,) * 5
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        connect(server, dbname="postgres")
