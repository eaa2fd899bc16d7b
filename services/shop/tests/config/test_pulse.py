"""Real workers and beats under `python -m config.health`: at work, busy, silenced, and with the broker lost.

Nobody waits a minute here: a test makes the file old, and sees whether the role makes it fresh.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import redis

from config.celery import app
from config.health import PULSE_SECONDS, SILENT_SECONDS
from dhakacart.operations.redis import RedisServer
from dhakacart.operations.waiting import wait_for

from .conftest import Probe, Role

StartRole = Callable[..., Role]
SOON_SECONDS = 3 * PULSE_SECONDS
# Celery's longest pause between two attempts to connect, and one attempt.
RECONNECT_SECONDS = 40.0


def check(role: Role) -> subprocess.CompletedProcess[str]:
    """What an orchestrator runs beside the role."""
    return subprocess.run(
        [sys.executable, "-m", "config.health", role.name],
        cwd=role.code,
        env=role.environment,
        capture_output=True,
        text=True,
        check=False,
    )


def make_old(role: Role) -> None:
    long_ago = time.time() - 2 * SILENT_SECONDS
    os.utime(role.ready_file, (long_ago, long_ago))


def shows_life(role: Role, *, seconds: float = SOON_SECONDS) -> bool:
    """Whether it makes its file fresh, after it was made old."""
    make_old(role)
    return wait_for(
        lambda: time.time() - role.ready_file.stat().st_mtime < SILENT_SECONDS, timeout_seconds=seconds
    )


def assert_unhealthy(role: Role) -> None:
    assert not shows_life(role)
    result = check(role)
    assert (result.returncode, result.stdout[:10]) == (1, "unhealthy:"), result


def assert_healthy(role: Role, *, seconds: float = SOON_SECONDS) -> None:
    assert shows_life(role, seconds=seconds), role.output()[-3000:]
    result = check(role)
    assert result.returncode == 0, result


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_a_role_at_work_is_healthy(start_role: StartRole, own_redis: RedisServer, name: str) -> None:
    """Again and again, not only at its start."""
    role = start_role(name, REDIS_URL=own_redis.url).ready()

    for _ in range(2):
        assert_healthy(role)


def test_a_busy_worker_is_healthy(
    start_role: StartRole, settings_with_probes: dict[str, str], own_redis: RedisServer, tmp_path: Path
) -> None:
    """Every process has a long task, more wait in the queue: nothing can be consumed, and nothing is wrong."""
    worker = start_role("worker", REDIS_URL=own_redis.url, **settings_with_probes).ready()
    probe = Probe(own_redis, tmp_path)
    probe.send("long", seconds=30.0)
    probe.send("next")
    worker.until((tmp_path / "long.started").exists)

    for _ in range(2):
        assert_healthy(worker)

    assert not (tmp_path / "long").exists()
    assert not (tmp_path / "next").exists()


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_a_lost_redis_makes_nobody_unhealthy(
    start_role: StartRole, own_redis: RedisServer, name: str
) -> None:
    """Stopped: healthy, and in words why. Back: the same process works again."""
    role = start_role(name, REDIS_URL=own_redis.url).ready()
    own_redis.stop()

    assert not shows_life(role)
    lost = check(role)
    own_redis.start()
    back = check(role)

    assert (lost.returncode, back.returncode) == (0, 0)
    assert "the broker does not answer" in lost.stdout
    assert_healthy(role, seconds=RECONNECT_SECONDS)
    assert role.process.poll() is None


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_a_role_that_waits_for_redis_at_its_start_is_left_alone(
    start_role: StartRole, own_redis: RedisServer, name: str
) -> None:
    """Not ready, yet no reason to kill it; once Redis is there it begins."""
    own_redis.stop()
    role = start_role(name, REDIS_URL=own_redis.url)
    role.until(lambda: "onnect" in role.output() and "rror" in role.output())

    waiting = check(role)
    own_redis.start()

    assert waiting.returncode == 0
    assert "the broker does not answer" in waiting.stdout
    assert_healthy(role.ready(), seconds=RECONNECT_SECONDS)


def test_a_worker_silenced_by_lost_acknowledgements_is_unhealthy(
    start_role: StartRole, settings_with_probes: dict[str, str], own_redis: RedisServer, tmp_path: Path
) -> None:
    """With Celery's own request the place of such a task stays taken: it is connected, consumes nothing, and is seen."""
    worker = start_role("worker", REDIS_URL=own_redis.url, **settings_with_probes).ready()
    probe = Probe(own_redis, tmp_path)
    assert own_redis.pid
    # Now and then the worker is caught in something else than the acknowledgement: then once more.
    for attempt in range(4):
        probe.send(f"short {attempt}", seconds=0.3, task="probe.bare_touch")
        worker.until((tmp_path / f"short {attempt}.started").exists)
        os.kill(own_redis.pid, signal.SIGSTOP)
        lost = wait_for(lambda: "Couldn't ack" in worker.output(), timeout_seconds=8)
        os.kill(own_redis.pid, signal.SIGCONT)
        if lost:
            break

    assert_unhealthy(worker)
    probe.send("unheard")
    assert not wait_for((tmp_path / "unheard").exists, timeout_seconds=PULSE_SECONDS)
    broker = redis.Redis.from_url(own_redis.login_url(1))
    [queue] = broker.scan_iter("pulse.*")
    assert broker.llen(queue) == 1, "they do not pile up"
    assert broker.ttl(queue) > 0, "and go by themselves"

    worker.process.kill()
    successor = start_role("worker", REDIS_URL=own_redis.url, **settings_with_probes).ready()
    worker.until((tmp_path / "unheard").exists)
    assert_healthy(successor)


def test_a_worker_that_no_longer_consumes_tasks_is_unhealthy(start_role: StartRole) -> None:
    """Told by remote control to leave the tasks' queue, it still hears its own messages: that is not enough."""
    worker = start_role("worker").ready()

    assert app.control.cancel_consumer("celery", reply=True, timeout=SOON_SECONDS, limit=1)
    assert_unhealthy(worker)

    assert app.control.add_consumer("celery", reply=True, timeout=SOON_SECONDS, limit=1)
    assert_healthy(worker)


def test_what_one_worker_does_speaks_for_no_other(
    start_role: StartRole, own_redis: RedisServer, tmp_path: Path
) -> None:
    """Two on one machine, one of them frozen: the other's life does not hide it."""
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        folder.mkdir()
    first, second = (
        start_role("worker", folder=folder, REDIS_URL=own_redis.url).ready() for folder in folders
    )
    first.process.send_signal(signal.SIGSTOP)

    assert_unhealthy(first)
    assert_healthy(second)

    first.process.send_signal(signal.SIGCONT)
    assert_healthy(first)


def test_a_pool_that_finishes_nothing_is_unhealthy(
    start_role: StartRole, own_redis: RedisServer, tmp_path: Path
) -> None:
    """A task held for longer than twice the limit shows that nobody watches the pool: the pair of the busy worker.

    Here the limit that the pulse goes by is far below the one that Celery keeps.
    """
    settings = {"DJANGO_SETTINGS_MODULE": "tests.config.impatient_settings"}
    worker = start_role("worker", REDIS_URL=own_redis.url, WORKER_PROCESSES="2", **settings).ready()
    probe = Probe(own_redis, tmp_path)
    probe.send("stuck", seconds=40.0)
    worker.until((tmp_path / "stuck.started").exists)
    assert wait_for(lambda: not shows_life(worker), timeout_seconds=2 * PULSE_SECONDS)

    assert probe.is_performed("by the other process")
    assert_unhealthy(worker)
