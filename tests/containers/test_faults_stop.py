"""`docker stop` in the production shape: of a worker in the middle of a long task, and of what has hardly started.

What is long: a relay of the outbox gives up on a receiver that does not answer after 10 s, and begins no effect
after 15 s; with mail and SMS both hanging it takes 20 s. A worker that is told to end has longer than any task may
last (config.run.WORKER_SHUTDOWN_SECONDS), and Compose and Kubernetes give it longer than that.
"""

import json
import signal
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from servers.containers import docker
from servers.process import eventually
from servers.production_shape import ProductionShop, inspect
from servers.shopper import Shopper

STEP_SECONDS = 40.0
STOP_SECONDS = 60.0
LONG_TASK_SECONDS = 18.0
KILLED = 128 + signal.SIGKILL
RELAY = "notify.tasks.relay_outbox"
SEND = f"from config.celery import app; print(app.send_task({RELAY!r}).id)"


@pytest.fixture
def quiet(production: ProductionShop) -> Iterator[ProductionShop]:
    """Nothing is sent but by the test: beat is stopped, the outbox empty. All of it runs again afterwards."""
    production.healthy()
    eventually("the outbox is empty", lambda: waiting(production) == 0, seconds=STEP_SECONDS)
    production.stack.call("stop", "beat")
    try:
        yield production
    finally:
        control(production, "DELETE")
        production.stack.call("start", "worker", "beat")
        production.healthy()


def control(production: ProductionShop, method: str, **outage: object) -> None:
    """Tells the simulator how to behave."""
    url = f"{production.urls()['simulator']}/control/outage"
    httpx.request(method, url, json=outage or None, trust_env=False).raise_for_status()


def waiting(production: ProductionShop) -> int:
    return int(production.query("SELECT count(*) FROM notify_effect WHERE state = 'pending'")[0][0])


def runs_of(production: ProductionShop, task: str) -> list[dict[str, Any]]:
    """The lines that the worker has logged of a task."""
    lines = [json.loads(line) for line in production.stack.last_lines("worker", 1000) if line.startswith("{")]
    return [line for line in lines if line.get("messaging.message.id") == task]


def test_a_worker_that_is_stopped_finishes_its_long_task(quiet: ProductionShop) -> None:
    """SIGTERM half-way through a task of 20 s: it is done, once, then the worker ends by itself with status 0."""
    for target in ("sms", "mail"):
        control(quiet, "POST", target=target, kind="hang", for_requests=1)
    with Shopper(quiet) as shopper:
        order = shopper.buy(shopper.browse())
    assert waiting(quiet) == 2
    task = quiet.exec("web", "python", "-c", SEND).stdout.split()[-1]
    half = "SELECT attempts, lease IS NULL FROM notify_effect WHERE state = 'pending' ORDER BY 2 DESC"
    eventually(
        "one effect has failed, the other is under way",
        lambda: quiet.query(half) == [(1, True), (1, False)],
        seconds=STEP_SECONDS,
    )

    quiet.stack.call("stop", "worker", timeout_seconds=STOP_SECONDS)

    assert quiet.inspect("worker")["State"]["ExitCode"] == 0
    [run] = runs_of(quiet, task)
    assert run["celery.state"] == "SUCCESS"
    assert run["duration_ms"] > LONG_TASK_SECONDS * 1000
    # Both were tried, once, and what came of it was written down: nobody is waited for.
    state = "SELECT state, attempts, lease, last_error <> '' FROM notify_effect WHERE state = 'pending'"
    assert quiet.query(state) == [("pending", 1, None, True)] * 2

    quiet.stack.call("start", "worker", "beat")
    for to in (shopper.phone, shopper.email):
        assert (
            quiet.inbox.wait_for(to=to, containing=order["number"], seconds=STEP_SECONDS).received_count == 1
        )
        assert len(quiet.inbox.messages(to=to)) == 1
    assert len(runs_of(quiet, task)) == 1


@pytest.mark.parametrize("role", ["web", "worker", "beat", "migrate"])
def test_what_has_hardly_started_ends_when_told(production: ProductionShop, role: str) -> None:
    """SIGTERM while the interpreter is still starting: it ends by that, and not by SIGKILL when its grace is over."""
    container = production.stack.call("run", "--detach", "--no-deps", role).split()[-1]
    try:
        docker("stop", "--time", "20", container)

        state = inspect(container)["State"]
        assert state["Status"] == "exited"
        assert state["ExitCode"] != KILLED
    finally:
        docker("rm", "--force", container)


def test_a_first_process_without_a_handler_is_killed(production: ProductionShop) -> None:
    """The pair: without tini the same signal is lost, and the grace period passes."""
    image = production.inspect("web")["Image"]
    container = docker(
        *("run", "--detach", "--network", "none", "--entrypoint", "python"),
        *(image, "-c", "import time; time.sleep(600)"),
    ).strip()
    try:
        docker("stop", "--time", "1", container)

        assert inspect(container)["State"]["ExitCode"] == KILLED
    finally:
        docker("rm", "--force", container)
