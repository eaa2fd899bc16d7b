"""`make dev ENGINE=cluster` from end to end: it comes up, is found running, keeps its data through `down`, is removed."""

from collections.abc import Iterator

import pytest
from servers.cluster_checkout import ClusterCheckout
from servers.cluster_report import timed
from servers.own_folder import in_own_folder
from servers.process import eventually
from servers.shopper import Shopper

from dhakacart.operations.cluster_stop import pods

SERVICES = ("postgres", "pgbouncer", "redis", "migrate", "seed", "web", "worker", "beat", "edge")
# edge (its HTTPS and its HTTP), the simulator, prometheus; and the process that begins them anew.
FORWARDERS = 4
FORWARDERS_SECONDS = 15.0


@pytest.fixture(scope="module")
def copied(cluster: None) -> Iterator[ClusterCheckout]:
    """Not started."""
    with in_own_folder(ClusterCheckout, "dev") as shop:
        yield shop


@pytest.fixture
def running(copied: ClusterCheckout) -> ClusterCheckout:
    """It runs (again, if the test before has stopped it)."""
    if copied.run("urls").returncode != 0:
        copied.up()
    return copied


def test_it_comes_up_and_the_second_time_changes_nothing(copied: ClusterCheckout) -> None:
    """Every service is told and ready, the printed address answers by HTTPS; a second call replaces no pod."""
    with timed("make dev on a cluster, from nothing"):
        first = copied.dev()
    assert first.returncode == 0, first.stdout[-6000:]
    assert [name for name in SERVICES if f"✓ {name} " not in first.stdout] == []
    urls = copied.urls()
    assert urls["storefront"] in first.stdout
    with copied.client(timeout=20) as client:
        assert '<div id="root"' in client.get("/").text
        assert client.get("/api/v1/catalog/products").json()["items"]
        plain = client.get(f"{urls['plain']}/p/x")
        assert (plain.status_code, plain.headers["location"]) == (308, f"{urls['storefront']}/p/x")
    before = set(pods(copied.kubectl))

    with timed("make dev on a cluster, again"):
        second = copied.dev()

    assert second.returncode == 0, second.stdout[-6000:]
    assert "already running" in second.stdout
    assert set(pods(copied.kubectl)) == before
    assert copied.urls() == urls
    with copied.client(timeout=20) as client:
        assert client.get("/").status_code == 200


def test_verbs_reach_into_the_pods(running: ClusterCheckout) -> None:
    """logs are those of the pods, manage is run in web's; a service that there is not is said so."""
    assert "web        │" in running.run("logs", "web").stdout
    assert running.run("logs", "nothing").returncode == 2
    checked = running.run("manage", "check")
    assert (checked.returncode, "no issues" in checked.stdout) == (0, True), checked.stdout


def test_down_leaves_the_data_alone_and_nothing_else(running: ClusterCheckout) -> None:
    """No pod and no forwarder stays; the volumes do, and what was sold is still sold."""
    with Shopper(running) as shopper:
        order = shopper.buy(shopper.browse())
    claims = running.claims()
    assert "postgres-data-postgres-0" in claims
    eventually(
        "every port is forwarded",
        lambda: len(running.forwarders()) == FORWARDERS,
        seconds=FORWARDERS_SECONDS,
    )

    with timed("make down on a cluster"):
        down = running.run("down")

    assert down.returncode == 0, down.stdout
    assert "stopped, the data is kept" in down.stdout
    assert (pods(running.kubectl), running.forwarders()) == ([], [])
    assert running.claims() == claims
    assert running.run("urls").returncode == 1

    with timed("make dev on a cluster, after make down"):
        running.up()
    assert running.claims() == claims
    with Shopper(running) as shopper:
        assert shopper.get(f"/orders/{order['token']}").json()["number"] == order["number"]


def test_reset_takes_the_namespace_away(running: ClusterCheckout) -> None:
    """With it the data; no forwarder stays, nor any secret in the checkout."""
    assert running.run("reset").returncode == 2  # it asks, and there is no terminal

    with timed("make reset on a cluster"):
        reset = running.run("reset", "--yes")

    assert reset.returncode == 0, reset.stdout
    assert not running.kubectl.call(
        "get", "namespace", running.space.namespace, "--ignore-not-found", "-o", "name"
    )
    assert running.forwarders() == []
    assert not running.checkout.secrets.exists()
