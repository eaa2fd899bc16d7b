"""KEDA scales web by the requests that reach edge and the worker by what waits in the outbox: up under load, down again."""

from collections.abc import Iterator

import pytest
from servers.cluster import ClusterShop, until
from servers.cluster_load import SteadyLoad
from servers.cluster_manifests import AUTOSCALING, MOST_REPLICAS, REPLICAS, SCALED
from servers.cluster_report import report
from servers.shopper import Shopper

from dhakacart.operations.cluster_overlay import require_add_ons
from dhakacart.operations.cluster_start import apply
from dhakacart.operations.manifests import kind_is

# Thresholds of the tests are 5 requests/s and 5 messages for each replica (servers.cluster_manifests).
REQUESTS_PER_SECOND = 20.0
ORDERS = 10
UP_SECONDS = 240.0
# Prometheus' rate is over a minute, then comes the scaler's patience.
DOWN_SECONDS = 300.0
MANY_REQUESTS = 100_000


@pytest.fixture
def scaled(shop: ClusterShop) -> Iterator[ClusterShop]:
    """With the component `autoscaling`; without it afterwards."""
    objects = shop.render(shop.references, components=[AUTOSCALING])
    require_add_ons(shop.space, objects)
    apply(shop.kubectl, objects)
    try:
        yield shop
    finally:
        shop.outage("DELETE")
        names = [one["metadata"]["name"] for one in kind_is(objects, "ScaledObject")]
        shop.kubectl.call("delete", "scaledobjects.keda.sh", *names)
        shop.kubectl.call("delete", "networkpolicy", "keda-to-prometheus")
        apply(shop.kubectl, shop.objects)


def replicas(shop: ClusterShop) -> dict[str, int]:
    """How many pods each of the scaled is to have."""
    found = shop.kubectl.items("deployments")
    return {
        one["metadata"]["name"]: one["spec"]["replicas"] for one in found if one["metadata"]["name"] in SCALED
    }


def test_load_takes_both_up_and_quiet_takes_them_down(scaled: ClusterShop) -> None:
    """Many requests, and messages that cannot be sent: more of both, ready; without them as few as before."""
    least = {name: REPLICAS[name] for name in SCALED}
    # One scaler each, made by KEDA: two would fight.
    until("KEDA has made its scalers", lambda: scalers(scaled) == sorted(SCALED), seconds=UP_SECONDS)
    # Who sets a number no longer leaves none, which means 1; the scaler raises it to its least.
    until("the scalers have begun", lambda: replicas(scaled) == least, seconds=UP_SECONDS)

    # when nobody takes mail or SMS any more, and shoppers come
    for target in ("mail", "sms"):
        scaled.outage("POST", target=target, kind="error", for_requests=MANY_REQUESTS)
    with Shopper(scaled) as shopper:
        product = shopper.browse()
        for _ in range(ORDERS):
            shopper.buy(product)
    with SteadyLoad(scaled, REQUESTS_PER_SECOND) as load:
        until(
            "both are more",
            lambda: replicas(scaled) == dict.fromkeys(SCALED, MOST_REPLICAS),
            seconds=UP_SECONDS,
        )
        scaled.settled()
    report(f"scaled up: {load.summary()}")

    # when both is over
    scaled.outage("DELETE")
    scaled.query("UPDATE notify_effect SET available_at = now() WHERE state = 'pending'")
    until("both are as few as before", lambda: replicas(scaled) == least, seconds=DOWN_SECONDS)

    assert load.failures == []


def scalers(shop: ClusterShop) -> list[str]:
    found = shop.kubectl.items("horizontalpodautoscalers")
    return sorted(one["spec"]["scaleTargetRef"]["name"] for one in found)
