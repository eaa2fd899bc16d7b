"""How it starts, goes on and ends: as a numeric user on a root that cannot be written, and never by halves."""

import shutil

import pytest

from dhakacart.pytest_engine import mounts


def test_it_runs_as_a_numeric_user_and_writes_nothing_but_its_data(server):
    """Hardened as in production: no capability, the root read-only; a cluster may give that user, too."""
    assert server.inspect("{{.Config.User}}") == "10003:10003"
    assert server.output("id", "-u") == "10003"
    assert server.exec("touch", "/etc/x").returncode != 0
    assert server.output("stat", "-c", "%a %u", "/var/lib/postgresql/data") == "700 10003"


@pytest.mark.parametrize(
    "missing", ["postgres_password", "database_password", "tls.crt", "tls.key", "everything"]
)
def test_a_missing_secret_is_one_line(containers, image, certificate, tmp_path, missing):
    """The line names the file and the fix, the status is that of a configuration at fault, and no data are made."""
    folder = tmp_path / "certificate"
    folder.mkdir(mode=0o755)
    for name in {"tls.crt", "tls.key"} - {missing}:
        (folder / name).write_bytes((certificate.folder / name).read_bytes())
    names = {"postgres_password", "database_password"} - {missing}
    options = mounts(certificate.secrets, *names, certificate=folder) if missing != "everything" else []

    ended = containers.run(image, options=[*options, "--tmpfs", "/var/lib/postgresql:mode=1777"])

    assert ended.returncode == 78
    [line] = (ended.stdout + ended.stderr).splitlines()
    assert line.startswith("postgres: secret file /run/secrets/")
    assert missing in line or missing == "everything"
    assert "dhakacart secrets init" in line


def test_a_start_killed_half_way_leaves_no_half_cluster(start, connect):
    """SIGKILL while the first cluster is made, three times at later moments: the next start makes it whole."""
    server = start()
    for moment in ("base", "pg_wal/archive_status", "global/pg_control"):
        path = f"/var/lib/postgresql/data.new/{moment}"
        server.until(lambda path=path: server.exec("test", "-e", path).returncode == 0, f"{moment} is there")
        server.signal("KILL")
        server.until(lambda: server.inspect("{{.State.Running}}") == "false", "it is dead")
        server.start()

    server.until_healthy()
    with connect(server) as session:
        assert session.execute("SHOW data_checksums").fetchone() == ("on",)
        locale = "SELECT datcollate, datlocprovider FROM pg_database WHERE datname = current_database()"
        assert session.execute(locale).fetchone() == ("C.UTF-8", "c")
    assert server.output("ls", "/var/lib/postgresql") == "data"


def test_a_server_killed_comes_back_with_all_that_it_acknowledged(start, connect):
    """SIGKILL to the whole container, and the same data folder again."""
    server = start().until_healthy()
    with connect(server) as session:
        session.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS one")

    server.signal("KILL")
    server.until(lambda: server.inspect("{{.State.Running}}") == "false", "it is dead")
    server.start().until_healthy()

    with connect(server) as session:
        assert session.execute("SELECT count(*) FROM kept").fetchone() == (1000,)


def test_a_stop_ends_sessions_and_shuts_down_cleanly(start, connect):
    """The image's stop signal: at once, although somebody is connected, with a checkpoint and status 0."""
    server = start().until_healthy()
    with connect(server) as session:
        session.execute("SELECT 1")
        server.signal(server.inspect("{{.Config.StopSignal}}"))
        server.until(lambda: server.inspect("{{.State.Running}}") == "false", "it has ended")

    assert server.inspect("{{.State.ExitCode}}") == "0"
    assert "database system is shut down" in server.log()


# A health check killed by its time limit leaves such ones.
ORPHANS = {"fails": "(sleep 0.3; exit 2)", "is killed": "(sleep 0.3; kill -KILL $(exec sh -c 'echo $PPID'))"}
THROWN_OUT = "terminating any other active server processes"


@pytest.mark.parametrize("orphan", ORPHANS.values(), ids=ORPHANS)
def test_an_orphan_that_ends_badly_throws_nobody_out(start, connect, orphan):
    """It is no crash of the server's: tini takes it in."""
    server = start().until_healthy()
    with connect(server) as session:
        pid = server.output("sh", "-c", f"{orphan} > /dev/null & echo $!")
        server.until(lambda: pid not in server.processes(), "the orphan has ended")

        assert session.execute("SELECT 1").fetchone() == (1,)
    assert THROWN_OUT not in server.log()


def test_without_tini_an_orphan_throws_everybody_out(start):
    """The pair of the test above: why the server must not be process 1."""
    server = start(options=["--entrypoint", "start-postgres"]).until_healthy()

    server.output("sh", "-c", f"{ORPHANS['fails']} > /dev/null &")

    server.until(lambda: THROWN_OUT in server.log(), "the server takes the orphan for one of its own")


def test_a_certificate_watcher_that_is_killed_throws_nobody_out(start, connect):
    """It is no child of the server's, which would take its end for a crash."""
    server = start().until_healthy()
    [watcher] = [pid for pid, command in server.processes().items() if "watch-certificate" in command]
    with connect(server) as session:
        server.output("sh", "-c", f"kill -KILL {watcher}")
        server.until(lambda: watcher not in server.processes(), "the watcher has ended")

        assert session.execute("SELECT 1").fetchone() == (1,)
    assert THROWN_OUT not in server.log()


def test_a_secret_that_is_changed_later_does_not_take_the_server_away(start, certificate, tmp_path):
    """A cluster writes a changed Secret into the running container; the server still has the password that it began with."""
    secrets = tmp_path / "secrets"
    shutil.copytree(certificate.secrets, secrets)
    secrets.chmod(0o755)
    mounted = ["--volume", f"{secrets}:/run/secrets/dhakacart:ro"]
    server = start(options=mounted, mount_secrets=False).until_healthy()

    (secrets / "database_password").unlink()
    (secrets / "database_password").write_text("another")

    assert server.output("cat", "/run/secrets/dhakacart/database_password") == "another"
    assert server.exec("healthy").returncode == 0


def test_only_one_server_at_a_time_has_a_volume(start, connect):
    """Its own lock is a process id, the same in each container; the second ends with one line, and may follow the first."""
    first = start().until_healthy()
    second = start(options=["--volumes-from", first.name])

    second.until(lambda: second.inspect("{{.State.Running}}") == "false", "the second has given up")
    assert second.inspect("{{.State.ExitCode}}") == "78"
    assert "another PostgreSQL has the data in /var/lib/postgresql" in second.log()
    with connect(first) as session:
        assert session.execute("SELECT 1").fetchone() == (1,)

    first.signal("KILL")
    second.start().until_healthy()


def test_a_second_replica_is_no_empty_shop(containers, image, certificate):
    """What `kubectl scale` would make: it ends with one line before it makes data of its own."""
    options = [
        *mounts(certificate.secrets, "postgres_password", "database_password", certificate=certificate.folder)
    ]

    ended = containers.run(
        image, options=[*options, "--hostname", "postgres-1", "--tmpfs", "/var/lib/postgresql:mode=1777"]
    )

    assert ended.returncode == 78
    [line] = (ended.stdout + ended.stderr).splitlines()
    assert line.startswith("postgres: there is one postgres, and postgres-1 is not it")


def test_the_check_says_when_the_data_have_another_password(start):
    """What no waiting mends: the line says what happened and the way out."""
    server = start().until_healthy()

    known = "/tmp/postgres/database_password"
    refused = server.exec("sh", "-c", f"chmod u+w {known} && echo another > {known} && healthy")

    assert refused.returncode == 1
    assert "the data were made with another password" in refused.stdout
    assert "make reset" in refused.stdout
