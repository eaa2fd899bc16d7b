"""The shop on a real cluster, as tests see it: deployed by what `make dev ENGINE=cluster` deploys it by, in a namespace of its own.

What differs: two of everything that may be two (servers/cluster_manifests.py), and the tests' own way to it in place of the
ports that a developer gets. `make dev ENGINE=cluster` itself: tests/cluster/test_dev_on_cluster.py.
"""

import csv
import io
import json
import os
import secrets
import ssl
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import httpx
from servers.cluster_client import AsyncReroutedTransport, ReroutedTransport
from servers.cluster_manifests import CONTROL_PLANE, render
from servers.cluster_report import report
from servers.inbox import Inbox
from servers.process import eventually

from dhakacart.operations.cluster_contexts import AllowedContext
from dhakacart.operations.cluster_forward import forwarder_of
from dhakacart.operations.cluster_kubectl import Kubectl
from dhakacart.operations.cluster_space import Space
from dhakacart.operations.cluster_start import is_ready
from dhakacart.operations.cluster_stop import delete_namespace
from dhakacart.operations.cluster_up import deploy, here
from dhakacart.operations.compose import StackPorts
from dhakacart.operations.events import Event, Kind
from dhakacart.operations.identity import Identity, stop_groups
from dhakacart.operations.manifests import NAME_LABEL, PART_LABEL, Object
from dhakacart.operations.paths import Checkout

# Leave it running at the end, and take it up again: for whoever writes these tests.
KEEP_VARIABLE = "CLUSTER_KEEP"
ANSWER_SECONDS = 90.0
SETTLE_SECONDS = 240.0
COMMAND_SECONDS = 60.0
_LOOK_SECONDS = 1.0
# Enough to meet both pods of web, and each one's connections.
_SEARCHES = 8
_OURS = f"{PART_LABEL}=dhakacart"
_PSQL = (
    "PGPASSWORD=$(cat /run/secrets/dhakacart/database_password) "
    "exec psql --csv --tuples-only 'host=127.0.0.1 dbname=dhakacart user=dhakacart sslmode=require' -c \"$0\""
)

T = TypeVar("T")


def until(what: str, condition: Callable[[], T], *, seconds: float) -> T:
    """`eventually`, for what costs a program each time: it looks every second."""
    looked = 0.0
    last: T | None = None

    def slowly() -> T | None:
        nonlocal looked, last
        if time.monotonic() - looked >= _LOOK_SECONDS:
            last = condition()
            looked = time.monotonic()
        return last

    result = eventually(what, slowly, seconds=seconds)
    assert result is not None
    return result


def is_ready_pod(pod: Object) -> bool:
    return any(one["type"] == "Ready" and one["status"] == "True" for one in pod["status"]["conditions"])


class ClusterShop:
    """Runs from `up()` to `remove()`; a test may break what it likes, and leaves it `settled()`."""

    def __init__(self) -> None:
        self.checkout = Checkout.here()
        self.context: AllowedContext = here(self.checkout)
        ports = StackPorts.free()
        # The public address is the same each time; nobody listens there, the way to it is `address`.
        namespace = f"dhakacart-test-{self.checkout.key[-10:]}"
        self.space = Space(
            self.checkout,
            self.context.name,
            namespace,
            StackPorts(simulator=ports.simulator, prometheus=ports.prometheus),
        )
        self._edge_port = ports.https
        self.kubectl: Kubectl = self.space.kubectl
        self.references: Mapping[str, str] = {}
        self.objects: list[Object] = []
        self._forwarder: Identity | None = None

    def up(self) -> "ClusterShop":
        """Builds, loads and applies what has changed; returns when all is ready. Raises ProblemError, StackFailure."""
        if self.space.is_ours() and not os.environ.get(KEEP_VARIABLE):
            self.remove()
        deployed = deploy(self.space, self.context, self.render, on_event=_tell)
        self.references, self.objects = deployed.references, deployed.objects
        self._forward()
        self.until_it_answers()
        return self

    def render(self, references: Mapping[str, str], *, components: Sequence[str] = ()) -> list[Object]:
        """The objects of the shop, with these components on top."""
        workers = [one for one in self.nodes if CONTROL_PLANE not in one["metadata"]["labels"]]
        kept_off = ["postgres"] if len(workers) > 1 else []
        return render(self.space, references, components=components, off_control_plane=kept_off)

    def remove(self) -> None:
        """Ends it, with its data."""
        if self._forwarder is not None:
            stop_groups([self._forwarder])
        if self.space.is_ours() and not (os.environ.get(KEEP_VARIABLE) and self.objects):
            delete_namespace(self.kubectl)

    @cached_property
    def nodes(self) -> list[Object]:
        """The cluster's nodes, as they were at the beginning."""
        return self.kubectl.items("nodes")

    # The ways to it

    @property
    def authority(self) -> Path:
        """The certificate that edge's comes from."""
        return self.checkout.secrets / "authority" / "ca.crt"

    @cached_property
    def load_balancer(self) -> str:
        """The address that the cluster's load balancer gave edge; empty where there is none."""
        found = json.loads(self.kubectl.call("get", "service", "edge", "-o", "json"))
        ingress = found["status"].get("loadBalancer", {}).get("ingress") or [{}]
        return str(ingress[0].get("ip") or ingress[0].get("hostname") or "")

    @property
    def address(self) -> tuple[str, int]:
        """Where edge's HTTPS is reached from here."""
        return (self.load_balancer, 443) if self.load_balancer else ("127.0.0.1", self._edge_port)

    def urls(self) -> dict[str, str]:
        ports = self.space.ports
        return {
            "storefront": self.space.public_url,
            "simulator": f"http://127.0.0.1:{ports.simulator}",
            "prometheus": f"http://127.0.0.1:{ports.prometheus}",
        }

    @property
    def inbox(self) -> Inbox:
        return Inbox(self.urls()["simulator"])

    @property
    def tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.authority))

    def client(self, *, timeout: float, **options: Any) -> httpx.Client:
        """Speaks HTTPS to edge, and trusts the checkout's authority alone. Never repeats a request."""
        transport = ReroutedTransport(*self.address, verify=self.tls)
        url = self.space.public_url
        # As browsers do: who posts by HTTPS from elsewhere is refused.
        return httpx.Client(
            base_url=url, headers={"Origin": url}, transport=transport, timeout=timeout, **options
        )

    def async_client(self, *, timeout: float, limits: httpx.Limits) -> httpx.AsyncClient:
        """The same for many requests at once."""
        transport = AsyncReroutedTransport(*self.address, verify=self.tls, limits=limits)
        return httpx.AsyncClient(base_url=self.space.public_url, transport=transport, timeout=timeout)

    def until_it_answers(self) -> None:
        """Searches that no cache knows are answered one after another: by each web, through each pgbouncer."""

        def answers() -> bool:
            try:
                return all(search().status_code == 200 for _ in range(_SEARCHES))
            except httpx.TransportError:
                return False

        def search() -> httpx.Response:
            query = {"q": secrets.token_hex(4)}
            return client.get("/api/v1/catalog/products", params=query, headers={"Connection": "close"})

        with self.client(timeout=10) as client:
            eventually("the shop answers", answers, seconds=ANSWER_SECONDS)

    def outage(self, method: str, **outage: object) -> None:
        """Tells the simulator how to behave; DELETE: well. Again, when the forwarded port has led to a pod that is gone."""
        url = f"{self.urls()['simulator']}/control/outage"

        def is_told() -> bool:
            try:
                httpx.request(method, url, json=outage or None, trust_env=False).raise_for_status()
            except httpx.TransportError:
                return False
            return True

        eventually("the simulator is told", is_told, seconds=ANSWER_SECONDS)

    # What runs

    def pods(self, service: str) -> list[Object]:
        """Its running pods that are not about to end, by name."""
        found = self.kubectl.items("pods", "--selector", f"{_OURS},{NAME_LABEL}={service}")
        running = [one for one in found if one["status"]["phase"] == "Running"]
        return sorted(
            (one for one in running if "deletionTimestamp" not in one["metadata"]),
            key=lambda one: str(one["metadata"]["name"]),
        )

    def ending(self, service: str) -> list[str]:
        """Its pods that were told to end and still are there."""
        found = self.kubectl.items("pods", "--selector", f"{_OURS},{NAME_LABEL}={service}")
        return [one["metadata"]["name"] for one in found if "deletionTimestamp" in one["metadata"]]

    def none_ending(self, service: str, *, seconds: float) -> None:
        """Waits until those of its pods have gone that were told to end."""
        until(f"no {service} is about to end", lambda: not self.ending(service), seconds=seconds)

    def exec(
        self, pod: str, *command: str, seconds: float = COMMAND_SECONDS
    ) -> "subprocess.CompletedProcess[str]":
        """Runs it in a pod (`web-7d9f-x2`, `deployment/web`), under the container's own user."""
        return self.kubectl.run("exec", pod, "--", *command, timeout_seconds=seconds)

    def query(self, statement: str) -> list[list[str]]:
        """The rows of one statement of the shop's own role, all as text."""
        result = self.exec("statefulset/postgres", "sh", "-c", _PSQL, statement)
        assert result.returncode == 0, result.stderr
        return list(csv.reader(io.StringIO(result.stdout)))

    def scale(self, service: str, replicas: int) -> None:
        self.kubectl.call("scale", f"deployment/{service}", f"--replicas={replicas}")

    def rolled_out(self, workload: str, *, seconds: float = SETTLE_SECONDS) -> None:
        """Waits for a rollout (`deployment/web`) to end."""
        self.kubectl.call(
            "rollout", "status", workload, f"--timeout={seconds:g}s", timeout_seconds=seconds + 10
        )

    def settled(self, *, seconds: float = SETTLE_SECONDS) -> None:
        """Waits until everything is ready again, the shop answers, and so does the simulator, which behaves well."""

        def unready() -> list[str]:
            found = self.kubectl.items("deployments,statefulsets", "--selector", _OURS)
            return [one["metadata"]["name"] for one in found if not is_ready(one)]

        until("all is ready", lambda: not unready(), seconds=seconds)
        self.until_it_answers()
        self.outage("DELETE")

    def stocked_sku(self, pieces: int = 5000) -> str:
        """A variant of which so many were delivered just now."""
        [[number, sku]] = self.query(
            "SELECT v.id, v.sku FROM catalog_variant v JOIN inventory_stock s ON s.variant_id = v.id"
            " WHERE s.on_hand > s.reserved ORDER BY v.id LIMIT 1"
        )
        self.query(
            f"WITH delivered AS (UPDATE inventory_stock SET on_hand = on_hand + {pieces:d} WHERE variant_id = {int(number)})"
            " INSERT INTO inventory_stockmovement (stock_id, delta, reason, reference)"
            f" VALUES ({int(number)}, {pieces:d}, 'delivery', 'test')"
        )
        return sku

    def _forward(self) -> None:
        """Ports of loopback to what has no other way in, anew whenever a pod goes."""
        log = self.checkout.logs / "cluster-tests-forward.log"
        ports = self.space.ports
        ways = [f"simulator:{ports.simulator}:8090", f"prometheus:{ports.prometheus}:9090"]
        ways += [] if self.load_balancer else [f"edge:{self._edge_port}:443"]
        self._forwarder = forwarder_of(self.space, ways, log=log)

        def simulator_answers() -> bool:
            try:
                return httpx.get(f"{self.urls()['simulator']}/healthz", trust_env=False).is_success
            except httpx.TransportError:
                return False

        eventually("the simulator is reached", simulator_answers, seconds=ANSWER_SECONDS)


def _tell(event: Event) -> None:
    if event.kind in (Kind.READY, Kind.NOTE):
        print(event.kind.value, event.name, event.text, f"{event.seconds:.0f} s", flush=True)
        if event.name == "load":
            report(f"images loaded: {event.seconds:.0f} s")
