"""Money: totals and how they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.money import format_money
from orders.locations import DISTRICTS
from orders.pricing import totals
from payments.sslcommerz.provider import taka

PRICES = st.integers(min_value=1, max_value=10**9)
LINES = st.lists(st.tuples(PRICES, st.integers(min_value=1, max_value=10)), min_size=1, max_size=50)


@given(lines=LINES, district=st.sampled_from(sorted(DISTRICTS)))
def test_a_total_is_its_lines_and_its_delivery_to_the_poisha(lines, district):
    """No poisha is lost or made, whatever the order of the lines."""
    cost = totals(lines=lines, district=district)

    assert cost.total_poisha - DISTRICTS[district].delivery_poisha == sum(p * q for p, q in lines)
    assert totals(lines=lines[::-1], district=district) == cost
    assert totals(lines=lines, district=None).total_poisha == cost.subtotal_poisha


@given(lines=LINES, more=LINES)
def test_totals_add_up(lines, more):
    """Two carts together cost what they cost apart, but for the delivery."""
    together = totals(lines=lines + more, district=None)

    apart = totals(lines=lines, district=None).total_poisha + totals(lines=more, district=None).total_poisha
    assert together.total_poisha == apart


@given(poisha=st.integers(min_value=0, max_value=10**13))
def test_written_money_reads_back_as_the_same(poisha):
    """Grouping and digits change nothing of the amount, in either language."""
    english = format_money(poisha, language="en")
    bangla = format_money(poisha, language="bn")

    digits = english.removeprefix("৳").replace(",", "")
    whole, _, rest = digits.partition(".")
    assert int(whole) * 100 + int(rest or 0) == poisha
    assert bangla.translate(str.maketrans("০১২৩৪৫৬৭৮৯", "0123456789")) == english


@given(poisha=st.integers(min_value=0, max_value=50_000_000))
def test_the_gateway_is_asked_for_exactly_the_total(poisha):
    """``taka`` writes poisha as decimal (10,2) without rounding."""
    whole, rest = taka(poisha).split(".")

    assert len(rest) == 2
    assert int(whole) * 100 + int(rest) == poisha


@pytest.mark.parametrize(
    ("poisha", "language", "written"),
    [
        (0, "en", "৳0"),
        (99_900, "en", "৳999"),
        (12_345_600, "en", "৳1,23,456"),
        (1_234_567_890, "en", "৳1,23,45,678.90"),
        (12_345_600, "bn", "৳১,২৩,৪৫৬"),
        (5, "bn", "৳০.০৫"),
    ],
)
def test_money_is_grouped_by_lakh_and_crore(poisha, language, written):
    """As people in Bangladesh write it."""
    assert format_money(poisha, language=language) == written
