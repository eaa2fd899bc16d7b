"""The documentation's own examples, https://developer.sslcommerz.com/doc/v4/, over HTTP."""

import pytest

from inventory.models import Stock
from payments import services
from payments.errors import GatewayUnavailable
from payments.models import Payment
from payments.providers import RefundRequest, RefundState
from payments.sslcommerz import client
from payments.sslcommerz.provider import SSLCommerz
from tests.factories import VariantFactory
from tests.orders.carts import unpaid

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    return unpaid((VariantFactory(stock=5, product__price_poisha=4_300), 1))


def test_a_session_is_opened_as_documented(canned, example, order):
    """The page to go to is GatewayPageURL, the key is kept, and the request has every mandatory parameter."""
    answer = example("session_response")
    canned(answer)

    address = services.start_payment(token=order.token)

    assert address == answer["GatewayPageURL"]
    payment = Payment.objects.get()
    assert payment.session_key == answer["sessionkey"]
    assert payment.transaction_id == f"{order.number}-1"


def test_the_documented_validation_is_a_receipt(canned, example):
    """103.00 taka, asked and settled, VALIDATED."""
    canned(example("validation_response"))

    receipt = SSLCommerz().receipt(validation_id="1709162025351ElIuHtUtFReBwE")

    assert receipt.transaction_id == "SSLCZ_TEST_59bd349436a7b"
    assert receipt.bank_transaction_id == "1709162025350IvUOK8nCTb6Uan"
    assert (receipt.amount_poisha, receipt.risky) == (10_300, False)


@pytest.mark.parametrize("status", ["VALID", "VALIDATED"])
def test_the_documented_validation_pays_its_order(canned, example, order, status):
    """Whether it is asked for the first or the second time."""
    payment = Payment.objects.create(
        order=order, provider="sslcommerz", transaction_id="SSLCZ_TEST_59bd349436a7b", amount_poisha=10_300
    )
    canned({**example("validation_response"), "status": status})
    receipt = SSLCommerz().receipt(validation_id="1709162025351ElIuHtUtFReBwE")

    assert services.accept(payment=payment, receipt=receipt) is services.Outcome.CONFIRMED

    order.refresh_from_db()
    assert order.payment_status == "paid"


@pytest.mark.parametrize(
    "change",
    [
        {"amount": "102.99"},
        {"amount": "103.01"},
        {"amount": "103.005"},
        {"amount": ""},
        {"amount": None},
        {"amount": "NaN"},
        {"amount": "Infinity"},
        {"amount": "1e400"},
        {"amount": "103,00"},
        {"currency_amount": "1.03"},
        {"currency_type": "USD"},
        {"currency_type": None},
        {"currency": "USD"},
        {"currency": None},
        {"tran_id": "SSLCZ_TEST_59bd349436a7c"},
        {"tran_id": None},
    ],
)
def test_a_validation_that_differs_pays_nothing(canned, example, order, change):
    """Amount, currency and transaction to the letter; nothing is rounded and nothing assumed."""
    payment = Payment.objects.create(
        order=order, provider="sslcommerz", transaction_id="SSLCZ_TEST_59bd349436a7b", amount_poisha=10_300
    )
    canned({**example("validation_response"), **change})
    receipt = SSLCommerz().receipt(validation_id="1709162025351ElIuHtUtFReBwE")

    assert services.accept(payment=payment, receipt=receipt) is services.Outcome.REFUSED

    payment.refresh_from_db()
    order.refresh_from_db()
    assert (payment.status, order.status) == ("initiated", "awaiting_payment")
    assert Stock.objects.get().reserved == 1


@pytest.mark.parametrize(
    "change",
    [{"status": "INVALID_TRANSACTION"}, {"status": "FAILED"}, {"status": None}, {"val_id": "another"}],
)
def test_a_validation_of_nothing_is_no_receipt(canned, example, change):
    """INVALID_TRANSACTION, or an answer to another question."""
    canned({**example("validation_response"), **change})

    assert SSLCommerz().receipt(validation_id="1709162025351ElIuHtUtFReBwE") is None


def test_the_documented_query_lists_what_was_paid(canned, example):
    """Failed attempts beside paid ones under one transaction id: paid counts."""
    canned(example("transaction_query_response"))

    standing = SSLCommerz().standing(transaction_id="59C2A4F6432F8")

    assert standing.paid == ["1709202337441xmrBBLB7KPdf65"]
    assert standing.failed is False


def test_a_query_with_only_failures_says_why(canned, example):
    """The last attempt's error."""
    answer = example("transaction_query_response")
    answer["element"] = [element for element in answer["element"] if element["status"] == "FAILED"]
    canned(answer)

    standing = SSLCommerz().standing(transaction_id="59C2A4F6432F8")

    assert (standing.paid, standing.failed) == ([], True)
    assert standing.failure.startswith("system error")


@pytest.mark.parametrize(
    "answer",
    [
        {"APIConnect": "DONE", "no_of_trans_found": 0, "element": []},
        {"APIConnect": "DONE"},
        {"APIConnect": "DONE", "element": "none"},
        {
            "APIConnect": "DONE",
            "element": [None, 7, {"status": "VALID", "tran_id": "another", "val_id": "1"}],
        },
        {"APIConnect": "DONE", "element": [{"status": "PENDING", "tran_id": "59C2A4F6432F8"}]},
    ],
)
def test_a_query_that_found_nothing_settles_nothing(canned, answer):
    """Neither paid nor failed: it can still be either."""
    canned(answer)

    standing = SSLCommerz().standing(transaction_id="59C2A4F6432F8")

    assert (list(standing.paid), standing.failed) == ([], False)


def test_the_documented_refund_is_accepted_and_comes_to_its_end(canned, example):
    """ "success" says that it is begun; "refunded" that the money is back."""
    server = canned(example("refund_response"))
    request = RefundRequest(
        refund_id="R-DC-26-ABCDEFGH-1",
        bank_transaction_id="1709162345070ANJdZV8LyI4cMw",
        amount_poisha=550,
        reason="x",
    )

    answer = SSLCommerz().refund(request)

    assert (answer.accepted, answer.reference) == (True, "59bd63fea5455")
    assert "refund_amount=5.50" in server.asked[0]
    assert "refund_trans_id=R-DC-26-ABCDEFGH-1" in server.asked[0]
    canned(example("refund_query_response"))
    assert SSLCommerz().refund_state(reference="59bd63fea5455") is RefundState.REFUNDED


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>502</html>",
        b"[]",
        b"null",
        b"{",
        b"\xff\xfe\x00",
        b"{}" + b" " * client.LARGEST_ANSWER_BYTES,
        {"APIConnect": "FAILED"},
        {"APIConnect": "INVALID_REQUEST"},
        {"APIConnect": "INACTIVE", "status": "VALID"},
        {"status": "VALID"},
    ],
)
def test_an_answer_that_is_none_says_nothing_of_the_money(canned, answer):
    """Not "failed": unavailable, to be asked again."""
    canned(answer)

    for ask in (
        lambda: SSLCommerz().receipt(validation_id="1"),
        lambda: SSLCommerz().standing(transaction_id="1"),
        lambda: SSLCommerz().refund_state(reference="1"),
    ):
        with pytest.raises(GatewayUnavailable):
            ask()


@pytest.mark.parametrize(
    "answer",
    [
        {"status": "FAILED", "failedreason": "Store Credential Error Or Store is De-active"},
        {"status": "SUCCESS"},
        {"status": "SUCCESS", "sessionkey": "1", "GatewayPageURL": "javascript:alert(1)"},
        {"status": "SUCCESS", "sessionkey": "", "GatewayPageURL": "https://example.com"},
        {"status": "SUCCESS", "sessionkey": "x" * 81, "GatewayPageURL": "https://example.com"},
        {"status": "SUCCESS", "sessionkey": "1", "GatewayPageURL": "https://example.com/" + "x" * 500},
        b"{",
    ],
)
def test_a_session_that_cannot_be_used_leaves_the_order_payable(canned, example, order, answer, client):
    """503 now, and the next try works."""
    canned(answer)
    refused = client.post(f"/api/v1/orders/{order.token}/payment")
    canned(example("session_response"))
    again = client.post(f"/api/v1/orders/{order.token}/payment")

    assert (refused.status_code, refused.json()["code"]) == (503, "payment_gateway_unavailable")
    assert int(refused["Retry-After"]) > 0
    assert again.status_code == 200
    assert sorted(Payment.objects.values_list("status", flat=True)) == ["failed", "initiated"]


def test_the_stores_password_reaches_no_log_and_no_error(canned, order, caplog, settings, client):
    """Neither from a refusal nor from a connection that breaks."""
    password = settings.ENV.sslcommerz_store_password.get_secret_value()
    canned({"APIConnect": "FAILED"})
    with pytest.raises(GatewayUnavailable) as refusal:
        SSLCommerz().receipt(validation_id="1")
    settings.ENV = settings.ENV.model_copy(update={"sslcommerz_url": "http://127.0.0.1:1"})
    with pytest.raises(GatewayUnavailable) as broken:
        SSLCommerz().receipt(validation_id="1")

    assert password not in caplog.text + str(refusal.value) + str(broken.value)
    assert broken.value.__cause__ is None
