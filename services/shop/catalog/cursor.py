"""Opaque positions in a sorted list: where the last page ended, by value, so that new products move nothing."""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from catalog.errors import InvalidCursor

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LARGEST = 2**63 - 1  # PostgreSQL's bigint
_FORM = re.compile(r"([a-z_]{1,16}):(-?[0-9]{1,19}):([0-9]{1,19})")


class Sort(StrEnum):
    FEATURED = "featured"
    NEWEST = "newest"
    PRICE_ASC = "price_asc"
    PRICE_DESC = "price_desc"
    RELEVANCE = "relevance"


@dataclass(frozen=True, slots=True)
class Position:
    """The last item shown: ``key`` is its value in the order (rank, poisha, microseconds, score)."""

    sort: Sort
    key: int
    id: int


def encode(position: Position) -> str:
    """The cursor of a position: URL-safe text."""
    plain = f"{position.sort}:{position.key}:{position.id}"
    return base64.urlsafe_b64encode(plain.encode()).rstrip(b"=").decode()


def decode(cursor: str, *, sort: Sort) -> Position:
    """The position of a cursor.

    Raises:
        InvalidCursor: it is not one of ours, or belongs to another order.
    """
    try:
        plain = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode(
            "ascii"
        )
    except (binascii.Error, ValueError) as error:
        raise InvalidCursor from error
    match = _FORM.fullmatch(plain)
    if match is None or match[1] != sort:
        raise InvalidCursor
    position = Position(sort, int(match[2]), int(match[3]))
    if abs(position.key) > _LARGEST or position.id > _LARGEST:
        raise InvalidCursor
    if sort is Sort.NEWEST:
        moment_of(position.key)
    return position


def microseconds(moment: datetime) -> int:
    """A moment as whole microseconds since 1970: PostgreSQL's resolution, so nothing is lost."""
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(key: int) -> datetime:
    """The inverse of ``microseconds``.

    Raises:
        InvalidCursor: no calendar has that moment.
    """
    try:
        return _EPOCH + key * _MICROSECOND
    except OverflowError as error:
        raise InvalidCursor from error
