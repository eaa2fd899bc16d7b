"""Paying at the simulated gateway: what customers, their browsers and the clock do."""

from django.utils import timezone

from inventory.models import Stock
from notify.models import Effect
from payments.models import Payment
from tests.orders.carts import assert_books_balance

UNPAID = ("awaiting_payment", "unpaid", "initiated")
PAID = ("confirmed", "paid", "paid")


def begin(shop, order):
    """Start to pay: the session's key."""
    answer = shop.post(f"/api/v1/orders/{order.token}/payment")
    assert answer.status_code == 200, answer.text
    return answer.json()["redirect_url"].rpartition("/")[2]


def come_back(shop, result):
    """What the customer's browser does: POST what it was given to where it was sent; where it is sent on to."""
    answer = shop.post(result["return_url"], data=result["fields"])
    assert answer.status_code == 303
    return answer.headers["Location"]


def make_due():
    """Two minutes pass."""
    Payment.objects.filter(next_check_at__isnull=False).update(next_check_at=timezone.now())


def state(order):
    """The order's status, its payment status, and that of its newest attempt."""
    order.refresh_from_db()
    payment = order.payments.first()
    return order.status, order.payment_status, payment.status if payment else None


def assert_still_unpaid(order):
    """Two of five are held, nothing is sold, and nobody was told of a payment."""
    assert order.payments.filter(status__in=["paid", "refund_requested"]).count() == 0
    order.refresh_from_db()
    assert order.status == "awaiting_payment"
    assert not Effect.objects.filter(key__contains=":paid:").exists()
    stock = Stock.objects.get()
    assert (stock.on_hand, stock.reserved) == (5, 2)
    assert_books_balance()
