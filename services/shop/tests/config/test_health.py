"""What `python -m config.health` says of a file of some age, with a broker that answers, is gone, frozen or busy."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.health import SILENT_SECONDS, WORK, broker_fault, excuse_file, main, verdict
from config.run import ROLES
from config.settings import CELERY_BEAT_SCHEDULE
from dhakacart.operations.ports import free_ports
from dhakacart.operations.redis import RedisServer

from .conftest import SHOP

LONG_AGO_SECONDS = 2 * SILENT_SECONDS


@pytest.fixture
def ready_file(tmp_path: Path) -> Path:
    """Touched long ago."""
    path = tmp_path / "ready"
    path.touch()
    _age(path)
    return path


@pytest.fixture
def nowhere() -> str:
    """Where no Redis listens."""
    [port] = free_ports(1)
    return f"redis://127.0.0.1:{port}"


@pytest.fixture
def says() -> Iterator[list[bytes]]:
    """A server that answers whatever is asked with the first of this list; its address is the second."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        answer: list[bytes] = [b"", f"redis://127.0.0.1:{server.getsockname()[1]}".encode()]

        def serve() -> None:
            while True:
                try:
                    client, _address = server.accept()
                except OSError:
                    return
                with client:
                    client.recv(64)
                    client.sendall(answer[0])

        threading.Thread(target=serve, daemon=True).start()
        yield answer


def _age(path: Path) -> None:
    long_ago = time.time() - LONG_AGO_SECONDS
    os.utime(path, (long_ago, long_ago))


def test_a_fresh_file_is_health_whatever_the_broker_does(ready_file: Path, nowhere: str) -> None:
    """Whoever works is well; nobody is asked."""
    ready_file.touch()

    well, why = verdict(ready_file=ready_file, redis_url=nowhere, work="consumed")

    assert well
    assert why.startswith("consumed a message 0 s ago")


def test_silence_while_the_broker_answers_is_a_fault(ready_file: Path, own_redis: RedisServer) -> None:
    """It demands a password, which the check does not have: an answer all the same."""
    well, why = verdict(ready_file=ready_file, redis_url=own_redis.url, work="consumed")

    assert not well
    assert why == "has not consumed anything for 120 s, although the broker answers"


def test_silence_without_a_broker_is_none(ready_file: Path, own_redis: RedisServer) -> None:
    """Stopped, frozen or still loading: healthy, and it says why."""
    own_redis.stop()

    well, why = verdict(ready_file=ready_file, redis_url=own_redis.url, work="consumed")

    assert well
    assert why == "the broker does not answer (Connection refused), which no restart of this role would mend"


def test_a_frozen_broker_does_not_answer(ready_file: Path, own_redis: RedisServer) -> None:
    """The kernel accepts the connection, and nothing comes."""
    assert own_redis.pid
    os.kill(own_redis.pid, signal.SIGSTOP)

    well, why = verdict(ready_file=ready_file, redis_url=own_redis.url, work="consumed")

    assert well
    assert "the broker does not answer" in why


@pytest.mark.parametrize(
    ("answer", "usable"),
    [
        (b"+PONG\r\n", True),
        (b"-NOAUTH Authentication required.\r\n", True),
        (b"-LOADING Redis is loading the dataset in memory\r\n", False),
        (b"-ERR max number of clients reached\r\n", False),
        (b"", False),
    ],
)
def test_what_counts_as_an_answer(says: list[bytes], answer: bytes, usable: bool) -> None:
    """Only what a broker says that takes messages."""
    says[0] = answer

    fault = broker_fault(says[1].decode())

    assert (not fault) == usable
    assert fault == ("" if usable else answer.decode().strip() or "it hung up")


def test_a_name_that_nobody_knows_is_no_answer(ready_file: Path) -> None:
    """In Compose the name of a stopped container is unknown."""
    assert broker_fault("redis://redis.invalid:6379")


def test_after_the_broker_is_back_a_role_has_time_to_notice(ready_file: Path, own_redis: RedisServer) -> None:
    """As long as any silence may last; then it is a fault."""
    own_redis.stop()
    assert verdict(ready_file=ready_file, redis_url=own_redis.url, work="sent")[0]
    own_redis.start()

    well, why = verdict(ready_file=ready_file, redis_url=own_redis.url, work="sent")
    assert well
    assert why == "the broker has been back for 0 s at most; nothing sent yet"

    _age(excuse_file(ready_file))
    well, why = verdict(ready_file=ready_file, redis_url=own_redis.url, work="sent")
    assert not well


def test_a_role_that_has_not_begun(tmp_path: Path, own_redis: RedisServer, nowhere: str) -> None:
    """Not healthy yet; but to wait for the broker is no fault, and no file is made that others take for readiness."""
    ready_file = tmp_path / "ready"

    assert verdict(ready_file=ready_file, redis_url=own_redis.url, work="sent") == (
        False,
        f"has not begun: no {ready_file}",
    )
    assert verdict(ready_file=ready_file, redis_url=nowhere, work="sent")[0]
    assert not ready_file.exists()


def test_a_clock_that_was_set_back_does_not_make_health(ready_file: Path, own_redis: RedisServer) -> None:
    """A file from far in the future is no fresh one."""
    future = time.time() + LONG_AGO_SECONDS
    os.utime(ready_file, (future, future))

    assert not verdict(ready_file=ready_file, redis_url=own_redis.url, work="sent")[0]


def test_the_command_says_it_in_a_line_and_by_its_status(
    ready_file: Path, own_redis: RedisServer, nowhere: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 0 and `healthy: ...`, or 1 and `unhealthy: ...`."""
    for url, status, word in [(own_redis.url, 1, "unhealthy: has not"), (nowhere, 0, "healthy: the broker")]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("READY_FILE", str(ready_file))
            patch.setenv("REDIS_URL", url)

            assert main(["worker"]) == status

        assert capsys.readouterr().out.startswith(word)


def test_wrong_use_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown role, and an environment without the variables."""
    monkeypatch.delenv("READY_FILE", raising=False)

    assert main(["web"]) == os.EX_USAGE
    assert main(["worker"]) == os.EX_CONFIG

    assert capsys.readouterr().err == (
        "usage: python -m config.health worker | beat\nvariable READY_FILE is missing\n"
    )
    assert set(WORK) < set(ROLES)


def test_it_starts_fast(ready_file: Path, nowhere: str) -> None:
    """A check that runs every few seconds in every pod loads neither Django nor anything else that is installed."""
    code = (
        "import runpy, sys\n"
        "sys.argv[1:] = ['worker']\n"
        "try:\n    runpy.run_module('config.health', run_name='__main__')\n"
        "except SystemExit:\n    pass\n"
        "print([n for n, m in sys.modules.items() if 'site-packages' in str(getattr(m, '__file__', None))])\n"
        "print(len(sys.modules))"
    )
    result = subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd=SHOP,
        env={"READY_FILE": str(ready_file), "REDIS_URL": nowhere},
        capture_output=True,
        text=True,
        check=True,
    )

    _said, foreign, count = result.stdout.splitlines()
    assert foreign == "[]"
    assert int(count) < 120


def test_beat_sends_more_often_than_its_silence_is_suffered() -> None:
    """Its sign of life is what it sends anyway: without such a task it would be called dead."""
    shortest = min(entry["schedule"] for entry in CELERY_BEAT_SCHEDULE.values())

    assert shortest.total_seconds() * 4 < SILENT_SECONDS
