"""The redis image: a password, no dangerous commands, a bound on memory that spares the broker, nothing written."""

import pytest
import redis

from dhakacart.pytest_engine import mounts


def test_it_serves_whoever_has_the_password_and_nobody_else(server, connect):
    """No password and a wrong one are refused; the right one works whatever signs it has."""
    assert connect(server).ping()
    for password in (None, "another"):
        with pytest.raises(redis.AuthenticationError):
            connect(server, password).ping()


@pytest.mark.parametrize("command", ["FLUSHALL", "SHUTDOWN", "DEBUG SLEEP 0"])
def test_what_would_empty_or_freeze_everything_is_gone(server, connect, command):
    with pytest.raises(redis.ResponseError, match="unknown command"):
        connect(server).execute_command(*command.split())


def test_a_full_memory_takes_the_caches_keys_and_spares_the_brokers(containers, image, secrets, connect):
    """Keys that expire go early; a queue stays whole, and further writes are refused only when nothing else is left."""
    options = mounts(secrets, "redis_password")
    full = containers.start(image, "--maxmemory", "8mb", options=options, port=6379).until_healthy()
    client = connect(full)
    client.rpush("queue", *("task" for _ in range(100)))

    # when the cache writes more than there is room for
    for number in range(300):
        client.set(f"cache-{number}", b"x" * 65_536, ex=3600)
    # then it forgets, and the queue does not
    assert client.info("stats")["evicted_keys"] > 0
    assert client.llen("queue") == 100

    # when what never expires fills it
    kept = client.pipeline(transaction=False)
    for number in range(300):
        kept.set(f"kept-{number}", b"x" * 65_536)
    with pytest.raises(redis.OutOfMemoryError):
        kept.execute()
    # then nothing of it is lost, and reading goes on
    assert client.llen("queue") == 100
    assert client.get("kept-0")


def test_it_runs_as_nobody_in_particular_and_writes_nothing(server):
    """A numeric user, no capability, a root that cannot be written; the password is in no argument and no variable."""
    assert server.inspect("{{.Config.User}}") == "10004:10004"
    assert server.output("id", "-u") == "10004"
    assert server.exec("touch", "/etc/x").returncode != 0
    assert "quoted" not in server.output("cat", "/proc/1/cmdline", "/proc/1/environ")


def test_a_missing_or_empty_secret_is_one_line(containers, image, tmp_path):
    """The line names the file and the fix; the status is that of a configuration at fault."""
    (tmp_path / "redis_password").write_text("")
    for options in ([], mounts(tmp_path, "redis_password")):
        ended = containers.run(image, options=options)

        assert ended.returncode == 78
        [line] = (ended.stdout + ended.stderr).splitlines()
        assert line.startswith("redis: secret file /run/secrets/dhakacart/redis_password is missing")
        assert "dhakacart secrets init" in line


def test_the_check_says_what_is_wrong_and_leaves_nobody_behind(containers, image, secrets):
    """A frozen server is not healthy, and a check that took too long and was killed has no client that waits on."""
    server = containers.start(image, options=mounts(secrets, "redis_password")).until_healthy()

    server.signal("STOP")
    frozen = server.exec("healthy")
    killed = server.exec("timeout", "--signal", "KILL", "0.5", "healthy")
    left = server.processes()
    server.signal("CONT")

    assert (frozen.returncode, frozen.stdout) == (1, "redis: does not answer\n")
    assert killed.returncode == 137
    assert len(left) == 1, left
    server.until_healthy()


def test_the_check_wants_the_password_taken(containers, image, secrets, tmp_path):
    """A server that refuses the password of the secret file is not healthy, and the line says why."""
    (tmp_path / "redis_password").write_bytes((secrets / "redis_password").read_bytes())
    server = containers.start(image, options=mounts(tmp_path, "redis_password")).until_healthy()

    (tmp_path / "redis_password").write_text("another")
    refused = server.exec("healthy")

    assert refused.returncode == 1
    assert refused.stdout.startswith("redis: -WRONGPASS")
