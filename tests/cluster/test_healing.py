"""What dies comes back, what crashes from the start replaces nothing, and what is told to end finishes its work."""

import contextlib
import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from servers.cluster import ClusterShop, is_ready_pod, until
from servers.cluster_load import SteadyLoad
from servers.cluster_processes import can_kill, kill
from servers.cluster_report import report
from servers.cluster_requirements import FULL, LONG, skip_or_fail
from servers.inbox import Inbox
from servers.shopper import Shopper

from dhakacart.operations.cluster_kubectl import kubectl_environment
from dhakacart.operations.manifests import Object

SERVICES = ("edge", "web", "worker", "beat", "pgbouncer", "redis", "simulator", "prometheus", "postgres")
# kubelet waits so long at most before it starts a container that has ended for the second time in a while.
BACKOFF_SECONDS = 20.0
# Some probes leave minutes to a recovery of much data, which these are not.
MOST_SECONDS = 60.0
REQUESTS_PER_SECOND = 10.0
CRASH_SECONDS = 120.0
CRASHES = 2
STEP_SECONDS = 60.0
FINALIZER = "dhakacart.test/read-its-end"
RELAY = "notify.tasks.relay_outbox"
SEND = f"from config.celery import app; print(app.send_task({RELAY!r}).id)"
# A relay of the outbox gives up on a receiver that does not answer after 10 s; with mail and SMS both it takes 20 s.
LONG_TASK_SECONDS = 18.0
PENDING = "SELECT count(*) FROM notify_effect WHERE state = 'pending'"


def budget_seconds(pod: Object, container: str) -> float:
    """What its probes allow a new start until it counts as ready."""
    spec = next(one for one in pod["spec"]["containers"] if one["name"] == container)
    start, ready = spec["startupProbe"], spec["readinessProbe"]
    probes = float(start["periodSeconds"] * start["failureThreshold"] + ready["periodSeconds"])
    [status] = [one for one in pod["status"]["containerStatuses"] if one["name"] == container]
    return min(probes, MOST_SECONDS) + (BACKOFF_SECONDS if status["restartCount"] else 0.0)


@pytest.mark.parametrize("service", SERVICES)
def test_a_killed_container_heals(service: str, shop: ClusterShop) -> None:
    """-9 to its first process: the same pod runs it anew, and it is ready within the budget of its probes."""
    if not can_kill(shop):
        skip_or_fail(
            "the processes of this cluster's containers are out of reach (root, and nodes on this kernel)"
        )
    [pod, *_] = shop.pods(service)
    name = pod["metadata"]["name"]
    [before] = [one for one in pod["status"]["containerStatuses"] if one["name"] == service]
    seconds = budget_seconds(pod, service)

    began = time.monotonic()
    kill(shop, pod, service)
    path = f'{{.status.containerStatuses[?(@.name=="{service}")].'
    for wanted in (f"restartCount}}={before['restartCount'] + 1}", "ready}=true"):
        left = max(1.0, seconds - (time.monotonic() - began))
        waiting = ("wait", f"pod/{name}", f"--for=jsonpath={path}{wanted}", f"--timeout={left:g}s")
        shop.kubectl.call(*waiting, timeout_seconds=left + 10)

    report(f"{service}: ready {time.monotonic() - began:.1f} s after kill -9, of {seconds:g} s")
    [after] = shop.kubectl.items("pods", "--field-selector", f"metadata.name={name}")
    assert after["metadata"]["uid"] == pod["metadata"]["uid"]


@pytest.mark.parametrize("service", ["web", "edge", *(["pgbouncer", "worker"] if FULL else [])])
def test_an_image_that_crashes_replaces_nothing(service: str, shop: ClusterShop) -> None:
    """The new pod crashes again and again, the old ones serve every request, and the way back is `rollout undo`."""
    workload = f"deployment/{service}"
    before = {pod["metadata"]["uid"] for pod in shop.pods(service)}
    with SteadyLoad(shop, REQUESTS_PER_SECOND) as load:
        # Redis' image: it is on every node, and can be neither.
        shop.kubectl.call("set", "image", workload, f"{service}={shop.references['redis']}")
        try:
            until(
                "the new pod has crashed",
                lambda: crashes(shop, service, before) >= CRASHES,
                seconds=CRASH_SECONDS,
            )
            stuck = shop.kubectl.run("rollout", "status", workload, "--timeout=1s")
            serving = {pod["metadata"]["uid"] for pod in shop.pods(service) if is_ready_pod(pod)}
        finally:
            shop.kubectl.call("rollout", "undo", workload)
        shop.rolled_out(workload)
        load.wait_for_more(int(REQUESTS_PER_SECOND))

    report(f"an image of {service} that crashes: {load.summary()}")
    assert stuck.returncode != 0
    assert serving == before
    assert {pod["metadata"]["uid"] for pod in shop.pods(service)} == before
    assert load.failures == []


ONE_OF_A_KIND = {
    "redis": "deployment/redis",
    "beat": "deployment/beat",
    "postgres": "statefulset/postgres",
    "prometheus": "statefulset/prometheus",
}


@pytest.mark.skipif(not FULL, reason=LONG)
@pytest.mark.parametrize("service", ONE_OF_A_KIND)
def test_a_crashing_image_of_what_there_is_one_of_is_undone(service: str, shop: ClusterShop) -> None:
    """It is away, as docs/how-to/test-on-a-cluster.md says; with that page's commands it is back, and so are its data."""
    workload = ONE_OF_A_KIND[service]
    with Shopper(shop) as shopper:
        number = shopper.buy(shopper.browse())["number"]
    before = {pod["metadata"]["uid"] for pod in shop.pods(service)}
    other = "pgbouncer" if service == "redis" else "redis"
    shop.kubectl.call("set", "image", workload, f"{service}={shop.references[other]}")
    try:
        until(
            "the new pod has crashed",
            lambda: crashes(shop, service, before) >= CRASHES,
            seconds=CRASH_SECONDS,
        )
        # The first ended before the next began.
        assert not before & {pod["metadata"]["uid"] for pod in shop.pods(service)}
    finally:
        shop.kubectl.call("rollout", "undo", workload)
        if workload.startswith("statefulset/"):
            shop.kubectl.call("delete", "pod", f"{service}-0")
    shop.settled()

    assert shop.query(f"SELECT count(*) FROM orders_order WHERE number = '{number}'") == [["1"]]


def crashes(shop: ClusterShop, service: str, old: set[str]) -> int:
    """How often a container of a new pod has ended or could not begin."""
    found = shop.kubectl.items("pods", "--selector", f"app.kubernetes.io/name={service}")
    new = [
        pod
        for pod in found
        if pod["metadata"]["uid"] not in old and "deletionTimestamp" not in pod["metadata"]
    ]
    return sum(one["restartCount"] for pod in new for one in pod["status"].get("containerStatuses") or [])


@pytest.fixture
def quiet(shop: ClusterShop) -> Iterator[ClusterShop]:
    """Nothing is sent but by the test: beat is away, the outbox empty, one worker. All of it is back afterwards."""
    until("the outbox is empty", lambda: shop.query(PENDING) == [["0"]], seconds=STEP_SECONDS)
    shop.scale("beat", 0)
    until("beat is away", lambda: not shop.pods("beat") and not shop.ending("beat"), seconds=STEP_SECONDS)
    try:
        yield shop
    finally:
        shop.outage("DELETE")
        shop.scale("worker", 1)
        shop.scale("beat", 1)


def test_a_worker_finishes_its_task_on_scale_down(quiet: ClusterShop) -> None:
    """Scaled away at the beginning of a task of 20 s: it is done, once, and its pod ends before it would be killed."""
    for target in ("sms", "mail"):
        quiet.outage("POST", target=target, kind="hang", for_requests=1)
    with Shopper(quiet) as shopper:
        order = shopper.buy(shopper.browse())
    assert quiet.query(PENDING) == [["2"]]
    [worker] = quiet.pods("worker")
    log = Log(quiet, worker["metadata"]["name"])
    task = quiet.exec("deployment/web", "python", "-c", SEND).stdout.split()[-1]
    leased = f"{PENDING} AND lease IS NOT NULL"
    until("it has begun", lambda: quiet.query(leased) == [["1"]], seconds=STEP_SECONDS)

    with kept(quiet, worker["metadata"]["name"]) as end:
        quiet.scale("worker", 0)
        until("the worker has ended", lambda: end().get("exitCode") is not None, seconds=STEP_SECONDS)
        ended = end()

    report(f"a worker that is scaled away: {ended['reason']}, at {ended['finishedAt']}")
    assert (ended["exitCode"], ended["reason"]) == (0, "Completed")
    [run] = [line for line in log.lines() if line.get("messaging.message.id") == task]
    assert run["celery.state"] == "SUCCESS"
    assert run["duration_ms"] > LONG_TASK_SECONDS * 1000
    # Both were tried, once, and what came of it was written down: nobody is waited for.
    tried = "SELECT attempts, lease IS NULL, last_error <> '' FROM notify_effect WHERE state = 'pending'"
    assert quiet.query(tried) == [["1", "t", "t"]] * 2

    quiet.scale("worker", 1)
    quiet.scale("beat", 1)
    inbox: Inbox = quiet.inbox
    for to in (shopper.phone, shopper.email):
        assert inbox.wait_for(to=to, containing=order["number"], seconds=2 * STEP_SECONDS).received_count == 1
        assert len(inbox.messages(to=to)) == 1


@contextlib.contextmanager
def kept(shop: ClusterShop, pod: str) -> Iterator[Callable[[], Object]]:
    """Keeps what is known of a pod that goes, as long as the block lasts; a function that tells how its container ended."""

    def mark(finalizers: list[str]) -> None:
        patch = json.dumps({"metadata": {"finalizers": finalizers or None}})
        shop.kubectl.call("patch", "pod", pod, "--type=merge", "-p", patch)

    def end() -> Object:
        [found] = shop.kubectl.items("pods", "--field-selector", f"metadata.name={pod}")
        state: Object = found["status"]["containerStatuses"][0]["state"].get("terminated") or {}
        return state

    mark([FINALIZER])
    try:
        yield end
    finally:
        mark([])


class Log:
    """What a pod says from now on; it can be read when the pod has gone."""

    def __init__(self, shop: ClusterShop, pod: str) -> None:
        self._process = subprocess.Popen(
            shop.kubectl.command("logs", "--follow", "--tail=0", pod),
            env=kubectl_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._text: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def lines(self) -> list[dict]:
        """Its lines, which are JSON, once it has ended."""
        self._reader.join(STEP_SECONDS)
        self._process.terminate()
        self._process.wait()
        return [json.loads(line) for line in self._text if line.startswith("{")]

    def _read(self) -> None:
        for line in self._process.stdout or ():
            self._text.append(line)
