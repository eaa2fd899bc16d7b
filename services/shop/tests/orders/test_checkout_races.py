"""Many buyers at once, in pairs: first the race is shown to happen without the guard, then not with it."""

import threading

import pytest
from django.db import IntegrityError, connection

from inventory.errors import InsufficientStock
from inventory.models import Reservation, Stock, StockMovement
from orders import services
from orders.checkout import place_order
from orders.errors import IdempotencyKeyReused, NotCancellable, OutOfStock
from orders.models import IdempotencyKey, Order, OrderLine
from tests.factories import VariantFactory
from tests.orders.carts import assert_books_balance, body_of, checkout_of, new_key, unpaid
from tests.orders.crowd import in_parallel

pytestmark = pytest.mark.django_db(transaction=True)

BUYERS = 200
STOCK = 10
AT_ONCE = 24
GUARD = next(c for c in Stock._meta.constraints if c.name == "stock_never_oversold")


@pytest.fixture
def without_the_check():
    """The table without its CHECK, put back afterwards."""
    with connection.schema_editor() as editor:
        editor.remove_constraint(Stock, GUARD)
    yield
    StockMovement.objects.all().delete()
    Reservation.objects.all().delete()
    Stock.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(Stock, GUARD)


@pytest.fixture
def naive_sale(monkeypatch):
    """How it is often written: look whether there is enough, then take it. The crowd looks together, once."""
    everyone_has_looked = threading.Barrier(AT_ONCE)
    looked = threading.local()

    def sell(*, lines, reference):
        for line in lines:
            available = Stock.objects.get(variant_id=line.variant_id).available
            if not hasattr(looked, "once"):
                looked.once = True
                everyone_has_looked.wait(30)
            if available < line.quantity:
                raise InsufficientStock([line.variant_id])
            stock = Stock.objects.get(variant_id=line.variant_id)
            Stock.objects.filter(pk=stock.pk).update(on_hand=_less(line.quantity))
            StockMovement.objects.create(
                stock=stock, delta=-line.quantity, reason=StockMovement.Reason.SALE, reference=reference
            )

    monkeypatch.setattr("orders.checkout.inventory.sell", sell)


def _less(quantity):
    from django.db.models import F

    return F("on_hand") - quantity


def rush(variant):
    """200 people who want one each; what each of them got."""
    return in_parallel(
        lambda buyer: place_order(
            key=new_key(), checkout=checkout_of((variant, 1), name=f"Buyer {buyer}"), customer_id=None
        ),
        range(BUYERS),
        at_once=AT_ONCE,
    )


def test_without_guards_200_buyers_oversell_a_stock_of_10(without_the_check, naive_sale):
    """The race is real: looking first and taking then sells more than there is."""
    variant = VariantFactory(stock=STOCK)

    rush(variant)

    assert Order.objects.count() > STOCK
    assert Stock.objects.get(variant=variant).on_hand < 0


def test_the_check_alone_keeps_a_naive_sale_from_overselling(naive_sale):
    """Whatever the code does: the database refuses the eleventh sale."""
    variant = VariantFactory(stock=STOCK)

    results = rush(variant)

    assert Order.objects.count() == STOCK
    assert Stock.objects.get(variant=variant).on_hand == 0
    refused = [result for result in results if isinstance(result, IntegrityError)]
    assert refused
    assert all(GUARD.name in str(error) for error in refused)


def test_200_buyers_of_a_stock_of_10_place_exactly_10_orders():
    """Ten get one each, everybody else is told that it is sold out, and the books balance."""
    variant = VariantFactory(stock=STOCK)

    results = rush(variant)

    bought = [result for result in results if isinstance(result, dict)]
    assert len(bought) == Order.objects.count() == OrderLine.objects.count() == STOCK
    assert sum(isinstance(result, OutOfStock) for result in results) == BUYERS - STOCK
    stock = Stock.objects.get(variant=variant)
    assert (stock.on_hand, stock.reserved) == (0, 0)
    assert IdempotencyKey.objects.count() == STOCK
    assert_books_balance()


def test_200_unpaid_buyers_of_a_stock_of_10_hold_exactly_10():
    """The same for orders that only reserve."""
    variant = VariantFactory(stock=STOCK)

    results = in_parallel(lambda _: unpaid((variant, 1)), range(BUYERS), at_once=AT_ONCE)

    assert sum(isinstance(result, Order) for result in results) == STOCK
    stock = Stock.objects.get(variant=variant)
    assert (stock.on_hand, stock.reserved) == (STOCK, STOCK)
    assert_books_balance()


def test_one_key_50_times_in_parallel_is_one_order_and_50_equal_answers(client):
    """Over HTTP, as an impatient browser would."""
    variant = VariantFactory(stock=STOCK)
    key, body = new_key(), body_of(checkout_of((variant, 1)))

    answers = in_parallel(
        lambda _: client.post(
            "/api/v1/orders", body, content_type="application/json", headers={"idempotency-key": key}
        ),
        range(50),
        at_once=AT_ONCE,
    )

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert Order.objects.count() == 1
    assert Stock.objects.get(variant=variant).on_hand == STOCK - 1
    assert_books_balance()


def test_one_key_with_different_bodies_in_parallel_is_one_order():
    """Whoever comes first has the key; the others are refused, none sees the other's order."""
    variant = VariantFactory(stock=STOCK)
    key = new_key()

    results = in_parallel(
        lambda buyer: place_order(
            key=key, checkout=checkout_of((variant, 1), name=f"Buyer {buyer}"), customer_id=None
        ),
        range(20),
        at_once=20,
    )

    assert sum(isinstance(result, dict) for result in results) == 1
    assert sum(isinstance(result, IdempotencyKeyReused) for result in results) == 19
    assert Order.objects.count() == 1


def test_carts_in_opposite_order_are_all_served():
    """No deadlock, and no wait that ends in a refusal."""
    one, two = VariantFactory(stock=500), VariantFactory(stock=500)

    results = in_parallel(
        lambda buyer: place_order(
            key=new_key(),
            checkout=checkout_of(*([(one, 1), (two, 1)] if buyer % 2 else [(two, 1), (one, 1)])),
            customer_id=None,
        ),
        range(80),
        at_once=16,
    )

    assert all(isinstance(result, dict) for result in results), results
    assert set(Stock.objects.values_list("on_hand", flat=True)) == {420}
    assert_books_balance()


def test_an_order_is_cancelled_once_however_many_ask():
    """Its goods come back once."""
    variant = VariantFactory(stock=5)
    order = unpaid((variant, 2))

    results = in_parallel(lambda _: services.cancel_by_customer(token=order.token), range(10), at_once=10)

    assert sum(isinstance(result, Order) for result in results) == 1
    assert sum(isinstance(result, NotCancellable) for result in results) == 9
    stock = Stock.objects.get(variant=variant)
    assert (stock.on_hand, stock.reserved) == (5, 0)
    assert_books_balance()
