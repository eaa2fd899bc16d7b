"""Wait until the database has every migration that this code knows: what a pod's other containers begin after.

The same question as /readyz asks (ops.views), through the same way to the database as the role that begins then.
"""

import logging
import os
import time
from collections.abc import Callable

import django
from django.db import DatabaseError, connection

log = logging.getLogger("shop.migrations")
POLL_SECONDS = 2.0
REMINDER_SECONDS = 30.0


def await_migrations() -> None:
    """Return once nothing is unapplied; say what is waited for when that changes, and now and then again."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from ops.views import readiness

    told, told_at = "", 0.0
    while reason := _reason(readiness.unapplied):
        if reason != told or time.monotonic() - told_at > REMINDER_SECONDS:
            log.info("waiting: %s", reason)
            told, told_at = reason, time.monotonic()
        time.sleep(POLL_SECONDS)


def _reason(unapplied: Callable[[], list[str]]) -> str:
    """Why not yet, or nothing."""
    try:
        missing = unapplied()
    except DatabaseError as error:
        return f"the database does not answer: {' '.join(str(error).split())}"
    finally:
        connection.close()
    return f"migrations are not applied yet: {len(missing)}, the first is {missing[0]}" if missing else ""
