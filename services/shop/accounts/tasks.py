"""Housekeeping of accounts."""

from celery import shared_task
from django.core.management import call_command


@shared_task  # type: ignore[untyped-decorator]
def forget_ended_sessions() -> None:
    """Delete the rows of sessions whose time is over."""
    call_command("clearsessions")
