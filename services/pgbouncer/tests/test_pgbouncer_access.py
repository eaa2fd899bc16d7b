"""Who comes in: over TLS 1.2 or newer, with a password by SCRAM, and in no other way; whom it speaks to: its postgres."""

import ssl

import psycopg
import pytest

from dhakacart.pytest_engine import mounts
from dhakacart.pytest_tls import MountedFolder, postgres_handshake, tls_1_1, tls_1_2

PORT = 5432


def test_the_shop_comes_in_by_verified_tls_and_scram(pooler, connect):
    """And so does pgbouncer at the server: its own session there is over TLS."""
    with connect(pooler, require_auth="scram-sha-256") as session:
        encrypted = "SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        assert session.execute(encrypted).fetchone() == (True, "TLSv1.3")


def test_plain_text_is_refused(pooler, connect):
    """With the right password, too."""
    with pytest.raises(psycopg.OperationalError, match="SSL required"):
        connect(pooler, sslmode="disable")


@pytest.mark.parametrize("user", ["dhakacart", "postgres", "pgbouncer", "nobody"])
def test_a_wrong_password_is_refused(pooler, connect, user):
    """Whether somebody has that name or not; the console is nobody's either."""
    for database in ("dhakacart", "pgbouncer"):
        with pytest.raises(psycopg.OperationalError, match=r"failed|denied|not allowed|no such user"):
            connect(pooler, user=user, dbname=database, password="guessed")


def test_no_other_way_in_is_offered(pooler, connect):
    """A client that insists on anything but SCRAM is not served: no md5, no password in the clear, no trust."""
    with pytest.raises(psycopg.OperationalError, match="authentication method requirement"):
        connect(pooler, require_auth="md5,password,none")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_tls_versions_are_refused(pooler, certificate):
    """TLS 1.1 fails in the handshake although this client would speak it; TLS 1.2 does not."""
    port = pooler.port(PORT)
    with postgres_handshake(port, tls_1_2(certificate.authority)) as connection:
        assert connection.version() == "TLSv1.2"

    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        postgres_handshake(port, tls_1_1(certificate.authority))


def test_a_server_of_another_authority_is_not_spoken_to_until_that_authority_is_given(
    start, connect, certificate, tmp_path
):
    """Whoever stands between gets no password; a changed authority is read without a restart."""
    (tmp_path / "database_password").write_bytes((certificate.secrets / "database_password").read_bytes())
    own = MountedFolder(tmp_path, "pgbouncer")
    own.make()
    pooler = start(own)
    trusting = {"sslrootcert": str(own.authority)}
    with pytest.raises(psycopg.OperationalError):
        connect(pooler, **trusting)

    own.replace("ca.crt", certificate.authority.read_bytes())

    def served() -> bool:
        try:
            with connect(pooler, **trusting) as session:
                return session.execute("SELECT 1").fetchone() == (1,)
        except psycopg.OperationalError:
            return False

    pooler.until(served, "the server is verified by the authority that is given now")


@pytest.mark.parametrize("missing", ["database_password", "tls.crt", "tls.key", "ca.crt", "everything"])
def test_a_missing_secret_is_one_line(containers, image, certificate, tmp_path, missing):
    """The line names the file and the fix; the status is that of a configuration at fault."""
    folder = tmp_path / "certificate"
    folder.mkdir(mode=0o755)
    for name in {"tls.crt", "tls.key", "ca.crt"} - {missing}:
        (folder / name).write_bytes((certificate.folder / name).read_bytes())
    options = mounts(certificate.secrets, *({"database_password"} - {missing}), certificate=folder)

    ended = containers.run(image, options=options if missing != "everything" else [])

    assert ended.returncode == 78
    [line] = (ended.stdout + ended.stderr).splitlines()
    assert line.startswith("pgbouncer: secret file /run/secrets/")
    assert missing in line or missing == "everything"
    assert "dhakacart secrets init" in line


def test_a_malformed_pool_size_is_one_line(containers, image, certificate):
    mounted = mounts(certificate.secrets, "database_password", certificate=certificate.folder)

    ended = containers.run(image, options=[*mounted, "--env", "POOL_SIZE=many"])

    assert ended.returncode == 78
    assert (ended.stdout + ended.stderr).splitlines() == [
        "pgbouncer: variable POOL_SIZE is not a whole number: 'many'"
    ]
