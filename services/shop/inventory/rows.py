"""The one statement that changes the stock: conditional, in the order of the ids, and the last of its transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.transaction import TransactionManagementError

from inventory.errors import InsufficientStock


@dataclass(frozen=True, slots=True)
class Change:
    """What is added to (or, negative, taken from) a variant's two numbers."""

    variant_id: int
    on_hand: int = 0
    reserved: int = 0

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved


@dataclass(frozen=True, slots=True)
class Changed:
    """How many units of a variant were available before and after."""

    variant_id: int
    before: int
    after: int
    low_threshold: int


# "locked" takes the rows in the order of their ids, so that two carts in opposite order never wait for each other in
# a circle. A row that another transaction changed meanwhile is judged by its newest version (READ COMMITTED).
_APPLY = """
WITH wanted AS (
    SELECT * FROM unnest(%s::bigint[], %s::integer[], %s::integer[]) AS wanted (variant_id, on_hand, reserved)
), locked AS MATERIALIZED (
    SELECT stock.variant_id FROM inventory_stock stock JOIN wanted USING (variant_id)
    ORDER BY stock.variant_id
    FOR NO KEY UPDATE OF stock
)
UPDATE inventory_stock stock
SET on_hand = stock.on_hand + wanted.on_hand, reserved = stock.reserved + wanted.reserved
FROM wanted JOIN locked USING (variant_id)
WHERE stock.variant_id = wanted.variant_id
  AND stock.on_hand + wanted.on_hand >= stock.reserved + wanted.reserved
RETURNING stock.variant_id, stock.on_hand - stock.reserved, stock.low_threshold
"""


def apply(changes: Sequence[Change]) -> list[Changed]:
    """Apply all changes or none; at most one for each variant.

    Raises:
        InsufficientStock: at least one would leave less than is promised; the transaction must be rolled back.
        TransactionManagementError: outside a transaction, where there would be no ledger to match.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("stock changes only in the transaction that explains it")
    by_variant = {change.variant_id: change for change in changes}
    if len(by_variant) != len(changes):
        raise ValueError("two changes of one variant")
    with connection.cursor() as cursor:
        cursor.execute(
            _APPLY,
            [
                list(by_variant),
                [change.on_hand for change in by_variant.values()],
                [change.reserved for change in by_variant.values()],
            ],
        )
        updated = cursor.fetchall()
    if len(updated) != len(by_variant):
        raise InsufficientStock(by_variant.keys() - {row[0] for row in updated})
    return [
        Changed(
            variant_id=variant,
            before=available - by_variant[variant].available,
            after=available,
            low_threshold=low_threshold,
        )
        for variant, available, low_threshold in updated
    ]
