"""The embedded engine's Redis: real, on loopback, behind the password of its secret file."""

import socket
import stat
from pathlib import Path

import psutil
import pytest
import redis

from dhakacart.operations.ports import LOOPBACK, free_ports
from dhakacart.operations.redis import RedisServer, answers_ping

# What a line of its configuration reads in a way of its own.
AWKWARD = 'a "quoted" \\ word # €/:@'


@pytest.fixture
def server(tmp_path):
    [port] = free_ports(1)
    server = RedisServer(folder=tmp_path / "redis", port=port, password=AWKWARD)
    server.start()
    yield server
    server.stop()


def test_it_serves_whoever_has_the_password_and_nobody_else(server):
    """No password and a wrong one are refused, whatever signs it has."""
    assert redis.Redis.from_url(server.login_url(1)).set("key", "value")
    with pytest.raises(redis.AuthenticationError):
        redis.Redis.from_url(server.url).get("key")
    with pytest.raises(redis.AuthenticationError):
        redis.Redis.from_url(server.url, password="another").get("key")


def test_the_probe_wants_the_password_taken(server):
    """A server with another password is not this one; neither is a port where nobody, or somebody else, answers."""
    assert server.answers()
    assert not answers_ping(server.port, "another")

    server.stop()
    assert not server.answers()
    with socket.create_server((LOOPBACK, server.port)):
        assert not server.answers()


def test_the_password_stands_in_no_process_list(server):
    """Arguments and environment are free of it; the file that has it is its owner's alone."""
    process = psutil.Process(server.pid)
    public = [*server.command(), *process.cmdline(), *process.environ().values()]

    assert not [text for text in public if "quoted" in text]
    [secret] = [path for path in map(Path, server.command()) if path.suffix == ".conf"]
    assert "quoted" in secret.read_text()
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600


def test_a_second_start_reads_a_changed_password(server):
    """The file is written anew at each start: whoever got hold of the old password is refused."""
    server.stop()
    changed = RedisServer(folder=server.folder, port=server.port, password="changed")

    changed.start()
    try:
        assert changed.answers()
        assert not answers_ping(server.port, AWKWARD)
    finally:
        changed.stop()
