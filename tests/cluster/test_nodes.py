"""Nodes are emptied and filled: replicas stand apart, and a drain takes one at a time.

What happens to that of which there is one is stated, as a table, in docs/how-to/test-on-a-cluster.md.
"""

import json
import time
from collections.abc import Iterator

import pytest
from servers.buyers import Crowd, Pace
from servers.cluster import ClusterShop
from servers.cluster_load import SteadyLoad
from servers.cluster_manifests import SPACE_LABEL
from servers.cluster_nodes import SINGLE, SPREAD, nodes_of, ready_on, require_nodes, stand_on
from servers.cluster_orders import assert_all_kept
from servers.cluster_report import report
from servers.cluster_requirements import skip_or_fail

from dhakacart.operations.manifests import Object

REQUESTS_PER_SECOND = 20.0
DRAIN_SECONDS = 240.0
REPLACED_SECONDS = 300.0
FINISH_SECONDS = 120.0
BUYERS = 4
PACE = Pace.from_one_address(BUYERS)


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


def drain(shop: ClusterShop, node: str) -> None:
    """Takes this shop's pods off the node as an operator does, within the budgets; they may not come back."""
    words = ("--ignore-daemonsets", "--delete-emptydir-data", f"--timeout={DRAIN_SECONDS:g}s")
    only = f"--pod-selector={SPACE_LABEL}={shop.space.namespace}"
    shop.kubectl.call("drain", node, *words, only, timeout_seconds=DRAIN_SECONDS + 10)


@pytest.fixture
def emptied(shop: ClusterShop) -> Iterator[str]:
    """The node that holds most of the shop, of those without its database; it takes pods again afterwards."""
    require_nodes(shop, 3)
    [apart] = nodes_of(shop, "postgres")
    held = [node for service in SPREAD for node in nodes_of(shop, service) if node != apart]
    node = max(set(held), key=held.count)
    stand_on(shop, node)
    yield node
    shop.kubectl.call("uncordon", node)


def test_a_drain_costs_no_request(emptied: str, shop: ClusterShop) -> None:
    """A node is drained while shoppers shop: its pods move one by one, and not one request fails."""
    if not shop.load_balancer:
        skip_or_fail("edge has no load balancer's address; a forwarded port ends with its pod")
    with SteadyLoad(shop, REQUESTS_PER_SECOND, sku=shop.stocked_sku()) as load:
        drain(shop, emptied)
        for service in (*SPREAD, *SINGLE):
            shop.rolled_out(f"deployment/{service}")
            assert emptied not in nodes_of(shop, service)
        load.wait_for_more(int(REQUESTS_PER_SECOND))
    report(f"{emptied} drained: {load.summary()}")

    assert load.failures == []
    # Before the fixture waits for all to be ready: prometheus' volume may be on this node.
    shop.kubectl.call("uncordon", emptied)


def test_a_drain_of_the_databases_node_costs_no_acknowledged_order(shop: ClusterShop) -> None:
    """postgres ends cleanly and waits for its volume's node: until it is back buyers are told to come again."""
    require_nodes(shop, 3)
    [node] = nodes_of(shop, "postgres")
    with Crowd(shop, sku=shop.stocked_sku(), buyers=BUYERS, pace=PACE) as crowd:
        crowd.wait_for_sales(since=0.0, seconds=FINISH_SECONDS)
        dark = time.monotonic()
        try:
            drain(shop, node)
            assert node not in nodes_of(shop, "postgres")
            # Elsewhere the volume may follow it before anybody has noticed.
            if not ready_on(shop, "postgres"):
                crowd.wait_for_refusals(since=dark, seconds=FINISH_SECONDS)
        finally:
            shop.kubectl.call("uncordon", node)
        shop.settled(seconds=REPLACED_SECONDS)
        purchases = crowd.finish(seconds=FINISH_SECONDS)
    report(
        f"{node} drained, with the database: {time.monotonic() - dark:.0f} s until every buyer had an order"
    )

    assert_all_kept(shop, purchases)
    refusals = [one for one in crowd.attempts if one.began >= dark and one.is_refusal]
    assert all(one.is_proper_refusal for one in refusals)
