"""Fixtures of the platform's tests: the whole shop as real processes, started once for all tests that need it."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# `servers` is imported by its own name; at the end, so that no folder here can stand for a module of Python.
sys.path.append(str(Path(__file__).parent))

from servers.running_shop import RunningShop, is_running
from servers.shop import Shop
from servers.visitors import NextVisitor

from dhakacart.operations.paths import Checkout
from dhakacart.operations.run_folders import make_run_folder


def pytest_itemcollected(item: pytest.Item) -> None:
    """Tests that need the running shop go to one process of xdist, so that there is one shop."""
    # `site` (tests/e2e) asks for the shop only while it runs: a missing browser must not start one.
    if {"bare_shop", "served_shop", "site"} & set(getattr(item, "fixturenames", ())):
        item.add_marker(pytest.mark.xdist_group("shop"))


@pytest.fixture(scope="session")
def bare_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """PostgreSQL, Redis and simulator with the schema and the seed's data, and none of the shop's roles started."""
    folder = make_run_folder(Checkout.here().cache / "platform-test-runs")
    shop = Shop(folder)
    try:
        shop.start_servers()
        shop.seed()
        yield shop
    finally:
        shop.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def shop(bare_shop: Shop) -> Shop:
    """The whole shop with web, worker and beat; those that a test has killed are started again."""
    bare_shop.ensure("web", "worker", "beat")
    return bare_shop


@pytest.fixture(scope="session")
def running_shop() -> Iterator[RunningShop]:
    """The one that the environment names."""
    shop = RunningShop()
    yield shop
    shop.close()


@pytest.fixture
def served_shop(request: pytest.FixtureRequest) -> Shop | RunningShop:
    """For tests that use a shop by its addresses alone: the one that runs already (SHOP_URL), else one started here."""
    found: Shop | RunningShop = request.getfixturevalue("running_shop" if is_running() else "shop")
    return found


@pytest.fixture(scope="session")
def visitor() -> NextVisitor:
    """Requests from ever new addresses."""
    return NextVisitor()
