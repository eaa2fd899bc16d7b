"""Money that goes back, through the simulator: too late, cancelled, or paid twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inventory.models import Stock
from notify.models import Effect
from notify.tasks import relay_outbox
from orders import services as orders
from orders.models import Order
from payments import refunds
from payments.models import Payment, Refund
from payments.sslcommerz import client as sslcommerz
from tests.orders.carts import assert_books_balance
from tests.payments.till import begin, state

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("end", ["expired", "cancelled"])
def test_a_late_payment_is_refunded(gateway, shop, order, end):
    """The goods are back on sale and stay so; the money is asked back once, followed up, and the customer told."""
    key = begin(shop, order)
    gateway.pay(key, "approve-late")
    if end == "expired":
        Order.objects.filter(pk=order.pk).update(expires_at=timezone.now())
        assert orders.expire_unpaid_orders() == 1
    else:
        assert shop.post(f"/api/v1/orders/{order.token}/cancel").status_code == 200

    answer = gateway.release(key)

    assert [ipn["status_code"] for ipn in answer["ipn"]] == [200]
    assert state(order) == (end, "refund_requested", "refund_requested")
    refund = Refund.objects.get()
    assert (refund.status, refund.amount_poisha, refund.reason) == (
        "requested",
        206_000,
        f"paid when the order was {end}",
    )
    assert Stock.objects.get().on_hand == 5
    assert Effect.objects.filter(key__contains=":refund:").count() == 2

    relay_outbox()

    refund.refresh_from_db()
    assert refund.status == "accepted"
    taken = gateway.http.get("/api/messages", params={"to": order.contact_phone}).json()
    assert len(taken) >= 2
    Refund.objects.update(next_check_at=timezone.now())
    assert refunds.follow_up() == 0
    gateway.end_refund(refund.gateway_reference, "refunded")
    Refund.objects.update(next_check_at=timezone.now())
    assert refunds.follow_up() == 1
    refund.refresh_from_db()
    assert refund.status == "refunded"
    assert state(order) == (end, "refunded", "refunded")
    assert_books_balance()


def test_cancelling_a_paid_order_asks_the_money_back(gateway, shop, order):
    """The refund is noted in the same transaction, and asked for once however often the effect is performed."""
    gateway.pay(begin(shop, order), "approve")

    answer = shop.post(f"/api/v1/orders/{order.token}/cancel").json()

    assert (answer["status"], answer["payment"]["status"]) == ("cancelled", "refund_requested")
    refund = Refund.objects.get()
    for _ in range(3):
        Refund.objects.update(status="requested")
        refunds.perform(key="again", payload={"refund": refund.pk})
    refund.refresh_from_db()
    assert refund.status == "accepted"
    assert Stock.objects.get().on_hand == 5
    paid = sslcommerz.refund_status(refund_ref_id=refund.gateway_reference)
    assert paid["status"] == "processing"
    assert_books_balance()


def test_a_refund_survives_a_lost_answer(gateway, shop, order):
    """The gateway has done it and its answer is lost: asked again under the same id, it is the same refund."""
    gateway.pay(begin(shop, order), "approve")
    shop.post(f"/api/v1/orders/{order.token}/cancel")
    gateway.break_down("lost-answer")
    relay_outbox()
    effect = Effect.objects.get(kind="refund")
    assert (effect.state, effect.attempts) == ("pending", 1)
    Effect.objects.filter(pk=effect.pk).update(available_at=timezone.now())

    relay_outbox()

    effect.refresh_from_db()
    assert (effect.state, Refund.objects.get().status) == ("done", "accepted")


def test_a_refused_refund_is_left_for_finance_who_can_ask_again(gateway, shop, order):
    """It is visible as failed with the gateway's reason; asking again is a new effect."""
    gateway.pay(begin(shop, order), "approve")
    Payment.objects.update(bank_transaction_id="unknown")
    shop.post(f"/api/v1/orders/{order.token}/cancel")
    relay_outbox()
    refund = Refund.objects.get()
    assert refund.status == "failed"
    assert "bank_tran_id" in refund.failure

    Payment.objects.update(
        bank_transaction_id=gateway.http.get("/api/payments").json()[0]["transactions"][0]["bank_tran_id"]
    )
    assert refunds.ask_again(refund_id=refund.pk) is True
    assert refunds.ask_again(refund_id=refund.pk) is False
    relay_outbox()

    refund.refresh_from_db()
    assert (refund.status, refund.attempt) == ("accepted", 2)


def test_a_refund_that_the_gateway_cancels_is_left_for_finance(gateway, shop, order):
    """The order still owes the money."""
    gateway.pay(begin(shop, order), "approve")
    shop.post(f"/api/v1/orders/{order.token}/cancel")
    relay_outbox()
    gateway.end_refund(Refund.objects.get().gateway_reference, "cancelled")
    Refund.objects.update(next_check_at=timezone.now())

    refunds.follow_up()

    refund = Refund.objects.get()
    assert (refund.status, refund.failure) == ("failed", "cancelled by the gateway")
    assert state(order) == ("cancelled", "refund_requested", "refund_requested")


def test_money_that_comes_twice_goes_back_once(gateway, shop, order):
    """Two pages of one order both paid: the first confirms, the second is refunded, the order stays paid."""
    first = begin(shop, order)
    Payment.objects.update(created_at=timezone.now() - timedelta(minutes=21))
    second = begin(shop, order)
    assert first != second

    gateway.pay(first, "approve")
    gateway.pay(second, "approve")

    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("confirmed", "paid")
    assert sorted(order.payments.values_list("status", flat=True)) == ["paid", "refund_requested"]
    assert Refund.objects.get().payment.transaction_id == f"{order.number}-2"
    assert Stock.objects.get().on_hand == 3


def test_money_that_comes_twice_under_one_transaction_goes_back_once(gateway, shop, order):
    """As in the documentation's query example: several paid attempts under one tran_id."""
    key = begin(shop, order)
    gateway.pay(key, "approve")
    payment = order.payments.get()
    again = sslcommerz.open_session(_parameters_of(payment, shop))["sessionkey"]

    result = gateway.pay(again, "approve")
    shop.post("/api/v1/payments/sslcommerz/ipn", data=result["fields"])

    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("confirmed", "paid")
    refund = Refund.objects.get()
    assert refund.payment.transaction_id == f"{order.number}-1+1"
    assert refund.payment.bank_transaction_id == result["fields"]["bank_tran_id"]
    relay_outbox()
    refund.refresh_from_db()
    assert refund.status == "accepted"


def _parameters_of(payment, shop):
    back = f"{shop.base_url}/api/v1/payments/sslcommerz"
    return {
        "total_amount": f"{payment.amount_poisha / 100:.2f}",
        "currency": "BDT",
        "tran_id": payment.transaction_id,
        **{
            f"{way}_url": f"{back}/return/{way}?order={payment.order.token}"
            for way in ("success", "fail", "cancel")
        },
        "ipn_url": f"{back}/ipn",
        "cus_name": "A",
        "cus_email": "a@example.com",
        "cus_add1": "A",
        "cus_city": "Dhaka",
        "cus_country": "Bangladesh",
        "cus_phone": "01711111111",
        "shipping_method": "NO",
        "product_name": "A",
        "product_category": "A",
        "product_profile": "general",
    }
