"""Orders in the admin: staff move them on through the services, and change nothing else."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from inventory.models import Stock, StockMovement
from orders.models import Order
from payments.models import Payment, Refund
from tests.factories import CustomerFactory, VariantFactory
from tests.orders.carts import assert_books_balance, placed, unpaid

pytestmark = pytest.mark.django_db


def staff_with(*codenames):
    person = CustomerFactory(is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return person


@pytest.fixture
def as_staff(client):
    client.force_login(
        staff_with("view_order", "change_order"), backend="accounts.backends.EmailOrPhoneBackend"
    )
    return client


def act(client, action, *orders):
    return client.post(
        reverse("admin:orders_order_changelist"),
        {"action": action, "_selected_action": [order.pk for order in orders]},
        follow=True,
    )


def test_staff_move_orders_on_and_are_told_which_could_not_be(as_staff):
    """Each order by itself: one in the wrong state does not hold up the others."""
    ready, waiting = placed((VariantFactory(), 1)), unpaid((VariantFactory(), 1))

    page = act(as_staff, "pack", ready, waiting)

    ready.refresh_from_db()
    waiting.refresh_from_db()
    assert (ready.status, waiting.status) == ("packed", "awaiting_payment")
    text = page.content.decode()
    assert "1 order(s) moved on" in text
    assert waiting.number in text


def test_the_whole_way_by_the_admin(as_staff):
    """Pack, ship, deliver; and cancelling afterwards is refused."""
    order = placed((VariantFactory(), 1))

    for action in ("pack", "ship", "deliver", "cancel"):
        act(as_staff, action, order)

    order.refresh_from_db()
    assert order.status == "delivered"


def test_cancelling_brings_the_goods_back(as_staff):
    """The note says who did it."""
    variant = VariantFactory(stock=5)
    order = placed((variant, 2))

    act(as_staff, "cancel", order)

    assert Stock.objects.get(variant=variant).on_hand == 5
    assert order.history.last().note.startswith("by Customer")
    assert_books_balance()


def test_looking_is_not_changing(client):
    """Staff who may only view have no actions, and posting one does nothing."""
    client.force_login(staff_with("view_order"), backend="accounts.backends.EmailOrPhoneBackend")
    order = placed((VariantFactory(), 1))

    page = client.get(reverse("admin:orders_order_changelist"))
    act(client, "cancel", order)

    order.refresh_from_db()
    assert page.status_code == 200
    assert order.status == "confirmed"


def test_no_field_of_an_order_can_be_written_and_its_token_is_not_shown(as_staff):
    """A forged form changes nothing; whoever has the token could cancel the order."""
    order = placed((VariantFactory(), 1))
    address = reverse("admin:orders_order_change", args=[order.pk])

    page = as_staff.get(address)
    as_staff.post(address, {"status": "delivered", "total_poisha": 1, "payment_status": "paid"})

    after = Order.objects.get(pk=order.pk)
    assert page.status_code == 200
    assert order.token not in page.content.decode()
    assert (after.status, after.total_poisha, after.payment_status) == (
        "confirmed",
        order.total_poisha,
        "due_on_delivery",
    )


@pytest.mark.parametrize("query", ["token__startswith=a", "token=a"])
def test_a_token_cannot_be_searched_for(as_staff, query):
    """Else its characters could be guessed one by one."""
    listed = reverse("admin:orders_order_changelist")

    assert as_staff.get(f"{listed}?{query}").status_code == 400
    assert as_staff.get(f"{listed}?status=confirmed").status_code == 200


def test_the_lists_have_a_bounded_number_of_statements(client, django_assert_max_num_queries):
    """Independent of how many orders there are."""
    client.force_login(
        CustomerFactory(is_staff=True, is_superuser=True), backend="accounts.backends.EmailOrPhoneBackend"
    )
    for _ in range(8):
        order = unpaid((VariantFactory(), 1))
        payment = Payment.objects.create(
            order=order, provider="sslcommerz", transaction_id=f"{order.number}-1", amount_poisha=1
        )
        Refund.objects.create(payment=payment, amount_poisha=1, reason="test")
    for name in (
        "orders_order",
        "payments_payment",
        "payments_refund",
        "inventory_stock",
        "inventory_reservation",
    ):
        with django_assert_max_num_queries(10):
            assert client.get(reverse(f"admin:{name}_changelist")).status_code == 200, name


def test_deliveries_are_booked_in_the_admin(client):
    """With their line in the ledger; a correction below what is promised is refused and said so."""
    client.force_login(
        staff_with("view_stock", "change_stock"), backend="accounts.backends.EmailOrPhoneBackend"
    )
    variant = VariantFactory(stock=5)
    unpaid((variant, 4))
    address = reverse("admin:inventory_stock_change", args=[variant.pk])

    client.post(address, {"low_threshold": 7, "delta": 3, "reason": "delivery", "reference": "note 17"})
    page = client.post(address, {"low_threshold": 7, "delta": -5, "reason": "correction"}, follow=True)
    client.post(address, {"low_threshold": 7, "delta": -1, "reason": "delivery"})
    client.post(address, {"low_threshold": 8, "on_hand": 99, "reason": "delivery"})

    stock = Stock.objects.get(variant=variant)
    assert (stock.on_hand, stock.reserved, stock.low_threshold) == (8, 4, 8)
    assert "promised to orders" in page.content.decode()
    assert StockMovement.objects.get(reference="note 17").delta == 3
    assert_books_balance()
