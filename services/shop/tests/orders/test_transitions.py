"""What happens to an order after it was placed."""

import pytest

from inventory.models import Stock
from ops.errors import NotFound
from orders import services
from orders.errors import IllegalTransition, NotCancellable
from orders.models import Order
from orders.states import TRANSITIONS, may_become
from tests.factories import VariantFactory
from tests.orders.carts import assert_books_balance, overdue, pay, placed, told, unpaid

Status = Order.Status


@pytest.mark.django_db
def test_a_payment_in_time_confirms_the_order_and_sells_its_goods():
    """The customer is told, and the ledger has its line."""
    variant = VariantFactory(stock=5)
    order = unpaid((variant, 2))

    assert pay(order) is True

    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("confirmed", "paid")
    stock = Stock.objects.get(variant=variant)
    assert (stock.on_hand, stock.reserved) == (3, 0)
    assert told(order) == ["paid"]
    assert_books_balance()


@pytest.mark.django_db
def test_a_payment_after_the_deadline_is_in_time_while_the_goods_are_held():
    """The deadline is when the goods may be given back, not a trap."""
    order = overdue((VariantFactory(), 1))

    assert pay(order) is True
    assert services.expire_unpaid_orders() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["expired", "cancelled", "paid", "cash"])
def test_a_payment_for_an_order_that_awaits_none_changes_nothing(end):
    """Whatever comes of the money is decided elsewhere: the order does not come back to life."""
    variant = VariantFactory(stock=5)
    order = placed((variant, 1)) if end == "cash" else overdue((variant, 1))
    if end == "expired":
        services.expire_unpaid_orders()
    elif end == "cancelled":
        services.cancel_by_customer(token=order.token)
    elif end == "paid":
        pay(order)
    before = Order.objects.filter(pk=order.pk).values().get()

    assert pay(order) is False

    assert Order.objects.filter(pk=order.pk).values().get() == before
    assert_books_balance()


@pytest.mark.django_db
def test_a_cash_order_goes_its_way_and_is_paid_at_the_door():
    """Packed, shipped (and told so), delivered: then the cash is in hand."""
    order = placed((VariantFactory(), 1))

    for status in (Status.PACKED, Status.SHIPPED, Status.DELIVERED):
        services.advance(order_id=order.id, to=status, note="by Karim")

    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("delivered", "paid")
    assert list(order.history.values_list("status", flat=True)) == [
        "confirmed",
        "packed",
        "shipped",
        "delivered",
    ]
    assert told(order) == ["confirmed", "shipped"]


@pytest.mark.django_db
@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("to", list(Status))
def test_staff_can_go_the_legal_ways_only(status, to):
    """Every pair of states: packing, shipping and delivering in their order, nothing else by that way."""
    order = placed((VariantFactory(), 1))
    Order.objects.filter(pk=order.pk).update(status=status)
    legal = (status, to) in {
        (Status.CONFIRMED, Status.PACKED),
        (Status.PACKED, Status.SHIPPED),
        (Status.SHIPPED, Status.DELIVERED),
    }

    if legal:
        assert services.advance(order_id=order.id, to=to).status == to
    else:
        with pytest.raises(IllegalTransition):
            services.advance(order_id=order.id, to=to)
        order.refresh_from_db()
        assert order.status == status


@pytest.mark.django_db
@pytest.mark.parametrize("status", list(Status))
def test_customers_cancel_before_packing_and_staff_before_shipping(status):
    """Whoever comes too late is refused and nothing changes."""
    for cancel, allowed in [
        (lambda order: services.cancel_by_customer(token=order.token), {"awaiting_payment", "confirmed"}),
        (
            lambda order: services.cancel_by_staff(order_id=order.id, note="by Karim"),
            {"awaiting_payment", "confirmed", "packed"},
        ),
    ]:
        variant = VariantFactory(stock=5)
        order = placed((variant, 2))
        Order.objects.filter(pk=order.pk).update(status=status)
        if status in allowed:
            cancel(order)
            assert Stock.objects.get(variant=variant).on_hand == 5
            assert told(order) == ["cancelled", "confirmed"]
        else:
            with pytest.raises(NotCancellable):
                cancel(order)
            assert Stock.objects.get(variant=variant).on_hand == 3
        assert_books_balance()


@pytest.mark.django_db
def test_a_cancelled_cash_order_owes_nothing():
    """Nothing is due on delivery any more."""
    order = placed((VariantFactory(), 1))

    assert services.cancel_by_customer(token=order.token).payment_status == "unpaid"


def test_final_states_are_final():
    """Delivered, cancelled and expired lead nowhere."""
    for status in (Status.DELIVERED, Status.CANCELLED, Status.EXPIRED):
        assert TRANSITIONS[status] == frozenset()
        assert not any(may_become(status, new) for new in Status)
    assert set(TRANSITIONS) == set(Status)


@pytest.mark.django_db
def test_an_unknown_order_is_not_found():
    """By whatever it is looked for."""
    with pytest.raises(NotFound):
        services.cancel_by_customer(token="x" * 43)
