"""Many people at once: threads with database connections of their own, that start together."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connections

PATIENCE_SECONDS = 60


def in_parallel(act: Callable[[Any], Any], whom: Iterable[Any], *, at_once: int) -> list[Any]:
    """``act`` for each of ``whom``, by ``at_once`` threads that begin together; results or exceptions, in order."""
    work = list(enumerate(whom))
    results: list[Any] = [None] * len(work)
    waiting = iter(work)
    turn = threading.Lock()
    together = threading.Barrier(at_once)

    def worker() -> None:
        try:
            connections["default"].ensure_connection()
            together.wait(PATIENCE_SECONDS)
            while True:
                with turn:
                    position, one = next(waiting, (None, None))
                if position is None:
                    return
                try:
                    results[position] = act(one)
                except Exception as error:
                    results[position] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=worker, daemon=True) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert not any(thread.is_alive() for thread in threads), "somebody is still waiting"
    return results
