"""Queue depth and the age of the oldest unsent effect, asked at the scrape."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.db.models.functions import Now

from notify.metrics import QueueCollector
from notify.models import Effect
from ops.metrics import collectors

from .conftest import enqueue

pytestmark = pytest.mark.django_db(transaction=True)


def samples() -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *sample.labels.values()): sample.value
        for metric in QueueCollector().collect()
        for sample in metric.samples
    }


def test_the_queue_is_measured_by_kind_and_state(performer):
    """Pending and dead are counted, done is not, and age is the oldest pending one's."""
    for key in ("old", "new", "dead", "done"):
        enqueue(key)
    Effect.objects.filter(key="old").update(created_at=Now() - timedelta(minutes=10))
    Effect.objects.filter(key="dead").update(state="dead", created_at=Now() - timedelta(days=3))
    Effect.objects.filter(key="done").update(state="done")

    found = samples()

    assert found["outbox_depth", "test", "pending"] == 2
    assert found["outbox_depth", "test", "dead"] == 1
    assert 600 <= found["outbox_oldest_seconds", "test"] < 660


def test_what_waits_for_a_worker_is_told_from_what_waits_for_its_time(performer):
    """Due effects are counted, from when they became due; leased, postponed and unknown ones are not."""
    for key in ("due", "late", "leased", "postponed", "unknown"):
        enqueue(key)
    Effect.objects.filter(key="late").update(
        created_at=Now() - timedelta(days=1), available_at=Now() - timedelta(minutes=2)
    )
    Effect.objects.filter(key="leased").update(lease=uuid4(), available_at=Now() + timedelta(seconds=30))
    Effect.objects.filter(key="postponed").update(attempts=5, available_at=Now() + timedelta(hours=1))
    # Of a newer release: this one's workers would never take it.
    Effect.objects.filter(key="unknown").update(kind="newer", available_at=Now() - timedelta(days=1))

    found = samples()

    assert found["outbox_due", "test"] == 2
    assert 120 <= found["outbox_lag_seconds", "test"] < 180
    assert ("outbox_due", "newer") not in found
    assert found["outbox_depth", "newer", "pending"] == 1


def test_an_empty_queue_is_zero_not_absent(performer):
    """An alert can tell an empty queue from a scrape that did not work."""
    found = samples()

    assert found["outbox_depth", "mail", "pending"] == 0
    assert found["outbox_oldest_seconds", "sms"] == 0
    assert found["outbox_due", "mail"] == 0
    assert found["outbox_lag_seconds", "sms"] == 0


def test_a_lost_database_costs_the_samples_not_the_scrape(performer, monkeypatch):
    """Without an answer from the database there are no samples, and no exception."""

    def lost() -> None:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr("notify.selectors.queue_depths", lost)

    assert samples() == {}


def test_the_collector_is_registered():
    """The metrics port knows of it."""
    assert any(isinstance(collector, QueueCollector) for collector in collectors)
