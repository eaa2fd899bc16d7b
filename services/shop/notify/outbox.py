"""The transactional outbox, as other apps see it: ask for an effect inside a transaction, say how a kind is performed.

What is asked for here is a row that commits or rolls back with the caller's own writes. A relay performs it
afterwards (services.py), at least once; the receiver is told the key, which makes it once in effect.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from django.db import connection
from django.db.transaction import TransactionManagementError

from notify.models import Effect
from ops import context

JSON = None | bool | int | float | str | list["JSON"] | dict[str, "JSON"]


class Handler(Protocol):
    """Performs one effect outside any transaction, within its lease. Any exception means: try again later."""

    def __call__(self, *, key: str, payload: dict[str, Any]) -> None: ...


class Refused(Exception):
    """The receiver will never accept this effect: raised by a handler instead of an error that may pass."""


_handlers: dict[str, Handler] = {}


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Decorator: this function performs effects of ``kind``. Import its module in the owning app's ``ready``.

    Raises:
        ValueError: the kind has a handler already.
    """

    def register(perform: Handler) -> Handler:
        if kind in _handlers:
            raise ValueError(f"two handlers for effects of kind {kind!r}")
        _handlers[kind] = perform
        return perform

    return register


def handlers() -> Mapping[str, Handler]:
    """Every handler that this process knows, by kind."""
    return _handlers


def enqueue(*, kind: str, key: str, payload: Mapping[str, JSON]) -> None:
    """Have an effect performed after the caller's transaction commits; the same key a second time changes nothing.

    Costs one INSERT and touches nothing but PostgreSQL.

    Raises:
        TransactionManagementError: called outside a transaction, where a crash could part it from its cause.
        LookupError: no handler is registered for the kind.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("outbox.enqueue belongs inside the transaction of what causes it")
    if kind not in _handlers:
        raise LookupError(f"no handler for effects of kind {kind!r}")
    effect = Effect(kind=kind, key=key, payload=dict(payload), traceparent=context.current.get().traceparent)
    Effect.objects.bulk_create([effect], ignore_conflicts=True)
