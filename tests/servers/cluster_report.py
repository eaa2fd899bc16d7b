"""What the cluster's tests have measured, for a person: shown at the end of the run, never asserted."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

LINES: list[str] = []


def report(line: str) -> None:
    LINES.append(line)


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Reports how long the block took."""
    began = time.monotonic()
    yield
    report(f"{what}: {time.monotonic() - began:.0f} s")
