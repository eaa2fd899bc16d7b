"""The outbox's periodic tasks. A task here is only a wake-up: everything that must last is in the database."""

from contextlib import suppress

from celery import shared_task
from django.conf import settings
from kombu.exceptions import OperationalError

from notify import services


@shared_task(  # type: ignore[untyped-decorator]
    acks_late=False,  # beat sends another in a second; a relay that died must not be delivered again and again
    soft_time_limit=services.RELAY_HARD_LIMIT_SECONDS - 5,
    time_limit=services.RELAY_HARD_LIMIT_SECONDS,
)
def relay_outbox() -> None:
    """Perform what is due; when a whole share of time was not enough, ask for another run.

    Beat's one wake-up a second keeps only as many processes busy as a share has seconds; with each run asking for its
    successor, there is one more each second until every process of every worker performs, or nothing is due.
    """
    if services.relay().share_is_spent:
        with suppress(OperationalError):  # Redis is away; beat wakes the next one
            relay_outbox.apply_async(expires=settings.OUTBOX_WAKE_UP_EXPIRES_SECONDS, retry=False)


@shared_task  # type: ignore[untyped-decorator]
def purge_outbox() -> None:
    """Forget effects that were done long ago."""
    services.purge_done_effects()
