"""A task that fails while it holds personal data."""

from celery import shared_task


@shared_task(name="probe.fail")
def fail(name: str, *, phone: str) -> None:
    whom = f"{name} {phone}"
    raise LookupError(f"nobody called {whom}")
