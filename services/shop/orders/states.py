"""The states of an order, and the only ways from one to another."""

from collections.abc import Mapping
from typing import Final

from orders.models import Order

Status = Order.Status

TRANSITIONS: Final[Mapping[Order.Status, frozenset[Order.Status]]] = {
    Status.AWAITING_PAYMENT: frozenset({Status.CONFIRMED, Status.CANCELLED, Status.EXPIRED}),
    Status.CONFIRMED: frozenset({Status.PACKED, Status.CANCELLED}),
    Status.PACKED: frozenset({Status.SHIPPED, Status.CANCELLED}),
    Status.SHIPPED: frozenset({Status.DELIVERED}),
    Status.DELIVERED: frozenset(),
    Status.CANCELLED: frozenset(),
    Status.EXPIRED: frozenset(),
}
# Once it is packed, only staff may take an order apart again.
CANCELLABLE_BY_CUSTOMER: Final = frozenset({Status.AWAITING_PAYMENT, Status.CONFIRMED})


def may_become(status: str, new: Order.Status) -> bool:
    """Whether an order in ``status`` may go on to ``new``."""
    return new in TRANSITIONS[Status(status)]
