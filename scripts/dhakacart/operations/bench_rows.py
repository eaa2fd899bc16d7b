"""The rows of `dhakacart bench`.

Each row is a pair of arms; the arms that need the shop live beside the shop's tests and are imported here. The first
row measures the harness itself: two arms whose ratio is known, so that a broken harness cannot look like a result.
"""

import hashlib
import importlib
import sys
from collections.abc import Callable

from dhakacart.operations.bench import Arm, Row
from dhakacart.operations.paths import checkout_root

_BLOCK = b"x" * 4096
_BLOCKS = 4000


class Hashing:
    """Hashes so many blocks, and counts each `weight` times: an arm with a known rate against its sibling."""

    def __init__(self, name: str, *, weight: int) -> None:
        self.name = name
        self.weight = weight

    def setup(self) -> None:
        """Nothing to prepare."""

    def run_once(self) -> int:
        for _ in range(_BLOCKS):
            hashlib.sha256(_BLOCK)
        return _BLOCKS * self.weight

    def teardown(self) -> None:
        """Nothing to clean up."""


def _same() -> Arm:
    return Hashing("the same again", weight=1)


def _reference() -> Arm:
    return Hashing("hashing", weight=1)


def _from_tests(module: str, arm: str) -> Callable[[], Arm]:
    """An arm that needs the running shop: it stands in `tests/bench`, and is imported only when it is measured."""

    def make() -> Arm:
        folder = str(checkout_root() / "tests")
        if folder not in sys.path:
            sys.path.append(folder)
        made: Arm = getattr(importlib.import_module(f"bench.{module}"), arm)()
        return made

    return make


ROWS: list[Row] = [
    Row(
        name="self-test: an arm against itself",
        subject=_same,
        reference=_reference,
        goal=0.95,
        unit="blocks/s",
        rounds=6,
    ),
    Row(
        name="product page: whole middleware against the view alone",
        subject=_from_tests("product_page", "with_all_middleware"),
        reference=_from_tests("product_page", "bare"),
        goal=0.7,
        unit="requests/s",
    ),
    Row(
        name="checkout: through the outbox against a direct .delay()",
        subject=_from_tests("checkout", "through_the_outbox"),
        reference=_from_tests("checkout", "direct_delay"),
        goal=0.9,
        unit="orders/s",
    ),
]
