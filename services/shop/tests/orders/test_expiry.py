"""Orders whose time runs out, and everything that can happen at the same moment."""

import itertools
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from inventory.models import Stock
from orders import services, tasks
from orders.errors import NotCancellable
from orders.models import IdempotencyKey, Order, OrderEvent
from tests.factories import VariantFactory
from tests.orders.carts import assert_books_balance, overdue, pay, placed, told, unpaid
from tests.orders.crowd import in_parallel


@pytest.mark.django_db
def test_unpaid_orders_expire_and_give_their_goods_back():
    """Only those whose time has come; each customer is told once."""
    variant = VariantFactory(stock=5)
    late, early = overdue((variant, 2)), unpaid((variant, 1))

    tasks.expire_unpaid_orders()
    tasks.expire_unpaid_orders()

    late.refresh_from_db()
    early.refresh_from_db()
    assert (late.status, early.status) == ("expired", "awaiting_payment")
    stock = Stock.objects.get(variant=variant)
    assert (stock.on_hand, stock.reserved) == (5, 1)
    assert told(late) == ["expired"]
    assert_books_balance()


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_do_no_harm():
    """Each order expires once, its goods come back once."""
    variant = VariantFactory(stock=40)
    orders = [overdue((variant, 1)) for _ in range(30)]

    counts = in_parallel(lambda _: services.expire_unpaid_orders(), range(4), at_once=4)

    assert sum(counts) == 30
    assert OrderEvent.objects.filter(status="expired").count() == 30
    assert [told(order) for order in orders] == [["expired"]] * 30
    stock = Stock.objects.get(variant=variant)
    assert (stock.on_hand, stock.reserved) == (40, 0)
    assert_books_balance()


@pytest.mark.django_db(transaction=True)
def test_an_order_in_somebody_elses_hands_is_left_for_the_next_beat(caplog):
    """Expiry neither waits behind a payment that is just being booked nor takes the lock for a fault."""
    order = overdue((VariantFactory(), 1))
    with transaction.atomic():
        services.lock_order(id=order.id)

        (count,) = in_parallel(lambda _: services.expire_unpaid_orders(), [None], at_once=1)

    assert count == 0
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
    assert services.expire_unpaid_orders() == 1


@pytest.mark.django_db
def test_an_order_that_cannot_be_expired_does_not_hold_up_the_others(monkeypatch):
    """It is reported, and the rest of the batch goes on."""
    stuck, other = overdue((VariantFactory(), 1)), overdue((VariantFactory(), 1))
    release = services.inventory.release

    def failing(*, reference):
        if reference == stuck.number:
            raise RuntimeError
        return release(reference=reference)

    monkeypatch.setattr("orders.services.inventory.release", failing)

    assert services.expire_unpaid_orders() == 1

    stuck.refresh_from_db()
    other.refresh_from_db()
    assert (stuck.status, other.status) == ("awaiting_payment", "expired")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "rivals", [*list(itertools.combinations(["pay", "cancel", "expire"], 2)), ("pay", "pay")]
)
def test_events_at_the_same_moment_end_in_one_of_them(rivals):
    """Paid, cancelled and expired exclude each other; the goods are sold or back, never both."""
    variant = VariantFactory(stock=50)
    orders = [overdue((variant, 1)) for _ in range(12)]
    acts = {
        "pay": pay,
        "cancel": lambda order: services.cancel_by_customer(token=order.token),
        "expire": lambda _: services.expire_unpaid_orders(limit=3),
    }

    results = in_parallel(
        lambda task: acts[task[0]](task[1]),
        [(rival, order) for order in orders for rival in rivals],
        at_once=8,
    )

    assert all(
        not isinstance(result, Exception) or isinstance(result, NotCancellable) for result in results
    ), results
    paid = 0
    for order in orders:
        order.refresh_from_db()
        ends = list(OrderEvent.objects.filter(order=order).values_list("status", flat=True))[1:]
        if "pay" in rivals and "cancel" in rivals and order.status == "cancelled":
            assert ends in (["cancelled"], ["confirmed", "cancelled"])  # a paid order may be cancelled too
        elif order.status != "awaiting_payment":  # skipped, because its row was in other hands
            assert ends == [order.status]
        paid += order.status == "confirmed"
    held = sum(order.status == "awaiting_payment" for order in orders)
    stock = Stock.objects.get(variant=variant)
    assert (stock.on_hand, stock.reserved) == (50 - paid, held)
    assert_books_balance()


@pytest.mark.django_db
@pytest.mark.parametrize(("first", "second"), list(itertools.permutations(["pay", "cancel", "expire"], 2)))
def test_either_event_first_leaves_the_books_balanced(first, second):
    """Every order of two events, one after the other."""
    variant = VariantFactory(stock=5)
    order = overdue((variant, 2))
    acts = {
        "pay": lambda: pay(order),
        "cancel": lambda: services.cancel_by_customer(token=order.token),
        "expire": services.expire_unpaid_orders,
    }

    acts[first]()
    try:
        acts[second]()
    except NotCancellable:
        assert (first, second) == ("expire", "cancel")

    order.refresh_from_db()
    stock = Stock.objects.get(variant=variant)
    sold = 2 if order.status == "confirmed" else 0
    assert (stock.on_hand, stock.reserved) == (5 - sold, 0)
    expected = {
        ("pay", "cancel"): "cancelled",
        ("pay", "expire"): "confirmed",
        ("cancel", "pay"): "cancelled",
        ("cancel", "expire"): "cancelled",
        ("expire", "pay"): "expired",
        ("expire", "cancel"): "expired",
    }
    assert order.status == expected[first, second]
    assert_books_balance()


@pytest.mark.django_db
def test_keys_are_forgotten_after_two_days():
    """Not earlier, and the order stays."""
    order, fresh = placed((VariantFactory(), 1)), placed((VariantFactory(), 1))
    IdempotencyKey.objects.filter(order=order).update(
        created_at=timezone.now() - timedelta(hours=48, seconds=1)
    )
    IdempotencyKey.objects.filter(order=fresh).update(created_at=timezone.now() - timedelta(hours=47))

    tasks.forget_idempotency_keys()

    assert [key.order for key in IdempotencyKey.objects.all()] == [fresh]
    assert Order.objects.count() == 2
