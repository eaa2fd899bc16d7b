"""One shop on the cluster, brought up once for all tests here; they run by `make test-cluster`, the cheap ones first."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from servers.cluster import ClusterShop
from servers.cluster_report import LINES, timed
from servers.cluster_requirements import skip_or_fail

from dhakacart.operations.cluster_kubectl import Kubectl
from dhakacart.operations.cluster_up import here
from dhakacart.operations.docker import engine_lacks
from dhakacart.operations.paths import Checkout
from dhakacart.operations.problem import ProblemError

# Those that only look come first, those that break something later; what is not named comes last.
ORDER = (
    # Each has a shop of its own: before there is the other.
    *("test_tilt_cluster", "test_dev_on_cluster", "test_shared_context"),
    "test_overlays_on_the_server",
    *(
        "test_admission",
        "test_missing_keys",
        "test_roles",
        "test_purchase",
        "test_tls",
        "test_parity_live",
        "test_network_policies",
        "test_healing",
    ),
    *("test_rolling", "test_nodes", "test_power", "test_autoscaling"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.cluster)
    items.sort(key=lambda item: ORDER.index(item.path.stem) if item.path.stem in ORDER else len(ORDER))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if LINES:
        terminalreporter.section("measured on the cluster")
        for line in LINES:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def cluster() -> None:
    """A cluster answers, and images can be built for it; else the test is skipped, or fails where one is required."""
    try:
        lacks = Kubectl(here(Checkout.here()).name, "default").answers() or engine_lacks()
    except ProblemError as problem:
        lacks = problem.message
    if lacks:
        skip_or_fail(f"no cluster to use: {lacks}")


@pytest.fixture(scope="session")
def deployed(cluster: None) -> Iterator[ClusterShop]:
    """The overlay `local` with two of everything that may be two, as it was deployed."""
    shop = ClusterShop()
    try:
        with timed("images, deployment and seed"):
            shop.up()
        yield shop
    finally:
        with timed("removal"):
            shop.remove()


@pytest.fixture
def shop(deployed: ClusterShop) -> Iterator[ClusterShop]:
    """All of it is ready, before the test and after it."""
    deployed.settled()
    yield deployed
    deployed.settled()
