"""Performing the outbox: claim one due effect, perform it outside any transaction, record what came of it.

An effect is leased to whoever performs it: a fresh ``lease`` is written, committed, and ``available_at`` moved to
the lease's end. A killed performer's lease runs out, and another performs the effect again, under the same key.
What came of it is recorded only while the lease is still one's own. Every comparison of times is made with the
database's clock.
"""

import logging
import random
import time
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet
from django.db.models.functions import Now

from notify import metrics
from notify.models import Effect
from notify.outbox import Refused, handlers
from ops import context

log = logging.getLogger("shop.outbox")

# Long enough to empty a burst, short enough that the pool's processes come free for other tasks.
RELAY_SHARE_SECONDS = 5.0
# After that no further effect is begun, however slow the failing ones were: handlers give up within 10 s.
RELAY_LATEST_START_SECONDS = 15.0
# Longest life of the task in which effects are performed: Celery kills its process then.
RELAY_HARD_LIMIT_SECONDS = 30
# So that a living performer never meets a second one.
LEASE_SECONDS = RELAY_HARD_LIMIT_SECONDS + 5
MAX_ATTEMPTS = 12
FIRST_RETRY_SECONDS = 5.0
LONGEST_RETRY_SECONDS = 3600.0
KEPT_DAYS = 14
PURGE_BATCH = 5_000
LONGEST_ERROR_CHARACTERS = 2_000

_CLAIM = """
UPDATE notify_effect
SET lease = %(lease)s, attempts = attempts + 1, available_at = now() + make_interval(secs => %(seconds)s)
WHERE id = (
    SELECT id FROM notify_effect
    WHERE state = 'pending' AND available_at <= now() AND kind = ANY(%(kinds)s)
    ORDER BY available_at
    LIMIT 1
    FOR UPDATE SKIP LOCKED
)
RETURNING *
"""


@dataclass(frozen=True)
class Relayed:
    """How many effects one run began, and whether it ended because its share of time was over."""

    begun: int
    share_is_spent: bool


def relay() -> Relayed:
    """Perform due effects, oldest first, until none is due or this run has done its share.

    Any number of relays may run at once. A kind that fails is left alone for the rest of the run, and the time that
    it took is not held against the others: a receiver that hangs does not stop them.
    """
    began = time.monotonic()
    well_spent_seconds = 0.0
    kinds = set(handlers())
    begun = 0
    while kinds and well_spent_seconds < RELAY_SHARE_SECONDS:
        started = time.monotonic()
        if started - began > RELAY_LATEST_START_SECONDS or not (effect := _claim(kinds)):
            break
        begun += 1
        if _perform(effect):
            well_spent_seconds += time.monotonic() - started
        else:
            kinds.discard(effect.kind)
    return Relayed(begun=begun, share_is_spent=well_spent_seconds >= RELAY_SHARE_SECONDS)


def try_again(*, effects: QuerySet[Effect]) -> int:
    """Give dead effects a fresh set of attempts, from now on; returns how many there were."""
    return effects.filter(state=Effect.State.DEAD).update(
        state=Effect.State.PENDING, attempts=0, available_at=Now(), lease=None
    )


def purge_done_effects() -> int:
    """Delete effects that were done more than KEPT_DAYS ago, in batches; returns how many."""
    deleted = 0
    while True:
        old = Effect.objects.filter(
            state=Effect.State.DONE, done_at__lt=Now() - timedelta(days=KEPT_DAYS)
        ).values("pk")[:PURGE_BATCH]
        batch, _ = Effect.objects.filter(pk__in=old).delete()
        deleted += batch
        if batch < PURGE_BATCH:
            return deleted


def retry_delay_seconds(attempts: int) -> float:
    """Seconds to wait after so many failed attempts: doubling, capped, the upper half of it by chance."""
    longest = min(FIRST_RETRY_SECONDS * 2.0 ** (attempts - 1), LONGEST_RETRY_SECONDS)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads retries, guards nothing


def _claim(kinds: Collection[str]) -> Effect | None:
    """Lease one due effect, in a statement of its own that commits at once.

    Only kinds that this code knows: after a rollback, effects of a newer release wait for it.
    """
    claimed = Effect.objects.raw(
        _CLAIM, {"lease": uuid.uuid4(), "seconds": LEASE_SECONDS, "kinds": list(kinds)}
    )
    return next(iter(claimed), None)


def _perform(effect: Effect) -> bool:
    """Perform a leased effect and record the outcome; False when it failed in a way that may pass."""
    context.begin(traceparent=effect.traceparent)
    if effect.attempts > MAX_ATTEMPTS:
        # Every attempt before was cut short by the death of its process.
        _bury(effect, reason="every attempt was killed")
        return True
    started = time.perf_counter()
    try:
        handlers()[effect.kind](key=effect.key, payload=effect.payload)
    except Refused as error:
        _bury(effect, reason=str(error))
        return True
    except Exception as error:
        if effect.attempts >= MAX_ATTEMPTS:
            _bury(effect, reason=_describe(error))
        else:
            _postpone(effect, error)
        return False
    if _record(effect, state=Effect.State.DONE, done_at=Now(), last_error=""):
        metrics.effects.labels(effect.kind, "done").inc()
    log.info(
        "effect done",
        extra={**_fields(effect), "duration_ms": round((time.perf_counter() - started) * 1000, 1)},
    )
    return True


def _postpone(effect: Effect, error: Exception) -> None:
    seconds = retry_delay_seconds(effect.attempts)
    _record(effect, available_at=Now() + timedelta(seconds=seconds), last_error=_describe(error))
    metrics.effects.labels(effect.kind, "failed").inc()
    # The error's text may name the recipient; it stands in the database, not in the log.
    log.warning(
        "effect failed, will be tried again",
        extra={**_fields(effect), "error": type(error).__name__, "retry_in_seconds": round(seconds, 1)},
    )


def _bury(effect: Effect, *, reason: str) -> None:
    if _record(effect, state=Effect.State.DEAD, last_error=reason):
        metrics.effects.labels(effect.kind, "dead").inc()
        log.error("effect given up", extra=_fields(effect))


def _record(effect: Effect, **changes: object) -> bool:
    """Compare and set: write only while the lease is this performer's, and give the lease up."""
    changed = Effect.objects.filter(pk=effect.pk, lease=effect.lease).update(lease=None, **changes)
    if not changed:
        log.warning("the lease of an effect ran out while it was performed", extra=_fields(effect))
    return bool(changed)


def _fields(effect: Effect) -> dict[str, object]:
    return {"effect": str(effect.pk), "kind": effect.kind, "key": effect.key, "attempts": effect.attempts}


def _describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".replace("\x00", "")[:LONGEST_ERROR_CHARACTERS]
