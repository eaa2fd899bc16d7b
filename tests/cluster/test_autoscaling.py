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
from dhakacart.operations.manifests import Object, kind_is

# Thresholds of the tests are 5 requests/s and 5 messages for each replica (servers.cluster_manifests).
REQUESTS_PER_SECOND = 20.0
ORDERS = 15
UP_SECONDS = 240.0
# Prometheus' rate is over a minute, then comes the scaler's patience.
DOWN_SECONDS = 300.0
MANY_REQUESTS = 100_000
# Twenty times what one worker is for here, were it due.
PUT_OFF = (
    "INSERT INTO notify_effect (id, kind, key, payload, state, attempts, last_error, traceparent, available_at)"
    " SELECT gen_random_uuid(), 'mail', 'put-off-' || number,"
    """ '{"to": "put-off@example.com", "subject": "Late", "text": "Late."}', 'pending', 5, 'refused', '',"""
    " now() + interval '1 hour' FROM generate_series(1, 100) AS number"
)


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
        shop.kubectl.call("scale", "statefulset/prometheus", "--replicas=1")
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
    """Many requests, and messages that nobody comes to: more of both, ready; without them as few as before.

    Messages that wait for their next attempt ask for nobody; and without Prometheus' answer everybody stays.
    """
    least = {name: REPLICAS[name] for name in SCALED}
    most = dict.fromkeys(SCALED, MOST_REPLICAS)
    # One scaler each, made by KEDA: two would fight.
    until("KEDA has made its scalers", lambda: sorted(scalers(scaled)) == sorted(SCALED), seconds=UP_SECONDS)
    # Who sets a number no longer leaves none, which means 1; the scaler raises it to its least.
    until("the scalers have begun", lambda: replicas(scaled) == least, seconds=UP_SECONDS)

    # when shoppers come, and there are messages that failed before and are to be tried again in an hour
    scaled.query(PUT_OFF)
    with SteadyLoad(scaled, REQUESTS_PER_SECOND) as load:
        until("web is more", lambda: replicas(scaled)["web"] == MOST_REPLICAS, seconds=UP_SECONDS)
        assert replicas(scaled)["worker"] == least["worker"]
        until("the processors' load is known", lambda: knows_cpu(scaled), seconds=UP_SECONDS)

        # when mail and SMS hang, so that each process of a worker is kept for long
        for target in ("mail", "sms"):
            scaled.outage("POST", target=target, kind="hang", for_requests=MANY_REQUESTS)
        with Shopper(scaled) as shopper:
            product = shopper.browse()
            for _ in range(ORDERS):
                shopper.buy(product)
        until("both are more", lambda: replicas(scaled) == most, seconds=UP_SECONDS)
        scaled.settled()
    report(f"scaled up: {load.summary()}")

    # when all that is over, and nobody can say so
    scaled.kubectl.call("scale", "statefulset/prometheus", "--replicas=0")
    scaled.query("UPDATE notify_effect SET available_at = now() WHERE state = 'pending'")
    until("KEDA gives up asking", lambda: sorted(fallen_back(scaled)) == sorted(SCALED), seconds=DOWN_SECONDS)
    assert replicas(scaled) == most

    # when Prometheus says so
    scaled.kubectl.call("scale", "statefulset/prometheus", "--replicas=1")
    until("both are as few as before", lambda: replicas(scaled) == least, seconds=DOWN_SECONDS)

    assert load.failures == []


def scalers(shop: ClusterShop) -> dict[str, Object]:
    """The scalers by what they scale."""
    found = shop.kubectl.items("horizontalpodautoscalers")
    return {one["spec"]["scaleTargetRef"]["name"]: one for one in found}


def knows_cpu(shop: ClusterShop) -> bool:
    """Whether web's scaler has a figure of its CPU."""
    metrics = scalers(shop)["web"]["status"].get("currentMetrics") or []
    return any(one["resource"]["current"].get("averageUtilization") for one in metrics if "resource" in one)


def fallen_back(shop: ClusterShop) -> list[str]:
    """What is scaled by `fallback`, because the question was not answered."""
    return [
        one["metadata"]["name"]
        for one in shop.kubectl.items("scaledobjects.keda.sh")
        if any(it["type"] == "Fallback" and it["status"] == "True" for it in one["status"]["conditions"])
    ]
