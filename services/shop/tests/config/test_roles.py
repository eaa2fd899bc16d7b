"""The roles as real processes: they start, say that they work, serve metrics, and end without a trace."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import psycopg
import pytest
from django.conf import settings
from django.db import connection
from kombu.exceptions import OperationalError

from config import run
from config.celery import app
from dhakacart.operations.ports import answers, free_ports
from dhakacart.operations.redis import RedisServer
from dhakacart.operations.waiting import wait_for
from ops import context

from .conftest import SHOP, Probe, Role

StartRole = Callable[..., Role]


def test_web_serves_and_its_metrics_count_the_requests_of_all_processes(start_role: StartRole) -> None:
    """The metrics port shows every request, whichever process answered it."""
    web = start_role("web", WEB_PROCESSES="2").ready()
    before = web.lines("request")

    for _ in range(20):
        assert web.get("/readyz").status_code == 200

    assert len(web.lines("request")) == len(before) + 20
    exposition = httpx.get(f"http://127.0.0.1:{web.metrics_port}/metrics").text
    count = re.search(
        r'http_server_request_duration_seconds_count\{method="GET",route="readyz",status_class="2xx"\} (\S+)',
        exposition,
    )
    assert count is not None
    assert float(count[1]) == 20


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
@pytest.mark.parametrize(
    ("number", "live_reload"), [(signal.SIGTERM, "false"), (signal.SIGTERM, "true"), (signal.SIGINT, "true")]
)
def test_a_role_ends_with_all_its_processes(
    start_role: StartRole, name: str, number: int, live_reload: str
) -> None:
    """SIGTERM and SIGINT end parent, pool and reloader, and free the ports."""
    role = start_role(name, LIVE_RELOAD=live_reload).ready()
    assert answers(role.metrics_port)

    role.stop(number)

    assert role.process.returncode == 0
    assert not answers(role.metrics_port)
    assert not answers(role.port)


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_a_killed_role_leaves_no_orphan(start_role: StartRole, name: str) -> None:
    """SIGKILL of the parent, outside a container: its children notice, and end too."""
    role = start_role(name, LIVE_RELOAD="false", WEB_PROCESSES="2", WORKER_PROCESSES="2").ready()

    role.stop(signal.SIGKILL)

    assert not answers(role.port)


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_every_line_of_a_role_is_json(
    start_role: StartRole, settings_with_probes: dict[str, str], own_redis: RedisServer, name: str
) -> None:
    """From its start over the loss and return of Redis to its end: what reads the log needs to know one format."""
    role = start_role(name, REDIS_URL=own_redis.url, LIVE_RELOAD="false", **settings_with_probes).ready()
    own_redis.stop()
    if name == "web":
        role.get("/readyz")
    else:
        role.until(lambda: "onnect" in role.output() and "rror" in role.output())
    own_redis.start()

    role.stop()

    lines = [json.loads(line) for line in role.output().splitlines()]
    assert len(lines) > 1
    assert all({"message", "level", "logger", "at", "service"} <= set(line) for line in lines)
    if name == "worker":
        assert "worker: Warm shutdown (MainProcess)" in [line["message"] for line in lines]


def test_a_running_task_finishes_before_the_worker_ends(
    start_role: StartRole, settings_with_probes: dict[str, str], tmp_path: Path
) -> None:
    """SIGTERM in the middle of a task of 5 s: the task is done, then the worker ends."""
    worker = start_role("worker", **settings_with_probes).ready()
    app.send_task("probe.touch", args=[str(tmp_path / "done"), 5.0])
    worker.until((tmp_path / "done.started").exists)

    worker.stop()

    assert (tmp_path / "done").exists()


def test_a_worker_waits_longer_than_any_task_may_last() -> None:
    """So that a stop of it repeats no task; the orchestrators' patience is checked with the manifests."""
    assert run.WORKER_SHUTDOWN_SECONDS > settings.LONGEST_TASK_SECONDS


def test_a_worker_consumes_again_after_redis_came_back(
    start_role: StartRole, settings_with_probes: dict[str, str], own_redis: RedisServer, tmp_path: Path
) -> None:
    """Redis stopped and started: the same worker performs the next task."""
    worker = start_role("worker", REDIS_URL=own_redis.url, **settings_with_probes).ready()
    probe = Probe(own_redis, tmp_path)
    assert probe.is_performed("before")

    own_redis.stop()
    worker.until(lambda: "Connection to broker lost" in worker.output())
    with pytest.raises(OperationalError):
        probe.send("meanwhile")
    own_redis.start()

    assert probe.is_performed("afterwards"), worker.output()[-3000:]
    assert worker.process.poll() is None


def test_a_worker_consumes_again_after_redis_was_frozen(
    start_role: StartRole, settings_with_probes: dict[str, str], own_redis: RedisServer, tmp_path: Path
) -> None:
    """Redis frozen for longer than a sender waits, then resumed: the same worker performs the next task."""
    worker = start_role("worker", REDIS_URL=own_redis.url, **settings_with_probes).ready()
    probe = Probe(own_redis, tmp_path)
    assert probe.is_performed("before")
    assert own_redis.pid

    os.kill(own_redis.pid, signal.SIGSTOP)
    for attempt in range(3):
        with pytest.raises(OperationalError):
            probe.send(f"meanwhile {attempt}")
    os.kill(own_redis.pid, signal.SIGCONT)

    assert probe.is_performed("afterwards"), worker.output()[-3000:]
    assert worker.process.poll() is None


def test_a_lost_acknowledgement_does_not_silence_a_worker(
    start_role: StartRole, settings_with_probes: dict[str, str], own_redis: RedisServer, tmp_path: Path
) -> None:
    """Redis frozen while a task runs, whose end then cannot be acknowledged in time: the next task is performed."""
    worker = start_role("worker", REDIS_URL=own_redis.url, **settings_with_probes).ready()
    probe = Probe(own_redis, tmp_path)
    # Now and then the worker is caught in something else than the acknowledgement: then once more.
    for attempt in range(4):
        probe.send(f"short {attempt}", seconds=0.3)
        worker.until((tmp_path / f"short {attempt}.started").exists)
        assert own_redis.pid
        os.kill(own_redis.pid, signal.SIGSTOP)
        wait_for(lambda: "Couldn't ack" in worker.output(), timeout_seconds=8)
        os.kill(own_redis.pid, signal.SIGCONT)

        assert probe.is_performed(f"afterwards {attempt}"), worker.output()[-3000:]
        if "Couldn't ack" in worker.output():
            break

    assert worker.process.poll() is None


def test_acknowledging_costs_no_connection(
    start_role: StartRole, settings_with_probes: dict[str, str], own_redis: RedisServer, tmp_path: Path
) -> None:
    """Tasks that are acknowledged as they should leave the worker on its one connection."""
    worker = start_role("worker", REDIS_URL=own_redis.url, **settings_with_probes).ready()
    probe = Probe(own_redis, tmp_path)
    probe.send("slow", seconds=3.0)  # outlasts the look at the ones below

    assert all(probe.is_performed(f"quick {number}") for number in range(3))

    worker.until((tmp_path / "slow").exists)
    assert worker.output().count("Connected to redis") == 1


def test_a_worker_ends_while_redis_is_gone(start_role: StartRole, own_redis: RedisServer) -> None:
    """A lost broker does not keep a worker from ending when told."""
    worker = start_role("worker", REDIS_URL=own_redis.url).ready()
    own_redis.stop()
    worker.until(lambda: "Connection to broker lost" in worker.output())

    worker.stop()


def test_a_task_goes_on_with_the_trace_and_leaves_one_line(
    start_role: StartRole, settings_with_probes: dict[str, str], tmp_path: Path
) -> None:
    """The sender's trace id is on the task's line, with its name, state and duration; a failure has its line too."""
    worker = start_role("worker", **settings_with_probes).ready()
    with context.span() as span:
        app.send_task("probe.touch", args=[str(tmp_path / "done")])
        app.send_task("probe.touch", args=[str(tmp_path / "no such folder" / "done")])

    worker.until(lambda: len(worker.lines("task")) >= 2)
    lines = {line["celery.state"]: line for line in worker.lines("task")}
    assert set(lines) == {"SUCCESS", "FAILURE"}
    for line in lines.values():
        assert line["trace_id"] == span.trace_id
        assert line["span_id"] != span.span_id
        assert line["celery.task_name"] == "probe.touch"
        assert line["duration_ms"] >= 0
        assert line["messaging.message.id"]
    exposition = httpx.get(f"http://127.0.0.1:{worker.metrics_port}/metrics").text
    assert 'celery_task_duration_seconds_count{state="FAILURE",task="probe.touch"} 1.0' in exposition


def test_a_taken_metrics_port_is_one_line(start_role: StartRole) -> None:
    """A role whose metrics port is held by another says so and ends, instead of running unseen."""
    [port] = free_ports(1)
    with socket.create_server(("127.0.0.1", port)):
        role = start_role("beat", METRICS_PORT=str(port), LIVE_RELOAD="false")

        assert role.process.wait(30) == os.EX_UNAVAILABLE

    assert f"port {port}" in role.output()
    assert "Traceback" not in role.output()


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["web", "worker"]])
def test_an_unknown_role_is_told_the_known_ones(arguments: list[str]) -> None:
    """Usage on stderr and exit status 64."""
    result = subprocess.run(
        [sys.executable, "-m", "config.run", *arguments],
        cwd=SHOP,
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == os.EX_USAGE
    assert "web | worker | beat | migrate" in result.stderr


def test_migrate_twice_at_once_is_harmless(start_role: StartRole) -> None:
    """Two migrate jobs in parallel both end well."""
    both = [start_role("migrate"), start_role("migrate")]

    assert [role.process.wait(60) for role in both] == [0, 0], both[0].output()


def test_migrate_gives_the_limits_to_connections_that_bring_none(start_role: StartRole) -> None:
    """Behind PgBouncer `options` are ignored: a session without any has the same limits, from the database itself."""
    migrate = start_role("migrate")
    assert migrate.process.wait(60) == 0, migrate.output()

    parameters = {**connection.get_connection_params(), "options": ""}
    with psycopg.connect(**parameters) as bare:
        limits = {
            name: bare.execute(
                "SELECT setting::int FROM pg_settings WHERE name = %s AND source = 'database user'", [name]
            ).fetchone()
            for name in settings.DATABASE_LIMITS_MILLISECONDS
        }

    assert limits == {name: (limit,) for name, limit in settings.DATABASE_LIMITS_MILLISECONDS.items()}
