"""Every change of the stock, with the ledger line that explains it.

Two invariants hold after every commit, and the tests hold them: a variant's ``on_hand`` is the sum of its movements,
its ``reserved`` the sum of its held reservations. That nothing is sold twice is PostgreSQL's word, not ours: the
CHECK ``stock_never_oversold``.

Hot stock: the rows of ``inventory_stock`` are what buyers queue for. So everything else is written first, and one
conditional UPDATE comes last (rows.py), which takes the rows in the order of their ids. Callers do their own writes
before they call here, and lock nothing afterwards.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from inventory import consequences, rows
from inventory.models import Reservation, Stock, StockMovement


@dataclass(frozen=True, slots=True)
class StockLine:
    """So many units (more than none) of a variant; a variant stands in one line only."""

    variant_id: int
    quantity: int


def reserve(*, lines: Iterable[StockLine], reference: str, expires_at: datetime | None) -> None:
    """Promise units to ``reference`` until they are committed or released.

    Raises:
        InsufficientStock: for at least one line; the caller's transaction must be rolled back.
    """
    ordered = _ordered(lines)
    Reservation.objects.bulk_create(
        Reservation(
            stock_id=line.variant_id, reference=reference, quantity=line.quantity, expires_at=expires_at
        )
        for line in ordered
    )
    _change([rows.Change(line.variant_id, reserved=line.quantity) for line in ordered], cause=reference)


def sell(*, lines: Iterable[StockLine], reference: str) -> None:
    """Reserve and commit in one: the units leave the stock at once.

    Raises:
        InsufficientStock: for at least one line; the caller's transaction must be rolled back.
    """
    ordered = _ordered(lines)
    Reservation.objects.bulk_create(
        Reservation(
            stock_id=line.variant_id,
            reference=reference,
            quantity=line.quantity,
            state=Reservation.State.COMMITTED,
        )
        for line in ordered
    )
    _record(ordered, sign=-1, reason=StockMovement.Reason.SALE, reference=reference)
    _change([rows.Change(line.variant_id, on_hand=-line.quantity) for line in ordered], cause=reference)


def commit(*, reference: str) -> bool:
    """Turn what ``reference`` holds into a sale; False when it holds nothing (any more)."""
    held = _take(reference, Reservation.State.HELD, becomes=Reservation.State.COMMITTED)
    _record(held, sign=-1, reason=StockMovement.Reason.SALE, reference=reference)
    _change(
        [rows.Change(line.variant_id, on_hand=-line.quantity, reserved=-line.quantity) for line in held],
        cause=reference,
    )
    return bool(held)


def release(*, reference: str) -> bool:
    """Give back whatever ``reference`` holds or has bought; False when there is nothing to give back."""
    held = _take(reference, Reservation.State.HELD, becomes=Reservation.State.RELEASED)
    bought = _take(reference, Reservation.State.COMMITTED, becomes=Reservation.State.RELEASED)
    _record(bought, sign=1, reason=StockMovement.Reason.CANCELLATION, reference=reference)
    _change(
        [rows.Change(line.variant_id, reserved=-line.quantity) for line in held]
        + [rows.Change(line.variant_id, on_hand=line.quantity) for line in bought],
        cause=reference,
    )
    return bool(held or bought)


@transaction.atomic
def restock(*, variant_id: int, delta: int, reason: StockMovement.Reason, reference: str = "") -> None:
    """Book a delivery (``delta`` > 0) or the correction of a count (either sign).

    Raises:
        InsufficientStock: a correction would take away what is promised to orders.
        ValueError: no change, or a delivery that takes away.
    """
    if delta == 0 or (delta < 0 and reason is not StockMovement.Reason.CORRECTION):
        raise ValueError(f"{delta} is no {reason.label.lower()}")
    Stock.objects.bulk_create([Stock(variant_id=variant_id)], ignore_conflicts=True)
    movement = StockMovement.objects.create(
        stock_id=variant_id, delta=delta, reason=reason, reference=reference
    )
    _change([rows.Change(variant_id, on_hand=delta)], cause=f"movement-{movement.pk}")


def _ordered(lines: Iterable[StockLine]) -> list[StockLine]:
    ordered = sorted(lines, key=lambda line: line.variant_id)
    if len({line.variant_id for line in ordered}) != len(ordered):
        raise ValueError("a variant stands in two lines")
    return ordered


def _take(reference: str, state: Reservation.State, *, becomes: Reservation.State) -> list[StockLine]:
    """Move the reservations of one reference on; whoever comes second finds none."""
    taken = list(
        Reservation.objects.select_for_update()
        .filter(reference=reference, state=state)
        .order_by("stock_id")
        .values_list("id", "stock_id", "quantity")
    )
    if taken:
        Reservation.objects.filter(id__in=[row[0] for row in taken]).update(state=becomes)
    return [StockLine(variant_id=stock, quantity=quantity) for _, stock, quantity in taken]


def _record(lines: Iterable[StockLine], *, sign: int, reason: StockMovement.Reason, reference: str) -> None:
    StockMovement.objects.bulk_create(
        StockMovement(
            stock_id=line.variant_id, delta=sign * line.quantity, reason=reason, reference=reference
        )
        for line in lines
    )


def _change(changes: Sequence[rows.Change], *, cause: str) -> None:
    if changes:
        consequences.follow(rows.apply(changes), cause=cause)
