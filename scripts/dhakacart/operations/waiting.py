"""Waiting for a condition, with a bound."""

import time
from collections.abc import Callable

_POLL_SECONDS = 0.02


def wait_for(condition: Callable[[], bool], *, timeout_seconds: float) -> bool:
    """Polls until the condition holds; False when the time is over."""
    deadline = time.monotonic() + timeout_seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True
