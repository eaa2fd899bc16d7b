"""The stock under many hands at once."""

import threading

import pytest
from django.db import connections, transaction

from catalog.models import Product
from inventory import rows, services
from inventory.models import Stock, StockMovement
from inventory.services import StockLine
from tests.factories import VariantFactory
from tests.orders.carts import assert_books_balance
from tests.orders.crowd import in_parallel

Reason = StockMovement.Reason


def numbers(variant):
    stock = Stock.objects.get(variant=variant)
    return stock.on_hand, stock.reserved


@pytest.mark.django_db(transaction=True)
def test_carts_in_opposite_order_do_not_deadlock():
    """Rows are taken in one order, whatever the order of the cart's lines."""
    one, two, three = (VariantFactory(stock=1_000) for _ in range(3))
    orders = [[one, two, three], [three, two, one], [two, three, one], [three, one, two]]

    def buy(number):
        with transaction.atomic():
            services.sell(
                lines=[StockLine(variant.id, 1) for variant in orders[number % 4]], reference=f"DC-{number}"
            )

    results = in_parallel(buy, range(120), at_once=12)

    assert [result for result in results if result is not None] == []
    assert [numbers(variant) for variant in (one, two, three)] == [(880, 0)] * 3
    assert_books_balance()


@pytest.mark.django_db(transaction=True)
def test_rows_taken_in_the_order_of_the_cart_do_deadlock():
    """The race that the fixed order prevents is real: two buyers, each waiting for the other's second row."""
    one, two = VariantFactory(stock=10), VariantFactory(stock=10)
    first_row_taken = threading.Barrier(2)

    def buy_in_own_order(cart):
        with transaction.atomic():
            for position, variant in enumerate(cart):
                services.sell(lines=[StockLine(variant.id, 1)], reference=f"DC-{cart[0].id}-{position}")
                if position == 0:
                    first_row_taken.wait(30)

    results = in_parallel(buy_in_own_order, [(one, two), (two, one)], at_once=2)

    failures = [str(result) for result in results if result is not None]
    assert len(failures) == 1
    assert "deadlock detected" in failures[0]


@pytest.mark.django_db(transaction=True)
def test_two_variants_that_sell_out_together_leave_their_product_sold_out():
    """Neither sale counts on the other's unit: the second one to the product's row sees both."""
    black = VariantFactory(stock=1)
    white = VariantFactory(product=black.product, stock=1)
    both_sold = threading.Barrier(2)
    follow = services.consequences.follow

    def sell_together(variant):
        with transaction.atomic():
            changed = rows.apply([rows.Change(variant.id, on_hand=-1)])
            StockMovement.objects.create(stock_id=variant.id, delta=-1, reason=Reason.SALE)
            both_sold.wait(30)
            follow(changed, cause=f"DC-{variant.id}")

    results = in_parallel(sell_together, [black, white], at_once=2)

    assert results == [None, None]
    assert Product.objects.get(id=black.product_id).stock == Product.Stock.OUT


@pytest.mark.django_db(transaction=True)
def test_a_wait_for_a_row_has_an_end():
    """A buyer does not wait for ever behind a transaction that hangs."""
    variant = VariantFactory(stock=10)
    with transaction.atomic():
        services.sell(lines=[StockLine(variant.id, 1)], reference="DC-1")

        def buy(_):
            with transaction.atomic(), connections["default"].cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '200ms'")
                services.sell(lines=[StockLine(variant.id, 1)], reference="DC-2")

        (result,) = in_parallel(buy, [None], at_once=1)

    assert "lock timeout" in str(result)
    assert_books_balance()


def test_every_connection_gives_up_waiting_after_some_seconds(settings):
    """The bound that the test above shortens is set for all."""
    options = settings.DATABASES["default"]["OPTIONS"]["options"]

    assert f"lock_timeout={settings.DATABASE_LOCK_TIMEOUT_MILLISECONDS}" in options
    assert 0 < settings.DATABASE_LOCK_TIMEOUT_MILLISECONDS <= 5_000


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("acts", [("commit", "commit"), ("release", "release"), ("commit", "release")])
def test_a_promise_is_kept_or_given_back_once(acts):
    """Whoever comes second to a reservation finds it gone, however close behind."""
    variant = VariantFactory(stock=50)
    for number in range(10):
        with transaction.atomic():
            services.reserve(lines=[StockLine(variant.id, 1)], reference=f"DC-{number}", expires_at=None)

    def act(task):
        name, number = task
        with transaction.atomic():
            return getattr(services, name)(reference=f"DC-{number}")

    results = in_parallel(act, [(name, number) for number in range(10) for name in acts], at_once=8)

    assert not any(isinstance(result, Exception) for result in results), results
    if acts != ("commit", "release"):  # a release may also bring back what was just sold
        assert sum(results) == 10
    assert numbers(variant) == ((40, 0) if acts == ("commit", "commit") else (50, 0))
    assert_books_balance()
