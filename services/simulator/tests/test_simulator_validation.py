"""Order validation and transaction query."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from simulator.sslcommerz.ledger import Money, Transaction

VALIDATION = "/validator/api/validationserverAPI.php"
QUERY = "/validator/api/merchantTransIDvalidationAPI.php"


@pytest.fixture
def paid(simulator, shop):
    """What the control API answered for a paid session."""
    return simulator.pay(simulator.open_session(shop), "approve")


def test_the_first_validation_is_valid_and_later_ones_validated(simulator, paid):
    """VALID once, VALIDATED for ever after."""
    val_id = paid["fields"]["val_id"]

    first, second, third = (simulator.validate(val_id) for _ in range(3))

    assert [first["status"], second["status"], third["status"]] == ["VALID", "VALIDATED", "VALIDATED"]
    assert first["validated_on"]


def test_the_time_of_the_first_validation_stays():
    """A later validation does not move validated_on."""
    money = Money(
        amount=Decimal(10), currency_type="BDT", currency_amount=Decimal(10), currency_rate=Decimal(1)
    )
    transaction = Transaction(status="VALID", money=money, val_id="v", bank_tran_id="b")
    first = datetime(2026, 11, 23, 12, tzinfo=UTC)

    statuses = [transaction.validate(first), transaction.validate(first + timedelta(hours=1))]

    assert statuses == ["VALID", "VALIDATED"]
    assert transaction.validated_at == first


def test_the_validation_has_the_documented_shape(simulator, paid, documented):
    """Exactly the documented names, and every value a string."""
    answer = simulator.validate(paid["fields"]["val_id"])

    assert set(answer) == set(documented("validation_response"))
    assert {type(value) for value in answer.values()} == {str}
    assert answer["APIConnect"] == "DONE"


def test_the_validation_repeats_what_was_asked_and_sent(simulator, paid):
    """Amount, ids and the merchant's values are those of the notification."""
    answer = simulator.validate(paid["fields"]["val_id"])

    for name in ("tran_id", "val_id", "amount", "currency", "bank_tran_id", "store_amount", "value_a"):
        assert answer[name] == paid["fields"][name]


@pytest.mark.parametrize("val_id", ["1709162025351ElIuHtUtFReBwE", "' OR 1=1 --", "ভুল", "x" * 5000])
def test_an_unknown_val_id_is_an_invalid_transaction(simulator, val_id):
    """INVALID_TRANSACTION, as documented."""
    assert simulator.validate(val_id)["status"] == "INVALID_TRANSACTION"


def test_a_failed_payment_cannot_be_validated_by_an_empty_id(simulator, shop):
    """A failed payment has no val_id, and an empty one finds nothing."""
    simulator.pay(simulator.open_session(shop), "decline")

    assert simulator.validate("") == {"APIConnect": "INVALID_REQUEST"}


@pytest.mark.parametrize("path", [VALIDATION, QUERY])
def test_wrong_credentials_fail_the_connection(simulator, paid, path):
    """APIConnect FAILED, no status and no data."""
    parameters = {"store_id": "dhakacarttest", "store_passwd": "wrong", "val_id": paid["fields"]["val_id"]}

    assert simulator.client.get(path, params=parameters).json() == {"APIConnect": "FAILED"}


@pytest.mark.parametrize("parameters", [{}, {"format": "xml", "tran_id": "DC-26-ABCDEFGH-1"}])
def test_incomplete_requests_are_invalid(simulator, paid, parameters):
    """Nothing to look for, or a format that is not simulated: INVALID_REQUEST."""
    for path in (VALIDATION, QUERY):
        answer = simulator.client.get(path, params={**simulator.store, **parameters}).json()
        assert answer == {"APIConnect": "INVALID_REQUEST"}


def test_query_by_session(simulator, shop, documented):
    """PENDING before the payment, VALID after it, VALIDATED once validated; the documented names are there."""
    sessionkey = simulator.open_session(shop)
    assert simulator.query(sessionkey=sessionkey)["status"] == "PENDING"

    paid = simulator.pay(sessionkey, "approve")

    answer = simulator.query(sessionkey=sessionkey)
    assert answer["status"] == "VALID"
    assert set(documented("session_query_response")) <= set(answer)
    assert answer["val_id"] == paid["fields"]["val_id"]
    simulator.validate(answer["val_id"])
    assert simulator.query(sessionkey=sessionkey)["status"] == "VALIDATED"


def test_query_by_transaction_lists_every_try(simulator, shop, documented):
    """Tries of several sessions under one tran_id, oldest first, with the documented names and an integer count."""
    simulator.pay(simulator.open_session(shop), "decline")
    simulator.pay(simulator.open_session(shop), "approve")
    simulator.pay(simulator.open_session(shop, tran_id="DC-26-OTHER-1"), "approve")

    answer = simulator.query(tran_id="DC-26-ABCDEFGH-1")

    assert (answer["APIConnect"], answer["no_of_trans_found"]) == ("DONE", 2)
    failed, valid = answer["element"]
    assert (failed["status"], failed["val_id"]) == ("FAILED", "")
    assert failed["error"] == documented("transaction_query_response")["element"][1]["error"]
    assert (valid["status"], valid["error"]) == ("VALID", "")
    assert set(documented("transaction_query_response")["element"][0]) <= set(valid)


def test_query_for_what_is_unknown(simulator):
    """No transaction is an empty list; no session is an invalid request."""
    assert simulator.query(tran_id="DC-26-NOTHING-1") == {
        "APIConnect": "DONE",
        "no_of_trans_found": 0,
        "element": [],
    }
    assert simulator.query(sessionkey="0" * 32) == {"APIConnect": "INVALID_REQUEST"}
