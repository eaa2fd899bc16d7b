"""Rolling restarts while shoppers shop: not one request fails, on kept connections and on new ones, orders among them."""

import pytest
from servers.cluster import ClusterShop
from servers.cluster_load import SteadyLoad
from servers.cluster_report import report
from servers.cluster_requirements import FULL, skip_or_fail

# Ten of each at 50 requests/s want a quiet machine and about 5 minutes (docs/adr/0008); one of each is what every change must pass.
RESTARTS = 10 if FULL else 1
REQUESTS_PER_SECOND = 60.0 if FULL else 25.0
# What the proof in full is about, counting only what edge's cache cannot answer. The clock of the load is this machine's, so that less was sent is not the shop's fault.
LEAST_PER_SECOND = 50.0
ROLLOUT_SECONDS = 300.0
# Connections to a pod that is gone just hang; longer than any answer takes.
SHORT_HANG_SECONDS = 10.0
# edge's pods end after 100 s at most.
GONE_SECONDS = 150.0


@pytest.mark.parametrize("service", ["web", "edge", "pgbouncer"])
def test_no_request_fails_while_it_restarts(service: str, shop: ClusterShop) -> None:
    """Each pod is replaced, its kept connections end by themselves, and the shop answers everything at once."""
    if not shop.load_balancer:
        skip_or_fail("edge has no load balancer's address; a forwarded port ends with its pod")
    before = {pod["metadata"]["uid"] for pod in shop.pods(service)}
    with SteadyLoad(shop, REQUESTS_PER_SECOND, sku=shop.stocked_sku()) as load:
        for _ in range(RESTARTS):
            shop.kubectl.call("rollout", "restart", f"deployment/{service}")
            shop.rolled_out(f"deployment/{service}", seconds=ROLLOUT_SECONDS)
        # A rollout does not wait for the old ones to end, which is when connections would break.
        shop.none_ending(service, seconds=GONE_SECONDS)
        load.wait_for_more(int(REQUESTS_PER_SECOND))
    report(f"{service} restarted {RESTARTS}x: {load.summary()}")

    assert load.failures == []
    assert before.isdisjoint(pod["metadata"]["uid"] for pod in shop.pods(service))
    kinds = load.kinds()
    assert {
        (what, kept) for what in ("list", "page", "search", "session", "quote") for kept in (True, False)
    } <= set(kinds)
    assert sum(count for (what, _), count in kinds.items() if what == "order") > 0
    assert not FULL or load.by_the_shop >= LEAST_PER_SECOND, "this machine could not send enough"


def test_a_pod_that_leaves_no_time_is_seen(shop: ClusterShop) -> None:
    """The same look at pods that are killed at once, all of them: it finds requests that failed."""
    with SteadyLoad(shop, REQUESTS_PER_SECOND, hang_seconds=SHORT_HANG_SECONDS) as load:
        shop.kubectl.call(
            "delete", "pods", "--selector", "app.kubernetes.io/name=edge", "--now", "--wait=false"
        )
        shop.settled()
        load.wait_for_more(int(REQUESTS_PER_SECOND))

    report(f"edge killed at once: {load.summary()}")
    assert load.failures
