"""Performing effects: leased one by one, recorded only under the lease, tried again, given up, forgotten."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from notify import outbox, services, tasks
from notify.models import Effect

from .conftest import KIND, enqueue

pytestmark = pytest.mark.django_db(transaction=True)


def make_all_due() -> None:
    """As if every wait (a lease, a back-off) were over."""
    Effect.objects.update(available_at=Now())


def seconds_until_due() -> float:
    return Effect.objects.annotate(wait=Now()).values_list("available_at", "wait")[0][0].timestamp() - (
        Effect.objects.annotate(wait=Now()).values_list("wait", flat=True)[0].timestamp()
    )


def test_effects_are_performed_oldest_first_outside_any_transaction(performer, monkeypatch):
    """Each is performed once with its key and payload, and nothing is locked or open meanwhile."""
    in_transaction = []
    original = performer.__class__.__call__

    def watching(self, *, key, payload):
        in_transaction.append(connection.in_atomic_block)
        original(self, key=key, payload=payload)

    monkeypatch.setattr(performer.__class__, "__call__", watching)
    enqueue("a", n=1)
    enqueue("b", n=2)

    assert services.relay().begun == 2

    assert performer.calls == [("a", {"n": 1}), ("b", {"n": 2})]
    assert in_transaction == [False, False]
    assert set(Effect.objects.values_list("state", "lease", "attempts")) == {(Effect.State.DONE, None, 1)}
    assert services.relay().begun == 0


def test_an_effect_under_a_lease_is_left_alone_until_it_ends(performer):
    """While somebody performs it nobody else does; once the lease is over, anybody does."""
    enqueue("a")
    first = services._claim([KIND])
    assert first is not None
    assert services.RELAY_HARD_LIMIT_SECONDS < seconds_until_due() <= services.LEASE_SECONDS

    assert services.relay().begun == 0

    make_all_due()
    assert services.relay().begun == 1
    assert performer.calls == [("a", {})]


def test_who_has_lost_the_lease_records_nothing(performer):
    """A performer that was slower than its lease overwrites neither the new lease nor its outcome."""
    enqueue("a")
    slow = services._claim([KIND])
    make_all_due()
    second = services._claim([KIND])

    assert services._perform(slow)
    assert Effect.objects.get().lease == second.lease
    assert Effect.objects.get().state == Effect.State.PENDING

    assert services._perform(second)
    assert Effect.objects.get().state == Effect.State.DONE


def test_relays_at_once_share_the_work(performer):
    """Eight relays over forty effects perform each exactly once."""
    for number in range(40):
        enqueue(f"effect-{number}")
    barrier = threading.Barrier(8)

    def run():
        barrier.wait(10)
        try:
            services.relay()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(key for key, _ in performer.calls) == sorted(f"effect-{n}" for n in range(40))
    assert not Effect.objects.exclude(state=Effect.State.DONE).exists()


def test_a_failure_is_tried_again_later(performer):
    """A failed effect waits, remembers why, gives its lease up, and succeeds when its turn comes."""
    enqueue("a")
    performer.failures = [ConnectionError("the gateway is away")]

    services.relay()

    effect = Effect.objects.get()
    assert (effect.state, effect.attempts, effect.lease) == (Effect.State.PENDING, 1, None)
    assert effect.last_error == "ConnectionError: the gateway is away"
    assert 0 < seconds_until_due() <= services.FIRST_RETRY_SECONDS
    make_all_due()
    services.relay()
    assert (Effect.objects.get().state, Effect.objects.get().attempts) == (Effect.State.DONE, 2)
    assert performer.calls == [("a", {}), ("a", {})]


def test_a_kind_that_fails_does_not_hold_up_the_others(performer, monkeypatch):
    """A receiver that is away costs a run one attempt; effects of other kinds are performed in the same run."""
    calls = []
    monkeypatch.setitem(outbox._handlers, "away", lambda *, key, payload: calls.append(key) or 1 / 0)
    for number in range(5):
        Effect.objects.create(kind="away", key=f"away-{number}", payload={})
    enqueue("a")

    services.relay()

    assert calls == ["away-0"]
    assert performer.calls == [("a", {})]


class Clock:
    """Time that passes when somebody says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    perf_counter = monotonic


def test_a_receiver_that_hangs_does_not_use_up_the_run(performer, monkeypatch):
    """Ten seconds lost on one kind are not taken from the others; but a run ends, and goes on in the next."""
    clock = Clock()
    monkeypatch.setattr(services, "time", clock)

    def hang(*, key, payload):
        clock.now += 10
        raise TimeoutError

    def slow(*, key, payload):
        clock.now += 2
        performer(key=key, payload=payload)

    monkeypatch.setitem(outbox._handlers, "away", hang)
    monkeypatch.setitem(outbox._handlers, KIND, slow)
    Effect.objects.create(kind="away", key="away", payload={}, available_at=Now() - timedelta(minutes=1))
    for number in range(9):
        enqueue(f"effect-{number}")

    services.relay()
    assert len(performer.calls) == 3
    assert clock.now <= services.RELAY_LATEST_START_SECONDS + 2

    services.relay()
    assert len(performer.calls) == 6


def test_waits_double_up_to_a_limit_and_differ():
    """Back-off is exponential, capped, and not the same for all that failed together."""
    for attempts in range(1, 40):
        longest = min(services.FIRST_RETRY_SECONDS * 2 ** (attempts - 1), services.LONGEST_RETRY_SECONDS)
        waits = {services.retry_delay_seconds(attempts) for _ in range(20)}
        assert all(longest / 2 <= wait <= longest for wait in waits)
        assert len(waits) > 1


def test_after_the_last_attempt_it_is_given_up_aloud(performer, caplog):
    """An effect that never works ends as dead, logged as an error, and is not performed again by itself."""
    enqueue("a")
    Effect.objects.update(attempts=services.MAX_ATTEMPTS - 1)
    performer.failures = [ConnectionError()]

    services.relay()
    make_all_due()
    services.relay()

    assert Effect.objects.get().state == Effect.State.DEAD
    assert len(performer.calls) == 1
    assert [(r.levelname, r.key) for r in caplog.records if r.message == "effect given up"] == [
        ("ERROR", "a")
    ]


def test_what_the_receiver_refuses_is_given_up_at_once(performer):
    """A permanent refusal is not repeated, and does not stop other effects of its kind."""
    enqueue("bad")
    enqueue("good")
    performer.failures = [outbox.Refused("no such telephone")]

    services.relay()

    assert dict(Effect.objects.values_list("key", "state")) == {"bad": "dead", "good": "done"}
    assert Effect.objects.get(key="bad").last_error == "no such telephone"


def test_an_effect_that_kills_its_performers_is_given_up(performer):
    """One whose every attempt ended with the death of the process is not performed for ever."""
    enqueue("a")
    for _ in range(services.MAX_ATTEMPTS):
        assert services._claim([KIND])
        make_all_due()

    services.relay()

    assert Effect.objects.get().state == Effect.State.DEAD
    assert performer.calls == []


def test_kinds_of_a_newer_release_wait(performer):
    """After a rollback, an effect that this code cannot perform is neither lost nor counted as tried."""
    Effect.objects.create(kind="from-the-future", key="a", payload={})

    assert services.relay().begun == 0

    assert Effect.objects.get().attempts == 0


def test_dead_effects_can_be_tried_again(performer):
    """Operations give a dead effect new attempts; a done one is not performed twice by it."""
    enqueue("dead")
    enqueue("done")
    Effect.objects.filter(key="dead").update(state=Effect.State.DEAD, attempts=services.MAX_ATTEMPTS)
    Effect.objects.filter(key="done").update(state=Effect.State.DONE)

    assert services.try_again(effects=Effect.objects.all()) == 1
    services.relay()

    assert performer.calls == [("dead", {})]
    assert Effect.objects.get(key="dead").attempts == 1


def test_only_old_done_effects_are_forgotten(performer, monkeypatch):
    """What happened two weeks ago goes, in batches; what waits or was given up stays however old."""
    monkeypatch.setattr(services, "PURGE_BATCH", 2)
    old = Now() - timedelta(days=services.KEPT_DAYS, minutes=1)
    for number in range(5):
        enqueue(f"old-{number}")
    Effect.objects.update(state=Effect.State.DONE, done_at=old, created_at=old)
    for key, state, at in (("recent", "done", Now()), ("dead", "dead", None), ("pending", "pending", None)):
        enqueue(key)
        Effect.objects.filter(key=key).update(state=state, done_at=at, created_at=old)

    assert services.purge_done_effects() == 5

    assert set(Effect.objects.values_list("key", flat=True)) == {"recent", "dead", "pending"}


@pytest.fixture
def successors(monkeypatch):
    """What the task has asked for instead of sending it."""
    sent = []
    monkeypatch.setattr(tasks.relay_outbox, "apply_async", lambda **options: sent.append(options))
    return sent


def test_a_run_whose_share_was_not_enough_asks_for_another(performer, successors, monkeypatch, settings):
    """So that a backlog has every process of the workers, and not only as many as beat wakes."""
    monkeypatch.setattr(services, "RELAY_SHARE_SECONDS", 1e-6)
    for key in ("a", "b"):
        enqueue(key)

    tasks.relay_outbox()

    assert performer.calls == [("a", {})]
    assert successors == [{"expires": settings.OUTBOX_WAKE_UP_EXPIRES_SECONDS, "retry": False}]


@pytest.mark.parametrize("failures", [0, 1])
def test_a_run_that_ends_for_want_of_work_asks_for_none(performer, successors, failures):
    """Nothing due, or a receiver that does not take it: beat's next wake-up is soon enough."""
    enqueue("a")
    performer.failures = [RuntimeError("away")] * failures

    tasks.relay_outbox()

    assert len(performer.calls) == 1
    assert successors == []


def test_a_lost_broker_fails_no_run(performer, monkeypatch):
    """The effects are done, and beat wakes the next run."""

    def lost(**_options):
        raise OperationalError("Redis is away")

    monkeypatch.setattr(tasks.relay_outbox, "apply_async", lost)
    monkeypatch.setattr(services, "RELAY_SHARE_SECONDS", 1e-6)
    enqueue("a")

    tasks.relay_outbox()

    assert Effect.objects.get().state == Effect.State.DONE
