"""Messages that lie, are badly signed, are replayed, or are nonsense: none of them is money."""

from urllib.parse import urlencode

import pytest

from payments import reconciliation
from payments.models import Payment
from tests.factories import VariantFactory
from tests.orders.carts import unpaid
from tests.payments.messages import notification, signed
from tests.payments.till import PAID, UNPAID, assert_still_unpaid, begin, come_back, make_due, state

IPN = "/api/v1/payments/sslcommerz/ipn"
FORM = "application/x-www-form-urlencoded"

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_browser_that_claims_success_is_not_believed(gateway, shop, order):
    """No payment, no notification, a forged validation id: the order waits, the browser is told "pending"."""
    result = gateway.pay(begin(shop, order), "lie")
    location = come_back(shop, result)
    forged = shop.post("/api/v1/payments/sslcommerz/ipn", data=result["fields"])

    assert location.endswith("?payment=pending")
    assert (forged.status_code, forged.json()["code"]) == (400, "invalid_notification")
    assert state(order) == UNPAID
    assert_still_unpaid(order)


@pytest.mark.parametrize("behaviour", ["lie-amount", "lie-currency"])
def test_a_well_signed_notification_of_another_amount_pays_nothing(gateway, shop, order, behaviour):
    """Only what the validation says counts, in notification, return and reconciliation alike."""
    result = gateway.pay(begin(shop, order), behaviour)
    location = come_back(shop, result)
    make_due()
    reconciliation.reconcile()

    assert [answer["status_code"] for answer in result["ipn"]] == [400]
    assert location.endswith("?payment=pending")
    assert_still_unpaid(order)


def test_a_badly_signed_notification_is_refused_and_the_truth_found_by_asking(gateway, shop, order):
    """The message changes nothing; reconciliation learns that the money is really there."""
    result = gateway.pay(begin(shop, order), "bad-signature")

    assert [answer["status_code"] for answer in result["ipn"]] == [400]
    assert state(order) == UNPAID

    make_due()
    reconciliation.reconcile()

    assert state(order) == PAID


def test_a_payment_to_another_store_is_none_of_ours(gateway, shop, order):
    """Real and well signed, but addressed to another store: refused; addressed to ours, accepted."""
    result = gateway.pay(begin(shop, order), "bad-signature")
    fields = {name: value for name, value in result["fields"].items() if not name.startswith("verify_")}

    theirs = shop.post(IPN, data=signed({**fields, "store_id": "another"}))
    assert theirs.status_code == 400
    assert state(order) == UNPAID

    ours = shop.post(IPN, data=signed(fields))
    assert ours.status_code == 200
    assert state(order) == PAID


def test_one_orders_receipt_does_not_pay_another(gateway, shop, order):
    """A val_id replayed for another order, even in a message that is well signed, is refused."""
    other = unpaid((VariantFactory(stock=5, product__price_poisha=100_000), 2))
    paid = gateway.pay(begin(shop, other), "approve")
    begin(shop, order)

    replayed = signed(notification(order.payments.get(), val_id=paid["fields"]["val_id"]))
    answer = shop.post("/api/v1/payments/sslcommerz/ipn", data=replayed)

    assert answer.status_code == 400
    assert state(order) == UNPAID
    other.refresh_from_db()
    assert other.status == "confirmed"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"val_id": "unknown"},
        {"val_id": ""},
        {"val_id": "../../x"},
        {"val_id": "\x00"},
        {"tran_id": "DC-26-00000000-1"},
        {"tran_id": "\x00"},
        {"tran_id": "x" * 5_000},
        {"store_id": "another"},
        {"status": "PAID"},
        {"status": ""},
    ],
)
def test_a_well_signed_message_of_nonsense_changes_nothing(gateway_alone, client, order, change):
    """Even from someone who knows the password: 400, never 500."""
    payment = Payment.objects.create(
        order=order,
        provider="sslcommerz",
        transaction_id=f"{order.number}-1",
        amount_poisha=order.total_poisha,
    )
    message = signed(notification(payment, **change))

    answer = client.post(IPN, urlencode(message), content_type=FORM)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_notification")
    assert_still_unpaid(order)


@pytest.mark.django_db
def test_a_field_that_comes_twice_is_refused(client, order):
    """Even in a well signed message: one reader might take the first, another the last."""
    payment = Payment.objects.create(
        order=order, provider="sslcommerz", transaction_id="DC-26-ABCDEFGH-1", amount_poisha=1
    )
    body = urlencode(signed(notification(payment, status="FAILED")))

    twice = client.post(IPN, f"{body}&status=FAILED", content_type=FORM)
    once = client.post(IPN, body, content_type=FORM)

    assert (twice.status_code, twice.json()["code"]) == (400, "malformed_request")
    assert once.status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", FORM),
        (b"\xff\xfe=%zz&&&=", FORM),
        (b"tran_id=1&tran_id=2", FORM),
        (b"&".join(b"a%d=1" % n for n in range(600)), FORM),
        (b"a=" + b"x" * 300_000, FORM),
        (b"{}", "application/json"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"", ""),
    ],
)
def test_what_is_no_notification_is_refused(client, body, content_type):
    """A 4xx problem whatever comes in."""
    answer = client.post(IPN, body, content_type=content_type)

    assert answer.status_code in {400, 413}
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("success", 422),
        ("success?order=x", 422),
        (f"success?order={'x' * 43}", 404),
        (f"elsewhere?order={'x' * 43}", 422),
    ],
)
def test_a_browser_that_returns_from_nowhere_is_sent_nowhere(client, path, status):
    """Without an order's token there is nothing to show, and no other address to be sent to."""
    assert client.post(f"/api/v1/payments/sslcommerz/return/{path}").status_code == status
