"""Notifications, returns, cancellation and expiry at the same moment."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inventory.models import Stock
from orders import services as orders
from orders.errors import NotCancellable
from orders.models import Order
from payments import reconciliation, services
from payments.errors import GatewayUnavailable
from payments.models import Payment, Refund
from payments.providers import Receipt
from tests.factories import VariantFactory
from tests.orders.carts import assert_books_balance, unpaid
from tests.orders.crowd import in_parallel

pytestmark = pytest.mark.django_db(transaction=True)


def started(order):
    return Payment.objects.create(
        order=order,
        provider="sslcommerz",
        transaction_id=f"{order.number}-1",
        amount_poisha=order.total_poisha,
    )


def receipt_for(payment):
    return Receipt(
        transaction_id=payment.transaction_id,
        validation_id=f"VAL{payment.pk}",
        bank_transaction_id=f"BANK{payment.pk}",
        amount_poisha=payment.amount_poisha,
        risky=False,
    )


def test_one_receipt_at_the_same_moment_pays_once():
    """Notification, its duplicate and the returning browser all bring the same news."""
    variant = VariantFactory(stock=5)
    payment = started(unpaid((variant, 2)))
    receipt = receipt_for(payment)

    results = in_parallel(lambda _: services.accept(payment=payment, receipt=receipt), range(12), at_once=12)

    assert sorted(results) == ["confirmed"] + ["known"] * 11
    assert Stock.objects.get().on_hand == 3
    assert not Refund.objects.exists()
    assert_books_balance()


@pytest.mark.parametrize("rival", ["cancel", "expire"])
def test_money_is_either_for_goods_or_on_its_way_back(rival):
    """However the race ends, and nothing deadlocks."""
    variant = VariantFactory(stock=100)
    placed = [unpaid((variant, 1)) for _ in range(20)]
    payments = {order.pk: started(order) for order in placed}
    Order.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    def act(task):
        what, order = task
        if what == "pay":
            payment = payments[order.pk]
            return services.accept(payment=payment, receipt=receipt_for(payment))
        if rival == "cancel":
            return orders.cancel_by_customer(token=order.token)
        return orders.expire_unpaid_orders(limit=2)

    results = in_parallel(act, [(what, order) for order in placed for what in ("pay", "rival")], at_once=10)

    assert all(not isinstance(r, Exception) or isinstance(r, NotCancellable) for r in results), results
    confirmed = 0
    for order in placed:
        order.refresh_from_db()
        payment = order.payments.get()
        if order.status == "confirmed":
            confirmed += 1
            assert (order.payment_status, payment.status) == ("paid", "paid")
            assert not Refund.objects.filter(payment=payment).exists()
        else:
            assert order.status == ("cancelled" if rival == "cancel" else "expired")
            assert (order.payment_status, payment.status) == ("refund_requested", "refund_requested")
            assert Refund.objects.get(payment=payment).amount_poisha == order.total_poisha
    stock = Stock.objects.get()
    assert (stock.on_hand, stock.reserved) == (100 - confirmed, 0)
    assert_books_balance()


def test_two_reconciliations_ask_about_a_payment_once(canned):
    """Each attempt is claimed before the gateway is asked."""
    variant = VariantFactory(stock=50)
    for _ in range(12):
        payment = started(unpaid((variant, 1)))
        Payment.objects.filter(pk=payment.pk).update(next_check_at=timezone.now())
    server = canned({"APIConnect": "DONE", "no_of_trans_found": 0, "element": []})

    counts = in_parallel(lambda _: reconciliation.reconcile(), range(3), at_once=3)

    assert sum(counts) == len(server.asked) == 12


def test_impatient_customers_open_attempts_with_names_of_their_own(canned, example):
    """Pressing "pay" many times at once never meets a transaction id twice."""
    order = unpaid((VariantFactory(stock=5), 1))
    canned(example("session_response"))

    results = in_parallel(lambda _: services.start_payment(token=order.token), range(8), at_once=8)

    assert set(results) == {example("session_response")["GatewayPageURL"]}
    names = list(order.payments.values_list("transaction_id", flat=True))
    assert len(names) == len(set(names)) >= 1


def test_a_lost_answer_does_not_undo_a_payment(monkeypatch):
    """The page was opened, paid and accepted before its answer was given up: paid stays paid."""
    order = unpaid((VariantFactory(stock=5), 1))

    def paid_meanwhile(_provider, _request):
        payment = order.payments.get()
        services.accept(payment=payment, receipt=receipt_for(payment))
        raise GatewayUnavailable("ReadTimeout")

    monkeypatch.setattr("payments.sslcommerz.provider.SSLCommerz.open_session", paid_meanwhile)

    with pytest.raises(GatewayUnavailable):
        services.start_payment(token=order.token)

    assert order.payments.get().status == "paid"


@pytest.mark.parametrize(
    ("age_minutes", "waits_minutes"), [(2, 1), (4, 1), (60, 15), (24 * 60, 6 * 60), (3 * 24 * 60 + 1, None)]
)
def test_questions_become_rarer_with_age(age_minutes, waits_minutes):
    """Each minute at first, then each quarter of the age, at last never."""
    now = timezone.now()

    due = services.next_check(created_at=now - timedelta(minutes=age_minutes), now=now)

    assert due == (None if waits_minutes is None else now + timedelta(minutes=waits_minutes))
