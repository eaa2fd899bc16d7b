"""What the outbox holds, for metrics and people."""

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
