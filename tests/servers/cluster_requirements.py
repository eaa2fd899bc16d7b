"""What the tests on a cluster may lack, and how they say so."""

import os

import pytest

# Everything that takes long, or that the short suite does less of.
FULL = os.environ.get("FULL") == "1"
# The reason to skip what the suite has no time for.
LONG = "minutes long: runs under FULL=1"


def skip_or_fail(lacks: str) -> None:
    """Skips with words; fails where a cluster is required."""
    if os.environ.get("REQUIRE_CLUSTER") == "1":
        pytest.fail(f"REQUIRE_CLUSTER=1, but {lacks}")
    pytest.skip(lacks)
