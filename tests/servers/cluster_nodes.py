"""The nodes of the tests' cluster, and what of the shop stands on which."""

from collections.abc import Callable

from servers.cluster import ClusterShop, is_ready_pod, until
from servers.cluster_manifests import CONTROL_PLANE
from servers.cluster_requirements import skip_or_fail

SPREAD = ("web", "edge", "pgbouncer")
# One of each, without data: they start anew wherever there is room.
SINGLE = ("redis", "beat")
MOVED_SECONDS = 90.0


def require_nodes(shop: ClusterShop, count: int) -> None:
    if len(shop.nodes) < count:
        skip_or_fail(f"this cluster has {len(shop.nodes)} nodes, this needs {count}")


def nodes_of(shop: ClusterShop, service: str) -> list[str]:
    return [str(pod["spec"]["nodeName"]) for pod in shop.pods(service)]


def stand_on(shop: ClusterShop, node: str) -> None:
    """Has those of which there is one begin anew on this node."""
    others = [str(one["metadata"]["name"]) for one in shop.nodes if one["metadata"]["name"] != node]
    shop.kubectl.call("cordon", *others)
    try:
        for service in SINGLE:
            if ready_on(shop, service) != [node]:
                shop.kubectl.call("delete", "pod", *(pod["metadata"]["name"] for pod in shop.pods(service)))
        for service in SINGLE:
            until_on(shop, service, lambda found: found == [node], seconds=MOVED_SECONDS)
    finally:
        shop.kubectl.call("uncordon", *others)


def ready_on(shop: ClusterShop, service: str) -> list[str]:
    """The nodes of its ready pods."""
    return [str(pod["spec"]["nodeName"]) for pod in shop.pods(service) if is_ready_pod(pod)]


def until_on(shop: ClusterShop, service: str, wanted: Callable[[list[str]], bool], *, seconds: float) -> None:
    until(f"{service} stands where it is to", lambda: wanted(ready_on(shop, service)), seconds=seconds)


def has_control_plane(shop: ClusterShop, node: str) -> bool:
    return any(
        CONTROL_PLANE in one["metadata"]["labels"] for one in shop.nodes if one["metadata"]["name"] == node
    )


def spread_anew(shop: ClusterShop) -> None:
    """Over all nodes: pods that have left one do not go back by themselves."""
    for service in SPREAD:
        shop.kubectl.call("rollout", "restart", f"deployment/{service}")
    for service in SPREAD:
        shop.rolled_out(f"deployment/{service}")
