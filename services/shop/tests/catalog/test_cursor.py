"""Opaque positions: whatever went in comes out, and nothing else is believed."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import cursor as cursors
from catalog.cursor import Position, Sort
from catalog.errors import InvalidCursor

BIGINT = 2**63 - 1
keys = st.integers(-BIGINT, BIGINT)
ids = st.integers(0, BIGINT)


@given(sort=st.sampled_from([sort for sort in Sort if sort is not Sort.NEWEST]), key=keys, row=ids)
def test_a_cursor_names_its_position(sort: Sort, key: int, row: int) -> None:
    """Decoding undoes encoding for every key and id that the database can hold."""
    position = Position(sort, key, row)

    assert cursors.decode(cursors.encode(position), sort=sort) == position


@given(moment=st.datetimes(timezones=st.just(UTC)), row=ids)
def test_a_moment_survives_the_cursor_exactly(moment: datetime, row: int) -> None:
    """Not a microsecond is lost: a product of the same second is neither repeated nor skipped."""
    key = cursors.microseconds(moment)

    position = cursors.decode(cursors.encode(Position(Sort.NEWEST, key, row)), sort=Sort.NEWEST)

    assert cursors.moment_of(position.key) == moment


@given(position=st.builds(Position, st.just(Sort.PRICE_ASC), keys, ids))
def test_a_cursor_can_stand_in_an_address(position: Position) -> None:
    """It fits the pattern and the length that the API takes."""
    cursor = cursors.encode(position)

    assert len(cursor) <= 120
    assert set(cursor) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@given(cursor=st.text(max_size=130))
def test_any_text_is_a_position_or_refused(cursor: str) -> None:
    """Garbage raises InvalidCursor and nothing else."""
    try:
        position = cursors.decode(cursor, sort=Sort.FEATURED)
    except InvalidCursor:
        return

    assert abs(position.key) <= BIGINT


def plain(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "text",
    [
        "featured:1",
        "featured:1:2:3",
        "featured:x:2",
        f"featured:{10**19 - 1}:2",
        "featured:1:-2",
        "price_asc:1:2",
        "nonsense:1:2",
        "featured:১:2",
    ],
)
def test_a_forged_cursor_is_refused(text: str) -> None:
    """Wrong parts, another order's cursor, and numbers beyond bigint are no positions."""
    with pytest.raises(InvalidCursor):
        cursors.decode(plain(text), sort=Sort.FEATURED)


def test_a_moment_beyond_the_calendar_is_refused() -> None:
    """The year 200,000 is no date of ours."""
    with pytest.raises(InvalidCursor):
        cursors.decode(plain("newest:6000000000000000000:1"), sort=Sort.NEWEST)
