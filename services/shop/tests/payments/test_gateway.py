"""Payments through the simulator, a real process that speaks SSLCommerz' protocol and can misbehave."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inventory.models import Stock
from notify.models import Effect
from orders import services as orders
from orders.models import Order
from payments import reconciliation
from payments.models import Payment
from payments.sslcommerz import client as sslcommerz
from tests.factories import VariantFactory
from tests.orders.carts import assert_books_balance, placed, unpaid
from tests.payments.till import PAID, UNPAID, assert_still_unpaid, begin, come_back, make_due, state

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("behaviour", ["approve", "approve-risky", "approve-twice"])
def test_a_payment_confirms_the_order(gateway, shop, order, settings, behaviour):
    """The notification is validated, the goods are sold, the customer is told once; the browser sees success."""
    key = begin(shop, order)

    result = gateway.pay(key, behaviour)
    location = come_back(shop, result)

    assert state(order) == PAID
    assert {answer["status_code"] for answer in result["ipn"]} == {200}
    assert len(result["ipn"]) == (2 if behaviour == "approve-twice" else 1)
    assert location == f"{settings.ENV.origin}/orders/{order.token}?payment=success"
    payment = order.payments.get()
    assert payment.validation_id == result["fields"]["val_id"]
    assert payment.bank_transaction_id == result["fields"]["bank_tran_id"]
    assert payment.risk_flagged == (behaviour == "approve-risky")
    assert payment.next_check_at is None
    assert Effect.objects.filter(key__contains=":paid:").count() == 2
    stock = Stock.objects.get()
    assert (stock.on_hand, stock.reserved) == (3, 0)
    assert_books_balance()


def test_a_notification_again_and_again_changes_nothing(gateway, shop, order):
    """Answered 200 each time, and nothing is sold or told twice."""
    result = gateway.pay(begin(shop, order), "approve")
    before = list(Payment.objects.values()), Effect.objects.count()

    answers = [shop.post("/api/v1/payments/sslcommerz/ipn", data=result["fields"]) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert (list(Payment.objects.values()), Effect.objects.count()) == before
    assert Stock.objects.get().on_hand == 3


@pytest.mark.parametrize(("behaviour", "shown"), [("decline", "fail"), ("cancel", "cancel")])
def test_a_payment_that_came_to_nothing_leaves_the_order_payable(gateway, shop, order, behaviour, shown):
    """The attempt is failed, the goods stay held, and the next attempt can succeed."""
    result = gateway.pay(begin(shop, order), behaviour)
    location = come_back(shop, result)

    assert state(order) == ("awaiting_payment", "failed", "failed")
    assert location.endswith(f"?payment={shown}")
    assert_still_unpaid(order)

    gateway.pay(begin(shop, order), "approve")

    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("confirmed", "paid")
    assert sorted(order.payments.values_list("status", flat=True)) == ["failed", "paid"]


def test_an_open_page_is_used_again(gateway, shop, order):
    """Pressing "pay" twice does not open two payments."""
    assert begin(shop, order) == begin(shop, order)
    assert order.payments.count() == 1


def test_a_returning_browser_brings_the_news_when_the_notification_is_late(gateway, shop, order, monkeypatch):
    """The shop asks the gateway itself, whatever the browser carries."""
    key = begin(shop, order)
    monkeypatch.setattr(
        "payments.callbacks.signature_holds", lambda *_, **__: False
    )  # the notification is lost
    result = gateway.pay(key, "approve")
    assert state(order) == UNPAID

    location = shop.post(result["return_url"], data={"tran_id": "x", "status": "FAILED"}).headers["Location"]

    assert location.endswith("?payment=success")
    assert state(order) == PAID


def test_a_lost_notification_loses_no_taka(gateway, shop, order, monkeypatch):
    """No notification, no browser: reconciliation asks two minutes later, and only then."""
    key = begin(shop, order)
    monkeypatch.setattr("payments.callbacks.signature_holds", lambda *_, **__: False)
    gateway.pay(key, "approve")

    assert reconciliation.reconcile() == 0
    make_due()
    assert reconciliation.reconcile() == 1

    assert state(order) == PAID
    assert reconciliation.reconcile() == 0


def test_a_pending_payment_is_asked_about_until_it_ends(gateway, shop, order):
    """Pending is neither paid nor failed; each time the next question is put off."""
    key = begin(shop, order)
    gateway.pay(key, "approve-late")
    make_due()

    assert reconciliation.reconcile() == 1
    assert reconciliation.reconcile() == 0
    assert state(order) == UNPAID
    assert order.payments.get().next_check_at > timezone.now() + timedelta(seconds=50)

    gateway.release(key)

    assert state(order) == PAID


@pytest.mark.parametrize("kind", ["error", "garbage", "lost-answer", "hang"])
def test_a_gateway_that_is_down_costs_nothing(gateway, shop, order, kind, monkeypatch):
    """503 within seconds, the order stays payable, and works when the gateway does."""
    monkeypatch.setattr(sslcommerz, "ANSWER_TIMEOUT_SECONDS", 1.0)
    sslcommerz._http.cache_clear()
    gateway.break_down(kind)

    refused = shop.post(f"/api/v1/orders/{order.token}/payment")

    sslcommerz._http.cache_clear()
    assert (refused.status_code, refused.json()["code"]) == (503, "payment_gateway_unavailable")
    assert_still_unpaid(order)
    gateway.pay(begin(shop, order), "approve")
    order.refresh_from_db()
    assert order.status == "confirmed"


@pytest.mark.parametrize("kind", ["error", "garbage"])
def test_a_notification_that_cannot_be_checked_changes_nothing_yet(gateway, shop, order, kind):
    """503 to the gateway, "pending" to the browser, and reconciliation settles it."""
    key = begin(shop, order)
    gateway.break_down(kind, for_requests=2)

    result = gateway.pay(key, "approve")
    location = come_back(shop, result)

    assert [answer["status_code"] for answer in result["ipn"]] == [503]
    assert location.endswith("?payment=pending")
    assert state(order) == UNPAID
    make_due()
    reconciliation.reconcile()
    assert state(order) == PAID


def test_reconciliation_stops_at_a_gateway_that_is_down(gateway, shop):
    """One question, not one for each payment; the others are asked next time."""
    variant = VariantFactory(stock=5)
    for _ in range(3):
        begin(shop, unpaid((variant, 1)))
    make_due()
    gateway.break_down("error")

    assert reconciliation.reconcile() == 1
    assert reconciliation.reconcile() == 2


@pytest.mark.parametrize("end", ["cash", "paid", "cancelled", "expired", "overdue"])
def test_what_awaits_no_payment_cannot_be_paid(gateway, shop, order, end):
    """409 not_payable, and the gateway is not asked."""
    if end == "cash":
        order = placed((VariantFactory(), 1))
    elif end == "paid":
        gateway.pay(begin(shop, order), "approve")
    elif end == "cancelled":
        orders.cancel_by_customer(token=order.token)
    else:
        Order.objects.filter(pk=order.pk).update(expires_at=timezone.now())
        if end == "expired":
            orders.expire_unpaid_orders()
    before = Payment.objects.count()

    answer = shop.post(f"/api/v1/orders/{order.token}/payment")

    assert (answer.status_code, answer.json()["code"]) == (409, "not_payable")
    assert Payment.objects.count() == before


def test_long_bangla_details_fit_the_gateways_fields(gateway, shop):
    """Texts are cut to the documented lengths, and a missing or long e-mail is replaced by the shop's."""
    for email in ("", "x" * 60 + "@example.com"):
        order = unpaid(
            (VariantFactory(), 1),
            name=("রহিমা খাতুন চৌধুরী " * 9)[:120],
            line1=("বাড়ি ৭, সড়ক ৩, " * 20)[:200],
            area=("ধানমন্ডি " * 20)[:120],
            email=email,
            postcode="",
        )
        begin(shop, order)
