"""Periodic work on orders; each task only calls its service."""

from celery import shared_task

from orders import services


@shared_task  # type: ignore[untyped-decorator]
def expire_unpaid_orders() -> None:
    """Give back the goods of orders that were not paid in time."""
    services.expire_unpaid_orders()


@shared_task  # type: ignore[untyped-decorator]
def forget_idempotency_keys() -> None:
    """Forget keys that no browser will send again."""
    services.forget_idempotency_keys()
