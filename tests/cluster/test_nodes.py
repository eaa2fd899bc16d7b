"""Nodes come and go: replicas stand apart, a drain takes one at a time, a power cut costs no acknowledged order.

What happens to the stateful services is stated in docs/adr/0011 (postgres) and here: redis and beat start anew elsewhere,
postgres and prometheus wait for the node that has their volume.
"""

import json
import os
import shlex
import subprocess
import time
from collections.abc import Iterator

import pytest
from servers.buyers import Crowd, Purchase
from servers.cluster import ClusterShop, until
from servers.cluster_load import SteadyLoad
from servers.cluster_manifests import CONTROL_PLANE, SPACE_LABEL
from servers.cluster_report import report
from servers.cluster_requirements import FULL, LONG, skip_or_fail

from dhakacart.operations.manifests import Object

SPREAD = ("web", "edge", "pgbouncer")
REQUESTS_PER_SECOND = 20.0
DRAIN_SECONDS = 240.0
# For the commands that switch a node off and on, which get its name; what they are is this machine's own affair.
POWER_OFF, POWER_ON = "CLUSTER_POWER_OFF", "CLUSTER_POWER_ON"
POWER_SECONDS = 120.0
NOTICED_SECONDS = 180.0
# Five minutes where nobody has set another patience.
GIVEN_UP_SECONDS = 420.0
REPLACED_SECONDS = 300.0
# Ten orders, after those few requests that were under way to the node.
WITHOUT_ONE_SECONDS = 90.0
FINISH_SECONDS = 120.0
BUYERS = 4


def nodes_of(shop: ClusterShop, service: str) -> list[str]:
    return [str(pod["spec"]["nodeName"]) for pod in shop.pods(service)]


def require_nodes(shop: ClusterShop, count: int) -> None:
    if len(shop.nodes) < count:
        skip_or_fail(f"this cluster has {len(shop.nodes)} nodes, this needs {count}")


@pytest.mark.parametrize("service", SPREAD)
def test_replicas_stand_apart(service: str, shop: ClusterShop) -> None:
    """No two of one release are on one node."""
    require_nodes(shop, 3)
    found = nodes_of(shop, service)

    assert len(found) == 2
    assert len(set(found)) == 2


@pytest.mark.parametrize("service", SPREAD)
def test_a_budget_refuses_to_take_the_last(service: str, shop: ClusterShop) -> None:
    """Asked to evict both at once, the API server takes one and refuses the other by the budget."""
    answers = [evict(shop, pod) for pod in shop.pods(service)]

    assert answers[0] == (0, "")
    status, reason = answers[1]
    assert status != 0
    assert "violate the pod's disruption budget" in reason


def evict(shop: ClusterShop, pod: Object) -> tuple[int, str]:
    name = pod["metadata"]["name"]
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name}}
    path = f"/api/v1/namespaces/{shop.space.namespace}/pods/{name}/eviction"
    result = shop.kubectl.run("create", "--raw", path, "-f", "-", given=json.dumps(eviction))
    return result.returncode, result.stderr.strip()


@pytest.fixture
def emptied(shop: ClusterShop) -> Iterator[str]:
    """The node that holds most of the shop, of those without its database; it takes pods again afterwards."""
    require_nodes(shop, 3)
    [apart] = nodes_of(shop, "postgres")
    names = [str(node["metadata"]["name"]) for node in shop.nodes]
    # Redis too: a shopper does not notice its loss.
    held = [node for service in (*SPREAD, "redis") for node in nodes_of(shop, service)]
    node = max((name for name in names if name != apart), key=held.count)
    # Of each pair one at least is not beside the database.
    assert held.count(node) > 1
    yield node
    shop.kubectl.call("uncordon", node)


def test_a_drain_costs_no_request(emptied: str, shop: ClusterShop) -> None:
    """A node is drained while shoppers shop: its pods move one by one, and not one request fails."""
    if not shop.load_balancer:
        skip_or_fail("edge has no load balancer's address; a forwarded port ends with its pod")
    with SteadyLoad(shop, REQUESTS_PER_SECOND, sku=shop.stocked_sku()) as load:
        words = ("--ignore-daemonsets", "--delete-emptydir-data", f"--timeout={DRAIN_SECONDS:g}s")
        only = f"--pod-selector={SPACE_LABEL}={shop.space.namespace}"
        shop.kubectl.call("drain", emptied, *words, only, timeout_seconds=DRAIN_SECONDS + 10)
        for service in SPREAD:
            shop.rolled_out(f"deployment/{service}")
            assert emptied not in nodes_of(shop, service)
        load.wait_for_more(int(REQUESTS_PER_SECOND))
    report(f"{emptied} drained: {load.summary()}")

    assert load.failures == []
    # Before the fixture waits for all to be ready: prometheus' volume may be on this node.
    shop.kubectl.call("uncordon", emptied)


class Power:
    """Of nodes, by this machine's own commands."""

    def __init__(self, shop: ClusterShop) -> None:
        self._shop = shop

    def off(self, node: str) -> None:
        """Returns when the cluster has noticed."""
        run(POWER_OFF, node)
        until(f"{node} is missed", lambda: self._ready(node) != "True", seconds=NOTICED_SECONDS)

    def on(self, node: str) -> None:
        """Returns when the cluster has it back."""
        run(POWER_ON, node)
        until(f"{node} is back", lambda: self._ready(node) == "True", seconds=NOTICED_SECONDS)

    def _ready(self, node: str) -> str:
        [found] = self._shop.kubectl.items("nodes", "--field-selector", f"metadata.name={node}")
        return next(str(one["status"]) for one in found["status"]["conditions"] if one["type"] == "Ready")


def run(variable: str, node: str) -> None:
    command = [*shlex.split(os.environ[variable]), node]
    subprocess.run(command, stdin=subprocess.DEVNULL, check=True, timeout=POWER_SECONDS)


@pytest.fixture
def power(shop: ClusterShop) -> Power:
    """Nodes can be switched off and on here, and this is the long suite."""
    if not FULL:
        pytest.skip(LONG)
    require_nodes(shop, 3)
    if lacking := [name for name in (POWER_OFF, POWER_ON) if not os.environ.get(name)]:
        skip_or_fail(
            f"{' and '.join(lacking)} must name the commands that switch a node off and on (they get its name)"
        )
    return Power(shop)


def has_control_plane(shop: ClusterShop, node: str) -> bool:
    return any(
        CONTROL_PLANE in one["metadata"]["labels"] for one in shop.nodes if one["metadata"]["name"] == node
    )


def test_a_database_without_power_costs_no_acknowledged_order(shop: ClusterShop, power: Power) -> None:
    """Its node dies during purchases and comes back: what was acknowledged is there, once; until then: come again."""
    [node] = nodes_of(shop, "postgres")
    assert not has_control_plane(shop, node)
    with Crowd(shop, sku=shop.stocked_sku(), buyers=BUYERS) as crowd:
        crowd.wait_for_sales(since=0.0, seconds=FINISH_SECONDS)
        dark = time.monotonic()
        power.off(node)
        try:
            crowd.wait_for_refusals(since=dark, seconds=FINISH_SECONDS)
            until("its pod is given up", lambda: shop.ending("postgres"), seconds=GIVEN_UP_SECONDS)
            # No second database is begun: nobody could know that the first is dead.
            assert len(shop.ending("postgres")) == 1
            assert shop.pods("postgres") == []
        finally:
            power.on(node)
        shop.settled(seconds=REPLACED_SECONDS)
        purchases = crowd.finish(seconds=FINISH_SECONDS)

    assert_all_kept(shop, purchases)
    # In the midst of purchases, whose buyers were told so.
    assert any(len(one.attempts) > 1 for one in purchases)
    refusals = [one for one in crowd.attempts if one.began >= dark and one.is_refusal]
    assert all(one.is_proper_refusal for one in refusals)


def test_a_shop_without_one_node_sells(shop: ClusterShop, power: Power) -> None:
    """A node with replicas, and without the database, dies: the others go on selling before it is back."""
    spread_anew(shop)
    apart = set(nodes_of(shop, "postgres"))
    held = [node for service in SPREAD for node in nodes_of(shop, service)]
    node = max((one for one in set(held) - apart if not has_control_plane(shop, one)), key=held.count)
    with Crowd(shop, sku=shop.stocked_sku(), buyers=BUYERS) as crowd:
        crowd.wait_for_sales(since=0.0, seconds=FINISH_SECONDS)
        power.off(node)
        try:
            sold = sales(crowd)
            until(
                "orders are taken without it", lambda: sales(crowd) > sold + 10, seconds=WITHOUT_ONE_SECONDS
            )
        finally:
            power.on(node)
        purchases = crowd.finish(seconds=FINISH_SECONDS)
    shop.settled(seconds=REPLACED_SECONDS)

    assert_all_kept(shop, purchases)


def spread_anew(shop: ClusterShop) -> None:
    """Over all nodes: pods that have left one do not go back by themselves."""
    for service in SPREAD:
        shop.kubectl.call("rollout", "restart", f"deployment/{service}")
    for service in SPREAD:
        shop.rolled_out(f"deployment/{service}")


def sales(crowd: Crowd) -> int:
    """How many orders were acknowledged. Raises what made a buyer give up."""
    crowd.check()
    return len([one for one in crowd.purchases if one.number])


def assert_all_kept(shop: ClusterShop, purchases: list[Purchase]) -> None:
    """Each acknowledged order is there once, and took one piece once."""
    numbers = [purchase.number for purchase in purchases]
    assert all(numbers)
    assert len(set(numbers)) == len(numbers)
    listed = ", ".join(f"'{number}'" for number in numbers)
    kept = shop.query(f"SELECT number FROM orders_order WHERE number IN ({listed})")
    assert sorted(number for [number] in kept) == sorted(numbers)
    phones = ", ".join(f"'{phone}'" for phone in {purchase.buyer.phone for purchase in purchases})
    ordered = shop.query(f"SELECT number FROM orders_order WHERE contact_phone IN ({phones})")
    assert sorted(number for [number] in ordered) == sorted(numbers), "an order that nobody asked for"
    taken = shop.query(
        f"SELECT reference, sum(delta), count(*) FROM inventory_stockmovement WHERE reference IN ({listed}) GROUP BY 1"
    )
    assert sorted(taken) == sorted([number, "-1", "1"] for number in numbers)
    report(
        f"{len(purchases)} orders acknowledged and kept; {sum(len(one.attempts) for one in purchases)} requests"
    )
