"""The whole shop in containers, brought up once for all tests here; they run by `make test-containers`."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from servers.containers import ContainerShop
from servers.own_folder import in_own_folder
from servers.production_shape import ProductionShop


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.engine)
    # Last: it stays up to the end of the run, and two stacks at once would slow each other.
    items.sort(key=lambda item: "production" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def copied(engine: None) -> Iterator[ContainerShop]:
    """A checkout of its own, not started."""
    with in_own_folder(ContainerShop, "containers") as shop:
        yield shop


@pytest.fixture
def running(copied: ContainerShop) -> ContainerShop:
    """It runs (again, if the test before has stopped it)."""
    return copied if copied.run("urls").returncode == 0 else copied.up()


@pytest.fixture(scope="session")
def production(engine: None) -> Iterator[ProductionShop]:
    """The production shape with a simulator and the seed's data. Whoever breaks something of it mends it again."""
    with in_own_folder(ProductionShop, "production") as shop:
        yield shop.up()
