"""What the outbox holds, for metrics and people."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Min
from django.db.models.functions import Now

from notify.models import Effect


@dataclass(frozen=True)
class Depth:
    """Effects of one kind in one state; ``oldest_seconds`` is the age of the oldest."""

    kind: str
    state: str
    count: int
    oldest_seconds: float


def queue_depths() -> list[Depth]:
    """The effects that have not happened: pending ones, and dead ones that wait for a person."""
    rows = (
        Effect.objects.filter(state__in=[Effect.State.PENDING, Effect.State.DEAD])
        .values("kind", "state")
        .annotate(count=Count("pk"), age=Now() - Min("created_at"))
        .order_by("kind", "state")
    )
    return [
        Depth(kind=r["kind"], state=r["state"], count=r["count"], oldest_seconds=r["age"].total_seconds())
        for r in rows
    ]


@dataclass(frozen=True)
class Due:
    """Effects of one kind that could be performed now; ``lag_seconds`` is how long the first of them could be."""

    kind: str
    count: int
    lag_seconds: float


def due(*, kinds: Collection[str]) -> list[Due]:
    """The effects that wait for nothing but a worker: neither leased, nor put off after a failure."""
    rows = (
        Effect.objects.filter(state=Effect.State.PENDING, available_at__lte=Now(), kind__in=kinds)
        .values("kind")
        .annotate(count=Count("pk"), lag=Now() - Min("available_at"))
        .order_by("kind")
    )
    return [Due(kind=r["kind"], count=r["count"], lag_seconds=r["lag"].total_seconds()) for r in rows]
