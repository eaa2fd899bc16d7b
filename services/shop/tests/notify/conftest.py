"""A kind of effect that only the tests know, performed by whatever the test says."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from notify import outbox

KIND = "test"


class Performer:
    """A handler that remembers its calls, and raises the next of ``failures`` instead, if there is one."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.failures: list[Exception] = []

    def __call__(self, *, key: str, payload: dict[str, Any]) -> None:
        self.calls.append((key, payload))
        if self.failures:
            raise self.failures.pop(0)


@pytest.fixture
def performer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Performer]:
    performer = Performer()
    monkeypatch.setitem(outbox._handlers, KIND, performer)
    return performer


def enqueue(key: str, **payload: Any) -> None:
    with transaction.atomic():
        outbox.enqueue(kind=KIND, key=key, payload=payload)
