"""Hostile and generated requests through edge: the same files as without it, against the production shape."""

from servers.production_shape import ProductionShop
from servers.suite import run_suite

# What uses a shop by its addresses alone. The others kill its processes: test_faults.py does that to containers.
FILES = tuple(
    f"tests/platform/{name}.py" for name in ("test_openapi", "test_hostile_input", "test_hostile_transport")
)
SUITE_SECONDS = 600.0


def test_nothing_hostile_passes_edge(production: ProductionShop) -> None:
    """Whatever is sent is refused cleanly or answered as described, nothing is written, and none of it is left out."""
    numbers = run_suite(*FILES, environment=production.told(), seconds=SUITE_SECONDS)

    assert (numbers.status, numbers.failed, numbers.skipped) == (0, 0, 0), numbers.tail
    assert numbers.passed > 0
