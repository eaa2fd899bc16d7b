"""The outbox's periodic tasks. A task here is only a wake-up: everything that must last is in the database."""

from celery import shared_task

from notify import services


@shared_task(  # type: ignore[untyped-decorator]
    acks_late=False,  # beat sends another in a second; a relay that died must not be delivered again and again
    soft_time_limit=services.RELAY_HARD_LIMIT_SECONDS - 5,
    time_limit=services.RELAY_HARD_LIMIT_SECONDS,
)
def relay_outbox() -> None:
    """Perform what is due."""
    services.relay()


@shared_task  # type: ignore[untyped-decorator]
def purge_outbox() -> None:
    """Forget effects that were done long ago."""
    services.purge_done_effects()
