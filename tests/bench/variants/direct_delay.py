"""An app that makes `outbox.enqueue` a plain `.delay()`: quick to write, and lost with the broker's memory."""

from collections.abc import Mapping
from typing import Any

from celery import shared_task
from django.apps import AppConfig


@shared_task
def perform(kind: str, key: str, payload: dict[str, Any]) -> None:
    from notify import outbox

    outbox.handlers()[kind](key=key, payload=payload)


def delay(*, kind: str, key: str, payload: Mapping[str, Any]) -> None:
    perform.delay(kind, key, dict(payload))


class Direct(AppConfig):
    name = "direct_delay"

    def ready(self) -> None:
        from notify import outbox

        outbox.enqueue = delay
