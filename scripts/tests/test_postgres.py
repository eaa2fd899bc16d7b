"""PostgreSQL from wheels: what the shop needs of it, and clear words for data that cannot be used."""

import os
import stat

import psutil
import psycopg
import pytest

from dhakacart.operations.paths import Checkout
from dhakacart.operations.ports import free_ports
from dhakacart.operations.postgres import PostgresServer
from dhakacart.operations.problem import ProblemError

PASSWORD = "it's a pass'word"


@pytest.fixture
def make_server(open_folder):
    """A function that makes a server over the same folder; each is stopped at last."""
    made = []

    def make(password=PASSWORD):
        made.append(
            PostgresServer(
                folder=open_folder / "data" / "postgres",
                port=free_ports(1)[0],
                password=password,
                superuser_password="root of it all",
                cache=Checkout.here().cache,
                durable=False,
            )
        )
        return made[-1]

    yield make
    for server in made:
        server.stop()


def connect(server, **changes):
    values = {
        "host": "127.0.0.1",
        "port": server.port,
        "user": "dhakacart",
        "dbname": "dhakacart",
        "password": PASSWORD,
    }
    return psycopg.connect(**{**values, **changes}, autocommit=True)


def test_serves_what_the_shop_needs_and_to_nobody_without_the_password(make_server):
    """PostgreSQL 17, UTF-8, libc's C.UTF-8, trigrams of Bangla, SCRAM, a role that is no superuser."""
    # given a fresh server
    server = make_server()
    server.start()

    # when the shop's role connects
    with connect(server) as connection:
        version = connection.execute("SHOW server_version").fetchone()[0]
        (encoding, provider, collation) = connection.execute(
            "SELECT pg_encoding_to_char(encoding), datlocprovider, datcollate FROM pg_database WHERE datname = 'dhakacart'"
        ).fetchone()
        connection.execute("CREATE EXTENSION pg_trgm")
        connection.execute("CREATE EXTENSION unaccent")
        likeness = connection.execute("SELECT similarity('মোবাইল ফোন', 'মোবাইল ফোনে')").fetchone()[0]
        is_superuser, may_create = connection.execute(
            "SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        limit = connection.execute("SHOW max_connections").fetchone()[0]

    # then it has all that, and a wrong password is refused
    assert version.startswith("17.")
    assert (encoding, provider, collation) == ("UTF8", "c", "C.UTF-8")
    assert likeness > 0.5
    assert (is_superuser, may_create) == (False, True)
    assert limit == "200"
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect(server, password="wrong")


def test_runs_without_root_and_shows_no_password(make_server):
    """Under root the server has another, unprivileged user; no process list shows a password."""
    server = make_server()
    server.start()
    process = psutil.Process(server.pid)

    assert 0 not in process.uids()
    assert PASSWORD not in " ".join(process.cmdline())
    assert PASSWORD not in str(process.environ() if os.geteuid() == 0 else server.environment())


def test_keeps_its_data_and_starts_again(make_server):
    """A second start finds what the first one stored, and makes nothing anew."""
    first = make_server()
    first.start()
    with connect(first) as connection:
        connection.execute("CREATE TABLE kept (value int)")
    first.stop()

    second = make_server()
    assert second.initialise() is False
    second.start()
    with connect(second) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_data_of_another_major_version_is_refused_in_one_line(make_server):
    """Data that this PostgreSQL cannot read are left alone, and the way out is named."""
    server = make_server()
    server.initialise()
    (server.folder / "PG_VERSION").write_text("16\n")

    with pytest.raises(ProblemError, match=r"is of PostgreSQL 16, this is PostgreSQL 17") as caught:
        make_server().start()
    assert "make reset" in caught.value.hint


def test_a_lost_password_is_said_at_once(make_server):
    """Data made with secrets that are gone: one line and the way out, not half a minute of waiting."""
    make_server().initialise()

    with pytest.raises(ProblemError, match="another password") as caught:
        make_server(password="newly made").start()
    assert "make reset" in caught.value.hint


def test_a_start_killed_while_initialising_is_made_good(make_server):
    """Half a cluster under the staging name is thrown away; the real name appears only when it is whole."""
    server = make_server()
    staging = server.folder.with_name(".postgres.initdb")
    staging.mkdir(parents=True)
    (staging / "PG_VERSION").write_text("17\n")

    server.start()

    assert not staging.exists()
    assert server.ready()


def test_a_folder_with_something_else_is_not_touched(make_server):
    """What is not a cluster is not overwritten."""
    server = make_server()
    server.folder.mkdir(parents=True)
    (server.folder / "thesis.txt").write_text("ten years of work")

    with pytest.raises(ProblemError, match="not a database cluster"):
        server.start()
    assert (server.folder / "thesis.txt").read_text() == "ten years of work"


def test_a_start_that_fails_shows_the_servers_words_and_leaves_no_process(make_server):
    """A taken port: PostgreSQL's own words are in the message."""
    holder = make_server()
    holder.start()
    late = PostgresServer(
        folder=holder.folder.with_name("other"),
        port=holder.port,
        password=PASSWORD,
        superuser_password="x",
        cache=Checkout.here().cache,
        durable=False,
    )

    with pytest.raises(ProblemError, match="already in use"):
        late.start()
    assert late.pid is None


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: a cache that another account cannot enter")
def test_a_cache_that_the_account_cannot_enter_is_said(tmp_path):
    """Under root the server runs as somebody else: a closed folder is named, with the way out."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = PostgresServer(
        folder=closed / "postgres",
        port=1,
        password="x",
        superuser_password="x",
        cache=closed / "cache",
        durable=False,
    )

    with pytest.raises(ProblemError, match="another user may not enter") as caught:
        server.initialise()
    assert "DHAKACART_CACHE" in caught.value.hint
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


def test_a_user_without_a_name_is_told_before_anything_is_made(make_server, monkeypatch):
    """initdb would only say that it could not look up the user."""
    monkeypatch.setattr("dhakacart.operations.postgres.run_as", lambda: 54_321)

    server = make_server()
    with pytest.raises(ProblemError, match="user 54321, who has no name") as refusal:
        server.initialise()

    assert "useradd --uid 54321" in refusal.value.hint
    assert not server.folder.parent.exists()


def test_a_missing_library_is_named(make_server, tmp_path, monkeypatch):
    """What the linker says of the wheel's programs becomes one line with the way to the fix."""
    words = "error while loading shared libraries: libxml2.so.2: cannot open shared object file"
    tmp_path.chmod(0o755)
    (tmp_path / "initdb").write_text(
        f'#!/bin/sh\necho "initdb: {words}: No such file or directory" >&2\nexit 127\n'
    )
    (tmp_path / "initdb").chmod(0o755)
    monkeypatch.setattr("dhakacart.operations.postgres.binaries", lambda _cache: tmp_path)
    monkeypatch.setattr("dhakacart.operations.postgres.run_as", lambda: None)

    with pytest.raises(ProblemError, match=r"need libxml2\.so\.2") as refusal:
        make_server().initialise()

    assert "make doctor" in refusal.value.hint
