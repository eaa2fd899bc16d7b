"""What inventory refuses. Those who sell turn these into words for a shopper."""

from collections.abc import Iterable


class InsufficientStock(Exception):
    """Fewer units can be had than were asked for; ``variant_ids`` names the variants. Roll the transaction back."""

    def __init__(self, variant_ids: Iterable[int]) -> None:
        self.variant_ids = frozenset(variant_ids)
        super().__init__(f"not enough of variants {sorted(self.variant_ids)}")
