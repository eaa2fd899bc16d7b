"""A node loses its power: no acknowledged order is lost, and what it held is begun elsewhere, or waits for it.

What happens to the stateful services is stated in docs/adr/0011 (postgres), in k8s/components/lost-nodes (redis and beat) and,
as a table, in docs/how-to/test-on-a-cluster.md.
"""

import os
import shlex
import subprocess
import time
from datetime import datetime, timedelta

import pytest
from servers.buyers import Crowd, Pace
from servers.cluster import ClusterShop, until
from servers.cluster_nodes import (
    SINGLE,
    has_control_plane,
    nodes_of,
    require_nodes,
    spread_anew,
    stand_on,
    until_on,
)
from servers.cluster_orders import assert_all_kept
from servers.cluster_report import report
from servers.cluster_requirements import FULL, LONG, skip_or_fail

from dhakacart.operations.manifests import NAME_LABEL

# For the commands that switch a node off and on, which get its name; what they are is this machine's own affair.
POWER_OFF, POWER_ON = "CLUSTER_POWER_OFF", "CLUSTER_POWER_ON"
POWER_SECONDS = 120.0
NOTICED_SECONDS = 180.0
# Five minutes where nobody has set another patience.
GIVEN_UP_SECONDS = 420.0
REPLACED_SECONDS = 300.0
# From when the node is missed: the component lost-nodes, and a start.
BEGUN_ELSEWHERE_SECONDS = 120.0
PATIENCE_SECONDS = 20.0
# Its times are whole seconds.
CLOCK_SECONDS = 3.0
# Ten orders, after those few requests that were under way to the node.
WITHOUT_ONE_SECONDS = 90.0
FINISH_SECONDS = 120.0
BUYERS = 4
PACE = Pace.from_one_address(BUYERS)


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


def test_a_database_without_power_costs_no_acknowledged_order(shop: ClusterShop, power: Power) -> None:
    """Its node dies during purchases and comes back: what was acknowledged is there, once; until then: come again."""
    [node] = nodes_of(shop, "postgres")
    assert not has_control_plane(shop, node)
    with Crowd(shop, sku=shop.stocked_sku(), buyers=BUYERS, pace=PACE) as crowd:
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
    """The node with redis and beat dies: the others go on selling, and both have begun elsewhere before it is back."""
    apart = set(nodes_of(shop, "postgres"))
    names = [str(one["metadata"]["name"]) for one in shop.nodes]
    node = next(one for one in names if one not in apart and not has_control_plane(shop, one))
    stand_on(shop, node)
    spread_anew(shop)
    with Crowd(shop, sku=shop.stocked_sku(), buyers=BUYERS, pace=PACE) as crowd:
        crowd.wait_for_sales(since=0.0, seconds=FINISH_SECONDS)
        dark = time.monotonic()
        power.off(node)
        try:
            missed, sold = time.monotonic(), sales(crowd)
            until(
                "orders are taken without it", lambda: sales(crowd) > sold + 10, seconds=WITHOUT_ONE_SECONDS
            )
            for service in SINGLE:
                left = BEGUN_ELSEWHERE_SECONDS - (time.monotonic() - missed)
                until_on(shop, service, lambda found: bool(found) and node not in found, seconds=left)
                # By the component's patience, which is not Kubernetes' own, nor this cluster's.
                assert abs(patience_seconds(shop, service, node) - PATIENCE_SECONDS) <= CLOCK_SECONDS
            report(
                f"{node} dead: missed after {missed - dark:.0f} s, redis and beat elsewhere {time.monotonic() - dark:.0f} s after it"
            )
        finally:
            power.on(node)
        purchases = crowd.finish(seconds=FINISH_SECONDS)
    shop.settled(seconds=REPLACED_SECONDS)

    assert_all_kept(shop, purchases)


def patience_seconds(shop: ClusterShop, service: str, node: str) -> float:
    """From when the node was tainted until its pod of the service was told to end, by the API server's clock."""
    [found] = shop.kubectl.items("nodes", "--field-selector", f"metadata.name={node}")
    [tainted] = [
        moment(one["timeAdded"])
        for one in found["spec"]["taints"]
        if (one["key"], one["effect"]) == ("node.kubernetes.io/unreachable", "NoExecute")
    ]
    pods = shop.kubectl.items("pods", "--selector", f"{NAME_LABEL}={service}")
    [told] = [
        moment(pod["metadata"]["deletionTimestamp"])
        - timedelta(seconds=pod["metadata"]["deletionGracePeriodSeconds"])
        for pod in pods
        if pod["spec"]["nodeName"] == node and "deletionTimestamp" in pod["metadata"]
    ]
    return (told - tainted).total_seconds()


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def sales(crowd: Crowd) -> int:
    """How many orders were acknowledged. Raises what made a buyer give up."""
    crowd.check()
    return len([one for one in crowd.purchases if one.number])
