"""Periodic work on payments; each task only calls its service."""

from celery import shared_task

from payments import reconciliation, refunds


@shared_task  # type: ignore[untyped-decorator]
def reconcile_payments() -> None:
    """Ask the gateway about payments whose end nobody told us."""
    reconciliation.reconcile()


@shared_task  # type: ignore[untyped-decorator]
def follow_up_refunds() -> None:
    """Ask the gateway whether refunded money has arrived."""
    refunds.follow_up()
