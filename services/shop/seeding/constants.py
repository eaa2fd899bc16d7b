"""What makes every seeding give the same shop."""

import random
from datetime import datetime, timedelta

from django.utils import timezone

SEED = 20260421
DEVELOPMENT_PASSWORD = "dhakacart-dev-2026"  # noqa: S105 - printed by `make dev`; the command refuses elsewhere
CUSTOMERS = 200
ORDERS = 1_000
ORDER_DAYS = 90
OPENING_DAYS_AGO = 120


def chance(*parts: object) -> random.Random:
    """Random numbers that depend on nothing but the names given: adding a product changes no other."""
    return random.Random(":".join(map(str, (SEED, *parts))))  # noqa: S311 - made-up data, not secrets


def midnight() -> datetime:
    """The start of today in Dhaka, from which all dates are counted back."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def moment(*, days_ago: int, minutes: int = 0) -> datetime:
    """A moment so many minutes into a day of the past."""
    return midnight() - timedelta(days=days_ago) + timedelta(minutes=minutes)
