"""Asking for an effect: it belongs to the caller's transaction, and the same key is the same effect."""

from contextlib import suppress

import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError

from notify import outbox
from notify.models import Effect
from ops import context

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_effect_commits_with_its_cause(performer):
    """After the transaction the effect is pending and due, and carries the trace of who asked."""
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    context.begin(traceparent=trace)

    with transaction.atomic():
        outbox.enqueue(kind="test", key="order-1", payload={"নাম": "৳", "lines": [1, None]})

    effect = Effect.objects.get()
    assert (effect.kind, effect.key, effect.state) == ("test", "order-1", Effect.State.PENDING)
    assert effect.payload == {"নাম": "৳", "lines": [1, None]}
    assert effect.attempts == 0
    assert effect.lease is None
    assert effect.traceparent[:35] == trace[:35]
    assert performer.calls == []


def test_an_effect_rolls_back_with_its_cause(performer):
    """What did not happen has no effect."""
    with suppress(RuntimeError), transaction.atomic():
        outbox.enqueue(kind="test", key="order-1", payload={})
        raise RuntimeError

    assert not Effect.objects.exists()


def test_the_same_key_is_the_same_effect(performer):
    """A second request under the same key changes nothing, in the same transaction or a later one."""
    with transaction.atomic():
        outbox.enqueue(kind="test", key="order-1", payload={"first": True})
        outbox.enqueue(kind="test", key="order-1", payload={"first": False})
    with transaction.atomic():
        outbox.enqueue(kind="test", key="order-1", payload={"first": False})

    assert Effect.objects.get().payload == {"first": True}


def test_outside_a_transaction_it_is_refused(performer):
    """A caller that forgot its transaction is told, rather than losing the effect in a crash some day."""
    with pytest.raises(TransactionManagementError):
        outbox.enqueue(kind="test", key="order-1", payload={})

    assert not Effect.objects.exists()


def test_a_kind_that_nobody_performs_is_refused():
    """A misspelt kind is found at once, not by an alert about an effect that never happens."""
    with transaction.atomic(), pytest.raises(LookupError):
        outbox.enqueue(kind="no-such-kind", key="order-1", payload={})


def test_a_kind_has_one_handler(performer):
    """Two apps cannot both claim a kind."""
    with pytest.raises(ValueError, match="two handlers"):
        outbox.handler("test")(performer)


def test_asking_costs_one_statement(performer, django_assert_num_queries):
    """Checkout pays one INSERT for an effect."""
    with transaction.atomic(), django_assert_num_queries(1):
        outbox.enqueue(kind="test", key="order-1", payload={})
