"""Reads of the stock."""

from collections.abc import Iterable
from dataclasses import dataclass

from inventory.models import Reservation, Stock


@dataclass(frozen=True, slots=True)
class Availability:
    """Units of a variant that may still be sold, and at how many the shop begins to worry."""

    available: int
    low_threshold: int


NOTHING = Availability(available=0, low_threshold=0)


def availability(*, variant_ids: Iterable[int]) -> dict[int, Availability]:
    """How much is available, by variant; one query. A variant that was never stocked is absent."""
    rows = Stock.objects.filter(variant_id__in=set(variant_ids)).values_list(
        "variant_id", "on_hand", "reserved", "low_threshold"
    )
    return {
        variant: Availability(available=on_hand - reserved, low_threshold=low_threshold)
        for variant, on_hand, reserved, low_threshold in rows
    }


def holds(*, reference: str) -> bool:
    """Whether anything is still promised to this reference; one query."""
    return Reservation.objects.filter(reference=reference, state=Reservation.State.HELD).exists()
